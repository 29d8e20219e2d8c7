/* The options of SOL_NETLINK (netlink(7)). */
#include "netlink_options.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include "shared/options.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

#define RINGS                                                                  \
	.until = "4.6", .note = "memory that was shared with the kernel"
/* RTNLGRP_LINK of route; for the others, one of as little harm. */
#define GROUP 1

static const struct option_name options[] = {
	OPTION(NETLINK_ADD_MEMBERSHIP, INT, SET_ONLY, TRY_INT(GROUP)),
	OPTION(NETLINK_DROP_MEMBERSHIP, INT, SET_ONLY, TRY_INT(GROUP),
	    .first = NETLINK_ADD_MEMBERSHIP),
	OPTION(NETLINK_PKTINFO, BOOL),
	OPTION(NETLINK_BROADCAST_ERROR, BOOL),
	OPTION(NETLINK_NO_ENOBUFS, BOOL),
	OPTION(NETLINK_RX_RING, BYTES, .size = 16, RINGS),
	OPTION(NETLINK_TX_RING, BYTES, .size = 16, RINGS),
	OPTION(NETLINK_LISTEN_ALL_NSID, BOOL, .since = "4.2",
	    .needs = "CAP_NET_BROADCAST"),
	OPTION(NETLINK_LIST_MEMBERSHIPS, BYTES, GET_ONLY, .since = "4.2"),
	OPTION(NETLINK_CAP_ACK, BOOL, .since = "4.3"),
	OPTION(NETLINK_EXT_ACK, BOOL, .since = "4.12"),
	OPTION(NETLINK_GET_STRICT_CHK, BOOL, .since = "4.20"),
	{ .constant = NULL },
};

const struct option_level netlink_levels[] = {
	{ SOL_NETLINK, "SOL_NETLINK", options, 0, NULL },
	{ .constant = NULL },
};
