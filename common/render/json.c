#include "render/json.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "record/describe.h"
#include "record/file_names.h"
#include "render/render.h"
#include "render/value.h"

static json_t *
field_json(const struct field *field)
{
	if (field->number)
		return json_integer(strtoll(field->value, NULL, 10));
	return value_text(field->value);
}

static json_t *
address_json(const struct family *family, const struct endpoint *address)
{
	json_t *object = json_object();
	json_t *members = json_object();
	struct field fields[FIELDS_MAX];
	char text[ENDPOINT_TEXT_MAX];
	int count = -1;
	bool failed = false;

	if (family->lay_out != NULL)
		count = family->lay_out(address, fields);
	value_set(object, "family", count > 0 ? value_text(fields[0].value)
					: json_null(), &failed);
	value_set(object, "text", value_text(endpoint_format(family, address, text,
	    sizeof(text))), &failed);
	for (int i = 1; i < count; i++)
		value_set(members, fields[i].name, field_json(&fields[i]), &failed);
	value_set(object, "fields", members, &failed);
	return value_finish(object, failed);
}

static json_t *
length_json(const struct event *event)
{
	bool returned = event->end_ns != 0 && event->result >= 0;
	json_t *object = json_object();
	bool failed = false;

	value_set(object, "passed", value_count(event->room), &failed);
	value_set(object, "returned", returned ? value_count(event->returned)
					 : json_null(), &failed);
	return value_finish(object, failed);
}

static json_t *
hex_json(const unsigned char *bytes, size_t kept, uint64_t length)
{
	static const char digits[] = "0123456789abcdef";
	char hexadecimal[2 * (EVENT_DATA_MAX + EVENT_CONTROL_MAX)];
	json_t *object = json_object();
	bool failed = false;

	for (size_t i = 0; i < kept; i++) {
		hexadecimal[2 * i] = digits[bytes[i] >> 4];
		hexadecimal[2 * i + 1] = digits[bytes[i] & 0x0f];
	}
	value_set(object, "len", value_count(length), &failed);
	value_set(object, "hex", json_stringn(hexadecimal, 2 * kept), &failed);
	return value_finish(object, failed);
}

static json_t *
data_json(const struct event *event)
{
	return hex_json(event->data, event->kept, event->length);
}

static json_t *
controls_json(const struct family *family, const struct event *event)
{
	json_t *array = json_array();
	struct control control;
	bool failed = false;
	size_t offset = 0;

	while (describe_control(family, event, &offset, &control)) {
		json_t *object = json_object();

		value_set(object, "cmsg_level", value_text(control.level), &failed);
		value_set(object, "cmsg_type", json_integer(control.type), &failed);
		value_set(object, "cmsg_data", hex_json(control.data, control.kept,
		    control.length - sizeof(struct cmsghdr)), &failed);
		if (json_array_append_new(array, object) != 0)
			failed = true;
	}
	return value_finish(array, failed);
}

static json_t *
message_json(const struct family *family, const struct event *event)
{
	json_t *object = json_object();
	bool failed = false;

	value_set(object, "msg_name", event->address.length != 0
	    ? address_json(family, &event->address) : json_null(), &failed);
	value_set(object, "msg_iov", data_json(event), &failed);
	value_set(object, "msg_control", controls_json(family, event), &failed);
	value_set(object, "msg_flags", json_integer(event->message_flags), &failed);
	return value_finish(object, failed);
}

static json_t *
messages_json(const struct family *family, const struct event *event)
{
	size_t count = describe_messages(event);
	json_t *array = json_array();
	struct event one;
	bool failed = false;

	for (size_t i = 0; i < count; i++) {
		json_t *object;

		describe_message(event, i, &one);
		object = message_json(family, &one);
		value_set(object, "msg_len", one.result >= 0
		    ? json_integer(one.result) : json_null(), &failed);
		if (json_array_append_new(array, object) != 0)
			failed = true;
	}
	return value_finish(array, failed);
}

