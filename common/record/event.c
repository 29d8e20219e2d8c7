#include "record/event.h"

static const struct {
	const char *name;
	bool sends, receives;
} calls[CALL_COUNT] = {
	[CALL_SOCKET] = { .name = "socket" },
	[CALL_BIND] = { .name = "bind" },
	[CALL_LISTEN] = { .name = "listen" },
	[CALL_ACCEPT4] = { .name = "accept4" },
	[CALL_CONNECT] = { .name = "connect" },
	[CALL_SEND] = { .name = "send", .sends = true },
	[CALL_SENDTO] = { .name = "sendto", .sends = true },
	[CALL_RECV] = { .name = "recv", .receives = true },
	[CALL_RECVFROM] = { .name = "recvfrom", .receives = true },
	[CALL_SHUTDOWN] = { .name = "shutdown" },
	[CALL_GETSOCKNAME] = { .name = "getsockname" },
	[CALL_GETPEERNAME] = { .name = "getpeername" },
	[CALL_SETSOCKOPT] = { .name = "setsockopt" },
	[CALL_GETSOCKOPT] = { .name = "getsockopt" },
	[CALL_SENDMSG] = { .name = "sendmsg", .sends = true },
	[CALL_RECVMSG] = { .name = "recvmsg", .receives = true },
	[CALL_SENDMMSG] = { .name = "sendmmsg", .sends = true },
	[CALL_RECVMMSG] = { .name = "recvmmsg", .receives = true },
	[CALL_POLL] = { .name = "poll" },
	[CALL_READ] = { .name = "read", .receives = true },
	[CALL_WRITE] = { .name = "write", .sends = true },
	[CALL_SPLICE] = { .name = "splice" },
	[CALL_SENDFILE] = { .name = "sendfile", .sends = true },
	[CALL_SOCKETPAIR] = { .name = "socketpair" },
	[CALL_FCNTL] = { .name = "fcntl" },
	[CALL_DUP] = { .name = "dup" },
	[CALL_FSTAT] = { .name = "fstat" },
	[CALL_LSEEK] = { .name = "lseek" },
	[CALL_FSYNC] = { .name = "fsync" },
	[CALL_OPEN] = { .name = "open" },
	[CALL_IOCTL] = { .name = "ioctl" },
	[CALL_BPF] = { .name = "bpf" },
	[CALL_MMAP] = { .name = "mmap" },
	[CALL_MUNMAP] = { .name = "munmap" },
	[CALL_CLOSE] = { .name = "close" },
};

const char *
call_name(enum call call)
{
	return calls[call].name;
}

bool
call_sends(enum call call)
{
	return calls[call].sends;
}

bool
call_receives(enum call call)
{
	return calls[call].receives;
}

const char *
call_counts(enum call call)
{
	return call == CALL_SENDMMSG || call == CALL_RECVMMSG ? "message"
							      : "byte";
}
