/* The buffers of a socket: how large, how full, what was dropped. */
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/packet.h"

#define ASKED 10000

/* Sets a buffer's size on a fresh socket, and reads it back. */
static long
set_and_read(struct stage *stage, int option, int value, int *error)
{
	struct side *side;
	long got;

	*error = stage_socket(stage, SIDE_CLIENT, &side);
	if (*error != 0)
		return *error;
	got = packet_set(side, option, value);
	return got < 0 ? got : packet_get(side, option);
}

static int
ask_size(struct stage *stage, struct observation *seen, int option)
{
	int error;
	long got = set_and_read(stage, option, ASKED, &error);

	if (error != 0)
		return error;
	if (got < 0)
		return observe(seen, "refused: %s", observed_errno(got));
	return observe(seen, got == 2 * ASKED ? "doubled" : got == ASKED
	    ? "as it was set" : "another value");
}

static int
send_size(struct stage *stage, struct observation *seen)
{
	return ask_size(stage, seen, SO_SNDBUF);
}

static int
receive_size(struct stage *stage, struct observation *seen)
{
	return ask_size(stage, seen, SO_RCVBUF);
}

#define SIZE_PROBE(suffix, name, experiment)                                   \
	{                                                                      \
		.id = "bufsize." suffix,                                       \
		.group = GROUP_BUFFERS,                                        \
		.question = name " is set to 10000: what is read back?",       \
		.answers = (const char *const[]){ "doubled", "as it was set",  \
		    "another value", "refused: {errno}", NULL },               \
		.documents = (const struct document[]){                        \
			{ .answer = "doubled", .source = "socket(7), " name }, \
			{ .answer = NULL },                                    \
		},                                                             \
		.run = (experiment),                                           \
	}

static const struct probe send_size_probe =
    SIZE_PROBE("send", "SO_SNDBUF", send_size);
static const struct probe receive_size_probe =
    SIZE_PROBE("receive", "SO_RCVBUF", receive_size);

static int
ask_least(struct stage *stage, struct observation *seen, int option)
{
	int error;
	long got = set_and_read(stage, option, 0, &error);

	if (error != 0)
		return error;
	if (got < 0)
		return observe(seen, "refused: %s", observed_errno(got));
	return observe(seen, "%ld", got);
}

static int
send_least(struct stage *stage, struct observation *seen)
{
	return ask_least(stage, seen, SO_SNDBUF);
}

static int
receive_least(struct stage *stage, struct observation *seen)
{
	return ask_least(stage, seen, SO_RCVBUF);
}

#define LEAST_PROBE(suffix, name, least, why, experiment)                      \
	{                                                                      \
		.id = "bufsize.least-" suffix,                                 \
		.group = GROUP_BUFFERS,                                        \
		.question = name " is set to 0: what is read back?",           \
		.answers = (const char *const[]){ "{n}", "refused: {errno}",   \
		    NULL },                                                    \
		.documents = (const struct document[]){                        \
			{ .answer = (least), .source = "socket(7), " name },   \
			{ .answer = NULL },                                    \
		},                                                             \
		.differences = (const struct difference[]){                    \
			{ .answer = "{n}", .since = "3.11", .text = (why),     \
			  .source = "commit eea86af6b1e1" },                   \
			{ .answer = NULL },                                    \
		},                                                             \
		.run = (experiment),                                           \
	}

static const struct probe send_least_probe = LEAST_PROBE("send", "SO_SNDBUF",
    "2048", "SOCK_MIN_SNDBUF is two packets' bookkeeping, "
    "2 * TCP_SKB_MIN_TRUESIZE", send_least);
static const struct probe receive_least_probe = LEAST_PROBE("receive",
    "SO_RCVBUF", "256", "SOCK_MIN_RCVBUF is one packet's bookkeeping, "
    "TCP_SKB_MIN_TRUESIZE", receive_least);

/* Far more than rmem_max: it is taken, and capped. */
static int
most(struct stage *stage, struct observation *seen)
{
	const int huge = 0x3fffffff;
	struct side *side;
	long before, after;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	before = packet_get(side, SO_RCVBUF);
	error = packet_set(side, SO_RCVBUF, huge);
	after = packet_get(side, SO_RCVBUF);
	if (error < 0 || after < 0)
		return observe(seen, "refused: %s",
		    observed_errno(error < 0 ? error : after));
	return observe(seen, after == before ? "without effect"
	    : after < huge ? "taken, and capped" : "as asked");
}

static const struct probe most_probe = {
	.id = "bufsize.most",
	.group = GROUP_BUFFERS,
	.question = "SO_RCVBUF is set to 1 GiB: is that refused?",
	.answers = (const char *const[]){ "taken, and capped", "as asked",
	    "without effect", "refused: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "taken, and capped",
		  .source = "socket(7), SO_RCVBUF: rmem_max" },
		{ .answer = NULL },
	},
	.run = most,
};

/* Three bytes are there; then six. */
static int
low_water(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	ssize_t got;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	got = stage_send(stage, from, "abc", 3, 0);
	if (got >= 0)
		got = packet_head(stage, to, 3);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	error = packet_set(to, SO_RCVLOWAT, 6);
	if (error < 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	if ((stage_poll(stage, to, POLLIN, 0) & POLLIN) != 0)
		return observe(seen, "POLLIN before");
	got = stage_send(stage, from, "def", 3, 0);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	return observe(seen, (stage_poll(stage, to, POLLIN, STAGE_SURE_MS) &
	    POLLIN) != 0 ? "POLLIN when it is reached" : "never POLLIN");
}

static const struct probe low_water_probe = {
	.id = "rcvlowat",
	.group = GROUP_BUFFERS,
	.question = "Does poll() wait for as many bytes as SO_RCVLOWAT says?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain_stream,
	.answers = (const char *const[]){ "POLLIN when it is reached",
	    "POLLIN before", "never POLLIN", "no message: {errno}",
	    "setsockopt: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "POLLIN when it is reached",
		  .source = "socket(7), SO_RCVLOWAT: since Linux 2.6.28" },
		{ .answer = NULL },
	},
	.run = low_water,
};

