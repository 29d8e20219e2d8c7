#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/filter.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "record/describe.h"
#include "toy.h"
#include "text/quote.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Another family: a socket() may be one of its. */
static const struct family other_family = {
	.name = "other",
	.constant = "AF_OTHER",
	.domain = 201,
	.protocols = (const struct protocol[]){
		{ "two", NULL, 2, "OTHERPROTO_TWO", 0 },
		{ .name = NULL },
	},
};

const struct family *const families[] = { &toy_family, &other_family, NULL };

/* The bytes of an option's value. */
static const int one = 1;
static const struct linger linger = { .l_onoff = 1, .l_linger = 7 };
static const struct timeval time_limit = { .tv_sec = 2, .tv_usec = 500000 };
static const struct sock_fprog filter = { 5, (struct sock_filter *)0x1000 };
#define VALUE(variable) &(variable), sizeof(variable)

/*
 * One event and its arguments. In `expected`, names and values are as strace
 * has them; <addr> and <data> stand for the event's own.
 */
static const struct row {
	const char *name;
	enum call call;
	int64_t result;
	int error;
	int64_t number[3];
	const void *data;
	size_t length;
	enum { NO_ADDRESS, PASSED, RETURNED, CUT, WANTED } address;
	const char *expected;
} rows[] = {
	{ "socket: protocol 0 has a name", CALL_SOCKET, 3, 0,
	  { TOY_DOMAIN, SOCK_STREAM | SOCK_CLOEXEC, 0 }, NULL, 0, NO_ADDRESS,
	  "AF_TOY, SOCK_STREAM|SOCK_CLOEXEC, TOYPROTO_ANY" },
	{ "socket: a protocol by its constant", CALL_SOCKET, 3, 0,
	  { TOY_DOMAIN, SOCK_RDM, 1 }, NULL, 0, NO_ADDRESS,
	  "AF_TOY, SOCK_RDM, TOYPROTO_ONE" },
	{ "socket: both flags, an unknown protocol", CALL_SOCKET, -1, EINVAL,
	  { TOY_DOMAIN, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 999 },
	  NULL, 0, NO_ADDRESS,
	  "AF_TOY, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0x3e7 /* TOYPROTO_??? */" },
	{ "socket: an unknown flag", CALL_SOCKET, -1, EINVAL,
	  { TOY_DOMAIN, SOCK_STREAM | SOCK_CLOEXEC | 0x100, 1 }, NULL, 0,
	  NO_ADDRESS, "AF_TOY, SOCK_STREAM|SOCK_CLOEXEC|0x100, TOYPROTO_ONE" },
	{ "socket: an unknown type", CALL_SOCKET, -1, EINVAL,
	  { TOY_DOMAIN, 77, 1 }, NULL, 0, NO_ADDRESS,
	  "AF_TOY, 0x4d /* SOCK_??? */, TOYPROTO_ONE" },
	{ "socket: of another family", CALL_SOCKET, 3, 0,
	  { 201, SOCK_STREAM, 2 }, NULL, 0, NO_ADDRESS,
	  "AF_OTHER, SOCK_STREAM, OTHERPROTO_TWO" },
	{ "socket: protocol 0 without a name", CALL_SOCKET, 3, 0,
	  { 201, SOCK_STREAM, 0 }, NULL, 0, NO_ADDRESS,
	  "AF_OTHER, SOCK_STREAM, 0" },
	{ "socket: of no family", CALL_SOCKET, -1, EAFNOSUPPORT,
	  { 99, SOCK_STREAM, 7 }, NULL, 0, NO_ADDRESS,
	  "0x63 /* AF_??? */, SOCK_STREAM, 7" },
	{ "bind", CALL_BIND, 0, 0, { 3 }, NULL, 0, PASSED, "3, <addr>, 4" },
	{ "bind: to no address", CALL_BIND, -1, EINVAL, { 3 }, NULL, 0,
	  NO_ADDRESS, "3, NULL, 0" },
	{ "listen", CALL_LISTEN, 0, 0, { 3, 5 }, NULL, 0, NO_ADDRESS, "3, 5" },
	{ "listen: a negative backlog", CALL_LISTEN, 0, 0, { 3, -1 }, NULL, 0,
	  NO_ADDRESS, "3, -1" },
	{ "accept4", CALL_ACCEPT4, 4, 0, { 3, SOCK_CLOEXEC }, NULL, 0,
	  RETURNED, "3, <addr>, [128 => 4], SOCK_CLOEXEC" },
	{ "accept4: failed", CALL_ACCEPT4, -1, EAGAIN, { 3, 0 }, NULL, 0,
	  WANTED, "3, ..., [128], 0" },
	{ "accept4: no address wanted", CALL_ACCEPT4, 4, 0,
	  { 3, SOCK_CLOEXEC | SOCK_NONBLOCK }, NULL, 0, NO_ADDRESS,
	  "3, NULL, NULL, SOCK_CLOEXEC|SOCK_NONBLOCK" },
	{ "accept4: unknown flags", CALL_ACCEPT4, -1, EINVAL, { 3, 0x100 },
	  NULL, 0, NO_ADDRESS, "3, NULL, NULL, 0x100 /* SOCK_??? */" },
	{ "connect", CALL_CONNECT, -1, ECONNREFUSED, { 3 }, NULL, 0, PASSED,
	  "3, <addr>, 4" },
	{ "send", CALL_SEND, 5, 0, { 3, 5, MSG_NOSIGNAL }, "hello", 5,
	  NO_ADDRESS, "3, <data>, 5, MSG_NOSIGNAL" },
	{ "send: flags in the order of their bits", CALL_SEND, 5, 0,
	  { 3, 5, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_OOB }, "hello", 5,
	  NO_ADDRESS, "3, <data>, 5, MSG_OOB|MSG_DONTWAIT|MSG_NOSIGNAL" },
	{ "send: a known flag and an unknown", CALL_SEND, -1, EINVAL,
	  { 3, 5, MSG_NOSIGNAL | 0x8000000 }, "hello", 5, NO_ADDRESS,
	  "3, <data>, 5, MSG_NOSIGNAL|0x8000000" },
	{ "send: an unknown flag", CALL_SEND, -1, EINVAL, { 3, 5, 0x8000000 },
	  "hello", 5, NO_ADDRESS, "3, <data>, 5, 0x8000000 /* MSG_??? */" },
	{ "send: failed, and the data is known", CALL_SEND, -1, EPIPE,
	  { 3, 5, 0 }, "hello", 5, NO_ADDRESS, "3, <data>, 5, 0" },
	{ "sendto", CALL_SENDTO, 5, 0, { 3, 5, 0 }, "hello", 5, PASSED,
	  "3, <data>, 5, 0, <addr>, 4" },
	{ "sendto: to no address", CALL_SENDTO, -1, EDESTADDRREQ, { 3, 5, 0 },
	  "hello", 5, NO_ADDRESS, "3, <data>, 5, 0, NULL, 0" },
	{ "recv", CALL_RECV, 5, 0, { 3, 100, 0 }, "hello", 5, NO_ADDRESS,
	  "3, <data>, 100, 0" },
	{ "recv: the end has data of no bytes", CALL_RECV, 0, 0, { 3, 100, 0 },
	  "", 0, NO_ADDRESS, "3, <data>, 100, 0" },
	{ "recv: failed, and there is no data", CALL_RECV, -1, EAGAIN,
	  { 3, 100, MSG_DONTWAIT }, NULL, 0, NO_ADDRESS,
	  "3, ..., 100, MSG_DONTWAIT" },
	{ "recvfrom", CALL_RECVFROM, 5, 0, { 3, 100, MSG_TRUNC }, "hello", 5,
	  RETURNED, "3, <data>, 100, MSG_TRUNC, <addr>, [128 => 4]" },
	{ "recvfrom: failed", CALL_RECVFROM, -1, EAGAIN, { 3, 100, 0 }, NULL,
	  0, WANTED, "3, ..., 100, 0, ..., [128]" },
	{ "recvfrom: no address came", CALL_RECVFROM, 5, 0, { 3, 100, 0 },
	  "hello", 5, WANTED, "3, <data>, 100, 0, ..., [128 => 0]" },
	{ "recvfrom: no address wanted", CALL_RECVFROM, 5, 0, { 3, 100, 0 },
	  "hello", 5, NO_ADDRESS, "3, <data>, 100, 0, NULL, NULL" },
	{ "shutdown: reading", CALL_SHUTDOWN, 0, 0, { 3, SHUT_RD }, NULL, 0,
	  NO_ADDRESS, "3, SHUT_RD" },
	{ "shutdown: writing", CALL_SHUTDOWN, 0, 0, { 3, SHUT_WR }, NULL, 0,
	  NO_ADDRESS, "3, SHUT_WR" },
	{ "shutdown: both", CALL_SHUTDOWN, 0, 0, { 3, SHUT_RDWR }, NULL, 0,
	  NO_ADDRESS, "3, SHUT_RDWR" },
	{ "shutdown: neither", CALL_SHUTDOWN, -1, EINVAL, { 3, 7 }, NULL, 0,
	  NO_ADDRESS, "3, 0x7 /* SHUT_??? */" },
	{ "getsockname", CALL_GETSOCKNAME, 0, 0, { 3 }, NULL, 0, RETURNED,
	  "3, <addr>, [128 => 4]" },
	{ "getsockname: as long as the room", CALL_GETSOCKNAME, 0, 0, { 3 },
	  NULL, 0, CUT, "3, <addr>, [4]" },
	{ "getpeername: failed", CALL_GETPEERNAME, -1, ENOTCONN, { 3 }, NULL,
	  0, WANTED, "3, ..., [128]" },
	{ "setsockopt: an int", CALL_SETSOCKOPT, 0, 0,
	  { 3, SOL_SOCKET, SO_REUSEADDR }, VALUE(one), NO_ADDRESS,
	  "3, SOL_SOCKET, SO_REUSEADDR, [1], 4" },
	{ "setsockopt: linger", CALL_SETSOCKOPT, 0, 0,
	  { 3, SOL_SOCKET, SO_LINGER }, VALUE(linger), NO_ADDRESS,
	  "3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=7}, 8" },
	{ "setsockopt: timeval", CALL_SETSOCKOPT, 0, 0,
	  { 3, SOL_SOCKET, SO_RCVTIMEO }, VALUE(time_limit), NO_ADDRESS,
	  "3, SOL_SOCKET, SO_RCVTIMEO, {tv_sec=2, tv_usec=500000}, 16" },
	{ "setsockopt: a filter", CALL_SETSOCKOPT, 0, 0,
	  { 3, SOL_SOCKET, SO_ATTACH_FILTER }, VALUE(filter), NO_ADDRESS,
	  "3, SOL_SOCKET, SO_ATTACH_FILTER, {len=5, filter=0x1000}, 16" },
	{ "setsockopt: a string", CALL_SETSOCKOPT, 0, 0,
	  { 3, SOL_SOCKET, SO_BINDTODEVICE }, "lo", 3, NO_ADDRESS,
	  "3, SOL_SOCKET, SO_BINDTODEVICE, \"lo\\0\", 3" },
	{ "setsockopt: an option of the family", CALL_SETSOCKOPT, 0, 0,
	  { 3, TOY_LEVEL, TOY_SPEED }, VALUE(one), NO_ADDRESS,
	  "3, SOL_TOY, TOY_SPEED, [1], 4" },
	{ "setsockopt: bytes of the family", CALL_SETSOCKOPT, 0, 0,
	  { 3, TOY_LEVEL, TOY_KEY }, "k\1\0002\377", 5, NO_ADDRESS,
	  "3, SOL_TOY, TOY_KEY, \"k\\1\\0002\\377\", 5" },
	{ "setsockopt: an unknown option", CALL_SETSOCKOPT, -1, ENOPROTOOPT,
	  { 3, SOL_SOCKET, 9999 }, VALUE(one), NO_ADDRESS,
	  "3, SOL_SOCKET, 0x270f /* SO_??? */, [1], 4" },
	{ "setsockopt: an unknown option of the family", CALL_SETSOCKOPT, -1,
	  ENOPROTOOPT, { 3, TOY_LEVEL, 9 }, VALUE(one), NO_ADDRESS,
	  "3, SOL_TOY, 9, [1], 4" },
	{ "setsockopt: an unknown level", CALL_SETSOCKOPT, -1, ENOPROTOOPT,
	  { 3, 12345, 2 }, VALUE(one), NO_ADDRESS,
	  "3, 0x3039 /* SOL_?? */, 2, [1], 4" },
	{ "getsockopt: an int", CALL_GETSOCKOPT, 0, 0,
	  { 3, SOL_SOCKET, SO_ERROR }, VALUE(one), CUT,
	  "3, SOL_SOCKET, SO_ERROR, [EPERM], [4]" },
	{ "getsockopt: failed", CALL_GETSOCKOPT, -1, ENOPROTOOPT,
	  { 3, SOL_SOCKET, SO_ERROR }, NULL, 0, WANTED,
	  "3, SOL_SOCKET, SO_ERROR, ..., [128]" },
	{ "sendmmsg", CALL_SENDMMSG, 2, 0, { 3, 2, MSG_DONTWAIT }, NULL, 0,
	  NO_ADDRESS, "3, <2>, 2, MSG_DONTWAIT" },
	{ "recvmmsg", CALL_RECVMMSG, 1, 0, { 3, 2, 0 }, NULL, 0, NO_ADDRESS,
	  "3, <1>, 2, 0, NULL" },
	{ "recvmmsg: failed", CALL_RECVMMSG, -1, EAGAIN, { 3, 2, 0 }, NULL, 0,
	  NO_ADDRESS, "3, ..., 2, 0, NULL" },
	{ "poll", CALL_POLL, 0, 0, { 2, -1 }, NULL, 0, NO_ADDRESS,
	  "<2>, 2, -1" },
	{ "poll: of nothing", CALL_POLL, 0, 0, { 0, 7 }, NULL, 0, NO_ADDRESS,
	  "NULL, 0, 7" },
	{ "read", CALL_READ, 2, 0, { 3, 9 }, "hi", 2, NO_ADDRESS,
	  "3, <data>, 9" },
	{ "read: failed", CALL_READ, -1, EAGAIN, { 3, 9 }, NULL, 0,
	  NO_ADDRESS, "3, ..., 9" },
	{ "write", CALL_WRITE, 2, 0, { 3, 2 }, "hi", 2, NO_ADDRESS,
	  "3, <data>, 2" },
	{ "splice", CALL_SPLICE, 2, 0, { 3, 4, 9 }, NULL, 0, NO_ADDRESS,
	  "3, NULL, 4, NULL, 9, 0" },
	{ "sendfile: no offset", CALL_SENDFILE, 2, 0, { 3, 4, 9 }, NULL, 0,
	  NO_ADDRESS, "3, 4, NULL, 9" },
	{ "socketpair", CALL_SOCKETPAIR, 0, 0, { TOY_DOMAIN, SOCK_STREAM, 1 },
	  NULL, 0, NO_ADDRESS, "AF_TOY, SOCK_STREAM, TOYPROTO_ONE, <pair>" },
	{ "socketpair: failed", CALL_SOCKETPAIR, -1, EOPNOTSUPP,
	  { TOY_DOMAIN, SOCK_STREAM, 1 }, NULL, 0, NO_ADDRESS,
	  "AF_TOY, SOCK_STREAM, TOYPROTO_ONE, ..." },
	{ "fcntl: no argument", CALL_FCNTL, 2, 0, { 3, F_GETFL, 77 }, NULL, 0,
	  NO_ADDRESS, "3, F_GETFL" },
	{ "fcntl: flags", CALL_FCNTL, 0, 0,
	  { 3, F_SETFL, O_RDWR | O_NONBLOCK | O_SYNC }, NULL, 0, NO_ADDRESS,
	  "3, F_SETFL, O_RDWR|O_NONBLOCK|O_SYNC" },
	{ "fcntl: one bit of O_SYNC", CALL_FCNTL, 0, 0,
	  { 3, F_SETFL, O_DSYNC }, NULL, 0, NO_ADDRESS,
	  "3, F_SETFL, O_RDONLY|O_DSYNC" },
	{ "fcntl: no flags of the descriptor", CALL_FCNTL, 0, 0,
	  { 3, F_SETFD, 0 }, NULL, 0, NO_ADDRESS, "3, F_SETFD, 0" },
	{ "fcntl: a number", CALL_FCNTL, 10, 0, { 3, F_DUPFD, 10 }, NULL, 0,
	  NO_ADDRESS, "3, F_DUPFD, 10" },
	{ "fcntl: a signal", CALL_FCNTL, 0, 0, { 3, F_SETSIG, SIGURG }, NULL,
	  0, NO_ADDRESS, "3, F_SETSIG, SIGURG" },
	{ "fcntl: an unknown command", CALL_FCNTL, -1, EINVAL,
	  { 3, 12345, 7 }, NULL, 0, NO_ADDRESS, "3, 0x3039 /* F_??? */, 0x7" },
	{ "dup", CALL_DUP, 4, 0, { 3 }, NULL, 0, NO_ADDRESS, "3" },
	{ "fstat: failed", CALL_FSTAT, -1, EBADF, { 3 }, NULL, 0, NO_ADDRESS,
	  "3, ..." },
	{ "lseek", CALL_LSEEK, -1, ESPIPE, { 3, -5, SEEK_CUR }, NULL, 0,
	  NO_ADDRESS, "3, -5, SEEK_CUR" },
	{ "fsync", CALL_FSYNC, -1, EINVAL, { 3 }, NULL, 0, NO_ADDRESS, "3" },
	{ "open", CALL_OPEN, 4, 0, { O_WRONLY | O_CLOEXEC }, "/dev/null", 9,
	  NO_ADDRESS, "<path>, O_WRONLY|O_CLOEXEC" },
	{ "ioctl: an int", CALL_IOCTL, 0, 0, { 3, FIONREAD }, NULL, 0,
	  NO_ADDRESS, "3, FIONREAD, [0]" },
	{ "ioctl: failed", CALL_IOCTL, -1, ENOTTY, { 3, SIOCATMARK }, NULL, 0,
	  NO_ADDRESS, "3, SIOCATMARK, ..." },
	{ "ioctl: what is sent and not acknowledged", CALL_IOCTL, 0, 0,
	  { 3, TIOCOUTQ }, NULL, 0, NO_ADDRESS, "3, SIOCOUTQ, [0]" },
	{ "ioctl: an int that is passed", CALL_IOCTL, -1, ENOTTY,
	  { 3, FIONBIO }, NULL, 0, NO_ADDRESS, "3, FIONBIO, [0]" },
	{ "ioctl: of nobody", CALL_IOCTL, -1, ENOTTY, { 3, 0x1234 }, NULL, 0,
	  NO_ADDRESS, "3, 0x1234, ..." },
	{ "close", CALL_CLOSE, 0, 0, { 3 }, NULL, 0, NO_ADDRESS, "3" },
};

