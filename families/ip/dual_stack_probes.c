/* IPv4 by way of a socket of IPv6 (RFC 3493, ipv6(7)). */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "ip_probes.h"
#include "ip_stage.h"
#include "ipv4.h"
#include "ipv6.h"

static bool
has_ports(const struct choice *choice)
{
	return ip_stage_v6(choice) && choice->row.type != SOCK_RAW;
}

static void
v4_address(const char *host, in_port_t port, struct endpoint *out)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = port };

	inet_pton(AF_INET, host, &in.sin_addr);
	endpoint_set(out, &in, sizeof(in));
}

/* A server on [::] that is ready for clients. */
static int
any_server(struct stage *stage, int v6only, struct side **server)
{
	struct endpoint any;
	int error = stage_socket(stage, SIDE_SERVER, server);

	if (error == 0)
		error = ip_stage_set(*server, IPPROTO_IPV6, IPV6_V6ONLY,
		    v6only);
	ip_stage_address(stage, "0.0.0.0", "::", 0, &any);
	if (error == 0)
		error = ip_stage_bind(*server, &any);
	if (error == 0 && (stage->choice->row.shape == SHAPE_CONNECTED ||
	    stage->choice->row.listens))
		error = STAGE_CALL(*server, listen, 8);
	return error;
}

/* A client of IPv4, which sends a message; the negative errno of its call. */
static int
v4_client(struct stage *stage, const struct side *server)
{
	struct side *client;
	struct endpoint contact;
	int error = ip_stage_open(stage, SIDE_CLIENT, AF_INET, &client);

	v4_address("127.0.0.1", ip_stage_port(&server->self), &contact);
	if (error != 0)
		return error;
	if (stage->choice->row.shape == SHAPE_CONNECTED)
		return STAGE_CALL(client, connect, &contact);
	error = (int)STAGE_CALL(client, sendto, STAGE_MESSAGE,
	    STAGE_MESSAGE_LENGTH, stage_flags(stage, 0), &contact);
	return error < 0 ? error : 0;
}

static int
mapped_peer(struct stage *stage, struct observation *seen)
{
	struct side *server;
	struct endpoint peer = { .length = 0 };
	char text[INET6_ADDRSTRLEN];
	char data[64];
	int error = any_server(stage, 0, &server);

	if (error == 0)
		error = v4_client(stage, server);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	if (stage_poll(stage, server, POLLIN, STAGE_SURE_MS) <= 0)
		return observe(seen, "nothing comes");
	if (stage->choice->row.shape == SHAPE_CONNECTED)
		STAGE_CALL(server, accept, &peer, SOCK_CLOEXEC);
	else
		STAGE_CALL(server, recvfrom, data, sizeof(data), 0, &peer);
	if (ipv6_of(&peer) == NULL)
		return observe(seen, "no IPv6 address");
	inet_ntop(AF_INET6, &ipv6_of(&peer)->sin6_addr, text, sizeof(text));
	return observe(seen, "%s", strcmp(text, "::ffff:127.0.0.1") == 0
	    ? text : "another address");
}

const struct probe ip_mapped_peer = {
	.id = "dual-stack",
	.group = GROUP_NAMING,
	.question = "A client of IPv4 at a server on [::]: who is its peer?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = has_ports,
	.answers = (const char *const[]){ "::ffff:127.0.0.1",
	    "another address", "no IPv6 address", "nothing comes", "{errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "::ffff:127.0.0.1",
		  .source = "RFC 3493, 3.7; ipv6(7), Address format" },
		{ .answer = NULL },
	},
	.run = mapped_peer,
};

static int
v6only_default(struct stage *stage, struct observation *seen)
{
	struct side *side;
	int value = -1;
	socklen_t length = sizeof(value);
	int error = stage_socket(stage, SIDE_SERVER, &side);

	if (error != 0)
		return error;
	error = STAGE_CALL(side, getsockopt, IPPROTO_IPV6, IPV6_V6ONLY, &value,
	    &length);
	return error < 0 ? observe(seen, "%s", observed_errno(error))
			 : observe(seen, "%d", value);
}

const struct probe ip_v6only_default = {
	.id = "dual-stack.default",
	.group = GROUP_NAMING,
	.question = "IPV6_V6ONLY of a fresh socket?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = has_ports,
	.answers = (const char *const[]){ "{n}", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "0", .source = "RFC 3493, 5.3; ipv6(7), "
		      "IPV6_V6ONLY" },
		{ .answer = NULL },
	},
	.run = v6only_default,
};

static int
v6only_client(struct stage *stage, struct observation *seen)
{
	struct side *server;
	int error = any_server(stage, 1, &server);

	if (error == 0)
		error = v4_client(stage, server);
	return observe(seen, "%s", error != 0 ? observed_errno(error)
					      : "connected");
}

const struct probe ip_v6only_client = {
	.id = "dual-stack.v6only",
	.group = GROUP_NAMING,
	.question =
	    "A client of IPv4 at a server on [::] with IPV6_V6ONLY: connect()?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = has_ports,
	.answers = (const char *const[]){ "{errno}", "connected", NULL },
	.documents = (const struct document[]){
		{ .answer = "ECONNREFUSED",
		  .source = "RFC 3493, 5.3; connect(2), ECONNREFUSED" },
		{ .answer = NULL },
	},
	.run = v6only_client,
};

/* [::] is bound; 0.0.0.0 with the same port is asked for as well. */
static int
bind_both(struct stage *stage, struct observation *seen, int v6only)
{
	struct side *server, *other;
	struct endpoint any;
	int error = any_server(stage, v6only, &server);

	if (error == 0)
		error = ip_stage_open(stage, SIDE_SERVER, AF_INET, &other);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	v4_address("0.0.0.0", ip_stage_port(&server->self), &any);
	return observe(seen, "%s",
	    observed_errno(ip_stage_bind(other, &any)));
}

static int
bind_any(struct stage *stage, struct observation *seen)
{
	return bind_both(stage, seen, 0);
}

const struct probe ip_bind_both = {
	.id = "dual-stack.both",
	.group = GROUP_NAMING,
	.question = "Servers on [::] and on 0.0.0.0, on one port?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = has_ports,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EADDRINUSE",
		  .source = "ipv6(7): the port space is shared with IPv4" },
		{ .answer = NULL },
	},
	.run = bind_any,
};

static int
bind_v6only(struct stage *stage, struct observation *seen)
{
	return bind_both(stage, seen, 1);
}

const struct probe ip_bind_v6only = {
	.id = "dual-stack.both-v6only",
	.group = GROUP_NAMING,
	.question =
	    "Servers on [::] (IPV6_V6ONLY) and on 0.0.0.0, on one port?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = has_ports,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ok", .source = "ipv6(7), IPV6_V6ONLY" },
		{ .answer = NULL },
	},
	.run = bind_v6only,
};
