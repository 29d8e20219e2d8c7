#include "render/notation.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include "record/file_names.h"
#include "record/names.h"
#include "text/quote.h"

void
notation_put(struct line *line, const char *format, ...)
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
		notation_put(line, "...");
		return;
	}
	if (address->any.sa_family == family->domain)
		notation_put(line, "{sa_family=%s", family->constant);
	else if (address->any.sa_family == AF_UNSPEC)
		notation_put(line, "{sa_family=AF_UNSPEC");
	else
		notation_put(line, "{sa_family=0x%x /* AF_??? */",
		    address->any.sa_family);
	if (length > begin)
		notation_put(line, ", sa_data=%s", quote_bytes(address->bytes + begin,
		    length - begin, length - begin, data));
	notation_put(line, "}");
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
	notation_put(line, "{sa_family=%s", fields[0].value);
	for (int i = 1; i < count; i++) {
		bool special = fields[i].strace[0] != '\0';
		char text[ENDPOINT_TEXT_MAX];

		notation_put(line, ", %s%s%s", special ? "" : fields[i].name,
		    special ? "" : "=", quote_within(special
		    ? fields[i].strace : fields[i].value, text, sizeof(text)));
	}
	notation_put(line, "}");
}

static void
put_length(struct line *line, const struct event *event)
{
	if (event->result < 0 || event->returned == event->room)
		notation_put(line, "[%u]", event->room);
	else
		notation_put(line, "[%u => %u]", event->room, event->returned);
}

/* The data of control messages that strace decodes: ints, a struct ucred. */
static void
put_descriptors(struct line *line, const struct control *control)
{
	int number;

	if (control->kept < sizeof(number))
		return;
	notation_put(line, ", cmsg_data=[");
	for (size_t at = 0; at + sizeof(number) <= control->kept;
	     at += sizeof(number)) {
		memcpy(&number, control->data + at, sizeof(number));
		notation_put(line, "%s%d", at != 0 ? ", " : "", number);
	}
	notation_put(line, "]");
}

