/* strace: the events as strace 6.1 prints them with -f -e trace=network. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "render/notation.h"
#include "render/render.h"

/* Results stand in this column, or behind the call (strace -a). */
#define RESULT_COLUMN 40

/* How a wrapper appears as a system call. */
struct system_call {
	const char *name;	/* NULL: there is no notation of it */
	size_t at_entry;	/* arguments known before it returns; 0: all */
	bool other;		/* not of strace's network class */
	/* Arguments that the wrapper does not have: before those that it has */
	const char *first;
	const char *second;	/* behind the first of them */
	const char *last;
};

/* What the C library makes of fstat(). */
#if defined(__GLIBC__) && !__GLIBC_PREREQ(2, 39)
#define FSTAT                                                                  \
	{                                                                      \
		.name = "newfstatat", .other = true, .at_entry = 1,            \
		.second = ", \"\"", .last = ", AT_EMPTY_PATH",                 \
	}
#else
#define FSTAT { .name = "fstat", .other = true, .at_entry = 1 }
#endif

static const struct system_call system_calls[CALL_COUNT] = {
	[CALL_SOCKET] = { .name = "socket" },
	[CALL_BIND] = { .name = "bind" },
	[CALL_LISTEN] = { .name = "listen" },
	[CALL_ACCEPT4] = { .name = "accept4", .at_entry = 1 },
	[CALL_CONNECT] = { .name = "connect" },
	[CALL_SEND] = { .name = "sendto", .last = ", NULL, 0" },
	[CALL_SENDTO] = { .name = "sendto" },
	[CALL_RECV] = {
		.name = "recvfrom", .last = ", NULL, NULL", .at_entry = 1,
	},
	[CALL_RECVFROM] = { .name = "recvfrom", .at_entry = 1 },
	[CALL_SHUTDOWN] = { .name = "shutdown" },
	[CALL_GETSOCKNAME] = { .name = "getsockname", .at_entry = 1 },
	[CALL_GETPEERNAME] = { .name = "getpeername", .at_entry = 1 },
	[CALL_SETSOCKOPT] = { .name = "setsockopt" },
	[CALL_GETSOCKOPT] = { .name = "getsockopt", .at_entry = 3 },
	[CALL_SENDMSG] = { .name = "sendmsg" },
	[CALL_RECVMSG] = { .name = "recvmsg", .at_entry = 1 },
	[CALL_SENDMMSG] = { .name = "sendmmsg", .at_entry = 1 },
	[CALL_RECVMMSG] = { .name = "recvmmsg", .at_entry = 1 },
	[CALL_SENDFILE] = { .name = "sendfile" },
	[CALL_SOCKETPAIR] = { .name = "socketpair", .at_entry = 3 },
	[CALL_POLL] = { .name = "poll", .other = true },
	[CALL_READ] = { .name = "read", .other = true, .at_entry = 1 },
	[CALL_WRITE] = { .name = "write", .other = true },
	[CALL_SPLICE] = { .name = "splice", .other = true },
	[CALL_FCNTL] = { .name = "fcntl", .other = true },
	[CALL_DUP] = { .name = "dup", .other = true },
	[CALL_FSTAT] = FSTAT,
	[CALL_LSEEK] = { .name = "lseek", .other = true },
	[CALL_FSYNC] = { .name = "fsync", .other = true },
	[CALL_OPEN] = {
		.name = "openat", .other = true, .first = "AT_FDCWD, ",
	},
	[CALL_IOCTL] = { .name = "ioctl", .other = true, .at_entry = 2 },
	[CALL_BPF] = { .name = NULL },
	[CALL_MMAP] = { .name = NULL },
	[CALL_MUNMAP] = { .name = NULL },
	[CALL_CLOSE] = { .name = "close", .other = true },
};

static void
put_result(struct line *line, const struct event *event)
{
	char text[NAME_MAX_TEXT];
	const char *name = errno_name(event->error, text);
	const char *description = strerrordesc_np(event->error);

	notation_put(line, ") ");
	notation_put(line, "%*s", line->column < RESULT_COLUMN
	    ? RESULT_COLUMN - line->column : 0, "");
	if (event->result >= 0)
		notation_result(line, event);
	else if (description != NULL)
		notation_put(line, "= -1 %s (%s)", name, description);
	else if (name != text)
		notation_put(line, "= -1 %s (Unknown error %d)", name,
		    event->error);
	else
		notation_put(line, "= -1 (errno %d)", event->error);
}

static const char *
text_or_empty(const char *text)
{
	return text != NULL ? text : "";
}

void
render_strace_call(FILE *out, const struct family *family,
    const struct event *event)
{
	const struct system_call *call = &system_calls[event->call];
	struct argument arguments[ARGUMENTS_MAX];
	struct line line = { .out = out };
	bool running = event->end_ns == 0;
	bool entered = running && call->at_entry != 0;
	size_t count;

	if (call->name == NULL)
		return;
	count = describe_arguments(family, event, arguments);
	if (entered)
		count = call->at_entry;
	notation_put(&line, "[pid %5d] %s(%s", event->pid, call->name,
	    text_or_empty(call->first));
	for (size_t i = 0; i < count; i++) {
		notation_put(&line, "%s", i != 0 ? ", " : "");
		notation_argument(&line, family, event, &arguments[i]);
		if (i == 0)
			notation_put(&line, "%s", text_or_empty(call->second));
	}
	notation_put(&line, "%s", entered ? ", " : text_or_empty(call->last));
	if (running)
		notation_put(&line, " <unfinished ...>");
	else
		put_result(&line, event);
	notation_put(&line, "\n");
}

void
render_strace_event(FILE *out, const struct family *family,
    const struct event *event)
{
	if (!system_calls[event->call].other)
		render_strace_call(out, family, event);
}

void
render_strace(FILE *out, const struct report *report,
    const struct style *style)
{
	struct trace_row *rows;
	size_t count;

	(void)style;
	if (trace_merge(report->trace[SIDE_CLIENT], report->trace[SIDE_SERVER],
	    &rows, &count) != 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (rows[i].event != NULL)
			render_strace_event(out,
			    report->request->choice.family, rows[i].event);
		else
			fprintf(out, "[... %" PRIu64 " events missing]\n",
			    rows[i].missing);
	free(rows);
}
