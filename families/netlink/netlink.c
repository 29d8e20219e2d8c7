/*
 * netlink: the kernel and its users, and users among themselves (netlink(7),
 * rtnetlink(7)).
 *
 * Address text: HOST is a port id, 0 to 4294967295, decimal; behind a slash,
 * multicast groups as a mask in hexadecimal digits: 4711, 0/0x1. The port is
 * the port id, too. 0 is the kernel, or, of a socket that is bound, an id that
 * the kernel chooses: the process's own, if it is free.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "families.h"
#include "netlink_documents.h"
#include "netlink_message.h"
#include "netlink_probes.h"
#include "netlink_options.h"

/* A dump comes in packets of at most this (netlink_dump() of the kernel). */
#define DUMP_ROOM 32768

static const struct protocol protocols[] = {
	{ "route", NULL, NETLINK_ROUTE, "NETLINK_ROUTE", 0 },
	{ "usersock", NULL, NETLINK_USERSOCK, "NETLINK_USERSOCK", 0 },
	{ "generic", NULL, NETLINK_GENERIC, "NETLINK_GENERIC", 0 },
	{ .name = NULL },
};

/* netlink(7): the two types are one; nothing is promised to arrive. */
#define ROUTE(kind)                                                            \
	{                                                                      \
		.type = (kind), .protocol = NETLINK_ROUTE, .by_default = true, \
		.shape = SHAPE_KERNEL, .send_flags = MSG_NOSIGNAL,             \
		.traits = TRAIT_BOUNDARIES, .receive_room = DUMP_ROOM,         \
		.wrap = netlink_route_wrap, .unwrap = netlink_unwrap,          \
		.part = netlink_part, .verify = netlink_route_verify,          \
	}
#define GENERIC(kind)                                                          \
	{                                                                      \
		.type = (kind), .protocol = NETLINK_GENERIC,                   \
		.shape = SHAPE_KERNEL, .send_flags = MSG_NOSIGNAL,             \
		.traits = TRAIT_BOUNDARIES, .receive_room = DUMP_ROOM,         \
		.wrap = netlink_generic_wrap, .unwrap = netlink_unwrap,        \
		.part = netlink_part, .verify = netlink_generic_verify,        \
	}
/* An skb's worth of bookkeeping is kept of the buffer (netlink_sendmsg()). */
#define USERSOCK(kind)                                                         \
	{                                                                      \
		.type = (kind), .protocol = NETLINK_USERSOCK,                  \
		.shape = SHAPE_DATAGRAM, .send_flags = MSG_NOSIGNAL,           \
		.traits = TRAIT_BOUNDARIES,                                    \
		.largest = { LIMIT_SEND_BUFFER, 32 },                          \
	}

static const struct cell cells[] = {
	ROUTE(SOCK_RAW), GENERIC(SOCK_RAW), USERSOCK(SOCK_RAW),
	ROUTE(SOCK_DGRAM), GENERIC(SOCK_DGRAM), USERSOCK(SOCK_DGRAM),
	{ .type = 0 },
};

/* netlink_create() of the kernel. */
static const int refusals[] = { ESOCKTNOSUPPORT, EPROTONOSUPPORT, 0 };

static const struct hint hints[] = {
	{ 0, NETLINK_USERSOCK, "sendto", ENODATA, VERDICT_REFUSED,
	  "netlink carries no empty message (since Linux 5.16)" },
	{ 0, NETLINK_USERSOCK, "sendto", ECONNREFUSED, VERDICT_BROKEN,
	  "no socket has that port id: start the server first" },
	{ 0, NETLINK_USERSOCK, "recvfrom", ENOBUFS, VERDICT_BROKEN,
	  "the receive buffer was full, and a message is lost" },
	{ 0, PROTOCOL_ANY, "bind", EPERM, VERDICT_DENIED,
	  "these multicast groups are for CAP_NET_ADMIN: run it as root" },
	{ .verdict = VERDICT_WORKS },
};

static const struct sockaddr_nl *
netlink_of(const struct endpoint *endpoint)
{
	if (endpoint->length < sizeof(struct sockaddr_nl) ||
	    endpoint->any.sa_family != AF_NETLINK)
		return NULL;
	return (const struct sockaddr_nl *)(const void *)&endpoint->storage;
}

/* Digits alone, of that base, for 32 bits. */
static bool
read_number(const char *text, size_t length, int base, uint32_t *number)
{
	const char *digits = "0123456789abcdefABCDEF";
	char copy[16];
	unsigned long long value;

	snprintf(copy, sizeof(copy), "%s", text);
	if (length == 0 || length >= sizeof(copy))
		return false;
	copy[length] = '\0';
	if (strspn(copy, base == 16 ? digits : "0123456789") != length)
		return false;
	value = strtoull(copy, NULL, base);
	*number = (uint32_t)value;
	return value <= UINT32_MAX;
}

