/* What a socket is told of frames, and of their number. */
#include <errno.h>
#include <linux/if_packet.h>
#include <string.h>

#include "packet_probes.h"
#include "probes/control.h"

#define FRAMES 30

static int
statistics(struct side *side, struct tpacket_stats *stats)
{
	socklen_t length = sizeof(*stats);

	return STAGE_CALL(side, getsockopt, SOL_PACKET, PACKET_STATISTICS,
	    stats, &length);
}

static int
send_frames(struct stage *stage, struct side *from, int count)
{
	ssize_t sent = 0;

	while (count-- > 0 && sent >= 0)
		sent = stage_send(stage, from, STAGE_MESSAGE,
		    STAGE_MESSAGE_LENGTH, 0);
	return sent < 0 ? stage_cannot(stage, "send: %s",
	    observed_errno(sent)) : 0;
}

/*
 * More frames than there is room for, and one that another socket awaits: when
 * it has come, the ones before it were counted.
 */
static int
overflow(struct stage *stage, struct side *client, struct side *server)
{
	struct side *other;
	char data[16];
	int smallest = 1;
	int error = stage_bound(stage, SIDE_SERVER, &other);

	if (error == 0)
		error = STAGE_CALL(server, setsockopt, SOL_SOCKET, SO_RCVBUF,
		    &smallest, sizeof(smallest));
	if (error == 0)
		error = send_frames(stage, client, FRAMES);
	for (int i = 0; error == 0 && i < FRAMES; i++)
		if (stage_receive(stage, other, data, sizeof(data), 0,
		    STAGE_SURE_MS) < 0)
			error = stage_cannot(stage, "a frame was lost");
	return error;
}

static int
drops(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct tpacket_stats stats;
	char data[128];
	unsigned left = 0;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = overflow(stage, client, server);
	if (error != 0)
		return error;
	error = statistics(server, &stats);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	while (STAGE_CALL(server, recv, data, sizeof(data), MSG_DONTWAIT) > 0)
		left++;
	if (left >= FRAMES - 1)
		return observe(seen, "nothing is lost");
	return observe(seen, stats.tp_drops == 0 ? "none is counted"
	    : stats.tp_packets - stats.tp_drops == left
	    ? "each is counted" : "some are counted");
}

const struct probe packet_drops = {
	.id = "drop-counter.statistics",
	.group = GROUP_BUFFERS,
	.question = "Frames that find no room: does PACKET_STATISTICS count "
	    "them?",
	.answers = (const char *const[]){ "each is counted",
	    "some are counted", "none is counted", "nothing is lost",
	    "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "each is counted",
		  .source = "packet(7), PACKET_STATISTICS: tp_drops" },
		{ .answer = NULL },
	},
	.run = drops,
};

static int
reset(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct tpacket_stats stats;
	char data[16];
	unsigned before;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = send_frames(stage, client, 1);
	if (error == 0 && stage_receive(stage, server, data, sizeof(data), 0,
	    STAGE_SURE_MS) < 0)
		error = stage_cannot(stage, "the frame was lost");
	if (error != 0)
		return error;
	error = statistics(server, &stats);
	before = stats.tp_packets;
	if (error == 0)
		error = statistics(server, &stats);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	return observe(seen, "%u, then %u", before, stats.tp_packets);
}

const struct probe packet_reset = {
	.id = "packet-statistics",
	.group = GROUP_OPTIONS,
	.question = "One frame, and PACKET_STATISTICS is read twice?",
	.answers = (const char *const[]){ "{n}, then {n}", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "1, then 0", .source = "packet(7): receiving "
		    "statistics resets the counters" },
		{ .answer = NULL },
	},
	.run = reset,
};

/*
 * The first of two frames tells the length, the second is received into a room
 * that is too small; and before, where that is asked for, looked at.
 */
static int
tell_length(struct stage *stage, struct observation *seen, bool peek)
{
	struct control control = { .room = CONTROL_ROOM };
	struct side *client, *server;
	const struct tpacket_auxdata *told;
	char data[4];
	size_t size;
	ssize_t whole = 0;
	int on = 1;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = STAGE_CALL(server, setsockopt, SOL_PACKET,
		    PACKET_AUXDATA, &on, sizeof(on));
	for (int i = 0; error == 0 && i < 2; i++) {
		error = send_frames(stage, client, 1);
		if (error == 0 && stage_poll(stage, server, POLLIN,
		    STAGE_SURE_MS) <= 0)
			error = stage_cannot(stage, "the frame was lost");
		if (i == 0 || peek)
			whole = STAGE_CALL(server, recv, data, sizeof(data),
			    MSG_TRUNC | (i == 0 ? 0 : MSG_PEEK));
	}
	if (error != 0)
		return error;
	control_receive(server, data, sizeof(data), MSG_DONTWAIT, &control);
	told = control_find(&control, SOL_PACKET, PACKET_AUXDATA, &size);
	if (told == NULL)
		return observe(seen, "none");
	return observe(seen, told->tp_len == whole ? "the frame's"
	    : told->tp_len == sizeof(data) ? "that of the room"
	    : "another number");
}

#define LENGTHS                                                                \
	(const char *const[]){ "the frame's", "that of the room",              \
	    "another number", "none", NULL }
#define WHOLE_LENGTH                                                           \
	(const struct document[]){                                             \
		{ .answer = "the frame's",                                     \
		  .source = "packet(7), PACKET_AUXDATA: packet length" },      \
		{ .answer = NULL },                                            \
	}

static int
auxdata(struct stage *stage, struct observation *seen)
{
	return tell_length(stage, seen, false);
}

const struct probe packet_auxdata = {
	.id = "packet-auxdata.cut",
	.group = GROUP_ANCILLARY,
	.question = "A frame is cut: which length does PACKET_AUXDATA tell?",
	.answers = LENGTHS,
	.documents = WHOLE_LENGTH,
	.run = auxdata,
};

static int
peeked(struct stage *stage, struct observation *seen)
{
	return tell_length(stage, seen, true);
}

/* The kernel keeps it where recvmsg() then writes the address. */
const struct probe packet_auxdata_peek = {
	.id = "packet-auxdata.peek",
	.group = GROUP_ANCILLARY,
	.question = "And where the frame was looked at with MSG_PEEK before?",
	.answers = LENGTHS,
	.documents = WHOLE_LENGTH,
	.run = peeked,
};
