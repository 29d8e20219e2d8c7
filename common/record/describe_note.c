#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "record/describe.h"
#include "record/file_names.h"

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

/* Of several messages, a number that is a count of them. */
static void
note_messages_received(const struct event *event, char *text, size_t room)
{
	if ((event->message_flags & MSG_TRUNC) != 0)
		add_note(text, room,
		    "a message is longer than its room: its rest is gone");
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

bool
describe_result(const struct event *event, char *text, size_t room)
{
	text[0] = '\0';
	return event->call == CALL_FCNTL && event->end_ns != 0 &&
	    event->result >= 0 && file_names_result(event->number[1],
		event->result, text, room);
}

static void
note_success(const struct event *event, char *text, size_t room)
{
	char note[128];

	if (event->call == CALL_RECVMMSG)
		note_messages_received(event, text, room);
	else if (call_receives(event->call))
		note_received(event, text, room);
	if (event->call == CALL_POLL && event->result == 0)
		add_note(text, room, event->number[1] != 0
		    ? "nothing happened in that time" : "nothing is ready");
	if (describe_result(event, note, sizeof(note)))
		add_note(text, room, note);
	if (call_sends(event->call) &&
	    (uint64_t)event->result < event->length) {
		snprintf(note, sizeof(note), "%lld of %llu %ss were sent",
		    (long long)event->result,
		    (unsigned long long)event->length,
		    call_counts(event->call));
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
