/* J1939: broadcasts, priorities and addresses. */
#include <errno.h>
#include <linux/can/j1939.h>
#include <string.h>

#include "can_probes.h"
#include "probes/control.h"

#define J1939 { .protocol = "j1939" }

static int
allow(struct side *side, bool on)
{
	int value = on;

	return STAGE_CALL(side, setsockopt, SOL_SOCKET, SO_BROADCAST, &value,
	    sizeof(value));
}

/* To the side's peer, or to all with its PGN. */
static ssize_t
say(struct stage *stage, struct side *from, bool all, const char *byte)
{
	struct sockaddr_can can;
	struct endpoint to;

	memcpy(&can, &from->peer.storage, sizeof(can));
	if (all)
		can.can_addr.j1939.addr = J1939_NO_ADDR;
	endpoint_set(&to, &can, sizeof(can));
	return STAGE_CALL(from, sendto, byte, 1, stage_flags(stage, 0), &to);
}

/* What comes next: a byte, or a negative errno. */
static int
next(struct stage *stage, struct side *side)
{
	char byte;
	ssize_t got = stage_receive(stage, side, &byte, 1, MSG_DONTWAIT,
	    STAGE_SURE_MS);

	return got == 1 ? byte : got < 0 ? (int)got : -ENOMSG;
}

static int
broadcast_send(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = allow(client, false);
	if (error != 0)
		return error;
	return observe(seen, "%s", observed_errno(say(stage, client, true,
	    "a")));
}

const struct probe can_j1939_send = {
	.id = "broadcast.j1939-send",
	.group = GROUP_MULTICAST,
	.question = "Sending to all without SO_BROADCAST?",
	.cells = J1939,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "{errno}", .source = "Linux, j1939.rst: by default "
		    "no broadcast can be sent" },
		{ .answer = NULL },
	},
	.run = broadcast_send,
};

/* A message to all, and then one to the server. */
static int
broadcast_receive(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int heard;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = allow(client, true);
	if (error == 0)
		error = allow(server, false);
	if (error != 0)
		return error;
	say(stage, client, true, "a");
	say(stage, client, false, "b");
	heard = next(stage, server);
	if (heard < 0)
		return observe(seen, "recv: %s", observed_errno(heard));
	return observe(seen, heard == 'a' ? "heard" : "not heard");
}

const struct probe can_j1939_receive = {
	.id = "broadcast.j1939-receive",
	.group = GROUP_MULTICAST,
	.question = "Does a socket without SO_BROADCAST hear what is sent to "
	    "all?",
	.cells = J1939,
	.answers = (const char *const[]){ "heard", "not heard",
	    "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "not heard", .source = "Linux, j1939.rst: by "
		    "default no broadcast can be received" },
		{ .answer = NULL },
	},
	.run = broadcast_receive,
};

/* The priority that comes with a message. */
static int
priority(struct stage *stage, struct observation *seen, int set)
{
	struct control control = { .room = CONTROL_ROOM };
	struct side *client, *server;
	const unsigned char *told;
	char data[8];
	size_t size;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	if (set >= 0)
		error = STAGE_CALL(client, setsockopt, SOL_CAN_J1939,
		    SO_J1939_SEND_PRIO, &set, sizeof(set));
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	say(stage, client, false, "a");
	if (stage_poll(stage, server, POLLIN, STAGE_SURE_MS) <= 0)
		return observe(seen, "nothing comes");
	control_receive(server, data, sizeof(data), MSG_DONTWAIT, &control);
	told = control_find(&control, SOL_CAN_J1939, SCM_J1939_PRIO, &size);
	return told == NULL ? observe(seen, "none")
	    : observe(seen, "%u", *told);
}

#define PRIORITIES                                                             \
	(const char *const[]){ "{n}", "none", "nothing comes",                 \
	    "setsockopt: {errno}", NULL }

static int
priority_default(struct stage *stage, struct observation *seen)
{
	return priority(stage, seen, -1);
}

const struct probe can_j1939_priority = {
	.id = "j1939-priority.default",
	.group = GROUP_ANCILLARY,
	.question = "Which priority does SCM_J1939_PRIO tell?",
	.cells = J1939,
	.answers = PRIORITIES,
	.run = priority_default,
};

static int
priority_set(struct stage *stage, struct observation *seen)
{
	return priority(stage, seen, 3);
}

const struct probe can_j1939_set = {
	.id = "j1939-priority.set",
	.group = GROUP_ANCILLARY,
	.question = "And where the sender has set SO_J1939_SEND_PRIO to 3?",
	.cells = J1939,
	.answers = PRIORITIES,
	.documents = (const struct document[]){
		{ .answer = "3",
		  .source = "Linux, j1939.rst: SO_J1939_SEND_PRIO" },
		{ .answer = NULL },
	},
	.run = priority_set,
};

static int
shared(struct stage *stage, struct observation *seen)
{
	struct side *client, *server, *second;
	int one, other;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = stage_socket(stage, SIDE_SERVER, &second);
	if (error != 0)
		return error;
	error = STAGE_CALL(second, bind, &server->self);
	if (error != 0)
		return observe(seen, "bind: %s", observed_errno(error));
	say(stage, client, false, "a");
	one = next(stage, server);
	other = next(stage, second);
	return observe(seen, one == 'a' && other == 'a' ? "both hear it"
	    : one == 'a' || other == 'a' ? "one hears it" : "none hears it");
}

const struct probe can_j1939_shared = {
	.id = "j1939-address.shared",
	.group = GROUP_SHARING,
	.question = "Two sockets at one address: who hears what is sent to it?",
	.cells = J1939,
	.answers = (const char *const[]){ "both hear it", "one hears it",
	    "none hears it", "bind: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "both hear it or one hears it",
		  .source = "Linux, j1939.rst: others can reuse an address" },
		{ .answer = NULL },
	},
	.run = shared,
};

static int
no_address(struct stage *stage, struct observation *seen)
{
	struct side *client, *server, *fresh;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = stage_socket(stage, SIDE_CLIENT, &fresh);
	if (error != 0)
		return error;
	fresh->peer = client->peer;
	return observe(seen, "%s", observed_errno(say(stage, fresh, false,
	    "a")));
}

const struct probe can_j1939_none = {
	.id = "j1939-address.none",
	.group = GROUP_ERRORS,
	.question = "Sending before bind()?",
	.cells = J1939,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "{errno}", .source = "Linux, j1939.rst: bind(2) "
		    "must have been successful" },
		{ .answer = NULL },
	},
	.run = no_address,
};
