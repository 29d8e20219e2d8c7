/*
 * event: one recorded system call of one side, as plain data that can stand in
 * shared memory. Nothing in it is a pointer.
 */
#ifndef RECORD_EVENT_H
#define RECORD_EVENT_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "family/endpoint.h"
#include "family/family.h"

/* The recorded calls, each by the name of its wrapper in the C library. */
enum call {
	CALL_SOCKET,
	CALL_BIND,
	CALL_LISTEN,
	CALL_ACCEPT4,
	CALL_CONNECT,
	CALL_SEND,
	CALL_SENDTO,
	CALL_RECV,
	CALL_RECVFROM,
	CALL_SHUTDOWN,
	CALL_GETSOCKNAME,
	CALL_GETPEERNAME,
	CALL_SETSOCKOPT,
	CALL_GETSOCKOPT,
	CALL_SENDMSG,
	CALL_RECVMSG,
	CALL_SENDMMSG,
	CALL_RECVMMSG,
	CALL_POLL,
	CALL_READ,
	CALL_WRITE,
	CALL_SPLICE,
	CALL_SENDFILE,
	CALL_SOCKETPAIR,
	CALL_FCNTL,
	CALL_DUP,
	CALL_FSTAT,
	CALL_LSEEK,
	CALL_FSYNC,
	CALL_OPEN,
	CALL_IOCTL,
	CALL_BPF,
	CALL_MMAP,
	CALL_MUNMAP,
	CALL_CLOSE,
	CALL_COUNT
};

/* How many bytes of a payload or of an option's value an event keeps. */
#define EVENT_DATA_MAX 96

/* And how many of control messages (cmsg(3)). */
#define EVENT_CONTROL_MAX 128

/* And of how many vectors (readv(2)) the lengths. */
#define EVENT_VECTORS_MAX 8

/* And of how many descriptors (poll(2)), and messages (sendmmsg(2)). */
#define EVENT_POLLED_MAX 8
#define EVENT_MESSAGES_MAX 3

/* And how many bytes of each such message. */
#define EVENT_MESSAGE_DATA_MAX 32

/*
 * One message of several. Its vectors and its control messages stand in the
 * event, behind those of the messages before it.
 */
struct event_message {
	struct endpoint address;
	socklen_t room, returned;	/* as in the event */
	int32_t flags;			/* msg_flags, as passed or returned */
	uint32_t vectors;
	uint32_t control_length;
	uint32_t moved;			/* msg_len, as returned */
	uint32_t kept;
	uint64_t length;		/* passed in, or received */
	unsigned char data[EVENT_MESSAGE_DATA_MAX];
};

struct event {
	uint64_t t_ns;		/* CLOCK_MONOTONIC when the call was made */
	uint64_t end_ns;	/* and when it returned; 0: it has not */
	int64_t result;		/* as the call returned it: -1 on failure */
	int32_t error;		/* errno if result is -1, else 0 */
	pid_t pid;
	uint8_t side;		/* enum side_id */
	uint8_t call;		/* enum call */
	bool injected;		/* a test made this result, not the kernel */
	/*
	 * The integer arguments in the order they are passed, pointers left
	 * out: socket(domain, type, protocol); bind, connect(fd); listen(fd,
	 * backlog); accept4(fd, flags); send, recv(fd, length, flags); sendto,
	 * recvfrom likewise; shutdown(fd, how); getsockname, getpeername(fd);
	 * setsockopt, getsockopt(fd, level, name); sendmsg, recvmsg(fd,
	 * flags, vectors: how many); sendmmsg, recvmmsg(fd, count, flags);
	 * poll(count, timeout); read, write(fd, length); splice(in, out,
	 * length; its flags stand below); sendfile(out, in, count);
	 * socketpair(domain, type, protocol); fcntl(fd, command, argument);
	 * dup, fstat, fsync(fd); lseek(fd, offset, whence); open(flags);
	 * ioctl(fd, request); bpf(command, size); mmap(fd, offset, length);
	 * munmap(length); close(fd).
	 */
	int64_t number[3];
	/* The address passed in, or the one returned. */
	struct endpoint address;
	/* The length passed for an address or option that is returned. */
	socklen_t room;
	/* The length returned with it (value-result); may exceed room. */
	socklen_t returned;
	/* Payload (sent, or received), option value, path: the first bytes. */
	uint32_t kept;
	uint64_t length;	/* its whole length: passed in, or received;
				   of sendmmsg() how many messages */
	unsigned char data[EVENT_DATA_MAX];
	/* Control messages, sent or received: the first bytes. */
	uint32_t control_length;	/* their whole length */
	int32_t message_flags;		/* msg_flags, as passed or returned;
					   of recvmmsg() those of any */
	unsigned char control[EVENT_CONTROL_MAX];
	uint64_t vector[EVENT_VECTORS_MAX];	/* their lengths, as passed */
	/* What only one call has, besides. */
	union {
		int32_t pair[2];	/* socketpair(): the descriptors */
		int32_t value;		/* ioctl(): see record/request.h */
		unsigned splice_flags;
		struct pollfd polled[EVENT_POLLED_MAX];
		struct {
			bool given;	/* or NULL was */
			int64_t passed, returned;
		} offset;		/* sendfile() */
		struct {
			uint32_t mode;
			uint64_t device;	/* st_rdev */
			int64_t size;
		} status;		/* fstat() */
		struct {
			/* recvmmsg(): whether a timeout was passed, it, and */
			bool timed;
			struct timespec timeout;
			struct timespec left;	/* what was left of it */
			struct event_message message[EVENT_MESSAGES_MAX];
		} batch;
	};
};

/* The wrapper's name: "accept4". */
const char *call_name(enum call call);

/*
 * Whether the call sends payload (send, write) or receives it; splice() may do
 * either, which its event does not tell.
 */
bool call_sends(enum call call);
bool call_receives(enum call call);

/* What the result of such a call counts: "byte", "message". */
const char *call_counts(enum call call);

#endif
