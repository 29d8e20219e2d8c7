/* A message that is longer than the room for it, and a look ahead. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/packet.h"

/* So many bytes of a packet find no room. */
#define CUT 4
#define REST_LENGTH 4

static size_t
room_for(ssize_t length)
{
	return length > CUT ? (size_t)length - CUT : 1;
}

/* The second message tells whether the first one's rest was kept. */
static int
short_read(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char data[PACKET_MAX];
	ssize_t length;
	ssize_t got;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	length = packet_await(stage, from, to);
	if (length < 0)
		return observe(seen, "no message: %s", observed_errno(length));
	got = STAGE_CALL(to, recv, data, room_for(length), 0);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	got = stage_send(stage, from, "ghij", 4, 0);
	if (got < 0)
		return observe(seen, "then send: %s", observed_errno(got));
	got = stage_receive(stage, to, data, REST_LENGTH, 0, STAGE_SURE_MS);
	if (got < 0)
		return observe(seen, "then recv: %s", observed_errno(got));
	if (got != REST_LENGTH)
		return observe(seen, "neither");
	return observe(seen, memcmp(data, "cdef", 4) == 0 ? "kept"
	    : memcmp(data, "ghij", 4) == 0 ? "lost" : "neither");
}

static const struct probe short_read_probe = {
	.id = "short-read",
	.group = GROUP_BOUNDARIES,
	.question = "A message is too long for the buffer: what of its rest?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_received,
	.answers = (const char *const[]){ "kept", "lost", "neither",
	    "no message: {errno}", "recv: {errno}", "then send: {errno}",
	    "then recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .without = TRAIT_BOUNDARIES }, .answer = "kept",
		  .source = "POSIX.1-2017, recv()" },
		{ .cells = { .with = TRAIT_BOUNDARIES }, .answer = "lost",
		  .source = "POSIX.1-2017, recv(): message-based sockets" },
		{ .answer = NULL },
	},
	.run = short_read,
};

/* Whether recvmsg() says that the message was cut, and how. */
static int
told(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char data[PACKET_MAX];
	ssize_t length;
	ssize_t got;
	int flags, later = 0;
	int error = packet_pair(stage, &from, &to);

	if (error != 0)
		return error;
	length = packet_await(stage, from, to);
	if (length < 0)
		return observe(seen, "no message: %s", observed_errno(length));
	got = packet_recvmsg(to, data, room_for(length), 0, &flags);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	if ((flags & MSG_TRUNC) != 0)
		return observe(seen, "MSG_TRUNC");
	got = packet_recvmsg(to, data, sizeof(data), MSG_DONTWAIT, &later);
	return observe(seen, got == CUT && (later & ~flags & MSG_EOR) != 0
	    ? "MSG_EOR comes with the rest" : "not told");
}

static const struct probe told_probe = {
	.id = "short-read.told",
	.group = GROUP_BOUNDARIES,
	.question = "Does recvmsg() say that the message was longer?",
	.applies = packet_received,
	.answers = (const char *const[]){ "MSG_TRUNC",
	    "MSG_EOR comes with the rest", "not told", "no message: {errno}",
	    "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .with = TRAIT_BOUNDARIES }, .answer = "MSG_TRUNC",
		  .source = "POSIX.1-2017, recvmsg()" },
		{ .answer = NULL },
	},
	.run = told,
};

/* MSG_TRUNC given to recv(), with too little room. */
static int
trunc_length(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char data[PACKET_MAX];
	ssize_t length;
	ssize_t got;
	int error = packet_pair(stage, &from, &to);

	if (error != 0)
		return error;
	length = packet_await(stage, from, to);
	if (length < 0)
		return observe(seen, "no message: %s", observed_errno(length));
	memset(data, '?', 2);
	got = STAGE_CALL(to, recv, data, room_for(length), MSG_TRUNC);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	if (got == length)
		return observe(seen, "real length");
	if (got != length - CUT)
		return observe(seen, "another length");
	return observe(seen, memcmp(data, "??", 2) == 0
	    ? "bytes dropped, not copied" : "length of the buffer");
}

static const struct probe trunc_length_probe = {
	.id = "trunc-len",
	.group = GROUP_BOUNDARIES,
	.question = "What does recv() with MSG_TRUNC return, given too little?",
	.applies = packet_received,
	.answers = (const char *const[]){ "real length",
	    "length of the buffer", "bytes dropped, not copied",
	    "another length", "no message: {errno}", "recv: {errno}", NULL },
	/* recv(2) names the families whose sockets know it: it is theirs. */
	.documents = (const struct document[]){ { .answer = NULL } },
	.run = trunc_length,
};

