/*
 * file_calls: the recorded calls that any descriptor has, a socket's like
 * another's. See record/calls.h.
 */
#ifndef RECORD_FILE_CALLS_H
#define RECORD_FILE_CALLS_H

#include "record/calls.h"

int file_poll(struct recorder *recorder, struct pollfd *polled, unsigned count,
    int timeout_ms);
ssize_t file_read(struct recorder *recorder, int fd, void *data, size_t room);
ssize_t file_write(struct recorder *recorder, int fd, const void *data,
    size_t length);
ssize_t file_splice(struct recorder *recorder, int in, int out, size_t length,
    unsigned flags);
ssize_t file_sendfile(struct recorder *recorder, int out, int in,
    off_t *offset, size_t count);
int file_fcntl(struct recorder *recorder, int fd, int command, long argument);
int file_dup(struct recorder *recorder, int fd);
int file_fstat(struct recorder *recorder, int fd, struct stat *status);
off_t file_lseek(struct recorder *recorder, int fd, off_t offset, int whence);
int file_fsync(struct recorder *recorder, int fd);
int file_open(struct recorder *recorder, const char *path, int flags);

#endif
