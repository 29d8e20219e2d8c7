/* One datagram for all (ip(7), SO_BROADCAST). */
#include <errno.h>
#include <poll.h>

#include "ip_probes.h"
#include "ip_stage.h"

/* The broadcast address of the loopback network. */
#define EVERYBODY "127.255.255.255"

/* Sends to everybody at the server's port. */
static ssize_t
send_to_all(struct stage *stage, const struct side *server, bool permitted)
{
	struct side *client;
	struct endpoint everybody;
	int error = stage_bound(stage, SIDE_CLIENT, &client);

	if (error == 0)
		error = ip_stage_set(client, SOL_SOCKET, SO_BROADCAST,
		    permitted);
	if (error != 0)
		return error;
	ip_stage_address(stage, EVERYBODY, "", ip_stage_port(&server->self),
	    &everybody);
	return STAGE_CALL(client, sendto, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    stage_flags(stage, 0), &everybody);
}

static int
send_broadcast(struct stage *stage, struct observation *seen, bool permitted)
{
	struct side *server;
	ssize_t sent;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error != 0)
		return error;
	sent = send_to_all(stage, server, permitted);
	return observe(seen, "%s", sent < 0 ? observed_errno(sent) : "sent");
}

static int
not_permitted(struct stage *stage, struct observation *seen)
{
	return send_broadcast(stage, seen, false);
}

const struct probe ip_broadcast_send = {
	.id = "broadcast",
	.group = GROUP_MULTICAST,
	.question = "A datagram to a broadcast address without SO_BROADCAST?",
	.applies = ip_stage_udp4,
	.answers = (const char *const[]){ "sent", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EACCES", .source = "ip(7), ERRORS, EACCES" },
		{ .answer = NULL },
	},
	.run = not_permitted,
};

static int
permitted(struct stage *stage, struct observation *seen)
{
	return send_broadcast(stage, seen, true);
}

const struct probe ip_broadcast_permitted = {
	.id = "broadcast.permitted",
	.group = GROUP_MULTICAST,
	.question = "A datagram to a broadcast address with SO_BROADCAST?",
	.applies = ip_stage_udp4,
	.answers = (const char *const[]){ "sent", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "sent", .source = "socket(7), SO_BROADCAST" },
		{ .answer = NULL },
	},
	.run = permitted,
};

/* Whether a receiver that is bound to this address hears it. */
static int
hear(struct stage *stage, struct observation *seen, const char *address,
    int wait_ms)
{
	struct side *server;
	ssize_t sent;
	int error = ip_stage_bound(stage, SIDE_SERVER, address, "", &server);

	if (error != 0)
		return error;
	sent = send_to_all(stage, server, true);
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	return observe(seen, stage_poll(stage, server, POLLIN, wait_ms) > 0
	    ? "heard" : "not heard");
}

#define HEAR_ANSWERS                                                           \
	(const char *const[]){ "heard", "not heard", "send: {errno}", NULL }

static int
hear_any(struct stage *stage, struct observation *seen)
{
	return hear(stage, seen, "0.0.0.0", STAGE_SURE_MS);
}

const struct probe ip_broadcast_receive = {
	.id = "broadcast.receive",
	.group = GROUP_MULTICAST,
	.question = "Does a receiver without SO_BROADCAST hear a broadcast?",
	.applies = ip_stage_udp4,
	.answers = HEAR_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "not heard",
		  .source = "ip(7): \"sent or received only when the "
			    "SO_BROADCAST socket flag is set\"" },
		{ .answer = NULL },
	},
	.run = hear_any,
};

static int
hear_own(struct stage *stage, struct observation *seen)
{
	return hear(stage, seen, "127.0.0.1", STAGE_QUIET_MS);
}

const struct probe ip_broadcast_own = {
	.id = "broadcast.own-address",
	.group = GROUP_MULTICAST,
	.question =
	    "Does a receiver bound to its own address hear a broadcast?",
	.applies = ip_stage_udp4,
	.answers = HEAR_ANSWERS,
	.run = hear_own,
};

static int
hear_itself(struct stage *stage, struct observation *seen)
{
	return hear(stage, seen, EVERYBODY, STAGE_SURE_MS);
}

const struct probe ip_broadcast_bound = {
	.id = "broadcast.bound",
	.group = GROUP_MULTICAST,
	.question =
	    "Does a receiver bound to the broadcast address hear a broadcast?",
	.applies = ip_stage_udp4,
	.answers = HEAR_ANSWERS,
	.run = hear_itself,
};