/* How a program learns what to allocate. */
static int
trunc_peek(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char data[PACKET_MAX];
	ssize_t length;
	ssize_t got;
	int error = packet_pair(stage, &from, &to);

	if (error != 0)
		return error;
	length = packet_await(stage, from, to);
	if (length < 0)
		return observe(seen, "no message: %s", observed_errno(length));
	got = STAGE_CALL(to, recv, data, 1, MSG_PEEK | MSG_TRUNC);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	return observe(seen, got == length ? "the length"
	    : got <= 1 ? "no" : "another length");
}

static const struct probe trunc_peek_probe = {
	.id = "trunc-len.peek",
	.group = GROUP_BOUNDARIES,
	.question = "Does MSG_PEEK|MSG_TRUNC tell the next message's length?",
	.applies = packet_received,
	.answers = (const char *const[]){ "the length", "no",
	    "another length", "no message: {errno}", "recv: {errno}", NULL },
	.documents = (const struct document[]){ { .answer = NULL } },
	.run = trunc_peek,
};

static long
look_ahead(struct stage_task *task)
{
	return STAGE_CALL(task->side, recv, task->argument, PACKET_MAX,
	    MSG_PEEK | MSG_DONTWAIT);
}

/* Where it does not come back, it leaves little of a single core to others. */
#define PEEK_LIMIT_MS 15000

/* In a task: there is a family where it does not come back. */
static int
peek(struct stage *stage, struct observation *seen)
{
	static char ahead[PACKET_MAX], data[PACKET_MAX];
	struct side *from, *to;
	struct stage_task task = {
		.stage = stage, .work = look_ahead, .argument = ahead
	};
	ssize_t got;
	int error = packet_pair(stage, &from, &to);

	if (error != 0)
		return error;
	got = packet_await(stage, from, to);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	task.side = to;
	error = stage_begin(&task);
	if (error != 0)
		return error;
	if (!stage_ended(&task, STAGE_SURE_MS))
		return observe(seen, "recv does not return");
	if (task.result < 0)
		return observe(seen, "recv: %s", observed_errno(task.result));
	got = STAGE_CALL(to, recv, data, sizeof(data), MSG_DONTWAIT);
	if (got == -EAGAIN)
		return observe(seen, "taken");
	if (got < 0)
		return observe(seen, "then recv: %s", observed_errno(got));
	return observe(seen, got == task.result &&
	    memcmp(ahead, data, (size_t)got) == 0 ? "left" : "other bytes");
}

static const struct probe peek_probe = {
	.id = "peek",
	.group = GROUP_BOUNDARIES,
	.question = "Does MSG_PEEK leave the message for the next recv()?",
	.applies = packet_received,
	.answers = (const char *const[]){ "left", "taken", "other bytes",
	    "recv does not return", "no message: {errno}", "recv: {errno}",
	    "then recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "left", .source = "recv(2), MSG_PEEK" },
		{ .answer = NULL },
	},
	.limit_ms = PEEK_LIMIT_MS,
	.run = peek,
};

/* Two bytes a time, from the second byte on. */
static int
peek_offset(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char whole[PACKET_MAX], part[2][2] = { "", "" };
	ssize_t got;
	int error = packet_pair(stage, &from, &to);

	if (error != 0)
		return error;
	got = packet_await(stage, from, to);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	got = STAGE_CALL(to, recv, whole, (size_t)got,
	    MSG_PEEK | MSG_DONTWAIT);
	if (got < 5)
		return observe(seen, "recv: %s",
		    observed_errno(got < 0 ? got : -EMSGSIZE));
	error = packet_set(to, SO_PEEK_OFF, 1);
	if (error < 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	for (int i = 0; i < 2 && got >= 0; i++)
		got = STAGE_CALL(to, recv, part[i], 2,
		    MSG_PEEK | MSG_DONTWAIT);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	if (memcmp(part[0], whole + 1, 2) != 0)
		return observe(seen, "without effect");
	return observe(seen, memcmp(part[1], whole + 3, 2) == 0 ? "moves on"
	    : "stays");
}

static const struct probe peek_offset_probe = {
	.id = "peek.offset",
	.group = GROUP_BOUNDARIES,
	.question = "Does MSG_PEEK move on, once SO_PEEK_OFF is set?",
	.applies = packet_received,
	.answers = (const char *const[]){ "moves on", "stays",
	    "without effect", "setsockopt: {errno}", "no message: {errno}",
	    "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "setsockopt: {errno}",
		  .source = "socket(7), SO_PEEK_OFF: only unix sockets" },
		{ .answer = NULL },
	},
	.run = peek_offset,
};

const struct probe *const truncation_probes[] = {
	&short_read_probe,
	&told_probe,
	&trunc_length_probe,
	&trunc_peek_probe,
	&peek_probe,
	&peek_offset_probe,
	NULL,
};
