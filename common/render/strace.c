/*
 * strace: the events as strace 6.1 prints them with -f -e trace=network. Its
 * sources are the reference (src/net.c, src/sockaddr.c, src/util.c).
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "record/describe.h"
#include "record/names.h"
#include "render/render.h"
#include "text/quote.h"

/* Results stand in this column, or behind the call (strace -a). */
#define RESULT_COLUMN 40

/* How a wrapper appears as a system call. */
struct system_call {
	const char *name;	/* NULL: not in strace's network class */
	const char *rest;	/* arguments that the wrapper does not have */
	size_t at_entry;	/* arguments known before it returns; 0: all */
};

static const struct system_call system_calls[CALL_COUNT] = {
	[CALL_SOCKET] = { "socket", "", 0 },
	[CALL_BIND] = { "bind", "", 0 },
	[CALL_LISTEN] = { "listen", "", 0 },
	[CALL_ACCEPT4] = { "accept4", "", 1 },
	[CALL_CONNECT] = { "connect", "", 0 },
	[CALL_SEND] = { "sendto", ", NULL, 0", 0 },
	[CALL_SENDTO] = { "sendto", "", 0 },
	[CALL_RECV] = { "recvfrom", ", NULL, NULL", 1 },
	[CALL_RECVFROM] = { "recvfrom", "", 1 },
	[CALL_SHUTDOWN] = { "shutdown", "", 0 },
	[CALL_GETSOCKNAME] = { "getsockname", "", 1 },
	[CALL_GETPEERNAME] = { "getpeername", "", 1 },
	[CALL_SETSOCKOPT] = { "setsockopt", "", 0 },
	[CALL_GETSOCKOPT] = { "getsockopt", "", 3 },
	[CALL_SENDMSG] = { "sendmsg", "", 0 },
	[CALL_RECVMSG] = { "recvmsg", "", 1 },
	[CALL_SENDMMSG] = { .name = NULL },
	[CALL_RECVMMSG] = { .name = NULL },
	[CALL_POLL] = { .name = NULL },
	[CALL_READ] = { .name = NULL },
	[CALL_WRITE] = { .name = NULL },
	[CALL_SPLICE] = { .name = NULL },
	[CALL_SENDFILE] = { .name = NULL },
	[CALL_SOCKETPAIR] = { .name = NULL },
	[CALL_FCNTL] = { .name = NULL },
	[CALL_DUP] = { .name = NULL },
	[CALL_FSTAT] = { .name = NULL },
	[CALL_LSEEK] = { .name = NULL },
	[CALL_FSYNC] = { .name = NULL },
	[CALL_OPEN] = { .name = NULL },
	[CALL_IOCTL] = { .name = NULL },
	[CALL_BPF] = { .name = NULL },
	[CALL_MMAP] = { .name = NULL },
	[CALL_MUNMAP] = { .name = NULL },
	[CALL_CLOSE] = { .name = NULL },
};

/* A line in the making, and the column that it has reached. */
struct line {
	FILE *out;
	int column;
};