static long
receive_some(struct stage_task *task)
{
	return STAGE_CALL(task->side, recv, task->argument, 16, 0);
}

/* A recv() that blocks, with three of six bytes there. */
static int
low_water_recv(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char data[16];
	struct stage_task task = {
		.stage = stage, .work = receive_some, .argument = data
	};
	ssize_t got;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	error = packet_set(to, SO_RCVLOWAT, 6);
	if (error < 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	task.side = to;
	error = stage_begin(&task);
	if (error == 0)
		error = stage_await_sleep(&task);
	if (error != 0)
		return stage_cannot(stage, "recv() does not wait");
	got = stage_send(stage, from, "abc", 3, 0);
	if (got < 0)
		return observe(seen, "send: %s", observed_errno(got));
	if (stage_ended(&task, STAGE_QUIET_MS))
		return observe(seen, "returns what is there");
	stage_send(stage, from, "def", 3, 0);
	return observe(seen, stage_ended(&task, STAGE_SURE_MS) &&
	    task.result == 6 ? "waits for so many" : "something else");
}

static const struct probe low_water_recv_probe = {
	.id = "rcvlowat.recv",
	.group = GROUP_BUFFERS,
	.question = "Does recv() wait for as many bytes as SO_RCVLOWAT says?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain_stream,
	.answers = (const char *const[]){ "waits for so many",
	    "returns what is there", "something else", "send: {errno}",
	    "setsockopt: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "waits for so many",
		  .source = "POSIX.1-2017, 2.10.16, SO_RCVLOWAT" },
		{ .answer = NULL },
	},
	.run = low_water_recv,
};

static int
send_low_water(struct stage *stage, struct observation *seen)
{
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	error = packet_set(side, SO_SNDLOWAT, 6);
	return observe(seen, error < 0 ? "refused: %s" : "taken",
	    observed_errno(error));
}

static const struct probe send_low_water_probe = {
	.id = "rcvlowat.send",
	.group = GROUP_BUFFERS,
	.question = "Can SO_SNDLOWAT be set?",
	.answers = (const char *const[]){ "taken", "refused: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "refused: ENOPROTOOPT",
		  .source = "socket(7), SO_SNDLOWAT" },
		{ .answer = NULL },
	},
	.run = send_low_water,
};

/* So many bytes, in two messages. */
#define FIRST 3
#define BOTH 5

static int
unread(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	ssize_t got;
	int count = 0;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	got = stage_send(stage, from, "abc", FIRST, 0);
	if (got >= 0)
		got = stage_send(stage, from, "de", BOTH - FIRST, 0);
	if (got >= 0)
		got = packet_head(stage, to, FIRST);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	error = STAGE_CALL(to, ioctl, FIONREAD, &count);
	if (error == 0 && count == FIRST &&
	    stage->choice->row.shape == SHAPE_CONNECTED) {
		/* The second message may be under way. */
		stage_poll(stage, to, 0, STAGE_QUIET_MS);
		error = STAGE_CALL(to, ioctl, FIONREAD, &count);
	}
	if (error < 0)
		return observe(seen, "ioctl: %s", observed_errno(error));
	return observe(seen, count == BOTH ? "all that is unread"
	    : count == FIRST ? "the next message" : count == 0 ? "0"
	    : "another number");
}

static const struct probe unread_probe = {
	.id = "fionread",
	.group = GROUP_BUFFERS,
	.question = "Two messages wait: which bytes does FIONREAD count?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain,
	.answers = (const char *const[]){ "all that is unread",
	    "the next message", "0", "another number", "no message: {errno}",
	    "ioctl: {errno}", NULL },
	/* tcp(7), udp(7) and unix(7) say it, each of its own. */
	.documents = (const struct document[]){ { .answer = NULL } },
	.run = unread,
};

/* The peer has the bytes, and has not read them. */
static int
unsent(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	ssize_t got;
	int count = -1;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	got = packet_await(stage, from, to);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	error = STAGE_CALL(from, ioctl, SIOCOUTQ, &count);
	if (error == 0 && count != 0) {
		/* An acknowledgement may be under way. */
		stage_poll(stage, from, 0, STAGE_QUIET_MS);
		error = STAGE_CALL(from, ioctl, SIOCOUTQ, &count);
	}
	if (error < 0)
		return observe(seen, "ioctl: %s", observed_errno(error));
	return observe(seen, count == 0 ? "0" : count == STAGE_MESSAGE_LENGTH
	    ? "its bytes" : "more than its bytes");
}

static const struct probe unsent_probe = {
	.id = "siocoutq",
	.group = GROUP_BUFFERS,
	.question = "Received, not read: does SIOCOUTQ still count a message?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain,
	.answers = (const char *const[]){ "0", "its bytes",
	    "more than its bytes", "no message: {errno}", "ioctl: {errno}",
	    NULL },
	.documents = (const struct document[]){ { .answer = NULL } },
	.run = unsent,
};

const struct probe *const buffers_probes[] = {
	&send_size_probe,
	&receive_size_probe,
	&send_least_probe,
	&receive_least_probe,
	&most_probe,
	&low_water_probe,
	&low_water_recv_probe,
	&send_low_water_probe,
	&unread_probe,
	&unsent_probe,
	NULL,
};
