/* What happens when more is sent than there is room for. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "experiments/experiments.h"
#include "experiments/packet.h"

/* Small buffers: they are full soon. The kernel has a least of its own. */
#define BUFFER 4096

/*
 * Messages of so many bytes, where the cell's packets hold them. What is never
 * full has taken more than a send buffer holds when it is enough.
 */
#define MESSAGE 1000
#define MESSAGES 2000
#define MESSAGES_UNRELIABLE 300

/* What is under way makes room a little later: it is tried again. */
#define ROUNDS 1000

struct flood {
	struct stage *stage;
	struct side *from;
	struct side *to;
	bool pointed;		/* connected: sent without an address */
	size_t length;		/* of each message */
	size_t bytes;		/* sent so far */
	int error;		/* that ended it; 0: all were sent */
};

/* The cell's packet around a message, and one call that does not wait. */
static ssize_t
send_one(struct flood *flood, size_t length)
{
	static const char message[MESSAGE];
	const struct stage *stage = flood->stage;
	struct side *from = flood->from;
	int flags = stage_flags(stage, MSG_DONTWAIT);
	ssize_t packed = stage_pack(stage, from, message, length);
	ssize_t sent;

	if (packed < 0)
		return packed;
	if (flood->pointed)
		sent = STAGE_CALL(from, send, from->packet, (size_t)packed,
		    flags);
	else
		sent = packet_send(from, from->packet, (size_t)packed, flags);
	return sent == packed ? (ssize_t)length : sent;
}

static bool
is_reliable(const struct flood *flood)
{
	return (flood->stage->choice->row.traits & TRAIT_RELIABLE) != 0;
}

static void
flood_with(struct flood *flood, size_t length)
{
	size_t most = is_reliable(flood) ? MESSAGES : MESSAGES_UNRELIABLE;

	flood->error = 0;
	for (size_t i = 0; i < most && flood->error == 0; i++) {
		ssize_t sent = send_one(flood, length);

		if (sent < 0)
			flood->error = (int)sent;
		else
			flood->bytes += (size_t)sent;
	}
}

/*
 * Whoever keeps messages and knows no largest one cuts them into packets, and
 * sends these in its own time: there the send buffer is what is full.
 */
static bool
is_paced(const struct choice *choice)
{
	return packet_plain_message(choice) &&
	    choice->row.largest.kind == LIMIT_NONE;
}

/*
 * A pair, and how long a message of one packet may be. A stream's send buffer
 * is made small, so that it is full soon; with messages another queue may be
 * full before it. A small receive buffer makes sure of a loss, where a message
 * may be lost; elsewhere it would only make the sender try again, later.
 */
static int
prepare(struct stage *stage, struct flood *flood)
{
	static const char message[MESSAGE];
	bool paced = is_paced(stage->choice);
	int error = stage_pair(stage, &flood->from, &flood->to);

	flood->stage = stage;
	flood->length = MESSAGE;
	if (error != 0)
		return error;
	if (paced || (stage->choice->row.traits & TRAIT_BOUNDARIES) == 0)
		packet_set(flood->from, SO_SNDBUF, BUFFER);
	if (!paced && !is_reliable(flood))
		packet_set(flood->to, SO_RCVBUF, BUFFER);
	if (paced || stage_pack(stage, flood->from, message, MESSAGE) < 0)
		flood->length = STAGE_MESSAGE_LENGTH;
	return 0;
}

/* Everything that was sent, or what of it comes in time. */
static size_t
drain(struct flood *flood)
{
	/* Who makes the sender wait does not lose what it took. */
	int patience_ms = is_reliable(flood) || flood->error != 0
	    ? STAGE_SURE_MS : STAGE_QUIET_MS;
	char data[MESSAGE];
	size_t bytes = 0;
	unsigned again = 0;

	while (bytes < flood->bytes) {
		ssize_t got = stage_receive(flood->stage, flood->to, data,
		    sizeof(data), MSG_DONTWAIT, patience_ms);

		if (got == -EAGAIN && again++ < MESSAGES)
			continue;
		if (got <= 0)
			break;
		bytes += (size_t)got;
	}
	return bytes;
}

/*
 * A peer without a connection may tell late that it is full: what was said
 * before it did (there is no memory just now) is not the answer.
 */
static void
settle(struct flood *flood)
{
	const struct cell *cell = &flood->stage->choice->row;
	size_t before = 0;

	if (cell->shape != SHAPE_DATAGRAM || !is_reliable(flood))
		return;
	while (flood->error == -EAGAIN && flood->bytes != before &&
	    stage_poll(flood->stage, flood->from, POLLOUT,
	    STAGE_QUIET_MS) > 0) {
		before = flood->bytes;
		flood_with(flood, flood->length);
	}
}

static int
full_buffer(struct stage *stage, struct observation *seen)
{
	struct flood flood = { .error = 0 };
	const char *arrived;
	int error = prepare(stage, &flood);

	if (error != 0)
		return error;
	flood_with(&flood, flood.length);
	settle(&flood);
	if (flood.bytes == 0)
		return observe(seen, "send: %s", observed_errno(flood.error));
	arrived = drain(&flood) == flood.bytes ? "all arrives" : "some is lost";
	return observe(seen, "%s, %s", flood.error == 0 ? "never full"
	    : observed_errno(flood.error), arrived);
}