static void
make_event(const struct row *row, struct event *event)
{
	memset(event, 0, sizeof(*event));
	event->call = (uint8_t)row->call;
	event->end_ns = 1;
	event->result = row->result;
	event->error = row->error;
	memcpy(event->number, row->number, sizeof(event->number));
	if (row->data != NULL)
		toy_data(event, row->data, row->length);
	if (row->address == PASSED)
		toy_pass(event, 80);
	if (row->address == RETURNED || row->address == CUT)
		toy_return(event, 80);
	if (row->address == CUT)
		event->room = event->returned;
	if (row->address == WANTED)
		event->room = 128;
}

static void
show_length(const struct event *event, char *text, size_t room)
{
	if (event->result < 0 || event->room == event->returned)
		snprintf(text, room, "[%u]", event->room);
	else
		snprintf(text, room, "[%u => %u]", event->room,
		    event->returned);
}

static void
show(const struct event *event, const struct argument *argument, char *text,
    size_t room)
{
	switch (argument->kind) {
	case ARGUMENT_NUMBER:
		if (argument->text[0] != '\0')
			snprintf(text, room, "%s", argument->text);
		else
			snprintf(text, room, "%lld",
			    (long long)argument->number);
		break;
	case ARGUMENT_ADDRESS:
		snprintf(text, room, "<addr>");
		break;
	case ARGUMENT_DATA:
	case ARGUMENT_MESSAGE:
		snprintf(text, room, "<data>");
		break;
	case ARGUMENT_LENGTH:
		show_length(event, text, room);
		break;
	case ARGUMENT_SYMBOL:
	case ARGUMENT_VALUE:
	case ARGUMENT_NULL:
		snprintf(text, room, "%s", argument->text);
		break;
	case ARGUMENT_PATH:
		snprintf(text, room, "<path>");
		break;
	case ARGUMENT_PAIR:
		snprintf(text, room, "<pair>");
		break;
	case ARGUMENT_MESSAGES:
	case ARGUMENT_POLLED:
		snprintf(text, room, "<%lld>", (long long)argument->number);
		break;
	case ARGUMENT_OFFSET:
		snprintf(text, room, "<offset>");
		break;
	case ARGUMENT_NONE:
		fail();
	}
}

