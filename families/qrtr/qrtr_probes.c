/* Names that are others', and what the name service tells. */
#include "qrtr_probes.h"

#include <endian.h>
#include <errno.h>
#include <linux/qrtr.h>
#include <string.h>
#include <unistd.h>

#include "probes/stage.h"
#include "record/calls.h"
#include "shared/nobody.h"

/* Below the first that the kernel chooses. */
#define PRIVILEGED_PORT 100

static struct endpoint
address_of(const struct side *known, unsigned nodes_on, unsigned port)
{
	struct sockaddr_qrtr qrtr;
	struct endpoint address;

	memcpy(&qrtr, &known->self.storage, sizeof(qrtr));
	qrtr.sq_node += nodes_on;
	qrtr.sq_port = port;
	endpoint_set(&address, &qrtr, sizeof(qrtr));
	return address;
}

static int
try_bind(struct stage *stage, struct observation *seen, unsigned nodes_on,
    unsigned port, bool nobody)
{
	struct endpoint address;
	struct side *known, *side;
	int error = stage_bound(stage, SIDE_SERVER, &known);

	if (error == 0)
		error = stage_socket(stage, SIDE_SERVER, &side);
	if (error == 0 && nobody && geteuid() == 0)
		error = nobody_become(stage, NOBODY);
	if (error != 0)
		return error;
	address = address_of(known, nodes_on, port);
	return observe(seen, "%s", observed_errno(STAGE_CALL(side, bind,
	    &address)));
}

static int
privileged(struct stage *stage, struct observation *seen)
{
	return try_bind(stage, seen, 0, PRIVILEGED_PORT, true);
}

static const struct probe qrtr_privileged = {
	.id = "priv-name.qrtr",
	.group = GROUP_NAMING,
	.question = "bind() to port 100 without a privilege?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.run = privileged,
};

static int
nonlocal(struct stage *stage, struct observation *seen)
{
	return try_bind(stage, seen, 1, 0, false);
}

static const struct probe qrtr_nonlocal = {
	.id = "nonlocal-bind.qrtr",
	.group = GROUP_NAMING,
	.question = "bind() to a port of another node?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EADDRNOTAVAIL",
		  .source = "bind(2), EADDRNOTAVAIL: not local" },
		{ .answer = NULL },
	},
	.run = nonlocal,
};

static ssize_t
control(struct stage *stage, struct side *side, unsigned command,
    unsigned service)
{
	const struct endpoint to = address_of(side, 0, QRTR_PORT_CTRL);
	struct sockaddr_qrtr self;
	struct qrtr_ctrl_pkt packet = { .cmd = htole32(command) };

	memcpy(&self, &side->self.storage, sizeof(self));
	packet.server.service = htole32(service);
	if (command == QRTR_TYPE_NEW_SERVER) {
		packet.server.instance = htole32(1);
		packet.server.node = htole32(self.sq_node);
		packet.server.port = htole32(self.sq_port);
	}
	return STAGE_CALL(side, sendto, &packet, sizeof(packet),
	    stage_flags(stage, 0), &to);
}

/* What the name service tells next: a command, or a negative errno. */
static long
told(struct stage *stage, struct side *side, bool *empty)
{
	struct qrtr_ctrl_pkt packet;
	ssize_t got;

	if (stage_poll(stage, side, POLLIN, STAGE_SURE_MS) <= 0)
		return -ETIMEDOUT;
	got = STAGE_CALL(side, recv, &packet, sizeof(packet), MSG_DONTWAIT);
	if (got < (ssize_t)sizeof(packet))
		return got < 0 ? got : -EBADMSG;
	*empty = packet.server.service == 0 && packet.server.port == 0;
	return (long)le32toh(packet.cmd);
}

/* Looks up a service that is there, until the list is told to have ended. */
static int
look_up(struct stage *stage, struct observation *seen, bool close_server)
{
	const unsigned service = 0x10000u | (stage->run & 0xffff);
	struct side *client, *server;
	bool empty = false;
	int servers = 0;
	long command;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error != 0)
		return error;
	control(stage, server, QRTR_TYPE_NEW_SERVER, service);
	control(stage, client, QRTR_TYPE_NEW_LOOKUP, service);
	while ((command = told(stage, client, &empty)) ==
	    QRTR_TYPE_NEW_SERVER && !empty)
		servers++;
	if (command < 0)
		return observe(seen, "%d, then %s", servers,
		    observed_errno(command));
	if (!close_server)
		return observe(seen, empty ? "%d, then an empty one"
		    : "%d, then another", servers);
	STAGE_CALL(server, close);
	command = told(stage, client, &empty);
	return observe(seen, command == QRTR_TYPE_DEL_SERVER
	    ? "DEL_SERVER" : command < 0 ? "nothing" : "another message");
}

static int
lookup(struct stage *stage, struct observation *seen)
{
	return look_up(stage, seen, false);
}

static const struct probe qrtr_lookup = {
	.id = "qrtr-lookup",
	.group = GROUP_MULTICAST,
	.question = "NEW_LOOKUP of a service with one server: what is told?",
	.answers = (const char *const[]){ "{n}, then an empty one",
	    "{n}, then another", "{n}, then {errno}", NULL },
	.run = lookup,
};

static int
leave(struct stage *stage, struct observation *seen)
{
	return look_up(stage, seen, true);
}

static const struct probe qrtr_leave = {
	.id = "qrtr-leave",
	.group = GROUP_END,
	.question = "A server is closed: what is told to who looked it up?",
	.answers = (const char *const[]){ "DEL_SERVER", "another message",
	    "nothing", "{n}, then {errno}", NULL },
	.run = leave,
};

const struct probe *const qrtr_probes[] = {
	&qrtr_privileged, &qrtr_nonlocal, &qrtr_lookup, &qrtr_leave,
	NULL,
};
