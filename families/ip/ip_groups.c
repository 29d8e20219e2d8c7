/*
 * The options of SOL_IP that have to do with multicast (ip(7), RFC 3678). The
 * groups are of the scope that an organisation keeps for itself (RFC 2365), on
 * the loopback interface.
 */
#include "ip_options.h"

#include <netinet/in.h>
#include <stdint.h>

/* Behind netinet/in.h, whose part it then leaves out. */
#include <linux/in.h>

#define LOOPBACK_INDEX 1

/* As struct ip_mreqn, its addresses byte by byte. */
static const struct membership {
	unsigned char group[4], address[4];
	int index;
} membership = { { 239, 255, 0, 1 }, { 0, 0, 0, 0 }, LOOPBACK_INDEX };
_Static_assert(sizeof(membership) == sizeof(struct ip_mreqn), "ip_mreqn");

static const unsigned char loopback[4] = { 127, 0, 0, 1 };

/* As struct ip_mreq_source. */
static const struct source {
	unsigned char group[4], interface[4], source[4];
} source = { { 239, 255, 0, 1 }, { 127, 0, 0, 1 }, { 127, 0, 0, 2 } };
_Static_assert(sizeof(source) == sizeof(struct ip_mreq_source), "a source");

/* As struct ip_msfilter, with one source. */
static const struct filter {
	unsigned char group[4], interface[4];
	uint32_t mode, count;
	unsigned char source[4];
} filter = {
	{ 239, 255, 0, 1 }, { 127, 0, 0, 1 }, MCAST_EXCLUDE, 1,
	{ 127, 0, 0, 2 },
};
_Static_assert(sizeof(filter) == IP_MSFILTER_SIZE(1), "ip_msfilter");

/* A sockaddr_in, in the room of a struct sockaddr_storage. */
struct address {
	sa_family_t family;
	uint16_t port;
	unsigned char address[4];
	unsigned char rest[120];
};

/* As struct group_req. */
static const struct group {
	uint32_t index;
	uint32_t hole;
	struct address group;
} group = {
	.index = LOOPBACK_INDEX, .group = { AF_INET, 0, { 239, 255, 0, 1 },
	{ 0 } },
};
_Static_assert(sizeof(group) == sizeof(struct group_req), "group_req");

/* As struct group_source_req. */
static const struct group_source {
	struct group group;
	struct address source;
} group_source = {
	{ .index = LOOPBACK_INDEX,
	  .group = { AF_INET, 0, { 239, 255, 0, 1 }, { 0 } } },
	{ AF_INET, 0, { 127, 0, 0, 2 }, { 0 } },
};
_Static_assert(sizeof(group_source) == sizeof(struct group_source_req),
    "group_source_req");

/* As struct group_filter, with one source. */
static const struct group_filter_of_one {
	struct group group;
	uint32_t mode, count;
	struct address source;
} group_filter = {
	{ .index = LOOPBACK_INDEX,
	  .group = { AF_INET, 0, { 239, 255, 0, 1 }, { 0 } } },
	MCAST_EXCLUDE, 1, { AF_INET, 0, { 127, 0, 0, 2 }, { 0 } },
};
_Static_assert(sizeof(group_filter) == GROUP_FILTER_SIZE(1), "group_filter");

static const struct option_word modes[] = {
	OPTION_WORD_OF(MCAST_EXCLUDE), OPTION_WORD_OF(MCAST_INCLUDE),
	{ 0, NULL },
};

static const struct option_field membership_fields[] = {
	OPTION_FIELD(struct membership, group, BYTES,
	    .tell = ipv4_tell_address),
	OPTION_FIELD(struct membership, index, INT), { .name = NULL },
};

static const struct option_field source_fields[] = {
	OPTION_FIELD(struct source, group, BYTES, .tell = ipv4_tell_address),
	OPTION_FIELD(struct source, source, BYTES, .tell = ipv4_tell_address),
	{ .name = NULL },
};

static const struct option_field filter_fields[] = {
	OPTION_FIELD(struct filter, mode, WORD, .words = modes),
	OPTION_FIELD(struct filter, count, UNSIGNED),
	OPTION_FIELD(struct filter, source, BYTES, .tell = ipv4_tell_address),
	{ .name = NULL },
};

