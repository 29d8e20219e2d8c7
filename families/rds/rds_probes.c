/* Binding, the transport that it chooses, and a receiver that is full. */
#include "rds_probes.h"

#include <errno.h>
#include <linux/rds.h>
#include <string.h>

#include "probes/stage.h"
#include "record/calls.h"

#define RDS_RST "Linux, rds.rst: "

static int
unbound(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = stage_socket(stage, SIDE_CLIENT, &client);
	if (error == 0)
		error = stage_contact(stage, server, &client->peer);
	if (error != 0)
		return error;
	return observe(seen, "%s", observed_errno(stage_send(stage, client,
	    STAGE_MESSAGE, STAGE_MESSAGE_LENGTH, 0)));
}

static const struct probe rds_unbound = {
	.id = "rds-unbound",
	.group = GROUP_ERRORS,
	.question = "A message is sent before bind()?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "{errno}", .source = RDS_RST "sockets must be "
		    "bound before you can send" },
		{ .answer = NULL },
	},
	.run = unbound,
};

/* An address for documentation (RFC 5737, RFC 3849), which nobody has. */
static struct endpoint
foreign(const struct endpoint *own)
{
	static const unsigned char four[] = { 203, 0, 113, 9 };
	static const unsigned char six[] = { 0x20, 1, 0xd, 0xb8, 0, 9 };
	struct endpoint address = *own;

	/* Behind the family and the port; of IPv6, the flow as well. */
	if (own->any.sa_family == AF_INET6)
		memcpy(address.bytes + 8, six, sizeof(six));
	else
		memcpy(address.bytes + 4, four, sizeof(four));
	return address;
}

static int
nonlocal(struct stage *stage, struct observation *seen)
{
	struct side *known, *side;
	struct endpoint address;
	int error = stage_bound(stage, SIDE_SERVER, &known);

	if (error == 0)
		error = stage_socket(stage, SIDE_SERVER, &side);
	if (error != 0)
		return error;
	address = foreign(&known->self);
	return observe(seen, "%s", observed_errno(STAGE_CALL(side, bind,
	    &address)));
}

static const struct probe rds_nonlocal = {
	.id = "nonlocal-bind.rds",
	.group = GROUP_NAMING,
	.question = "bind() to the address of another machine?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EADDRNOTAVAIL",
		  .source = "bind(2), EADDRNOTAVAIL: not local" },
		{ .answer = NULL },
	},
	.run = nonlocal,
};

static int
transport(struct stage *stage, struct observation *seen, bool bound)
{
	struct side *side;
	int value = 0;
	socklen_t length = sizeof(value);
	int error = bound ? stage_bound(stage, SIDE_SERVER, &side)
			  : stage_socket(stage, SIDE_SERVER, &side);

	if (error != 0)
		return error;
	error = STAGE_CALL(side, getsockopt, SOL_RDS, SO_RDS_TRANSPORT, &value,
	    &length);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	if (value == (int)RDS_TRANS_NONE)
		return observe(seen, "none");
	return value == RDS_TRANS_TCP ? observe(seen, "tcp")
	    : observe(seen, "number %d", value);
}

#define TRANSPORTS                                                             \
	(const char *const[]){ "none", "tcp", "number {n}", "{errno}", NULL }

static int
transport_unbound(struct stage *stage, struct observation *seen)
{
	return transport(stage, seen, false);
}

static const struct probe rds_transport_unbound = {
	.id = "rds-transport.unbound",
	.group = GROUP_OPTIONS,
	.question = "Which transport has a socket before bind()?",
	.answers = TRANSPORTS,
	.documents = (const struct document[]){
		{ .answer = "none", .source = RDS_RST "RDS_TRANS_NONE will be "
		    "returned on an unbound socket" },
		{ .answer = NULL },
	},
	.run = transport_unbound,
};

static int
transport_bound(struct stage *stage, struct observation *seen)
{
	return transport(stage, seen, true);
}

static const struct probe rds_transport_bound = {
	.id = "rds-transport.bound",
	.group = GROUP_OPTIONS,
	.question = "And behind it?",
	.answers = TRANSPORTS,
	.documents = (const struct document[]){
		{ .cells = { .variant = "tcp" }, .answer = "tcp",
		  .source = RDS_RST "RDS_TRANS_TCP or RDS_TRANS_IB" },
		{ .cells = { .variant = "tcp6" }, .answer = "tcp",
		  .source = RDS_RST "RDS_TRANS_TCP or RDS_TRANS_IB" },
		{ .answer = NULL },
	},
	.run = transport_bound,
};

static int
transport_late(struct stage *stage, struct observation *seen)
{
	const int tcp = RDS_TRANS_TCP;
	struct side *side;
	int error = stage_bound(stage, SIDE_SERVER, &side);

	if (error != 0)
		return error;
	return observe(seen, "%s", observed_errno(STAGE_CALL(side, setsockopt,
	    SOL_RDS, SO_RDS_TRANSPORT, &tcp, sizeof(tcp))));
}

static const struct probe rds_transport_late = {
	.id = "rds-transport.late",
	.group = GROUP_OPTIONS,
	.question = "And may it be chosen then?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EOPNOTSUPP",
		  .source = RDS_RST "previously attached, EOPNOTSUPP" },
		{ .answer = NULL },
	},
	.run = transport_late,
};

/* More than the smallest buffer holds. */
#define MESSAGES 8

/*
 * Messages to one who does not read. Between two machines its state arrives
 * a moment later, so it is tried for some time.
 */
static int
congest(struct stage *stage, struct observation *seen)
{
	const char data[1000] = { 0 };
	const char *variant = stage->choice->variant->name;
	uint64_t limit_ms = strncmp(variant, "tcp", 3) == 0 ? STAGE_SURE_MS
							    : STAGE_QUIET_MS;
	uint64_t end;
	struct side *client, *server;
	ssize_t sent = 0;
	int smallest = 1;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = STAGE_CALL(server, setsockopt, SOL_SOCKET, SO_RCVBUF,
		    &smallest, sizeof(smallest));
	if (error != 0)
		return error;
	for (int i = 0; i < MESSAGES && sent >= 0; i++)
		sent = stage_send(stage, client, data, sizeof(data), 0);
	end = side_now() + limit_ms * 1000000;
	while (sent >= 0 && side_now() < end) {
		side_wait(client, -1, 0, 1000000);
		sent = stage_send(stage, client, data, 1, 0);
	}
	return sent < 0 ? observe(seen, "%s", observed_errno(sent))
	    : observe(seen, "never");
}

static const struct probe rds_congestion = {
	.id = "rds-congestion",
	.group = GROUP_BUFFERS,
	.question = "The receiver is full: how is the sender held back?",
	.answers = (const char *const[]){ "{errno}", "never", NULL },
	.documents = (const struct document[]){
		{ .answer = "ENOBUFS", .source = RDS_RST "congested will "
		    "return ENOBUFS" },
		{ .answer = "EAGAIN", .source = RDS_RST "Congestion: should "
		    "block or return -EWOULDBLOCK" },
		{ .answer = NULL },
	},
	.run = congest,
};

const struct probe *const rds_probes[] = {
	&rds_unbound, &rds_nonlocal, &rds_transport_unbound,
	&rds_transport_bound, &rds_transport_late, &rds_congestion,
	NULL,
};