static void
test_arguments(void **state)
{
	const struct row *row = *state;
	struct argument arguments[ARGUMENTS_MAX];
	struct event event;
	char line[512] = "";
	size_t count;

	make_event(row, &event);
	count = describe_arguments(&toy_family, &event, arguments);
	for (size_t i = 0; i < count; i++) {
		size_t used = strlen(line);

		assert_non_null(arguments[i].name);
		snprintf(line + used, sizeof(line) - used, "%s",
		    i != 0 ? ", " : "");
		used = strlen(line);
		show(&event, &arguments[i], line + used, sizeof(line) - used);
	}
	assert_string_equal(line, row->expected);
}

static void
test_names_of_calls(void **state)
{
	static const char *const names[CALL_COUNT] = {
		"socket", "bind", "listen", "accept4", "connect", "send",
		"sendto", "recv", "recvfrom", "shutdown", "getsockname",
		"getpeername", "setsockopt", "getsockopt", "sendmsg",
		"recvmsg", "sendmmsg", "recvmmsg", "poll", "read", "write",
		"splice", "sendfile", "socketpair", "fcntl", "dup", "fstat",
		"lseek", "fsync", "open", "ioctl", "bpf", "mmap", "munmap",
		"close",
	};

	(void)state;
	for (enum call call = 0; call < CALL_COUNT; call++) {
		assert_string_equal(call_name(call), names[call]);
		assert_int_equal(call_sends(call),
		    strncmp(names[call], "send", 4) == 0 ||
			call == CALL_WRITE);
		assert_int_equal(call_receives(call),
		    strncmp(names[call], "recv", 4) == 0 ||
			call == CALL_READ);
	}
}

