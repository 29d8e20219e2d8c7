/* Messages that cannot be delivered, names that several have. */
#include "tipc_probes.h"

#include <errno.h>
#include <linux/tipc.h>
#include <string.h>

#include "probes/control.h"

#define MESSAGING "TIPC project, messaging: "

static struct sockaddr_tipc
address_of(const struct endpoint *endpoint)
{
	struct sockaddr_tipc tipc;

	memcpy(&tipc, &endpoint->storage, sizeof(tipc));
	return tipc;
}

/* The name of a server that was contacted, as a range. */
static struct endpoint
range_of(const struct side *client)
{
	struct sockaddr_tipc tipc = address_of(&client->peer);
	struct tipc_service_addr name = tipc.addr.name.name;
	struct endpoint range;

	tipc.addrtype = TIPC_SERVICE_RANGE;
	tipc.scope = TIPC_CLUSTER_SCOPE;
	tipc.addr.nameseq = (struct tipc_service_range){ name.type,
		name.instance, name.instance };
	endpoint_set(&range, &tipc, sizeof(tipc));
	return range;
}

/* What comes back of a message to a socket that was closed. */
static int
look_for_return(struct stage *stage, struct side *client,
    struct observation *seen)
{
	struct control control = { .room = CONTROL_ROOM };
	const void *found;
	uint32_t info[2];
	char data[8];
	size_t size;
	ssize_t got;

	if (stage_poll(stage, client, POLLIN, STAGE_QUIET_MS) <= 0)
		return observe(seen, "dropped");
	got = control_receive(client, data, sizeof(data), MSG_DONTWAIT,
	    &control);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	found = control_find(&control, SOL_TIPC, TIPC_ERRINFO, &size);
	if (found == NULL || size < sizeof(info))
		return observe(seen, "returned, no error");
	memcpy(info, found, sizeof(info));
	return observe(seen, info[0] == TIPC_ERR_NO_PORT
	    ? "returned, TIPC_ERR_NO_PORT" : "returned, another error");
}

static int
dead_letter(struct stage *stage, struct observation *seen, bool asked)
{
	struct side *client, *server;
	ssize_t sent;
	int off = 0;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	if (asked)
		error = STAGE_CALL(client, setsockopt, SOL_TIPC,
		    TIPC_DEST_DROPPABLE, &off, sizeof(off));
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	/* Not its name, which nobody has now: the socket itself. */
	client->peer = server->self;
	STAGE_CALL(server, close);
	sent = STAGE_CALL(client, sendto, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    stage_flags(stage, 0), &client->peer);
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	return look_for_return(stage, client, seen);
}

#define RETURNED                                                               \
	(const char *const[]){ "dropped", "returned, TIPC_ERR_NO_PORT",        \
	    "returned, another error", "returned, no error", "recv: {errno}",  \
	    "send: {errno}", "setsockopt: {errno}", NULL }

static int
dead_default(struct stage *stage, struct observation *seen)
{
	return dead_letter(stage, seen, false);
}

static const struct probe dead_letter_default = {
	.id = "dead-letter.default",
	.group = GROUP_ERRORS,
	.question = "A message to a socket that is closed: what becomes of it?",
	.cells = { .shapes = ON_DATAGRAM },
	.answers = RETURNED,
	.documents = (const struct document[]){
		{ .answer = "dropped or returned, TIPC_ERR_NO_PORT",
		  .source = MESSAGING "dropped or returned to sender" },
		{ .answer = NULL },
	},
	.run = dead_default,
};

static int
dead_asked(struct stage *stage, struct observation *seen)
{
	return dead_letter(stage, seen, true);
}

static const struct probe dead_letter_asked = {
	.id = "dead-letter.asked",
	.group = GROUP_ERRORS,
	.question = "And where TIPC_DEST_DROPPABLE was turned off?",
	.cells = { .shapes = ON_DATAGRAM },
	.answers = RETURNED,
	.documents = (const struct document[]){
		{ .answer = "returned, TIPC_ERR_NO_PORT",
		  .source = MESSAGING "as configured by the sending socket" },
		{ .answer = NULL },
	},
	.run = dead_asked,
};

#define MESSAGES 4

/* How many of them have come to a socket. */
static int
drain(struct side *side)
{
	char data[16];
	int count = 0;

	while (STAGE_CALL(side, recv, data, sizeof(data), MSG_DONTWAIT) > 0)
		count++;
	return count;
}

/* Two sockets with one name, and messages to it, or to all that have it. */
static int
share_name(struct stage *stage, struct observation *seen, bool all)
{
	struct side *client, *first, *second;
	struct endpoint range;
	int one, other;
	int error = stage_pair(stage, &client, &first);

	if (error == 0)
		error = stage_socket(stage, SIDE_SERVER, &second);
	if (error != 0)
		return error;
	range = range_of(client);
	error = STAGE_CALL(second, bind, &range);
	if (error != 0)
		return observe(seen, "bind: %s", observed_errno(error));
	for (int i = 0; i < MESSAGES; i++)
		STAGE_CALL(client, sendto, STAGE_MESSAGE,
		    STAGE_MESSAGE_LENGTH, stage_flags(stage, 0),
		    all ? &range : &client->peer);
	one = drain(first);
	other = drain(second);
	return observe(seen, one == MESSAGES && other == MESSAGES ? "both"
	    : one == MESSAGES / 2 && other == MESSAGES / 2 ? "in turn"
	    : one == MESSAGES || other == MESSAGES ? "one of them"
	    : "otherwise");
}

#define SHARED                                                                 \
	(const char *const[]){ "in turn", "both", "one of them", "otherwise",  \
	    "bind: {errno}", NULL }

static int
name_two(struct stage *stage, struct observation *seen)
{
	return share_name(stage, seen, false);
}

static const struct probe tipc_name_two = {
	.id = "group-other.tipc-name",
	.group = GROUP_MULTICAST,
	.question = "Two sockets have one name: who gets what is sent to it?",
	.cells = { .shapes = ON_DATAGRAM },
	.answers = SHARED,
	.documents = (const struct document[]){
		{ .answer = "in turn",
		  .source = MESSAGING "on a round-robin basis" },
		{ .answer = NULL },
	},
	.run = name_two,
};

static int
name_all(struct stage *stage, struct observation *seen)
{
	return share_name(stage, seen, true);
}

static const struct probe tipc_name_all = {
	.id = "group-other.tipc-range",
	.group = GROUP_MULTICAST,
	.question = "And what is sent to a range of names (TIPC_ADDR_MCAST)?",
	.cells = { .shapes = ON_DATAGRAM },
	.answers = SHARED,
	.documents = (const struct document[]){
		{ .answer = "both",
		  .source = MESSAGING "multicast, by a service range" },
		{ .answer = NULL },
	},
	.run = name_all,
};

const struct probe *const tipc_probes[] = {
	&dead_letter_default, &dead_letter_asked, &tipc_name_two,
	&tipc_name_all, &tipc_reserved, &tipc_importance,
	NULL,
};
