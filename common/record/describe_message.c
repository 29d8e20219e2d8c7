#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "record/describe.h"
#include "record/option.h"

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

size_t
describe_messages(const struct event *event)
{
	int64_t count = call_receives((enum call)event->call) ? event->result
							      : event->number[1];

	if (count < 0)
		return 0;
	return count < EVENT_MESSAGES_MAX ? (size_t)count : EVENT_MESSAGES_MAX;
}

/* The part of `whole` elements behind the first `before`, at most room. */
static size_t
part_behind(size_t before, size_t part, size_t whole)
{
	if (before >= whole)
		return 0;
	return part < whole - before ? part : whole - before;
}

void
describe_message(const struct event *event, size_t i, struct event *one)
{
	const struct event_message *message = &event->batch.message[i];
	bool receives = call_receives((enum call)event->call);
	size_t vectors = 0, control = 0;

	for (size_t before = 0; before < i; before++) {
		vectors += event->batch.message[before].vectors;
		control += event->batch.message[before].control_length;
	}
	memset(one, 0, sizeof(*one));
	one->call = receives ? CALL_RECVMSG : CALL_SENDMSG;
	one->end_ns = event->end_ns;
	one->result = (int64_t)i < event->result ? (int64_t)message->moved
						 : -1;
	one->number[0] = event->number[0];
	one->number[1] = event->number[2];
	one->number[2] = message->vectors;
	one->address = message->address;
	one->room = receives ? message->room : 0;
	one->returned = message->returned;
	one->length = message->length;
	one->kept = message->kept;
	memcpy(one->data, message->data, message->kept);
	one->message_flags = message->flags;
	one->control_length = message->control_length;
	memcpy(one->control, event->control + (control < EVENT_CONTROL_MAX
	    ? control : 0), part_behind(control, message->control_length,
		EVENT_CONTROL_MAX));
	memcpy(one->vector, event->vector + (vectors < EVENT_VECTORS_MAX
	    ? vectors : 0), sizeof(one->vector[0]) * part_behind(vectors,
		message->vectors, EVENT_VECTORS_MAX));
}
