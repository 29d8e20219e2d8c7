/*
 * The options of SOL_IPV6 that have to do with multicast and anycast (RFC 3493,
 * 5.2; RFC 3678). The group is of one interface, the loopback one.
 */
#include "ip_options.h"

#include <netinet/in.h>
#include <stdint.h>

/* Behind netinet/in.h, whose part it then leaves out. */
#include <linux/in6.h>

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29	/* newer than the headers of some systems */
#endif

#define LOOPBACK_INDEX 1

#define GROUP { { { 0xff, 0x11, [15] = 0x42 } } }
#define SOURCE { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } } }

static const struct ipv6_mreq membership = { GROUP, LOOPBACK_INDEX };
static const struct ipv6_mreq anycast = { SOURCE, LOOPBACK_INDEX };

/* A sockaddr_in6, in the room of a struct sockaddr_storage. */
struct address {
	sa_family_t family;
	uint16_t port;
	uint32_t flow;
	struct in6_addr address;
	unsigned char rest[104];
};
#define GROUP_ADDRESS { .family = AF_INET6, .address = GROUP }
#define SOURCE_ADDRESS { .family = AF_INET6, .address = SOURCE }

/* As struct group_req. */
static const struct group {
	uint32_t index;
	uint32_t hole;
	struct address group;
} group = { .index = LOOPBACK_INDEX, .group = GROUP_ADDRESS };
_Static_assert(sizeof(group) == sizeof(struct group_req), "group_req");

/* As struct group_source_req. */
static const struct group_source {
	struct group group;
	struct address source;
} group_source = {
	{ .index = LOOPBACK_INDEX, .group = GROUP_ADDRESS }, SOURCE_ADDRESS,
};
_Static_assert(sizeof(group_source) == sizeof(struct group_source_req),
    "group_source_req");

/* As struct group_filter, with one source. */
static const struct filter {
	struct group group;
	uint32_t mode, count;
	struct address source;
} filter = {
	{ .index = LOOPBACK_INDEX, .group = GROUP_ADDRESS },
	MCAST_EXCLUDE, 1, SOURCE_ADDRESS,
};
_Static_assert(sizeof(filter) == GROUP_FILTER_SIZE(1), "group_filter");

static const struct option_word modes[] = {
	OPTION_WORD_OF(MCAST_EXCLUDE), OPTION_WORD_OF(MCAST_INCLUDE),
	{ 0, NULL },
};

static const struct option_field membership_fields[] = {
	OPTION_FIELD(struct ipv6_mreq, ipv6mr_multiaddr, BYTES,
	    .tell = ipv6_tell_address),
	OPTION_FIELD(struct ipv6_mreq, ipv6mr_interface, UNSIGNED),
	{ .name = NULL },
};
#define anycast_fields membership_fields

#define ADDRESS_FIELD(type, member)                                            \
	{                                                                      \
		.name = #member, .size = sizeof(struct in6_addr),              \
		.offset = offsetof(type, member) +                             \
		    offsetof(struct address, address),                         \
		.tell = ipv6_tell_address                                      \
	}

static const struct option_field group_fields[] = {
	ADDRESS_FIELD(struct group, group),
	OPTION_FIELD(struct group, index, UNSIGNED), { .name = NULL },
};

static const struct option_field group_source_fields[] = {
	ADDRESS_FIELD(struct group, group),
	ADDRESS_FIELD(struct group_source, source), { .name = NULL },
};

static const struct option_field filter_fields[] = {
	OPTION_FIELD(struct filter, mode, WORD, .words = modes),
	OPTION_FIELD(struct filter, count, UNSIGNED),
	ADDRESS_FIELD(struct filter, source), { .name = NULL },
};

#define VALUE(value)                                                           \
	.fields = value##_fields, TRY(value)

const struct option_name ipv6_groups[] = {
	OPTION(IPV6_MULTICAST_IF, INT, TRY_INT(LOOPBACK_INDEX)),
	OPTION(IPV6_MULTICAST_HOPS, INT, TRY_INT(3)),
	OPTION(IPV6_MULTICAST_LOOP, BOOL),
	OPTION(IPV6_MULTICAST_ALL, BOOL, .since = "4.20"),
	OPTION(IPV6_ADD_MEMBERSHIP, FIELDS, VALUE(membership), SET_ONLY),
	OPTION(IPV6_DROP_MEMBERSHIP, FIELDS, VALUE(membership), SET_ONLY,
	    .first = IPV6_ADD_MEMBERSHIP),
	OPTION(IPV6_JOIN_ANYCAST, FIELDS, VALUE(anycast), SET_ONLY, ADMIN),
	OPTION(IPV6_LEAVE_ANYCAST, FIELDS, VALUE(anycast), SET_ONLY,
	    .first = IPV6_JOIN_ANYCAST),
	OPTION(MCAST_JOIN_GROUP, FIELDS, VALUE(group), SET_ONLY),
	OPTION(MCAST_LEAVE_GROUP, FIELDS, VALUE(group), SET_ONLY,
	    .first = MCAST_JOIN_GROUP),
	OPTION(MCAST_BLOCK_SOURCE, FIELDS, VALUE(group_source), SET_ONLY,
	    .first = MCAST_JOIN_GROUP),
	OPTION(MCAST_UNBLOCK_SOURCE, FIELDS, VALUE(group_source), SET_ONLY,
	    .first = MCAST_BLOCK_SOURCE),
	OPTION(MCAST_JOIN_SOURCE_GROUP, FIELDS, VALUE(group_source),
	    SET_ONLY),
	OPTION(MCAST_LEAVE_SOURCE_GROUP, FIELDS, VALUE(group_source),
	    SET_ONLY, .first = MCAST_JOIN_SOURCE_GROUP),
	OPTION(MCAST_MSFILTER, FIELDS, VALUE(filter), .size = sizeof(filter),
	    .asked = &filter, .first = MCAST_JOIN_GROUP),
	{ .constant = NULL },
};
