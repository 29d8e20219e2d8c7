/*
 * more_calls: the recorded calls that only some families and experiments need.
 * See record/calls.h.
 */
#ifndef RECORD_MORE_CALLS_H
#define RECORD_MORE_CALLS_H

#include "record/calls.h"

int more_socketpair(struct recorder *recorder, int domain, int type,
    int protocol, int fd[2]);
int more_ioctl(struct recorder *recorder, int fd, unsigned long request,
    void *argument);
int more_bpf(struct recorder *recorder, int command, void *attributes,
    unsigned size);
int more_mmap(struct recorder *recorder, int fd, off_t offset, size_t length,
    void **memory);
int more_munmap(struct recorder *recorder, void *memory, size_t length);

#endif