static json_t *
polled_json(const struct event *event)
{
	json_t *array = json_array();
	bool failed = false;
	char text[160];

	for (int64_t i = 0; i < event->number[0] && i < EVENT_POLLED_MAX;
	     i++) {
		json_t *object = json_object();

		value_set(object, "fd", json_integer(event->polled[i].fd), &failed);
		file_names_events(event->polled[i].events, text, sizeof(text));
		value_set(object, "events", json_string(text), &failed);
		file_names_events(event->polled[i].revents, text,
		    sizeof(text));
		value_set(object, "revents", json_string(text), &failed);
		if (json_array_append_new(array, object) != 0)
			failed = true;
	}
	return value_finish(array, failed);
}

static json_t *
offset_json(const struct event *event)
{
	bool returned = event->end_ns != 0 && event->result >= 0;
	json_t *object = json_object();
	bool failed = false;

	value_set(object, "passed", json_integer(event->offset.passed), &failed);
	value_set(object, "returned", returned
	    ? json_integer(event->offset.returned) : json_null(), &failed);
	return value_finish(object, failed);
}

static json_t *
path_json(const struct event *event)
{
	char path[EVENT_DATA_MAX + 1];

	snprintf(path, sizeof(path), "%.*s", (int)event->kept,
	    (const char *)event->data);
	return value_text(path);
}

static json_t *
argument_json(const struct family *family, const struct event *event,
    const struct argument *argument)
{
	switch (argument->kind) {
	case ARGUMENT_NUMBER:
		return json_integer(argument->number);
	case ARGUMENT_SYMBOL:
		return value_text(argument->text);
	case ARGUMENT_ADDRESS:
		return address_json(family, &event->address);
	case ARGUMENT_DATA:
		return data_json(event);
	case ARGUMENT_MESSAGE:
		return message_json(family, event);
	case ARGUMENT_VALUE:
		return argument->has_number ? json_integer(argument->number)
					    : value_text(argument->text);
	case ARGUMENT_LENGTH:
		return length_json(event);
	case ARGUMENT_MESSAGES:
		return messages_json(family, event);
	case ARGUMENT_POLLED:
		return polled_json(event);
	case ARGUMENT_PAIR:
		return json_pack("[ii]", event->pair[0], event->pair[1]);
	case ARGUMENT_PATH:
		return path_json(event);
	case ARGUMENT_OFFSET:
		return offset_json(event);
	case ARGUMENT_NULL:
	case ARGUMENT_NONE:
		break;
	}
	return json_null();
}

static json_t *
arguments_json(const struct family *family, const struct event *event)
{
	struct argument arguments[ARGUMENTS_MAX];
	size_t count = describe_arguments(family, event, arguments);
	json_t *array = json_array();
	bool failed = false;

	for (size_t i = 0; i < count; i++)
		if (json_array_append_new(array, argument_json(family, event,
		    &arguments[i])) != 0)
			failed = true;
	return value_finish(array, failed);
}

static json_t *
event_json(const struct family *family, const struct event *event,
    uint64_t start_ns)
{
	json_t *object = json_object();
	char note[NOTE_MAX];
	bool failed = false;
	bool returned = event->end_ns != 0;

	describe_note(event, note, sizeof(note));
	value_set(object, "t_ns", json_integer((json_int_t)(event->t_ns - start_ns)),
	    &failed);
	value_set(object, "side", json_string(event->side == SIDE_CLIENT
	    ? "client" : "server"), &failed);
	value_set(object, "pid", json_integer(event->pid), &failed);
	value_set(object, "call", json_string(call_name(event->call)), &failed);
	value_set(object, "args", arguments_json(family, event), &failed);
	value_set(object, "result", returned ? json_integer(event->result)
				       : json_null(), &failed);
	value_set(object, "errno", value_errno(event->error), &failed);
	value_set(object, "note", value_text_or_null(note), &failed);
	return value_finish(object, failed);
}

json_t *
events_json(const struct family *family,
    const struct trace *const trace[SIDE_COUNT], uint64_t *missing)
{
	const struct event *first = NULL;
	json_t *array = json_array();
	struct trace_row *rows;
	bool failed = false;
	size_t count;

	*missing = 0;
	if (trace_merge(trace[SIDE_CLIENT], trace[SIDE_SERVER], &rows,
	    &count) != 0)
		return value_finish(array, true);
	for (size_t i = 0; i < count; i++) {
		*missing += rows[i].missing;
		if (first == NULL)
			first = rows[i].event;
		if (rows[i].event != NULL && json_array_append_new(array,
		    event_json(family, rows[i].event, first->t_ns)) != 0)
			failed = true;
	}
	free(rows);
	return value_finish(array, failed);
}

