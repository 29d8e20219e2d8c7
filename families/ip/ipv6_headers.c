/*
 * The options of SOL_IPV6 that have to do with headers of packets: what is
 * sent with each, and what is told of those that come (RFC 3542; those of RFC
 * 2292 have other numbers).
 */
#include "ip_options.h"

#include <netinet/in.h>

/* Behind netinet/in.h, whose part it then leaves out. */
#include <linux/in6.h>

/* Of eight bytes, with nothing in it (RFC 8200, 4.2). */
static const unsigned char padding[] = { 0, 0, 1, 4, 0, 0, 0, 0 };

/* Of Mobile IPv6: one hop, by way of ::1 (RFC 6275, 6.4). */
static const unsigned char routing[] = {
	0, 2, 2, 1, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
};

/* From ::1, by way of the loopback interface. */
static const struct in6_pktinfo source = { IN6ADDR_LOOPBACK_INIT, 1 };

static const struct option_field source_fields[] = {
	OPTION_FIELD(struct in6_pktinfo, ipi6_addr, BYTES,
	    .tell = ipv6_tell_address),
	OPTION_FIELD(struct in6_pktinfo, ipi6_ifindex, UNSIGNED),
	{ .name = NULL },
};

#define RAW .needs = "CAP_NET_RAW"

const struct option_name ipv6_headers[] = {
	OPTION(IPV6_RECVPKTINFO, BOOL),
	OPTION(IPV6_PKTINFO, FIELDS, .fields = source_fields,
	    TRY(source)),
	OPTION(IPV6_RECVHOPLIMIT, BOOL),
	OPTION(IPV6_HOPLIMIT, INT, TRY_INT(5),
	    .note = "for a control message; see IPV6_UNICAST_HOPS"),
	OPTION(IPV6_RECVHOPOPTS, BOOL),
	OPTION(IPV6_HOPOPTS, BYTES, OPTION_TRY_BYTES(padding), RAW),
	OPTION(IPV6_RECVRTHDR, BOOL),
	OPTION(IPV6_RTHDR, BYTES, OPTION_TRY_BYTES(routing)),
	OPTION(IPV6_RTHDRDSTOPTS, BYTES, OPTION_TRY_BYTES(padding), RAW),
	OPTION(IPV6_RECVDSTOPTS, BOOL),
	OPTION(IPV6_DSTOPTS, BYTES, OPTION_TRY_BYTES(padding), RAW),
	OPTION(IPV6_RECVTCLASS, BOOL),
	OPTION(IPV6_NEXTHOP, BYTES, OPTION_TRY_BYTES(padding),
	    .note = "RFC 3542 has it, and no Linux"),
	OPTION(IPV6_AUTHHDR, BYTES, OPTION_TRY_BYTES(padding),
	    .note = "a number, and nothing behind it in any Linux"),
	OPTION(IPV6_2292PKTINFO, BOOL),
	OPTION(IPV6_2292HOPOPTS, BOOL),
	OPTION(IPV6_2292DSTOPTS, BOOL),
	OPTION(IPV6_2292RTHDR, BOOL),
	OPTION(IPV6_2292HOPLIMIT, BOOL),
	OPTION(IPV6_2292PKTOPTIONS, BYTES, .size = 256),
	{ .constant = NULL },
};
