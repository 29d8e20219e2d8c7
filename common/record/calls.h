/*
 * The recorded calls: the sockets API as a person knows it, each call written
 * down in a trace with its arguments as passed, its result and its time.
 *
 * A recorded call makes exactly the one system call that it is named after and
 * no other, and returns what the kernel returned: a number >= 0, or a negative
 * errno. None retries, none waits; that is the driver's part.
 */
#ifndef RECORD_CALLS_H
#define RECORD_CALLS_H

#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "family/endpoint.h"
#include "record/event.h"

struct trace;
struct fault_plan;

/*
 * Who is recorded, and where to. `trace` may be NULL: nothing is kept. `sink`,
 * where set, is called after each call (a server that shows its calls as they
 * happen); it runs outside the time that the event tells.
 */
struct recorder {
	enum side_id side;
	pid_t pid;
	struct trace *trace;
	struct fault_plan *faults;	/* NULL but in tests */
	void (*sink)(const struct event *event, void *context);
	void *sink_context;
	enum call last;			/* the call that was made last */
};

/*
 * Addresses that are returned may be NULL where the caller does not want them;
 * the kernel is then passed NULL, too.
 */
struct calls {
	int (*socket)(struct recorder *, int domain, int type, int protocol);
	int (*bind)(struct recorder *, int fd, const struct endpoint *address);
	int (*listen)(struct recorder *, int fd, int backlog);
	int (*accept)(struct recorder *, int fd, struct endpoint *peer,
	    int flags);	/* accept4(2) */
	int (*connect)(struct recorder *, int fd,
	    const struct endpoint *address);
	ssize_t (*send)(struct recorder *, int fd, const void *data,
	    size_t length, int flags);
	ssize_t (*sendto)(struct recorder *, int fd, const void *data,
	    size_t length, int flags, const struct endpoint *to);
	ssize_t (*recv)(struct recorder *, int fd, void *data, size_t room,
	    int flags);
	ssize_t (*recvfrom)(struct recorder *, int fd, void *data, size_t room,
	    int flags, struct endpoint *from);
	int (*shutdown)(struct recorder *, int fd, int how);
	int (*getsockname)(struct recorder *, int fd, struct endpoint *name);
	int (*getpeername)(struct recorder *, int fd, struct endpoint *name);
	int (*setsockopt)(struct recorder *, int fd, int level, int name,
	    const void *value, socklen_t length);
	int (*getsockopt)(struct recorder *, int fd, int level, int name,
	    void *value, socklen_t *length);
	/*
	 * The event keeps the first bytes of what the vectors hold, and of the
	 * control messages. msg_name and the flags and lengths that the kernel
	 * returns are as in sendmsg(2).
	 */
	ssize_t (*sendmsg)(struct recorder *, int fd,
	    const struct msghdr *message, int flags);
	ssize_t (*recvmsg)(struct recorder *, int fd, struct msghdr *message,
	    int flags);
	/* The event keeps the first EVENT_MESSAGES_MAX messages, in part. */
	int (*sendmmsg)(struct recorder *, int fd, struct mmsghdr *messages,
	    unsigned count, int flags);
	int (*recvmmsg)(struct recorder *, int fd, struct mmsghdr *messages,
	    unsigned count, int flags, struct timespec *timeout);
	int (*poll)(struct recorder *, struct pollfd *polled, unsigned count,
	    int timeout_ms);
	ssize_t (*read)(struct recorder *, int fd, void *data, size_t room);
	ssize_t (*write)(struct recorder *, int fd, const void *data,
	    size_t length);
	/* With both offsets NULL. */
	ssize_t (*splice)(struct recorder *, int in, int out, size_t length,
	    unsigned flags);
	ssize_t (*sendfile)(struct recorder *, int out, int in, off_t *offset,
	    size_t count);
	int (*socketpair)(struct recorder *, int domain, int type,
	    int protocol, int fd[2]);
	int (*fcntl)(struct recorder *, int fd, int command, long argument);
	int (*dup)(struct recorder *, int fd);
	int (*fstat)(struct recorder *, int fd, struct stat *status);
	off_t (*lseek)(struct recorder *, int fd, off_t offset, int whence);
	int (*fsync)(struct recorder *, int fd);
	/* It has no mode: O_CREAT is not for it. O_CLOEXEC is the caller's. */
	int (*open)(struct recorder *, const char *path, int flags);
	int (*ioctl)(struct recorder *, int fd, unsigned long request,
	    void *argument);
	/* bpf(2), which the C library has no wrapper for. */
	int (*bpf)(struct recorder *, int command, void *attributes,
	    unsigned size);
	/* Maps shared memory of a descriptor, to be read and written. */
	int (*mmap)(struct recorder *, int fd, off_t offset, size_t length,
	    void **memory);
	int (*munmap)(struct recorder *, void *memory, size_t length);
	int (*close)(struct recorder *, int fd);
};

extern const struct calls recorded_calls;

#endif
