/* Addresses that are not this machine's own, and the one that means any. */
#include <errno.h>

#include "ip_probes.h"
#include "ip_stage.h"

/* Of networks for documentation (RFC 5737, RFC 3849): nobody's. */
#define NOBODY4 "192.0.2.1"
#define NOBODY6 "2001:db8::1"

static int
bind_to(struct stage *stage, struct observation *seen, const char *v4,
    const char *v6, bool freely)
{
	const struct ip_names *names = ip_stage_names(stage);
	struct side *side;
	struct endpoint address;
	int error = stage_socket(stage, SIDE_SERVER, &side);

	if (error != 0)
		return error;
	if (freely)
		error = ip_stage_set(side, names->level, names->free_bind, 1);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	ip_stage_address(stage, v4, v6, 0, &address);
	return observe(seen, "%s",
	    observed_errno(STAGE_CALL(side, bind, &address)));
}

static int
bind_foreign(struct stage *stage, struct observation *seen)
{
	return bind_to(stage, seen, NOBODY4, NOBODY6, false);
}

const struct probe ip_bind_foreign = {
	.id = "nonlocal-bind",
	.group = GROUP_NAMING,
	.question = "bind() to an address that this machine does not have?",
	.cells = { .shapes = ON_PAIRS | ON_KERNEL },
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EADDRNOTAVAIL",
		  .source = "bind(2), EADDRNOTAVAIL; ip(7), ERRORS" },
		{ .answer = NULL },
	},
	.run = bind_foreign,
};

static int
bind_freely(struct stage *stage, struct observation *seen)
{
	return bind_to(stage, seen, NOBODY4, NOBODY6, true);
}

const struct probe ip_bind_freely = {
	.id = "nonlocal-bind.freebind",
	.group = GROUP_NAMING,
	.question = "bind() to a foreign address with IP_FREEBIND?",
	.cells = { .shapes = ON_PAIRS | ON_KERNEL },
	.answers = (const char *const[]){ "ok", "{errno}",
	    "setsockopt: {errno}", NULL },
	.run = bind_freely,
};

static int
bind_loopback(struct stage *stage, struct observation *seen)
{
	return bind_to(stage, seen, "127.7.7.7", "::2", false);
}

const struct probe ip_bind_loopback = {
	.id = "nonlocal-bind.loopback",
	.group = GROUP_NAMING,
	.question = "bind() to another loopback address: 127.7.7.7, or ::2?",
	.cells = { .shapes = ON_PAIRS | ON_KERNEL },
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.run = bind_loopback,
};

static int
bind_group(struct stage *stage, struct observation *seen)
{
	return bind_to(stage, seen, "239.7.7.7", "ff15::7", false);
}

const struct probe ip_bind_group = {
	.id = "nonlocal-bind.multicast",
	.group = GROUP_NAMING,
	.question = "bind() to a multicast address?",
	.cells = { .shapes = ON_PAIRS | ON_KERNEL },
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.run = bind_group,
};

static int
bind_broadcast(struct stage *stage, struct observation *seen)
{
	return bind_to(stage, seen, "255.255.255.255", "", false);
}

const struct probe ip_bind_broadcast = {
	.id = "nonlocal-bind.broadcast",
	.group = GROUP_NAMING,
	.question = "bind() to 255.255.255.255?",
	.cells = { .shapes = ON_PAIRS | ON_KERNEL },
	.applies = ip_stage_v4,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ok",
		  .source = "ip(7): the same effect on bind as INADDR_ANY" },
		{ .answer = NULL },
	},
	.run = bind_broadcast,
};

static bool
has_ports(const struct choice *choice)
{
	return choice->row.type != SOCK_RAW;
}

/* connect() to 0.0.0.0 or [::], where a server on the loopback is. */
static int
connect_any(struct stage *stage, struct observation *seen)
{
	struct side *server, *client;
	struct endpoint any;
	struct endpoint peer = { .length = 0 };
	bool connected = stage->choice->row.shape == SHAPE_CONNECTED;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0 && (connected || stage->choice->row.listens))
		error = STAGE_CALL(server, listen, 8);
	if (error == 0)
		error = stage_socket(stage, SIDE_CLIENT, &client);
	if (error != 0)
		return error;
	ip_stage_address(stage, "0.0.0.0", "::", ip_stage_port(&server->self),
	    &any);
	error = STAGE_CALL(client, connect, &any);
	if (error == 0)
		error = STAGE_CALL(client, getpeername, &peer);
	if (error < 0)
		return observe(seen, "%s", observed_errno(error));
	return observe(seen, ip_stage_same_host(&peer, &server->self)
	    ? "to the loopback address" : "to another address");
}

const struct probe ip_connect_any = {
	.id = "connect-any",
	.group = GROUP_CONNECT,
	.question = "connect() to 0.0.0.0 or [::]: where does it lead?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = has_ports,
	.answers = (const char *const[]){ "to the loopback address",
	    "to another address", "{errno}", NULL },
	.run = connect_any,
};
