/*
 * more_calls: the recorded calls that only some families need: messages with
 * control data, and what is no socket call at all. See record/calls.h.
 */
#ifndef RECORD_MORE_CALLS_H
#define RECORD_MORE_CALLS_H

#include "record/calls.h"

ssize_t more_sendmsg(struct recorder *recorder, int fd,
    const struct msghdr *message, int flags);
ssize_t more_recvmsg(struct recorder *recorder, int fd, struct msghdr *message,
    int flags);
int more_ioctl(struct recorder *recorder, int fd, unsigned long request,
    void *argument);
int more_bpf(struct recorder *recorder, int command, void *attributes,
    unsigned size);
int more_mmap(struct recorder *recorder, int fd, off_t offset, size_t length,
    void **memory);
int more_munmap(struct recorder *recorder, void *memory, size_t length);

#endif
