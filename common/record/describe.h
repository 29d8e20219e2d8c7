/*
 * describe: decodes an event's arguments into names, with the family's tables.
 * What every renderer reads, so that none of them knows a socket constant.
 */
#ifndef RECORD_DESCRIBE_H
#define RECORD_DESCRIBE_H

#include <stddef.h>
#include <stdint.h>

#include "family/family.h"
#include "record/errno.h"
#include "record/event.h"

enum argument_kind {
	/* text, where strace does not just write the number. */
	ARGUMENT_NUMBER,	/* number: a descriptor, a length, a backlog */
	ARGUMENT_SYMBOL,	/* text: "AF_INET", "MSG_OOB|MSG_DONTWAIT" */
	ARGUMENT_ADDRESS,	/* event->address, passed in or returned */
	ARGUMENT_DATA,		/* event->data, kept of length bytes */
	ARGUMENT_VALUE,		/* an option's value: text, and number if one */
	ARGUMENT_LENGTH,	/* value-result: event->room => returned */
	/*
	 * A struct msghdr: event->address (none where its length is 0),
	 * event->data in its vectors, event->control, event->message_flags.
	 */
	ARGUMENT_MESSAGE,
	ARGUMENT_MESSAGES,	/* several: describe_message() tells each */
	ARGUMENT_POLLED,	/* event->polled, number of them in all */
	ARGUMENT_PAIR,		/* two descriptors: event->pair */
	ARGUMENT_PATH,		/* a path: event->data, kept of length bytes */
	ARGUMENT_OFFSET,	/* value-result: event->offset */
	/*
	 * A null pointer (text: "NULL"), or a pointer to what the call did not
	 * fill in (text: "...", or what strace shows of it).
	 */
	ARGUMENT_NULL,
	/* This call has no such argument: it is not among those decoded. */
	ARGUMENT_NONE,
};

struct argument {
	enum argument_kind kind;
	const char *name;	/* as the man page has it: "sockfd", "flags" */
	int64_t number;
	bool has_number;	/* of a value, or of a protocol */
	bool descriptor;	/* ARGUMENT_NUMBER that is a descriptor */
	bool returned;		/* the call fills it in */
	bool plumbing;		/* a reader of the ladder can do without it */
	/* Of a symbol: where flags begin that are plumbing; else all of it. */
	size_t essential;
	const char *in_strace;	/* strace's own name of a symbol, or NULL */
	bool bare_in_strace;	/* a symbol that strace tells as its number */
	char text[160];
};

#define ARGUMENTS_MAX 6

/*
 * Decodes the event's arguments in the order they are passed to the call named
 * call_name(event->call). Returns how many.
 */
size_t describe_arguments(const struct family *family,
    const struct event *event, struct argument arguments[ARGUMENTS_MAX]);

/* One control message of an event, decoded as far as names are known. */
struct control {
	char level[40];		/* "SOL_SOCKET" */
	int level_number;
	int type;
	size_t length;		/* cmsg_len, its header included */
	const unsigned char *data;	/* kept of them: length less the header */
	size_t kept;
};

/*
 * Reads the control message at *offset of event->control and moves *offset
 * behind it. Returns whether there was one.
 */
bool describe_control(const struct family *family, const struct event *event,
    size_t *offset, struct control *control);

/*
 * How many messages of an event of several there are to tell: those that were
 * passed, or received; at most EVENT_MESSAGES_MAX.
 */
size_t describe_messages(const struct event *event);

/*
 * Makes of the i-th of several messages the event of a sendmsg() or recvmsg()
 * that moved this one alone; of one that was not sent the result is -1.
 */
void describe_message(const struct event *event, size_t i, struct event *one);

/*
 * What the result of fcntl() means, where it is no mere number: "flags
 * O_RDWR|O_NONBLOCK". Returns whether there is something to say; text is empty
 * if not.
 */
bool describe_result(const struct event *event, char *text, size_t room);

/*
 * A sentence on what is remarkable about the event, written into text: a short
 * send, the end of the stream, a call that never returned. Empty if nothing is.
 */
void describe_note(const struct event *event, char *text, size_t room);

#endif