static int
parse_host(const char *host, struct sockaddr_nl *nl, char *why, size_t room)
{
	size_t length = strcspn(host, "/");
	const char *groups = host + length;

	if (read_number(host, length, 10, &nl->nl_pid) &&
	    (*groups == '\0' || (strncmp(groups, "/0x", 3) == 0 &&
	    read_number(groups + 3, strlen(groups + 3), 16,
	    &nl->nl_groups))))
		return 0;
	snprintf(why, room, "'%s' is no port id of netlink: 0 to 4294967295, "
	    "and /0xMASK for multicast groups", host);
	return -EINVAL;
}

/* The port id that is meant where no host is given. */
static int
choose(const struct wish *wish, struct sockaddr_nl *nl, char *why, size_t room)
{
	if (wish->port < 0 || wish->port > UINT32_MAX) {
		snprintf(why, room, "port %ld is not in 0 to 4294967295",
		    wish->port);
		return -ERANGE;
	}
	/* The kernel is 0; a client takes what is free. */
	if (wish->cell->shape != SHAPE_KERNEL &&
	    (wish->side == SIDE_SERVER || wish->to_contact))
		nl->nl_pid = (uint32_t)wish->port;
	return 0;
}

static int
netlink_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };
	bool kernel = wish->cell->shape == SHAPE_KERNEL;
	int error = choose(wish, &nl, why, room);

	if (error == 0 && wish->host != NULL) {
		if (wish->port_given && wish->port != 0) {
			snprintf(why, room, "the host is the port id: leave "
			    "out --port");
			return -EPROTOTYPE;
		}
		error = parse_host(wish->host, &nl, why, room);
	}
	if (error != 0)
		return error;
	if (wish->side == SIDE_CLIENT && !wish->to_contact) {
		nl.nl_pid = kernel && wish->port_given
		    ? (uint32_t)wish->port : 0;
		nl.nl_groups = 0;
	} else if (kernel && (nl.nl_pid != 0 || nl.nl_groups != 0)) {
		snprintf(why, room, "the kernel, which answers here, has the "
		    "port id 0");
		return -EADDRNOTAVAIL;
	} else if (!kernel && wish->to_contact && nl.nl_pid == 0) {
		snprintf(why, room, "port id 0 is the kernel: give the "
		    "server's with --port");
		return -EDESTADDRREQ;
	}
	endpoint_set(out, &nl, sizeof(nl));
	return 1;
}

static int
netlink_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_nl *nl = netlink_of(endpoint);

	if (nl == NULL)
		return -EINVAL;
	if (nl->nl_groups != 0)
		snprintf(text, room, "%u/0x%x", nl->nl_pid, nl->nl_groups);
	else
		snprintf(text, room, "%u", nl->nl_pid);
	return 0;
}

#define MEMBER(member)                                                         \
	#member, offsetof(struct sockaddr_nl, member),                         \
	    sizeof(((struct sockaddr_nl *)0)->member)

static int
netlink_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX])
{
	const struct sockaddr_nl *nl = netlink_of(endpoint);
	struct field *field = fields;

	if (nl == NULL)
		return -EINVAL;
	*field++ = (struct field){ MEMBER(nl_family), false, "AF_NETLINK",
		"" };
	/* Padding: strace, too, tells it where it is not 0 only. */
	if (nl->nl_pad != 0) {
		*field = (struct field){ MEMBER(nl_pad), true, "", "" };
		snprintf(field->value, sizeof(field->value), "%u", nl->nl_pad);
		snprintf(field->strace, sizeof(field->strace), "nl_pad=%#x",
		    nl->nl_pad);
		field++;
	}
	*field = (struct field){ MEMBER(nl_pid), true, "", "" };
	snprintf(field->value, sizeof(field->value), "%u", nl->nl_pid);
	snprintf(field->strace, sizeof(field->strace), "nl_pid=%d",
	    (int)nl->nl_pid);
	field++;
	*field = (struct field){ MEMBER(nl_groups), true, "", "" };
	snprintf(field->value, sizeof(field->value), "%u", nl->nl_groups);
	snprintf(field->strace, sizeof(field->strace), "nl_groups=%#08x",
	    nl->nl_groups);
	field++;
	return (int)(field - fields);
}

const struct family netlink_family = {
	.name = "netlink",
	.constant = "AF_NETLINK",
	.domain = AF_NETLINK,
	.summary = "the kernel and its users: links, routes, and each other",
	.address_grammar =
	    "a port id, 0 to 4294967295; 0 is the kernel, or one that it "
	    "chooses; the port is the same",
	.origin = { .config = "CONFIG_NET", .since = "2.2" },
	.protocols = protocols,
	.protocol_zero = "NETLINK_ROUTE",
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "netlink(7), socket(2)",
	.hints = hints,
	.probes = netlink_probes,
	.documents = netlink_documents,
	.levels = netlink_levels,
	.address = netlink_address,
	.format = netlink_format,
	.lay_out = netlink_lay_out,
};
