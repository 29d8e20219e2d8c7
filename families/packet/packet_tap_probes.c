/* Who hears a frame, and how often. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>

#include "packet.h"
#include "packet_probes.h"

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23	/* since Linux 4.20 */
#endif

#define ALL 0

/* A socket at the server's interface that hears these, or all protocols. */
static int
open_tap(struct stage *stage, const struct side *server, uint16_t protocol,
    struct side **out)
{
	const struct sockaddr_ll *self = packet_of(&server->self);
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
		.sll_protocol = protocol != ALL ? protocol : htons(ETH_P_ALL) };
	struct side *tap = stage_side(stage, SIDE_SERVER);
	struct endpoint address;

	*out = tap;
	if (tap == NULL || self == NULL)
		return stage_cannot(stage, "it has no interface");
	ll.sll_ifindex = self->sll_ifindex;
	endpoint_set(&address, &ll, sizeof(ll));
	tap->fd = tap->calls->socket(&tap->recorder, AF_PACKET,
	    stage->choice->row.type | SOCK_CLOEXEC, 0);
	return tap->fd < 0 ? tap->fd : STAGE_CALL(tap, bind, &address);
}

/*
 * One frame is sent on lo: the tap hears it on its way out, and when it is
 * back, which it is in the end.
 */
static int
listen_to(struct stage *stage, struct observation *seen, struct side *client,
    struct side *tap)
{
	unsigned out = 0;
	ssize_t sent = stage_send(stage, client, STAGE_MESSAGE,
	    STAGE_MESSAGE_LENGTH, 0);

	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	for (;;) {
		const struct sockaddr_ll *from;
		char frame[128];
		ssize_t got;

		if (side_wait(tap, tap->fd, POLLIN, STAGE_SURE_MS *
		    1000000LL) != 0)
			return observe(seen, "%u out", out);
		got = STAGE_CALL(tap, recvfrom, frame, sizeof(frame),
		    MSG_DONTWAIT, &tap->peer);
		if (got < 0)
			return observe(seen, "recv: %s", observed_errno(got));
		from = packet_of(&tap->peer);
		/* Others talk, too. */
		if (from == NULL || from->sll_protocol !=
		    (uint16_t)stage->choice->row.protocol)
			continue;
		if (from->sll_pkttype != PACKET_OUTGOING)
			return observe(seen, "%u out, 1 in", out);
		out++;
	}
}

static int
tap(struct stage *stage, struct observation *seen, uint16_t protocol,
    bool ignore)
{
	struct side *client, *server, *heard;
	int on = 1;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = open_tap(stage, server, protocol, &heard);
	if (error != 0)
		return error;
	if (ignore)
		error = STAGE_CALL(heard, setsockopt, SOL_PACKET,
		    PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	return listen_to(stage, seen, client, heard);
}

#define HEARD                                                                  \
	(const char *const[]){ "{n} out, 1 in", "{n} out", "send: {errno}",    \
	    "recv: {errno}", "setsockopt: {errno}", NULL }

static int
tap_all(struct stage *stage, struct observation *seen)
{
	return tap(stage, seen, ALL, false);
}

const struct probe packet_tap_all = {
	.id = "tap.all",
	.group = GROUP_SHARING,
	.question = "One frame on lo: how often does an ETH_P_ALL socket hear "
	    "it?",
	.cells = { .variant = "lo" },
	.answers = HEARD,
	.documents = (const struct document[]){
		{ .answer = "1 out, 1 in",
		  .source = "packet(7): all packets of the protocol; "
		      "sll_pkttype" },
		{ .answer = NULL },
	},
	.run = tap_all,
};

static int
tap_one(struct stage *stage, struct observation *seen)
{
	return tap(stage, seen, (uint16_t)stage->choice->row.protocol, false);
}

const struct probe packet_tap_one = {
	.id = "tap.one",
	.group = GROUP_SHARING,
	.question = "And a socket that is bound to its protocol?",
	.cells = { .variant = "lo" },
	.answers = HEARD,
	.documents = (const struct document[]){
		{ .answer = "1 out, 1 in",
		  .source = "packet(7): all packets of the protocol; "
		      "sll_pkttype" },
		{ .answer = NULL },
	},
	.run = tap_one,
};

static int
tap_ignore(struct stage *stage, struct observation *seen)
{
	return tap(stage, seen, ALL, true);
}

const struct probe packet_tap_ignore = {
	.id = "tap.ignore",
	.group = GROUP_SHARING,
	.question = "And one with ETH_P_ALL and PACKET_IGNORE_OUTGOING?",
	.cells = { .variant = "lo" },
	.answers = HEARD,
	.run = tap_ignore,
};

#define FRAMES 4

/* How many of them come to a socket, which may be none. */
static int
count(struct stage *stage, struct side *side, int most, int ms)
{
	char data[16];
	int got = 0;

	while (got < most && stage_receive(stage, side, data, sizeof(data),
	    MSG_DONTWAIT, ms) > 0)
		got++;
	return got;
}

static int
fanout(struct stage *stage, struct observation *seen)
{
	const int group = (int)(stage->run & 0xffff) |
	    PACKET_FANOUT_LB << 16;
	struct side *client, *first, *second;
	int one, other;
	int error = stage_pair(stage, &client, &first);

	if (error == 0)
		error = stage_bound(stage, SIDE_SERVER, &second);
	if (error != 0)
		return error;
	error = STAGE_CALL(first, setsockopt, SOL_PACKET, PACKET_FANOUT,
	    &group, sizeof(group));
	if (error == 0)
		error = STAGE_CALL(second, setsockopt, SOL_PACKET,
		    PACKET_FANOUT, &group, sizeof(group));
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	for (int i = 0; i < FRAMES; i++)
		stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
		    0);
	one = count(stage, first, FRAMES / 2, STAGE_SURE_MS);
	other = count(stage, second, FRAMES / 2, STAGE_SURE_MS);
	return observe(seen, one + other == FRAMES ? "half of them each"
	    : "otherwise");
}

const struct probe packet_fanout = {
	.id = "packet-fanout",
	.group = GROUP_SHARING,
	.question = "Two sockets in a PACKET_FANOUT_LB group: who hears what?",
	.answers = (const char *const[]){ "half of them each", "otherwise",
	    "setsockopt: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "half of them each",
		  .source = "packet(7), PACKET_FANOUT: round-robin" },
		{ .answer = NULL },
	},
	.run = fanout,
};
