/*
 * rds: Reliable Datagram Sockets (rds(7), Documentation/networking/rds.rst).
 * Datagrams that arrive, in order, over connections that the kernel makes and
 * keeps itself, one for each pair of addresses: over InfiniBand, over TCP (port
 * 16385), or, to an address of the same machine, over nothing at all. The
 * address that a socket is bound to chooses the transport, and nothing is sent
 * before one is bound.
 *
 * Address text: HOST is an IPv4 or IPv6 address, never the wildcard; the
 * client's own is the same, or is given behind a comma, where the server is on
 * another machine (192.0.2.2,192.0.2.1). Printed as 127.0.0.1:12345. The port
 * is 0 to 65535, and none of TCP or UDP.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "families.h"
#include "ip/ip.h"
#include "ip/ip_address.h"
#include "ip/ipv4.h"
#include "ip/ipv6.h"
#include "rds_options.h"
#include "record/calls.h"
#include "rds_documents.h"
#include "rds_probes.h"

/* From linux/rds.h, which does not go together with netinet/in.h. */
#define SO_RDS_TRANSPORT 8
#define RDS_TRANS_TCP 2

static const struct protocol protocols[] = {
	{ "rds", NULL, 0, "0", 0 },
	{ .name = NULL },
};

#define VETH_PAIR                                                              \
	{ .command = "ip link add sd0 type veth peer name sd0 netns {server}" }
#define ADDRESS(address, options)                                              \
	{ .command = "ip addr add " address " dev sd0" options }
#define SERVER_ADDRESS(address, options)                                       \
	{ .command = "ip addr add " address " dev sd0" options,                \
	  .server = true }
#define BOTH_UP                                                                \
	{ .command = "ip link set sd0 up" },                                   \
	{ .command = "ip link set sd0 up", .server = true }

/* Addresses for documentation (RFC 5737, RFC 3849). */
static const struct surroundings over_tcp = {
	SURROUNDINGS_TWO_NAMESPACES,
	(const struct need[]){
		VETH_PAIR, ADDRESS("192.0.2.1/24", ""),
		SERVER_ADDRESS("192.0.2.2/24", ""), BOTH_UP,
		{ .command = NULL },
	},
};

static const struct surroundings over_tcp6 = {
	SURROUNDINGS_TWO_NAMESPACES,
	(const struct need[]){
		VETH_PAIR, ADDRESS("2001:db8::1/64", " nodad"),
		SERVER_ADDRESS("2001:db8::2/64", " nodad"), BOTH_UP,
		{ .command = NULL },
	},
};

static const struct variant variants[] = {
	{ .name = "loop", .host = "127.0.0.1" },
	{ .name = "loop6", .host = "::1" },
	{ .name = "tcp", .host = "192.0.2.2", .client_host = "192.0.2.1",
	  .surroundings = &over_tcp },
	{ .name = "tcp6", .host = "2001:db8::2", .client_host = "2001:db8::1",
	  .surroundings = &over_tcp6 },
	{ .name = NULL },
};

/*
 * Which transport the kernel chose: what the variant is about, and a mistake
 * where it is another.
 */
static int
rds_prepare(struct channel *channel)
{
	const struct variant *variant = channel->variant;
	int transport = 0;
	socklen_t length = sizeof(transport);
	int error = channel->calls->getsockopt(channel->recorder, channel->fd,
	    SOL_RDS, SO_RDS_TRANSPORT, &transport, &length);

	/* Linux before 4.2 does not tell. */
	if (error == -ENOPROTOOPT)
		return 0;
	if (error != 0 || variant == NULL ||
	    strncmp(variant->name, "tcp", strlen("tcp")) != 0 ||
	    transport == RDS_TRANS_TCP)
		return error;
	snprintf(channel->why, sizeof(channel->why), "that address is reached "
	    "by transport %d, and not by TCP, which is %d", transport,
	    RDS_TRANS_TCP);
	return -EPROTOTYPE;
}

