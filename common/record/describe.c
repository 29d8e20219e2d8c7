#include "record/describe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "record/option.h"
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
		{ "vlen", tell_number, 1, false },
		{ "flags", tell_message_flags, 2, false },
	},
	[CALL_RECVMMSG] = {
		{ "sockfd", tell_descriptor, 0, false },
		{ "vlen", tell_number, 1, false },
		{ "flags", tell_message_flags, 2, false },
	},
	[CALL_POLL] = {
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
		{ "fd_out", tell_descriptor, 1, false },
		{ "len", tell_number, 2, false },
	},
	[CALL_SENDFILE] = {
		{ "out_fd", tell_descriptor, 0, false },
		{ "in_fd", tell_descriptor, 1, false },
		{ "count", tell_number, 2, false },
	},
	[CALL_SOCKETPAIR] = {
		{ "domain", tell_domain, 0, false },
		{ "type", tell_type, 1, false },
		{ "protocol", tell_protocol, 2, false },
	},
	[CALL_FCNTL] = {
		{ "fd", tell_descriptor, 0, false },
		{ "op", tell_number, 1, false },
		{ "arg", tell_number, 2, false },
	},
	[CALL_DUP] = {
		{ "oldfd", tell_descriptor, 0, false },
	},
	[CALL_FSTAT] = {
		{ "fd", tell_descriptor, 0, false },
	},
	[CALL_LSEEK] = {
		{ "fd", tell_descriptor, 0, false },
		{ "offset", tell_number, 1, false },
		{ "whence", tell_number, 2, false },
	},
	[CALL_FSYNC] = {
		{ "fd", tell_descriptor, 0, false },
	},
	[CALL_OPEN] = {
		{ "pathname", tell_sent, 0, false },
		{ "flags", tell_number, 0, false },
	},
	[CALL_IOCTL] = {
		{ "fd", tell_descriptor, 0, false },
		{ "op", tell_request, 1, false },
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
		if (argument->essential == 0)
			argument->essential = strlen(argument->text);
	}
	return count;
}

bool
describe_control(const struct family *family, const struct event *event,
    size_t *offset, struct control *control)
{
	size_t kept = event->control_length < EVENT_CONTROL_MAX
	    ? event->control_length : EVENT_CONTROL_MAX;
	struct cmsghdr header;
	size_t at = *offset;

	if (at > kept || kept - at < sizeof(header))
		return false;
	memcpy(&header, event->control + at, sizeof(header));
	if (header.cmsg_len < sizeof(header))
		return false;
	option_tell_level(family, header.cmsg_level, control->level,
	    sizeof(control->level));
	/* strace has one more question mark here than for options. */
	if (control->level[0] == '0')
		snprintf(control->level, sizeof(control->level),
		    "0x%x /* SOL_??? */", (unsigned)header.cmsg_level);
	control->level_number = header.cmsg_level;
	control->type = header.cmsg_type;
	control->length = header.cmsg_len;
	control->data = event->control + at + sizeof(header);
	control->kept = kept - at - sizeof(header);
	if (control->kept > header.cmsg_len - sizeof(header))
		control->kept = header.cmsg_len - sizeof(header);
	/* A length that is too large ends the walk at the next step. */
	*offset = header.cmsg_len < EVENT_CONTROL_MAX
	    ? at + CMSG_ALIGN(header.cmsg_len) : EVENT_CONTROL_MAX + 1;
	return true;
}

/* Puts a part of a note behind the parts before it. */
static void
add_note(char *text, size_t room, const char *note)
{
	size_t used = strlen(text);

	snprintf(text + used, room - used, "%s%s", used != 0 ? "; " : "",
	    note);
}

/* What did not fit, by the flags that recvmsg() returned. */
static void
note_cut(const struct event *event, char *text, size_t room)
{
	if ((event->message_flags & MSG_TRUNC) != 0 &&
	    (uint64_t)event->result <= event->length)
		add_note(text, room,
		    "the message is longer than its room: the rest is gone");
	if ((event->message_flags & MSG_CTRUNC) != 0)
		add_note(text, room, "not all control messages fit");
}

static void
note_received(const struct event *event, char *text, size_t room)
{
	char note[128];

	note_cut(event, text, room);
	if ((uint64_t)event->result > event->length) {
		snprintf(note, sizeof(note),
		    "%llu of %lld bytes fit, the rest is gone",
		    (unsigned long long)event->length,
		    (long long)event->result);
		add_note(text, room, note);
	}
	if (event->result != 0 || (event->message_flags & MSG_TRUNC) != 0 ||
	    (event->call != CALL_RECVMSG && event->number[1] == 0))
		return;
	if (event->call == CALL_RECVFROM || event->call == CALL_RECVMSG)
		add_note(text, room, "an empty message");
	else
		add_note(text, room, "the end (or an empty record)");
}

static void
note_success(const struct event *event, char *text, size_t room)
{
	char note[128];

	if (call_receives(event->call))
		note_received(event, text, room);
	if (call_sends(event->call) &&
	    (uint64_t)event->result < event->length) {
		snprintf(note, sizeof(note), "%lld of %llu bytes were sent",
		    (long long)event->result,
		    (unsigned long long)event->length);
		add_note(text, room, note);
	}
	if (event->returned > event->room) {
		snprintf(note, sizeof(note),
		    "the address has %u bytes, %u fit", event->returned,
		    event->room);
		add_note(text, room, note);
	}
}

void
describe_note(const struct event *event, char *text, size_t room)
{
	text[0] = '\0';
	if (event->injected)
		add_note(text, room, "a test made this result");
	if (event->end_ns == 0)
		add_note(text, room, "the call had not returned");
	else if (event->result >= 0)
		note_success(event, text, room);
	else if (event->error == EINPROGRESS)
		add_note(text, room, "the connection is being made");
	else if (errno_passes(event->error))
		add_note(text, room, "no failure: the call is made again");
}
