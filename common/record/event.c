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
