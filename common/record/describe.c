#include "record/describe.h"

#include <string.h>

#include "record/tell.h"

/* How one argument of a call is told; tell NULL ends a call's arguments. */
struct slot {
	const char *name;	/* as the man page has it */
	void (*tell)(const struct question *question);
	unsigned index;		/* of its integer in event->number */
	bool plumbing;
};

static const struct slot slots[CALL_COUNT][ARGUMENTS_MAX] = {
	[CALL_SOCKET] = {
		{ "domain", tell_domain, 0, false },
		{ "type", tell_type, 1, false },
		{ "protocol", tell_protocol, 2, false },
	},
	[CALL_BIND] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "addr", tell_address, 0, false },
		{ "addrlen", tell_address_length, 0, true },
	},
	[CALL_LISTEN] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "backlog", tell_number, 1, false },
	},
	[CALL_ACCEPT4] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "addr", tell_returned_address, 0, false },
		{ "addrlen", tell_room, 0, true },
		{ "flags", tell_accept_flags, 1, true },
	},
	[CALL_CONNECT] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "addr", tell_address, 0, false },
		{ "addrlen", tell_address_length, 0, true },
	},
	[CALL_SEND] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "buf", tell_sent, 0, false },
		{ "len", tell_number, 1, true },
		{ "flags", tell_message_flags, 2, false },
	},
	[CALL_SENDTO] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "buf", tell_sent, 0, false },
		{ "len", tell_number, 1, true },
		{ "flags", tell_message_flags, 2, false },
		{ "dest_addr", tell_address, 0, false },
		{ "addrlen", tell_address_length, 0, true },
	},
	[CALL_RECV] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "buf", tell_received, 0, false },
		{ "len", tell_number, 1, true },
		{ "flags", tell_message_flags, 2, false },
	},
	[CALL_RECVFROM] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "buf", tell_received, 0, false },
		{ "len", tell_number, 1, true },
		{ "flags", tell_message_flags, 2, false },
		{ "src_addr", tell_returned_address, 0, false },
		{ "addrlen", tell_room, 0, true },
	},
	[CALL_SHUTDOWN] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "how", tell_how, 1, false },
	},
	[CALL_GETSOCKNAME] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "addr", tell_returned_address, 0, false },
		{ "addrlen", tell_room, 0, true },
	},
	[CALL_GETPEERNAME] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "addr", tell_returned_address, 0, false },
		{ "addrlen", tell_room, 0, true },
	},
	[CALL_SETSOCKOPT] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "level", tell_level, 1, true },
		{ "optname", tell_option, 2, false },
		{ "optval", tell_value, 0, false },
		{ "optlen", tell_value_length, 0, true },
	},
	[CALL_GETSOCKOPT] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "level", tell_level, 1, true },
		{ "optname", tell_option, 2, false },
		{ "optval", tell_returned_value, 0, false },
		{ "optlen", tell_room, 0, true },
	},
	[CALL_SENDMSG] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "msg", tell_message_sent, 0, false },
		{ "flags", tell_message_flags, 1, false },
	},
	[CALL_RECVMSG] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "msg", tell_message_received, 0, false },
		{ "flags", tell_message_flags, 1, false },
	},
	[CALL_SENDMMSG] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "msgvec", tell_messages_sent, 0, false },
		{ "vlen", tell_number, 1, true },
		{ "flags", tell_message_flags, 2, false },
	},
	[CALL_RECVMMSG] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "msgvec", tell_messages_received, 0, false },
		{ "vlen", tell_number, 1, true },
		{ "flags", tell_message_flags, 2, false },
		{ "timeout", tell_timeout, 0, false },
	},
	[CALL_POLL] = {
		{ "fds", tell_polled, 0, false },
		{ "nfds", tell_number, 0, true },
		{ "timeout", tell_number, 1, false },
	},
	[CALL_READ] = {
		{ "fd", tell_descriptor, 0, false },
		{ "buf", tell_received, 0, false },
		{ "count", tell_number, 1, true },
	},
	[CALL_WRITE] = {
		{ "fd", tell_descriptor, 0, false },
		{ "buf", tell_sent, 0, false },
		{ "count", tell_number, 1, true },
	},
	[CALL_SPLICE] = {
		{ "fd_in", tell_descriptor, 0, false },
		{ "off_in", tell_no_pointer, 0, false },
		{ "fd_out", tell_descriptor, 1, false },
		{ "off_out", tell_no_pointer, 0, false },
		{ "len", tell_number, 2, false },
		{ "flags", tell_splice_flags, 0, true },
	},
	[CALL_SENDFILE] = {
		{ "out_fd", tell_descriptor, 0, false },
		{ "in_fd", tell_descriptor, 1, false },
		{ "offset", tell_offset, 0, false },
		{ "count", tell_number, 2, false },
	},
	[CALL_SOCKETPAIR] = {
		{ "domain", tell_domain, 0, false },
		{ "type", tell_type, 1, false },
		{ "protocol", tell_pair_protocol, 2, false },
		{ "sv", tell_pair, 0, false },
	},
	[CALL_FCNTL] = {
		{ "fd", tell_descriptor, 0, false },
		{ "op", tell_command, 1, false },
		{ "arg", tell_command_argument, 2, false },
	},
	[CALL_DUP] = {
		{ "oldfd", tell_descriptor, 0, false },
	},
	[CALL_FSTAT] = {
		{ "fd", tell_descriptor, 0, false },
		{ "statbuf", tell_status, 0, false },
	},
	[CALL_LSEEK] = {
		{ "fd", tell_descriptor, 0, false },
		{ "offset", tell_number, 1, false },
		{ "whence", tell_whence, 2, false },
	},
	[CALL_FSYNC] = {
		{ "fd", tell_descriptor, 0, false },
	},
	[CALL_OPEN] = {
		{ "pathname", tell_path, 0, false },
		{ "flags", tell_open_flags, 0, false },
	},
	[CALL_IOCTL] = {
		{ "fd", tell_descriptor, 0, false },
		{ "op", tell_request, 1, false },
		{ "argp", tell_request_value, 1, false },
	},
	[CALL_BPF] = {
		{ "cmd", tell_bpf_command, 0, false },
		{ "size", tell_number, 1, true },
	},
	[CALL_MMAP] = {
		{ "length", tell_number, 2, false },
		{ "fd", tell_descriptor, 0, false },
		{ "offset", tell_number, 1, true },
	},
	[CALL_MUNMAP] = {
		{ "length", tell_number, 0, false },
	},
	[CALL_CLOSE] = {
		{ "fd", tell_descriptor, 0, false },
	},
};

size_t
describe_arguments(const struct family *family, const struct event *event,
    struct argument arguments[ARGUMENTS_MAX])
{
	const struct slot *slot = slots[event->call];
	size_t count = 0;

	for (; count < ARGUMENTS_MAX && slot[count].tell != NULL; count++) {
		struct argument *argument = &arguments[count];
		struct question question = {
			.family = family,
			.event = event,
			.number = event->number[slot[count].index],
			.argument = argument,
		};

		memset(argument, 0, sizeof(*argument));
		argument->name = slot[count].name;
		argument->plumbing = slot[count].plumbing;
		slot[count].tell(&question);
		if (argument->kind == ARGUMENT_NONE)
			break;
		if (argument->essential == 0)
			argument->essential = strlen(argument->text);
	}
	return count;
}