/* A call that has not returned has filled nothing in. */
static void
test_running(void **state)
{
	struct argument arguments[ARGUMENTS_MAX];
	struct event event = { .call = CALL_RECVFROM, .room = 128 };

	(void)state;
	assert_int_equal(describe_arguments(&toy_family, &event, arguments),
	    6);
	assert_int_equal(arguments[1].kind, ARGUMENT_NULL);
	assert_int_equal(arguments[4].kind, ARGUMENT_NULL);
	assert_int_equal(arguments[5].kind, ARGUMENT_LENGTH);
}

static void
test_hints(void **state)
{
	struct argument arguments[ARGUMENTS_MAX];
	struct event event = {
		.call = CALL_SOCKET,
		.number = { TOY_DOMAIN, SOCK_STREAM | SOCK_CLOEXEC, 0 },
	};

	(void)state;
	describe_arguments(&toy_family, &event, arguments);
	assert_int_equal(arguments[1].essential, strlen("SOCK_STREAM"));
	assert_int_equal(arguments[0].essential, strlen("AF_TOY"));

	event = (struct event){ .call = CALL_SEND, .number = { 7, 1, 0 } };
	describe_arguments(&toy_family, &event, arguments);
	assert_true(arguments[0].descriptor);
	assert_true(arguments[2].plumbing);
	assert_true(arguments[3].plumbing);

	event.number[2] = MSG_NOSIGNAL | MSG_OOB;
	describe_arguments(&toy_family, &event, arguments);
	assert_false(arguments[3].plumbing);
}