static void put(struct line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
put(struct line *line, const char *format, ...)
{
	va_list arguments;
	int printed;

	va_start(arguments, format);
	printed = vfprintf(line->out, format, arguments);
	va_end(arguments);
	if (printed > 0)
		line->column += printed;
}

/* An address that the family cannot lay out. */
static void
put_plain_address(struct line *line, const struct family *family,
    const struct endpoint *address)
{
	size_t begin = offsetof(struct sockaddr, sa_data);
	size_t length = address->length;
	char data[QUOTE_MAX];

	if (length < begin) {
		put(line, "...");
		return;
	}
	if (address->any.sa_family == family->domain)
		put(line, "{sa_family=%s", family->constant);
	else if (address->any.sa_family == AF_UNSPEC)
		put(line, "{sa_family=AF_UNSPEC");
	else
		put(line, "{sa_family=0x%x /* AF_??? */",
		    address->any.sa_family);
	if (length > begin)
		put(line, ", sa_data=%s", quote_bytes(address->bytes + begin,
		    length - begin, length - begin, data));
	put(line, "}");
}

static void
put_address(struct line *line, const struct family *family,
    const struct endpoint *address)
{
	struct field fields[FIELDS_MAX];
	int count = -1;

	if (family->lay_out != NULL && !family->plain_in_strace)
		count = family->lay_out(address, fields);
	if (count <= 0) {
		put_plain_address(line, family, address);
		return;
	}
	put(line, "{sa_family=%s", fields[0].value);
	for (int i = 1; i < count; i++) {
		bool special = fields[i].strace[0] != '\0';
		char text[ENDPOINT_TEXT_MAX];

		put(line, ", %s%s%s", special ? "" : fields[i].name,
		    special ? "" : "=", quote_within(special
		    ? fields[i].strace : fields[i].value, text, sizeof(text)));
	}
	put(line, "}");
}

static void
put_length(struct line *line, const struct event *event)
{
	if (event->result < 0 || event->returned == event->room)
		put(line, "[%u]", event->room);
	else
		put(line, "[%u => %u]", event->room, event->returned);
}

/* The data of control messages that strace decodes: ints, a struct ucred. */
static void
put_descriptors(struct line *line, const struct control *control)
{
	int number;

	if (control->kept < sizeof(number))
		return;
	put(line, ", cmsg_data=[");
	for (size_t at = 0; at + sizeof(number) <= control->kept;
	     at += sizeof(number)) {
		memcpy(&number, control->data + at, sizeof(number));
		put(line, "%s%d", at != 0 ? ", " : "", number);
	}
	put(line, "]");
}

static void
put_credentials(struct line *line, const struct control *control)
{
	struct ucred who;

	if (control->kept < sizeof(who))
		return;
	memcpy(&who, control->data, sizeof(who));
	put(line, ", cmsg_data={pid=%d, uid=%u, gid=%u}", who.pid, who.uid,
	    who.gid);
}

/* Control messages of SOL_SOCKET (scmvals of strace). */
static const struct {
	int type;
	const char *name;
	void (*put_data)(struct line *line, const struct control *control);
} socket_controls[] = {
	{ SCM_RIGHTS, "SCM_RIGHTS", put_descriptors },
	{ SCM_CREDENTIALS, "SCM_CREDENTIALS", put_credentials },
};

static void
put_control(struct line *line, const struct control *control)
{
	bool socket = control->level_number == SOL_SOCKET;

	put(line, "{cmsg_len=%zu, cmsg_level=%s, cmsg_type=", control->length,
	    control->level);
	for (size_t i = 0; socket &&
	    i < sizeof(socket_controls) / sizeof(socket_controls[0]); i++)
		if (socket_controls[i].type == control->type) {
			put(line, "%s", socket_controls[i].name);
			socket_controls[i].put_data(line, control);
			put(line, "}");
			return;
		}
	put(line, "%#x%s}", (unsigned)control->type,
	    socket ? " /* SCM_??? */" : "");
}

static void
put_controls(struct line *line, const struct family *family,
    const struct event *event)
{
	const char *separator = "";
	struct control control;
	size_t offset = 0;

	if (event->control_length != 0) {
		put(line, ", msg_control=[");
		while (describe_control(family, event, &offset, &control)) {
			put(line, "%s", separator);
			put_control(line, &control);
			separator = ", ";
		}
		put(line, "]");
	}
	put(line, ", msg_controllen=%u", event->control_length);
}

/* Each vector with its part of the data. */
static void
put_vectors(struct line *line, const struct event *event)
{
	const unsigned char *data = event->data;
	size_t kept = event->kept;
	uint64_t left = event->length;
	int64_t count = event->number[2];
	char quoted[QUOTE_MAX];

	put(line, ", msg_iov=[");
	for (int64_t i = 0; i < count && i < EVENT_VECTORS_MAX; i++) {
		uint64_t here = event->vector[i] < left ? event->vector[i]
							: left;
		size_t shown = here < kept ? (size_t)here : kept;

		put(line, "%s{iov_base=%s, iov_len=%" PRIu64 "}",
		    i != 0 ? ", " : "", quote_bytes(data, shown, here, quoted),
		    event->vector[i]);
		data += shown;
		kept -= shown;
		left -= here;
	}
	put(line, "%s], msg_iovlen=%" PRId64,
	    count > EVENT_VECTORS_MAX ? ", ..." : "", count);
}

static void
put_name(struct line *line, const struct family *family,
    const struct event *event)
{
	put(line, "{msg_name=");
	if (event->address.length != 0)
		put_address(line, family, &event->address);
	else
		put(line, "%s", event->room != 0 ? "..." : "NULL");
	if (!call_receives(event->call))
		put(line, ", msg_namelen=%u", event->address.length);
	else if (event->room == event->returned)
		put(line, ", msg_namelen=%u", event->room);
	else
		put(line, ", msg_namelen=%u => %u", event->room,
		    event->returned);
}

static void
put_message(struct line *line, const struct family *family,
    const struct event *event)
{
	char flags[160];

	put_name(line, family, event);
	put_vectors(line, event);
	put_controls(line, family, event);
	name_message_flags(event->message_flags, flags, sizeof(flags));
	put(line, ", msg_flags=%s}", flags);
}

static void
put_argument(struct line *line, const struct family *family,
    const struct event *event, const struct argument *argument)
{
	char data[QUOTE_MAX];

	switch (argument->kind) {
	case ARGUMENT_NUMBER:
		if (argument->text[0] != '\0')
			put(line, "%s", argument->text);
		else
			put(line, "%" PRId64, argument->number);
		break;
	case ARGUMENT_ADDRESS:
		put_address(line, family, &event->address);
		break;
	case ARGUMENT_DATA:
		put(line, "%s", quote_bytes(event->data, event->kept,
		    event->length, data));
		break;
	case ARGUMENT_MESSAGE:
		put_message(line, family, event);
		break;
	case ARGUMENT_LENGTH:
		put_length(line, event);
		break;
	case ARGUMENT_SYMBOL:
	case ARGUMENT_VALUE:
	case ARGUMENT_NULL:
		put(line, "%s", argument->text);
		break;
	}
}

static void
put_result(struct line *line, const struct event *event)
{
	char text[NAME_MAX_TEXT];
	const char *name = errno_name(event->error, text);
	const char *description = strerrordesc_np(event->error);

	put(line, ") ");
	put(line, "%*s", line->column < RESULT_COLUMN
	    ? RESULT_COLUMN - line->column : 0, "");
	if (event->result >= 0)
		put(line, "= %" PRId64, event->result);
	else if (description != NULL)
		put(line, "= -1 %s (%s)", name, description);
	else if (name != text)
		put(line, "= -1 %s (Unknown error %d)", name, event->error);
	else
		put(line, "= -1 (errno %d)", event->error);
}

void
render_strace_event(FILE *out, const struct family *family,
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
	put(&line, "[pid %5d] %s(", event->pid, call->name);
	for (size_t i = 0; i < count; i++) {
		put(&line, "%s", i != 0 ? ", " : "");
		put_argument(&line, family, event, &arguments[i]);
	}
	put(&line, "%s", entered ? ", " : call->rest);
	if (running)
		put(&line, " <unfinished ...>");
	else
		put_result(&line, event);
	put(&line, "\n");
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
