/*
 * message_calls: the recorded calls on messages with vectors and control data,
 * one or several at once. See record/calls.h.
 */
#ifndef RECORD_MESSAGE_CALLS_H
#define RECORD_MESSAGE_CALLS_H

#include "record/calls.h"

ssize_t message_sendmsg(struct recorder *recorder, int fd,
    const struct msghdr *message, int flags);
ssize_t message_recvmsg(struct recorder *recorder, int fd,
    struct msghdr *message, int flags);
int message_sendmmsg(struct recorder *recorder, int fd,
    struct mmsghdr *messages, unsigned count, int flags);
int message_recvmmsg(struct recorder *recorder, int fd,
    struct mmsghdr *messages, unsigned count, int flags,
    struct timespec *timeout);

#endif