static void
test_number_of_value(void **state)
{
	struct argument arguments[ARGUMENTS_MAX];
	struct event event = {
		.call = CALL_SETSOCKOPT,
		.number = { 3, TOY_LEVEL, TOY_SPEED },
	};
	int value = -5;

	(void)state;
	toy_data(&event, &value, sizeof(value));
	describe_arguments(&toy_family, &event, arguments);
	assert_true(arguments[3].has_number);
	assert_int_equal(arguments[3].number, -5);
	toy_data(&event, "abc", 3);
	describe_arguments(&toy_family, &event, arguments);
	assert_false(arguments[3].has_number);
}

/* As strace 6.1 prints strings, with its default of 32 bytes. */
static const struct quote_row {
	const char *name;
	const char *bytes;
	size_t length;
	const char *expected;
} quote_rows[] = {
	{ "quote: nothing", "", 0, "\"\"" },
	{ "quote: letters", "hello", 5, "\"hello\"" },
	{ "quote: escapes with letters", "\t\n\v\f\r\"\\", 7,
	  "\"\\t\\n\\v\\f\\r\\\"\\\\\"" },
	{ "quote: octal, as short as can be", "\0\1\177\200\377", 5,
	  "\"\\0\\1\\177\\200\\377\"" },
	{ "quote: octal before a digit", "\0001\0008", 4,
	  "\"\\0001\\08\"" },
	{ "quote: 32 bytes", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 32,
	  "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"" },
	{ "quote: 33 bytes", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 33,
	  "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"..." },
};

static void
test_quote(void **state)
{
	const struct quote_row *row = *state;
	char text[QUOTE_MAX];

	assert_string_equal(quote_bytes((const unsigned char *)row->bytes,
	    row->length, row->length, text), row->expected);
}

static void
test_quote_longest(void **state)
{
	unsigned char bytes[QUOTE_BYTES];
	char text[QUOTE_MAX];

	(void)state;
	memset(bytes, 0xff, sizeof(bytes));
	quote_bytes(bytes, sizeof(bytes), sizeof(bytes) + 1, text);
	assert_int_equal(strlen(text), QUOTE_MAX - 1);
}

static void
test_errno(void **state)
{
	char text[NAME_MAX_TEXT];

	(void)state;
	assert_string_equal(errno_name(ECONNREFUSED, text), "ECONNREFUSED");
	assert_string_equal(errno_name(EAGAIN, text), "EAGAIN");
	assert_string_equal(errno_name(EOPNOTSUPP, text), "EOPNOTSUPP");
	assert_string_equal(errno_name(524, text), "ENOTSUPP");
	assert_string_equal(errno_name(999, text), "E999");
	assert_int_equal(errno_number("ECONNREFUSED"), ECONNREFUSED);
	assert_int_equal(errno_number("EHWPOISON"), EHWPOISON);
	assert_int_equal(errno_number("EWOULDBLOCK"), EAGAIN);
	assert_int_equal(errno_number("ENOTSUP"), EOPNOTSUPP);
	assert_int_equal(errno_number("ENOTSUPP"), 524);
	assert_int_equal(errno_number("ENOSUCH"), 0);
	assert_int_equal(errno_number(""), 0);
	assert_true(errno_passes(EAGAIN));
	assert_true(errno_passes(EINPROGRESS));
	assert_false(errno_passes(ECONNREFUSED));
}

/* Events, and what is said about them. */
static const struct note_row {
	const char *name;
	struct event event;
	const char *expected;
} note_rows[] = {
	{ "note: nothing remarkable",
	  { .call = CALL_SEND, .end_ns = 1, .result = 5, .length = 5 }, "" },
	{ "note: a failure speaks for itself",
	  { .call = CALL_CONNECT, .end_ns = 1, .result = -1,
	    .error = ECONNREFUSED }, "" },
	{ "note: a short send",
	  { .call = CALL_SEND, .end_ns = 1, .result = 2, .length = 5 },
	  "2 of 5 bytes were sent" },
	{ "note: a message that was cut",
	  { .call = CALL_RECVFROM, .end_ns = 1, .result = 50, .length = 20,
	    .number = { 3, 20, MSG_TRUNC } },
	  "20 of 50 bytes fit, the rest is gone" },
	{ "note: the end",
	  { .call = CALL_RECV, .end_ns = 1, .number = { 3, 20, 0 } },
	  "the end (or an empty record)" },
	{ "note: an empty message",
	  { .call = CALL_RECVFROM, .end_ns = 1, .number = { 3, 20, 0 } },
	  "an empty message" },
	{ "note: nothing was asked for",
	  { .call = CALL_RECV, .end_ns = 1, .number = { 3, 0, 0 } }, "" },
	{ "note: never returned", { .call = CALL_RECV },
	  "the call had not returned" },
	{ "note: made by a test",
	  { .call = CALL_SEND, .end_ns = 1, .injected = true, .result = -1,
	    .error = EPIPE }, "a test made this result" },
	{ "note: two at once",
	  { .call = CALL_SEND, .end_ns = 1, .injected = true, .result = 2,
	    .length = 5 },
	  "a test made this result; 2 of 5 bytes were sent" },
	{ "note: a connection being made",
	  { .call = CALL_CONNECT, .end_ns = 1, .result = -1,
	    .error = EINPROGRESS }, "the connection is being made" },
	{ "note: to be tried again",
	  { .call = CALL_RECV, .end_ns = 1, .result = -1, .error = EAGAIN },
	  "no failure: the call is made again" },
	{ "note: not all messages were sent",
	  { .call = CALL_SENDMMSG, .end_ns = 1, .result = 1, .length = 3 },
	  "1 of 3 messages were sent" },
	{ "note: a message of several was cut",
	  { .call = CALL_RECVMMSG, .end_ns = 1, .result = 2,
	    .message_flags = MSG_TRUNC },
	  "a message is longer than its room: its rest is gone" },
	{ "note: control messages of several were cut",
	  { .call = CALL_RECVMMSG, .end_ns = 1, .result = 2,
	    .message_flags = MSG_CTRUNC }, "not all control messages fit" },
	{ "note: no message of several",
	  { .call = CALL_RECVMMSG, .end_ns = 1 }, "" },
	{ "note: a short write",
	  { .call = CALL_WRITE, .end_ns = 1, .result = 2, .length = 5 },
	  "2 of 5 bytes were sent" },
	{ "note: the end, read",
	  { .call = CALL_READ, .end_ns = 1, .number = { 3, 20 } },
	  "the end (or an empty record)" },
	{ "note: nothing is ready",
	  { .call = CALL_POLL, .end_ns = 1, .number = { 1, 0 } },
	  "nothing is ready" },
	{ "note: time has passed",
	  { .call = CALL_POLL, .end_ns = 1, .number = { 1, 10 } },
	  "nothing happened in that time" },
	{ "note: something is ready",
	  { .call = CALL_POLL, .end_ns = 1, .result = 1,
	    .number = { 1, 10 } }, "" },
	{ "note: what flags a file has",
	  { .call = CALL_FCNTL, .end_ns = 1, .result = O_RDWR | O_NONBLOCK,
	    .number = { 3, F_GETFL } }, "flags O_RDWR|O_NONBLOCK" },
	{ "note: no flags of a descriptor",
	  { .call = CALL_FCNTL, .end_ns = 1, .number = { 3, F_GETFD } }, "" },
	{ "note: a result that is a number",
	  { .call = CALL_FCNTL, .end_ns = 1, .result = 10,
	    .number = { 3, F_DUPFD, 10 } }, "" },
	{ "note: an address that was cut",
	  { .call = CALL_GETSOCKNAME, .end_ns = 1, .room = 8, .returned = 16 },
	  "the address has 16 bytes, 8 fit" },
};

static void
test_note(void **state)
{
	const struct note_row *row = *state;
	char text[200];

	describe_note(&row->event, text, sizeof(text));
	assert_string_equal(text, row->expected);
}

static struct CMUnitTest tests[COUNT(rows) + COUNT(quote_rows) +
    COUNT(note_rows) + 6];

#define ADD(table, function)                                                   \
	for (size_t i = 0; i < COUNT(table); i++)                              \
		tests[count++] = (struct CMUnitTest){                          \
			.name = (table)[i].name,                               \
			.test_func = (function),                               \
			.initial_state = (void *)(uintptr_t)&(table)[i],       \
		}

int
main(void)
{
	size_t count = 0;

	ADD(rows, test_arguments);
	ADD(quote_rows, test_quote);
	ADD(note_rows, test_note);
	tests[count++] =
	    (struct CMUnitTest)cmocka_unit_test(test_names_of_calls);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_running);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_hints);
	tests[count++] =
	    (struct CMUnitTest)cmocka_unit_test(test_number_of_value);
	tests[count++] =
	    (struct CMUnitTest)cmocka_unit_test(test_quote_longest);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_errno);
	return cmocka_run_group_tests_name("describe", tests, NULL, NULL);
}
