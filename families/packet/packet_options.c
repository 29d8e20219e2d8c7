/* The options of SOL_PACKET (packet(7); net/packet/af_packet.c). */
#include <linux/filter.h>
#include <linux/net_tstamp.h>
#include <stdint.h>
#include <sys/socket.h>

#include "packet.h"
#include "shared/options.h"

/* Newer than the headers of some systems that this is built on. */
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif
#ifndef PACKET_VNET_HDR_SZ
#define PACKET_VNET_HDR_SZ 24
#endif

#define LOOPBACK_INDEX 1

/* What comes for a group of hosts, on the loopback interface. */
static const struct packet_mreq membership = {
	LOOPBACK_INDEX, PACKET_MR_ALLMULTI, 0, { 0 },
};
static const struct option_word kinds[] = {
	OPTION_WORD_OF(PACKET_MR_MULTICAST), OPTION_WORD_OF(PACKET_MR_PROMISC),
	OPTION_WORD_OF(PACKET_MR_ALLMULTI), OPTION_WORD_OF(PACKET_MR_UNICAST),
	{ 0, NULL },
};
static const struct option_field membership_fields[] = {
	OPTION_FIELD(struct packet_mreq, mr_ifindex, INT),
	OPTION_FIELD(struct packet_mreq, mr_type, WORD, .words = kinds),
	{ .name = NULL },
};

/* Two frames, in a page. */
static const struct tpacket_req ring = { 4096, 1, 2048, 2 };
static const struct option_field ring_fields[] = {
	OPTION_FIELD(struct tpacket_req, tp_block_size, UNSIGNED),
	OPTION_FIELD(struct tpacket_req, tp_block_nr, UNSIGNED),
	OPTION_FIELD(struct tpacket_req, tp_frame_size, UNSIGNED),
	OPTION_FIELD(struct tpacket_req, tp_frame_nr, UNSIGNED),
	{ .name = NULL },
};
#define RING SET_ONLY, .fields = ring_fields, TRY(ring)

static const struct option_field statistics[] = {
	OPTION_FIELD(struct tpacket_stats, tp_packets, UNSIGNED),
	OPTION_FIELD(struct tpacket_stats, tp_drops, UNSIGNED),
	{ .name = NULL },
};

static const struct option_field rollovers[] = {
	OPTION_FIELD(struct tpacket_rollover_stats, tp_all, UNSIGNED),
	OPTION_FIELD(struct tpacket_rollover_stats, tp_huge, UNSIGNED),
	OPTION_FIELD(struct tpacket_rollover_stats, tp_failed, UNSIGNED),
	{ .name = NULL },
};

static const struct option_word versions[] = {
	OPTION_WORD_OF(TPACKET_V1), OPTION_WORD_OF(TPACKET_V2),
	OPTION_WORD_OF(TPACKET_V3), { 0, NULL },
};

static const struct option_word timestamps[] = {
	OPTION_WORD_OF(SOF_TIMESTAMPING_SOFTWARE),
	OPTION_WORD_OF(SOF_TIMESTAMPING_RAW_HARDWARE), { 0, NULL },
};

/* Group 77 shares by a hash of each packet; 0x10000 times the way. */
#define FANOUT (77 | PACKET_FANOUT_HASH << 16)

static struct sock_filter take_all[] = { BPF_STMT(BPF_RET | BPF_K, 0) };

static const struct option_name options[] = {
	OPTION(PACKET_ADD_MEMBERSHIP, FIELDS, SET_ONLY, TRY(membership),
	    .fields = membership_fields),
	OPTION(PACKET_DROP_MEMBERSHIP, FIELDS, SET_ONLY, TRY(membership),
	    .fields = membership_fields, .first = PACKET_ADD_MEMBERSHIP),
	OPTION(PACKET_RECV_OUTPUT, BOOL,
	    .note = "a number, and nothing behind it in any Linux"),
	OPTION(PACKET_RX_RING, FIELDS, RING),
	OPTION(PACKET_STATISTICS, FIELDS, GET_ONLY,
	    FIELDS_OF(statistics, struct tpacket_stats),
	    .varies = "counters of its packets"),
	OPTION(PACKET_COPY_THRESH, INT, SET_ONLY, TRY_INT(1000)),
	OPTION(PACKET_AUXDATA, BOOL),
	OPTION(PACKET_ORIGDEV, BOOL),
	OPTION(PACKET_VERSION, WORD, .words = versions, TRY_INT(TPACKET_V2)),
	OPTION(PACKET_HDRLEN, INT, GET_ONLY,
	    .note = "asked for TPACKET_V1"),
	OPTION(PACKET_RESERVE, UNSIGNED, TRY_INT(64)),
	OPTION(PACKET_TX_RING, FIELDS, RING),
	OPTION(PACKET_LOSS, BOOL),
	OPTION(PACKET_VNET_HDR, BOOL),
	OPTION(PACKET_TX_TIMESTAMP, INT,
	    .note = "a number, and nothing behind it in any Linux"),
	OPTION(PACKET_TIMESTAMP, FLAGS, .words = timestamps,
	    TRY_INT(SOF_TIMESTAMPING_SOFTWARE)),
	OPTION(PACKET_FANOUT, HEX, TRY_INT(FANOUT), .since = "3.1"),
	OPTION(PACKET_TX_HAS_OFF, BOOL, .since = "3.9"),
	OPTION(PACKET_QDISC_BYPASS, BOOL, .since = "3.14"),
	OPTION(PACKET_ROLLOVER_STATS, FIELDS, GET_ONLY, .since = "4.2",
	    FIELDS_OF(rollovers, struct tpacket_rollover_stats)),
	OPTION(PACKET_FANOUT_DATA, FILTER, SET_ONLY, .since = "4.3",
	    OPTION_TRY(struct sock_fprog, .len = 1, .filter = take_all),
	    .note = "for a group that shares by a program"),
	OPTION(PACKET_IGNORE_OUTGOING, BOOL, .since = "4.20"),
	OPTION(PACKET_VNET_HDR_SZ, INT, TRY_INT(12), .since = "6.4"),
	{ .constant = NULL },
};

const struct option_level packet_levels[] = {
	{ SOL_PACKET, "SOL_PACKET", options, 0, NULL },
	{ .constant = NULL },
};