static const struct cell cells[] = {
	{
		/*
		 * It takes no flag but this one. Without it, the first message
		 * between two machines waits in the call until they have agreed
		 * on their connections, and Linux 6.1 may then never send it.
		 */
		.type = SOCK_SEQPACKET, .by_default = true,
		.shape = SHAPE_DATAGRAM, .send_flags = MSG_DONTWAIT,
		.traits = TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED,
		.largest = { LIMIT_HALF_SEND_BUFFER, 0 },
		.close_drops = true,
		.prepare = rds_prepare,
	},
	{ .type = 0 },
};

static const int refusals[] = { ESOCKTNOSUPPORT, 0 };

static const struct hint hints[] = {
	{ 0, PROTOCOL_ANY, "bind", EADDRNOTAVAIL, VERDICT_NO_DEVICE,
	  "no transport has that address: it has to be one of this machine's, "
	  "and any but loopback takes modprobe rds_tcp (CONFIG_RDS_TCP)" },
	{ 0, PROTOCOL_ANY, "bind", EINVAL, VERDICT_BROKEN,
	  "a socket of RDS is bound to one address, and not to all of them" },
	{ 0, PROTOCOL_ANY, "sendto", EOPNOTSUPP, VERDICT_BROKEN,
	  "from an address of IPv4 nothing goes to one of IPv6, nor back" },
	IP_ADDRESS_HINTS,
	{ .verdict = VERDICT_WORKS },
};

/* The longest text of an IPv6 address and its interface, and more. */
#define HOST_ROOM 128

/* The server's part of the host's text, or with `own` the client's. */
static int
pick_host(const char *text, bool own, char *host, size_t room)
{
	size_t length = strcspn(text, ",");

	if (own && text[length] == ',') {
		text += length + 1;
		length = strlen(text);
	}
	if (length >= room)
		return -EINVAL;
	memcpy(host, text, length);
	host[length] = '\0';
	return 0;
}

static int
rds_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct wish one = *wish;
	bool own = wish->side == SIDE_CLIENT && !wish->to_contact;
	char host[HOST_ROOM];
	int result;

	if (wish->host != NULL) {
		result = pick_host(wish->host, own, host, sizeof(host));
		if (result != 0) {
			snprintf(why, room, "'%s' is no IP address",
			    wish->host);
			return result;
		}
		one.host = host;
	}
	if (own)
		one.port = 0;
	return one.host != NULL && strchr(one.host, ':') != NULL
	    ? ipv6_parse(&one, out, why, room)
	    : ipv4_parse(&one, out, why, room);
}

/* By the transport that a socket with that address is given. */
static const char *
rds_variant(const struct endpoint *endpoint)
{
	const struct sockaddr_in *in = ipv4_of(endpoint);
	const struct sockaddr_in6 *in6 = ipv6_of(endpoint);

	if (in != NULL)
		return ntohl(in->sin_addr.s_addr) >> IN_CLASSA_NSHIFT ==
		    IN_LOOPBACKNET ? "loop" : "tcp";
	return in6 == NULL || IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr)
	    ? "loop6" : "tcp6";
}

const struct family rds_family = {
	.name = "rds",
	.constant = "AF_RDS",
	.domain = AF_RDS,
	.summary = "datagrams that arrive, between the machines of a cluster",
	.address_grammar =
	    "a.b.c.d or an IPv6 address, and behind a comma the client's own "
	    "where it differs; port 0 to 65535",
	.origin = { "rds rds_tcp", "CONFIG_RDS", "2.6.30", NULL },
	.protocols = protocols,
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "rds_create() of Linux's net/rds/af_rds.c",
	.hints = hints,
	.levels = rds_levels,
	.probes = rds_probes,
	.documents = rds_documents,
	.unsteady = rds_unsteady,
	.variants = variants,
	.host_names = true,
	.address = rds_address,
	.format = ip_address_format,
	.lay_out = ip_address_lay_out,
	.variant = rds_variant,
};
