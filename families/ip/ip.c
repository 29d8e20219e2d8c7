#include "ip.h"

#include <errno.h>
#include <stdio.h>

#define BOTH_SIDES (1u << SIDE_CLIENT | 1u << SIDE_SERVER)

/* From linux/sctp.h and linux/dccp.h, which not every system has. */
#define SCTP_NODELAY_OPTION 3
#define DCCP_LEVEL 269
#define DCCP_SERVICE_OPTION 2

static const int on = 1;
/* The service code that both ends must name alike (RFC 4340, 8.1.2): "demo". */
static const unsigned char service[4] = { 'd', 'e', 'm', 'o' };

const struct setting ip_reuse[] = {
	{ 1u << SIDE_SERVER, true, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on) },
	{ .sides = 0 },
};

const struct setting ip_sctp[] = {
	/* Else a second small message waits for the first one's answer. */
	{ BOTH_SIDES, false, IPPROTO_SCTP, SCTP_NODELAY_OPTION, &on,
	  sizeof(on) },
	{ .sides = 0 },
};

const struct setting ip_dccp[] = {
	{ BOTH_SIDES, false, DCCP_LEVEL, DCCP_SERVICE_OPTION, service,
	  sizeof(service) },
	{ .sides = 0 },
};

/* The group of root may ping: whoever makes a namespace is root in it. */
const struct surroundings ip_ping_surroundings = {
	SURROUNDINGS_NAMESPACE,
	(const struct need[]){
		{ .sysctl = "net.ipv4.ping_group_range", .value = "0 0" },
		{ .command = NULL },
	},
};

/* Where nobody else is, nobody else's packets come in. */
const struct surroundings ip_raw_surroundings = {
	SURROUNDINGS_NAMESPACE, NULL
};

/* socket(2); ESOCKTNOSUPPORT: "bad type" in inet_create() of the kernel. */
const int ip_refusals[] = { EPROTONOSUPPORT, ESOCKTNOSUPPORT, EPROTOTYPE, 0 };

#define PING_REMEDY                                                            \
	"ping sockets are for the groups that a sysctl names: "                \
	"sysctl -w net.ipv4.ping_group_range='0 2147483647'"
#define MPTCP_RAW                                                              \
	"protocol 262 does not fit into the 8 bits of the IP header; "         \
	"MPTCP is had as --type stream"

const struct hint ip_hints[] = {
	{ SOCK_DGRAM, IPPROTO_ICMP, "socket", EACCES, VERDICT_DENIED,
	  PING_REMEDY },
	{ SOCK_DGRAM, IPPROTO_ICMPV6, "socket", EACCES, VERDICT_DENIED,
	  PING_REMEDY },
	{ SOCK_STREAM, IPPROTO_MPTCP, "socket", ENOPROTOOPT, VERDICT_REFUSED,
	  "MPTCP is switched off: sysctl -w net.mptcp.enabled=1" },
	{ SOCK_RAW, IPPROTO_MPTCP, "sendto", EINVAL, VERDICT_REFUSED,
	  MPTCP_RAW },
	{ SOCK_RAW, IPPROTO_MPTCP, "recvfrom", ETIMEDOUT, VERDICT_REFUSED,
	  MPTCP_RAW },
	{ SOCK_RAW, PROTOCOL_ANY, "socket", EINVAL, VERDICT_REFUSED,
	  "the kernel takes no protocol number as high as that" },
	{ SOCK_RAW, PROTOCOL_ANY, "sendto", EINVAL, VERDICT_REFUSED,
	  "a protocol number above 255 does not fit into the IP header" },
	{ SOCK_RAW, PROTOCOL_ANY, "socket", EPERM, VERDICT_DENIED,
	  "raw sockets need CAP_NET_RAW: run it as root" },
	{ SOCK_DGRAM, PROTOCOL_ANY, "sendto", EACCES, VERDICT_DENIED,
	  "a broadcast address takes SO_BROADCAST (ip(7)), which is not set "
	  "here; or a rule forbids it" },
	IP_ADDRESS_HINTS,
	{ .verdict = VERDICT_WORKS },
};

int
ip_port(const struct wish *wish, in_port_t *port, char *why, size_t room)
{
	*port = 0;
	if (wish->port < 0 || wish->port > UINT16_MAX) {
		snprintf(why, room, "port %ld is not in 0 to 65535",
		    wish->port);
		return -ERANGE;
	}
	if (wish->cell->type == SOCK_RAW)
		return 0;
	if (wish->to_contact && wish->port == 0 &&
	    wish->cell->shape != SHAPE_KERNEL) {
		snprintf(why, room, "port 0 cannot be contacted: "
		    "give the server's with --port");
		return -EDESTADDRREQ;
	}
	*port = htons((uint16_t)wish->port);
	return 0;
}

bool
ip_unbound(const struct wish *wish)
{
	return wish->side == SIDE_CLIENT && !wish->to_contact &&
	    wish->cell->shape != SHAPE_BUS;
}

void
ip_number_field(struct field *field, const char *name, size_t offset,
    size_t size, uint32_t value, const char *function)
{
	*field = (struct field){ name, offset, size, true, "", "" };
	snprintf(field->value, sizeof(field->value), "%u", value);
	if (function != NULL)
		snprintf(field->strace, sizeof(field->strace), "%s=%s(%u)",
		    name, function, value);
}