static void
put_credentials(struct line *line, const struct control *control)
{
	struct ucred who;

	if (control->kept < sizeof(who))
		return;
	memcpy(&who, control->data, sizeof(who));
	notation_put(line, ", cmsg_data={pid=%d, uid=%u, gid=%u}", who.pid, who.uid,
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

	notation_put(line, "{cmsg_len=%zu, cmsg_level=%s, cmsg_type=", control->length,
	    control->level);
	for (size_t i = 0; socket &&
	    i < sizeof(socket_controls) / sizeof(socket_controls[0]); i++)
		if (socket_controls[i].type == control->type) {
			notation_put(line, "%s", socket_controls[i].name);
			socket_controls[i].put_data(line, control);
			notation_put(line, "}");
			return;
		}
	notation_put(line, "%#x%s}", (unsigned)control->type,
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
		notation_put(line, ", msg_control=[");
		while (describe_control(family, event, &offset, &control)) {
			notation_put(line, "%s", separator);
			put_control(line, &control);
			separator = ", ";
		}
		notation_put(line, "]");
	}
	notation_put(line, ", msg_controllen=%u", event->control_length);
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

	notation_put(line, ", msg_iov=[");
	for (int64_t i = 0; i < count && i < EVENT_VECTORS_MAX; i++) {
		uint64_t here = event->vector[i] < left ? event->vector[i]
							: left;
		size_t shown = here < kept ? (size_t)here : kept;

		notation_put(line, "%s{iov_base=%s, iov_len=%" PRIu64 "}",
		    i != 0 ? ", " : "", quote_bytes(data, shown, here, quoted),
		    event->vector[i]);
		data += shown;
		kept -= shown;
		left -= here;
	}
	notation_put(line, "%s], msg_iovlen=%" PRId64,
	    count > EVENT_VECTORS_MAX ? ", ..." : "", count);
}

static void
put_name(struct line *line, const struct family *family,
    const struct event *event)
{
	notation_put(line, "{msg_name=");
	if (event->address.length != 0)
		put_address(line, family, &event->address);
	else
		notation_put(line, "%s", event->room != 0 ? "..." : "NULL");
	if (!call_receives(event->call))
		notation_put(line, ", msg_namelen=%u", event->address.length);
	else if (event->room == event->returned)
		notation_put(line, ", msg_namelen=%u", event->room);
	else
		notation_put(line, ", msg_namelen=%u => %u", event->room,
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
	notation_put(line, ", msg_flags=%s}", flags);
}

/* What messages there are, each as sendmsg() or recvmsg() would have it. */
static void
put_messages(struct line *line, const struct family *family,
    const struct event *event, const struct argument *argument)
{
	size_t count = describe_messages(event);
	struct event one;

	notation_put(line, "[");
	for (size_t i = 0; i < count; i++) {
		describe_message(event, i, &one);
		notation_put(line, "%s{msg_hdr=", i != 0 ? ", " : "");
		put_message(line, family, &one);
		if (one.result >= 0)
			notation_put(line, ", msg_len=%" PRId64, one.result);
		notation_put(line, "}");
	}
	notation_put(line, "%s]", (int64_t)count < argument->number ? ", ..."
								    : "");
}

static void
put_polled(struct line *line, const struct event *event, int64_t count)
{
	char text[160];

	notation_put(line, "[");
	for (int64_t i = 0; i < count && i < EVENT_POLLED_MAX; i++) {
		const struct pollfd *polled = &event->polled[i];

		notation_put(line, "%s{fd=%d", i != 0 ? ", " : "", polled->fd);
		file_names_events(polled->events, text, sizeof(text));
		/* A negative descriptor is passed over (poll(2)). */
		if (polled->fd >= 0 || polled->events != 0)
			notation_put(line, ", events=%s", text);
		notation_put(line, "}");
	}
	notation_put(line, "%s]", count > EVENT_POLLED_MAX ? ", ..." : "");
}

/* What poll() returned: the descriptors that something was found of. */
static void
put_found(struct line *line, const struct event *event)
{
	int64_t count = event->number[0];
	int64_t found = 0;
	char text[160];

	notation_put(line, " ([");
	for (int64_t i = 0; i < count && i < EVENT_POLLED_MAX; i++) {
		const struct pollfd *polled = &event->polled[i];

		if (polled->revents == 0)
			continue;
		file_names_events(polled->revents, text, sizeof(text));
		notation_put(line, "%s{fd=%d, revents=%s}",
		    found++ != 0 ? ", " : "", polled->fd, text);
	}
	notation_put(line, "%s])", found < event->result ? ", ..." : "");
}

/* A path is never cut (but by the recording). */
static void
put_path(struct line *line, const struct event *event)
{
	char quoted[QUOTE_MAX];
	size_t shown;

	notation_put(line, "\"");
	for (size_t at = 0; at < event->kept; at += shown) {
		shown = event->kept - at < QUOTE_BYTES ? event->kept - at
						       : QUOTE_BYTES;
		quote_bytes(event->data + at, shown, shown, quoted);
		notation_put(line, "%.*s", (int)strlen(quoted) - 2,
		    quoted + 1);
	}
	notation_put(line, "\"%s", event->kept < event->length ? "..." : "");
}

static void
put_offset(struct line *line, const struct event *event)
{
	notation_put(line, "[%" PRIu64, (uint64_t)event->offset.passed);
	if (event->end_ns != 0 && event->result >= 0 &&
	    event->offset.returned != event->offset.passed)
		notation_put(line, "] => [%" PRIu64,
		    (uint64_t)event->offset.returned);
	notation_put(line, "]");
}

void
notation_argument(struct line *line, const struct family *family,
    const struct event *event, const struct argument *argument)
{
	char data[QUOTE_MAX];

	switch (argument->kind) {
	case ARGUMENT_NUMBER:
		if (argument->text[0] != '\0')
			notation_put(line, "%s", argument->text);
		else
			notation_put(line, "%" PRId64, argument->number);
		break;
	case ARGUMENT_ADDRESS:
		put_address(line, family, &event->address);
		break;
	case ARGUMENT_DATA:
		notation_put(line, "%s", quote_bytes(event->data, event->kept,
		    event->length, data));
		break;
	case ARGUMENT_MESSAGE:
		put_message(line, family, event);
		break;
	case ARGUMENT_MESSAGES:
		put_messages(line, family, event, argument);
		break;
	case ARGUMENT_POLLED:
		put_polled(line, event, argument->number);
		break;
	case ARGUMENT_PAIR:
		notation_put(line, "[%d, %d]", event->pair[0], event->pair[1]);
		break;
	case ARGUMENT_PATH:
		put_path(line, event);
		break;
	case ARGUMENT_OFFSET:
		put_offset(line, event);
		break;
	case ARGUMENT_LENGTH:
		put_length(line, event);
		break;
	case ARGUMENT_SYMBOL:
		if (argument->bare_in_strace)
			notation_put(line, "%" PRId64, argument->number);
		else
			notation_put(line, "%s", argument->in_strace != NULL
			    ? argument->in_strace : argument->text);
		break;
	case ARGUMENT_VALUE:
	case ARGUMENT_NULL:
		notation_put(line, "%s", argument->text);
		break;
	case ARGUMENT_NONE:
		break;
	}
}

/* A result that is told in hexadecimal: flags. */
static bool
is_flags(const struct event *event)
{
	char meaning[160];

	return describe_result(event, meaning, sizeof(meaning)) &&
	    strncmp(meaning, "flags ", strlen("flags ")) == 0;
}

void
notation_result(struct line *line, const struct event *event)
{
	const struct timespec *left = &event->batch.left;
	char meaning[160];

	if (is_flags(event))
		notation_put(line, "= %#" PRIx64, (uint64_t)event->result);
	else
		notation_put(line, "= %" PRId64, event->result);
	if (describe_result(event, meaning, sizeof(meaning)))
		notation_put(line, " (%s)", meaning);
	if (event->call != CALL_POLL && event->call != CALL_RECVMMSG)
		return;
	if (event->result == 0)
		notation_put(line, " (Timeout)");
	else if (event->call == CALL_POLL)
		put_found(line, event);
	else if (event->batch.timed)
		notation_put(line, " (left {tv_sec=%lld, tv_nsec=%lld})",
		    (long long)left->tv_sec, (long long)left->tv_nsec);
}
