/* Messages of no bytes, and room for none. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/packet.h"

/*
 * What comes first of an empty message and the one behind it: nobody has to
 * wait for what may never come.
 */
static int
first_of_two(struct stage *stage, struct side *from, struct side *to,
    struct observation *seen)
{
	char data[64];
	ssize_t got = stage_send(stage, from, "x", 1, 0);

	if (got < 0)
		return observe(seen, "then send: %s", observed_errno(got));
	got = stage_receive(stage, to, data, sizeof(data), 0, STAGE_SURE_MS);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	return observe(seen, got == 0 ? "seen" : got == 1 ? "not seen"
	    : "other bytes");
}

static int
zero_send(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	ssize_t sent;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	sent = stage_send(stage, from, "", 0, 0);
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	return first_of_two(stage, from, to, seen);
}

static const struct probe zero_send_probe = {
	.id = "zero-send",
	.group = GROUP_BOUNDARIES,
	.question = "A message of no bytes is sent: does the receiver see it?",
	.cells = { .shapes = ON_PAIRS },
	.answers = (const char *const[]){ "seen", "not seen", "other bytes",
	    "send: {errno}", "then send: {errno}", "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .with = TRAIT_EMPTY, .shapes = ON_DATAGRAM |
		      ON_BUS },
		  .answer = "seen",
		  .source = "recv(2): zero-length datagrams are permitted" },
		{ .answer = NULL },
	},
	.run = zero_send,
};

static int
zero_write(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	ssize_t sent;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	error = packet_point(from);
	if (error != 0)
		return observe(seen, "connect: %s", observed_errno(error));
	sent = STAGE_CALL(from, write, "", 0);
	if (sent < 0)
		return observe(seen, "write: %s", observed_errno(sent));
	sent = STAGE_CALL(from, write, "x", 1);
	if (sent < 0)
		return observe(seen, "then write: %s", observed_errno(sent));
	if (stage_poll(stage, to, POLLIN, STAGE_SURE_MS) == 0)
		return observe(seen, "nothing came");
	sent = STAGE_CALL(to, recv, &(char[8]){ 0 }, 8, 0);
	if (sent < 0)
		return observe(seen, "recv: %s", observed_errno(sent));
	return observe(seen, sent == 0 ? "seen" : "not seen");
}

static const struct probe zero_write_probe = {
	.id = "zero-send.write",
	.group = GROUP_BOUNDARIES,
	.question = "write() of no bytes: does the receiver see a message?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain_pointed,
	.answers = (const char *const[]){ "seen", "not seen", "nothing came",
	    "connect: {errno}", "write: {errno}", "then write: {errno}",
	    "recv: {errno}", NULL },
	/* POSIX and write(2): the results are not specified. */
	.documents = (const struct document[]){ { .answer = NULL } },
	.run = zero_write,
};

/* Two messages are there when a call without room is made. */
static int
without_room(struct stage *stage, struct observation *seen, bool by_read)
{
	bool waits = packet_plain_stream(stage->choice);
	struct side *from, *to;
	char data[64];
	ssize_t got = 0;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	for (int i = 0; i < 2 && got >= 0; i++)
		got = stage_send(stage, from, i == 0 ? "abc" : "def", 3, 0);
	if (got >= 0)
		got = packet_head(stage, to, 3);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	got = by_read ? STAGE_CALL(to, read, data, 0)
	    : STAGE_CALL(to, recv, data, 0, 0);
	if (got < 0)
		return observe(seen, "refused: %s", observed_errno(got));
	got = stage_receive(stage, to, data, waits ? 3 : sizeof(data), 0,
	    STAGE_SURE_MS);
	if (got < 0)
		return observe(seen, "then recv: %s", observed_errno(got));
	return observe(seen, got != 3 ? "other bytes"
	    : memcmp(data, "abc", 3) == 0 ? "left" : "taken");
}

static int
zero_recv(struct stage *stage, struct observation *seen)
{
	return without_room(stage, seen, false);
}

#define WITHOUT_ROOM_ANSWERS                                                   \
	(const char *const[]){ "left", "taken", "other bytes",                 \
	    "refused: {errno}", "no message: {errno}",                     \
	    "then recv: {errno}", NULL }

static const struct probe zero_recv_probe = {
	.id = "zero-recv",
	.group = GROUP_BOUNDARIES,
	.question = "recv() into 0 bytes: what of the message that waits?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_received,
	.answers = WITHOUT_ROOM_ANSWERS,
	.documents = (const struct document[]){
		{ .cells = { .without = TRAIT_BOUNDARIES }, .answer = "left",
		  .source = "POSIX.1-2017, recv()" },
		{ .cells = { .with = TRAIT_BOUNDARIES }, .answer = "taken",
		  .source = "POSIX.1-2017, recv(): message-based sockets" },
		{ .answer = NULL },
	},
	.run = zero_recv,
};

static int
zero_read(struct stage *stage, struct observation *seen)
{
	return without_room(stage, seen, true);
}

static const struct probe zero_read_probe = {
	.id = "zero-recv.read",
	.group = GROUP_BOUNDARIES,
	.question = "read() of 0 bytes: what of the message that waits?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_received,
	.answers = WITHOUT_ROOM_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "left",
		  .source = "read(2): returns zero, no other effects" },
		{ .answer = NULL },
	},
	.run = zero_read,
};

/* An empty message is pending, and one with bytes behind it. */
static int
read_empty(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char data[64];
	ssize_t got = 0;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	for (size_t length = 0; length <= 1 && got >= 0; length++)
		got = stage_send(stage, from, "x", length, 0);
	if (got >= 0)
		got = packet_head(stage, to, 0);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	got = STAGE_CALL(to, read, data, sizeof(data));
	if (got < 0)
		return observe(seen, "read: %s", observed_errno(got));
	if (got > 0)
		return observe(seen, "no empty message came");
	if (stage_poll(stage, to, POLLIN, STAGE_SURE_MS) == 0)
		return observe(seen, "other bytes");
	got = STAGE_CALL(to, read, data, sizeof(data));
	if (got < 0)
		return observe(seen, "read: %s", observed_errno(got));
	return observe(seen, got == 0 ? "left" : got == 1 ? "taken"
	    : "other bytes");
}

static bool
carries_empty(const struct choice *choice)
{
	return packet_plain_message(choice) &&
	    (choice->row.traits & TRAIT_EMPTY) != 0;
}

static const struct probe read_empty_probe = {
	.id = "zero-recv.pending",
	.group = GROUP_BOUNDARIES,
	.question = "read() meets an empty message: does it take it?",
	.cells = { .shapes = ON_PAIRS },
	.applies = carries_empty,
	.answers = (const char *const[]){ "left", "taken", "other bytes",
	    "no empty message came", "no message: {errno}",
	    "read: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_DATAGRAM | ON_BUS },
		  .answer = "left", .source = "recv(2), NOTES: read(2) has no "
		    "effect (the datagram remains pending)" },
		{ .answer = "taken",
		  .source = "POSIX.1-2017, read(): as recv() with no flags" },
		{ .answer = NULL },
	},
	.run = read_empty,
};

const struct probe *const empty_probes[] = {
	&zero_send_probe,
	&zero_write_probe,
	&zero_recv_probe,
	&zero_read_probe,
	&read_empty_probe,
	NULL,
};