static const struct probe full_buffer_probe = {
	.id = "full-buffer",
	.group = GROUP_BUFFERS,
	.question = "Sent faster than received: what is said, what is lost?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_received,
	.answers = (const char *const[]){ "{errno}, all arrives",
	    "{errno}, some is lost", "never full, all arrives",
	    "never full, some is lost", "send: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .with = TRAIT_RELIABLE },
		  .answer = "EAGAIN, all arrives",
		  .source = "send(2), EAGAIN; socket(2): reliable" },
		{ .answer = NULL },
	},
	.limit_ms = 5000,
	.run = full_buffer,
};

/* Whether poll() and send() agree when the smallest message is refused. */
static int
ask_pollout(struct flood *flood, struct observation *seen)
{
	bool told = false;
	ssize_t sent = 0;

	flood_with(flood, flood->length);
	if (flood->error == 0)
		return observe(seen, "never full");
	for (int round = 0; round < ROUNDS && sent >= 0; round++) {
		flood_with(flood, 1);
		told = (stage_poll(flood->stage, flood->from, POLLOUT, 0) &
		    POLLOUT) != 0;
		sent = send_one(flood, 1);
	}
	if (sent >= 0)
		return observe(seen, "not full for long");
	return observe(seen, told ? "POLLOUT, yet %s" : "no POLLOUT, %s",
	    observed_errno(sent));
}

static int
pollout(struct stage *stage, struct observation *seen)
{
	struct flood flood = { .error = 0 };
	int error = prepare(stage, &flood);

	return error != 0 ? error : ask_pollout(&flood, seen);
}

#define POLLOUT_ANSWERS                                                        \
	"no POLLOUT, {errno}", "POLLOUT, yet {errno}", "not full for long",    \
	"never full"
#define POLLOUT_DOCUMENTS                                                      \
	(const struct document[]){                                             \
		{ .answer = "no POLLOUT, EAGAIN or never full or "             \
		      "not full for long",                                     \
		  .source = "poll(2), POLLOUT: writing is now possible" },     \
		{ .answer = NULL },                                            \
	}

static const struct probe pollout_probe = {
	.id = "poll-lies.pollout",
	.group = GROUP_BUFFERS,
	.question = "send() would block: does poll() still say POLLOUT?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_received,
	.answers = (const char *const[]){ POLLOUT_ANSWERS, NULL },
	.documents = POLLOUT_DOCUMENTS,
	.run = pollout,
};

static int
pollout_connected(struct stage *stage, struct observation *seen)
{
	struct flood flood = { .pointed = true };
	int error = prepare(stage, &flood);

	if (error != 0)
		return error;
	error = packet_point(flood.from);
	if (error != 0)
		return observe(seen, "connect: %s", observed_errno(error));
	return ask_pollout(&flood, seen);
}

static bool
may_be_pointed(const struct choice *choice)
{
	return packet_plain(choice) && !choice->row.unaddressed;
}

static const struct probe pollout_connected_probe = {
	.id = "poll-lies.pollout-connected",
	.group = GROUP_BUFFERS,
	.question = "Likewise, when the datagram socket is connected?",
	.cells = { .shapes = ON_DATAGRAM },
	.applies = may_be_pointed,
	.answers = (const char *const[]){ POLLOUT_ANSWERS,
	    "connect: {errno}", NULL },
	.documents = POLLOUT_DOCUMENTS,
	.run = pollout_connected,
};

/* More than both buffers of a stream hold. */
static char long_message[1024 * 1024];

struct sending {
	size_t length;
	size_t sent;
};

static long
send_until_it_fails(struct stage_task *task)
{
	struct sending *sending = task->argument;

	while (sending->sent < sending->length) {
		ssize_t sent = STAGE_CALL(task->side, send, long_message,
		    sending->length - sending->sent,
		    stage_flags(task->stage, 0));

		if (sent <= 0)
			return sent;
		sending->sent += (size_t)sent;
	}
	return 0;
}

/* Nobody reads; more is sent than both buffers hold. */
static int
send_timeout(struct stage *stage, struct observation *seen)
{
	const struct timeval limit = { .tv_usec = 20000 };
	struct sending sending = { .length = sizeof(long_message) };
	struct flood flood = { .error = 0 };
	struct stage_task task = {
		.stage = stage, .work = send_until_it_fails,
		.argument = &sending
	};
	int error = prepare(stage, &flood);

	if (error != 0)
		return error;
	error = STAGE_CALL(flood.from, setsockopt, SOL_SOCKET, SO_SNDTIMEO,
	    &limit, (socklen_t)sizeof(limit));
	if (error < 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	task.side = flood.from;
	error = stage_begin(&task);
	if (error != 0)
		return error;
	if (!stage_ended(&task, STAGE_SURE_MS))
		return observe(seen, "blocks on");
	if (task.result >= 0)
		return observe(seen, "all of it is sent");
	return observe(seen, sending.sent != 0 ? "a part, then %s" : "%s",
	    observed_errno(task.result));
}

static const struct probe send_timeout_probe = {
	.id = "sndtimeo",
	.group = GROUP_BUFFERS,
	.question = "SO_SNDTIMEO ends a long send(): what does it return?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain_stream,
	.answers = (const char *const[]){ "a part, then {errno}", "{errno}",
	    "all of it is sent", "blocks on", "setsockopt: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "a part, then EAGAIN",
		  .source = "socket(7), SO_SNDTIMEO" },
		{ .answer = NULL },
	},
	.run = send_timeout,
};

const struct probe *const flow_probes[] = {
	&full_buffer_probe,
	&pollout_probe,
	&pollout_connected_probe,
	&send_timeout_probe,
	NULL,
};