json_t *
reason_json(const struct reason *reason)
{
	json_t *object = json_object();
	bool failed = false;

	value_set(object, "call", value_text_or_null(reason->call), &failed);
	value_set(object, "errno", value_errno(reason->error), &failed);
	value_set(object, "text", value_text(reason->text), &failed);
	return value_finish(object, failed);
}

static json_t *
summary_json(const struct report *report)
{
	const struct tally *tally = &report->tally;
	const struct {
		const char *name;
		uint64_t count;
	} rows[] = {
		{ "round_trips", tally->round_trips },
		{ "bytes", tally->bytes },
		{ "elapsed_ns", report->elapsed_ns },
		{ "sent", tally->sent },
		{ "lost", tally->lost },
		{ "duplicated", tally->duplicated },
		{ "reordered", tally->reordered },
		{ "ignored", tally->ignored },
	};
	json_t *object = json_object();
	bool failed = false;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		value_set(object, rows[i].name, value_count(rows[i].count), &failed);
	return value_finish(object, failed);
}

static json_t *
notes_json(const struct report *report)
{
	json_t *array = json_array();
	bool failed = false;

	for (size_t i = 0; i < report->notes; i++)
		if (json_array_append_new(array, value_text(report->note[i])) !=
		    0)
			failed = true;
	return value_finish(array, failed);
}

json_t *
made_json(const struct made *made)
{
	json_t *array = json_array();
	bool failed = false;

	for (size_t i = 0; i < made->count; i++)
		if (json_array_append_new(array, value_text(made->text[i])) !=
		    0)
			failed = true;
	return value_finish(array, failed);
}

json_t *
kernel_json(void)
{
	json_t *object = json_object();
	struct utsname kernel;
	bool failed = uname(&kernel) != 0;

	if (failed)
		return value_finish(object, failed);
	value_set(object, "sysname", value_text(kernel.sysname), &failed);
	value_set(object, "release", value_text(kernel.release), &failed);
	value_set(object, "machine", value_text(kernel.machine), &failed);
	return value_finish(object, failed);
}

json_t *
report_json(const struct report *report)
{
	const struct choice *choice = &report->request->choice;
	const char *type = type_name(choice->row.type);
	json_t *object = json_object();
	uint64_t missing;
	bool failed = false;

	value_set(object, "sockdemo", json_string(SOCKDEMO_VERSION), &failed);
	value_set(object, "kernel", kernel_json(), &failed);
	value_set(object, "family", json_string(choice->family->name), &failed);
	value_set(object, "type", value_text_or_null(type), &failed);
	value_set(object, "protocol", value_text(choice->protocol), &failed);
	value_set(object, "variant", value_text_or_null(report->variant), &failed);
	value_set(object, "verdict", json_string(verdict_name(report->verdict)),
	    &failed);
	value_set(object, "reason", report->verdict != VERDICT_WORKS
	    ? reason_json(&report->reason) : json_null(), &failed);
	value_set(object, "contradiction", value_text_or_null(report->contradiction),
	    &failed);
	value_set(object, "notes", notes_json(report), &failed);
	value_set(object, "setup", made_json(&report->made), &failed);
	value_set(object, "events", events_json(choice->family,
	    report->trace, &missing), &failed);
	value_set(object, "events_missing", value_count(missing), &failed);
	value_set(object, "summary", summary_json(report), &failed);
	return value_finish(object, failed);
}

void
render_json(FILE *out, const struct report *report, const struct style *style)
{
	json_t *json = report_json(report);

	(void)style;
	/* Controls that JSON allows could drive a terminal: ASCII only. */
	if (json != NULL && json_dumpf(json, out,
	    JSON_INDENT(2) | JSON_ENSURE_ASCII) == 0)
		fputc('\n', out);
	json_decref(json);
}