#define GROUP_ADDRESS offsetof(struct group, group.address)

static const struct option_field group_fields[] = {
	OPTION_FIELD(struct group, index, UNSIGNED),
	{ .name = "group", .offset = GROUP_ADDRESS, .size = 4,
	  .tell = ipv4_tell_address },
	{ .name = NULL },
};

static const struct option_field group_source_fields[] = {
	{ .name = "group", .offset = GROUP_ADDRESS, .size = 4,
	  .tell = ipv4_tell_address },
	{ .name = "source",
	  .offset = offsetof(struct group_source, source.address), .size = 4,
	  .tell = ipv4_tell_address },
	{ .name = NULL },
};

static const struct option_field group_filter_fields[] = {
	OPTION_FIELD(struct group_filter_of_one, mode, WORD, .words = modes),
	OPTION_FIELD(struct group_filter_of_one, count, UNSIGNED),
	{ .name = "source",
	  .offset = offsetof(struct group_filter_of_one, source.address),
	  .size = 4, .tell = ipv4_tell_address },
	{ .name = NULL },
};

#define VALUE(value)                                                           \
	.fields = value##_fields, TRY(value)

const struct option_name ip_groups[] = {
	OPTION(IP_MULTICAST_IF, BYTES, .size = 4, .tell = ipv4_tell_address,
	    TRY(loopback)),
	OPTION(IP_MULTICAST_TTL, INT, TRY_INT(3)),
	OPTION(IP_MULTICAST_LOOP, BOOL),
	OPTION(IP_MULTICAST_ALL, BOOL, .since = "2.6.31"),
	OPTION(IP_UNICAST_IF, NETWORK, .since = "3.4",
	    OPTION_TRY_BYTES(((const unsigned char[]){ 0, 0, 0,
	    LOOPBACK_INDEX }))),
	OPTION(IP_ADD_MEMBERSHIP, FIELDS, VALUE(membership), SET_ONLY),
	OPTION(IP_DROP_MEMBERSHIP, FIELDS, VALUE(membership), SET_ONLY,
	    .first = IP_ADD_MEMBERSHIP),
	OPTION(IP_BLOCK_SOURCE, FIELDS, VALUE(source), SET_ONLY,
	    .first = IP_ADD_MEMBERSHIP),
	OPTION(IP_UNBLOCK_SOURCE, FIELDS, VALUE(source), SET_ONLY,
	    .first = IP_BLOCK_SOURCE),
	OPTION(IP_ADD_SOURCE_MEMBERSHIP, FIELDS, VALUE(source), SET_ONLY),
	OPTION(IP_DROP_SOURCE_MEMBERSHIP, FIELDS, VALUE(source), SET_ONLY,
	    .first = IP_ADD_SOURCE_MEMBERSHIP),
	OPTION(IP_MSFILTER, FIELDS, VALUE(filter), .size = sizeof(filter),
	    .asked = &filter, .first = IP_ADD_MEMBERSHIP),
	OPTION(MCAST_JOIN_GROUP, FIELDS, VALUE(group), SET_ONLY),
	OPTION(MCAST_LEAVE_GROUP, FIELDS, VALUE(group), SET_ONLY,
	    .first = MCAST_JOIN_GROUP),
	OPTION(MCAST_BLOCK_SOURCE, FIELDS, VALUE(group_source), SET_ONLY,
	    .first = MCAST_JOIN_GROUP),
	OPTION(MCAST_UNBLOCK_SOURCE, FIELDS, VALUE(group_source), SET_ONLY,
	    .first = MCAST_BLOCK_SOURCE),
	OPTION(MCAST_JOIN_SOURCE_GROUP, FIELDS, VALUE(group_source), SET_ONLY),
	OPTION(MCAST_LEAVE_SOURCE_GROUP, FIELDS, VALUE(group_source), SET_ONLY,
	    .first = MCAST_JOIN_SOURCE_GROUP),
	OPTION(MCAST_MSFILTER, FIELDS, VALUE(group_filter),
	    .size = sizeof(group_filter), .asked = &group_filter,
	    .first = MCAST_JOIN_GROUP),
	{ .constant = NULL },
};
