/* Messages that found no room: is the receiver told of them? */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/packet.h"
#include "probes/control.h"

/* More than the least of receive buffers holds. */
#define MESSAGES 100

#define BUFFER 2048

static bool
may_drop(const struct choice *choice)
{
	return packet_plain_message(choice) &&
	    (choice->row.traits & TRAIT_RELIABLE) == 0;
}

/* recvmsg(), and the count that came with the message; -1: none came. */
static ssize_t
receive_counted(struct side *to, long *count)
{
	struct control control = { .room = CONTROL_ROOM };
	char data[64];
	ssize_t got = control_receive(to, data, sizeof(data), MSG_DONTWAIT,
	    &control);
	unsigned value;
	const void *found;
	size_t size;

	*count = -1;
	if (got < 0)
		return got;
	found = control_find(&control, SOL_SOCKET, SO_RXQ_OVFL, &size);
	if (found != NULL) {
		memcpy(&value, found, sizeof(value));
		*count = value;
	}
	return got;
}

/* How many messages were sent, and how many of them came. */
static void
overflow(struct stage *stage, struct side *from, struct side *to,
    size_t *sent, size_t *came, long *last)
{
	int error;

	*sent = stage_flood(stage, from, STAGE_MESSAGE_LENGTH, MESSAGES,
	    &error);
	*came = 0;
	while (*came < *sent && stage_poll(stage, to, POLLIN,
	    STAGE_QUIET_MS) > 0 && receive_counted(to, last) >= 0)
		++*came;
}

static int
drop_counter(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	size_t sent, came;
	long during = -1, behind;
	ssize_t got;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	error = packet_set(to, SO_RXQ_OVFL, 1);
	if (error < 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	packet_set(to, SO_RCVBUF, BUFFER);
	overflow(stage, from, to, &sent, &came, &during);
	if (came == sent)
		return observe(seen, "nothing is lost");
	got = packet_await(stage, from, to);
	if (got >= 0)
		got = receive_counted(to, &behind);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	/* How many they are is not settled while some are under way. */
	return observe(seen, behind < 0 ? "not told" : behind > 0 &&
	    behind <= (long)sent ? "told with the next message"
	    : "told, another number");
}

static const struct probe drop_counter_probe = {
	.id = "drop-counter",
	.group = GROUP_BUFFERS,
	.question = "Messages were dropped: does SO_RXQ_OVFL tell?",
	.cells = { .shapes = ON_DATAGRAM | ON_BUS },
	.applies = may_drop,
	.answers = (const char *const[]){ "told with the next message",
	    "told, another number", "not told", "nothing is lost",
	    "no message: {errno}", "setsockopt: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "told with the next message or nothing is lost",
		  .source = "socket(7), SO_RXQ_OVFL" },
		{ .answer = NULL },
	},
	.run = drop_counter,
};

const struct probe *const drops_probes[] = {
	&drop_counter_probe,
	NULL,
};
