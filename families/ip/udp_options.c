/*
 * The options of SOL_UDP and SOL_UDPLITE (udp(7), udplite(7)), of raw sockets
 * (raw(7), icmp(7)) and of MPTCP.
 */
#include "ip_options.h"

#include <netinet/in.h>

/* Behind netinet/in.h, whose part they then leave out. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/mptcp.h>
#include <linux/udp.h>

/* Newer than the headers of some systems that this is built on. */
#ifndef MPTCP_INFO
#define MPTCP_INFO 1
#define MPTCP_TCPINFO 2
#define MPTCP_SUBFLOW_ADDRS 3
#endif
#ifndef MPTCP_FULL_INFO
#define MPTCP_FULL_INFO 4
#endif

/* Of net/udplite.h, which the kernel keeps for itself; udplite(7). */
#define UDPLITE_SEND_CSCOV 10
#define UDPLITE_RECV_CSCOV 11

static const struct option_word capsules[] = {
	{ 0, "none" }, OPTION_WORD_OF(UDP_ENCAP_ESPINUDP_NON_IKE),
	OPTION_WORD_OF(UDP_ENCAP_ESPINUDP), OPTION_WORD_OF(UDP_ENCAP_L2TPINUDP),
	OPTION_WORD_OF(UDP_ENCAP_GTP0), OPTION_WORD_OF(UDP_ENCAP_GTP1U),
	{ 0, NULL },
};

const struct option_name udp_options[] = {
	OPTION(UDP_CORK, BOOL),
	OPTION(UDP_ENCAP, WORD, .words = capsules,
	    TRY_INT(UDP_ENCAP_ESPINUDP)),
	OPTION(UDP_NO_CHECK6_TX, BOOL, .since = "3.16"),
	OPTION(UDP_NO_CHECK6_RX, BOOL, .since = "3.16"),
	OPTION(UDP_SEGMENT, INT, TRY_INT(1000), .since = "4.18"),
	OPTION(UDP_GRO, BOOL, .since = "5.0"),
	{ .constant = NULL },
};

const struct option_name udplite_options[] = {
	OPTION(UDPLITE_SEND_CSCOV, INT, TRY_INT(16)),
	OPTION(UDPLITE_RECV_CSCOV, INT, TRY_INT(16)),
	{ .constant = NULL },
};

/* All but echoes and their answers: types 8 and 0. */
const struct option_name icmp_options[] = {
	OPTION(ICMP_FILTER, HEX, TRY_INT(~(1 << 8 | 1 << 0))),
	{ .constant = NULL },
};

static const uint32_t blocked[8] = { 0, 1, 0, 0, 0, 0, 0, 0 };

const struct option_name icmpv6_options[] = {
	OPTION(ICMPV6_FILTER, BYTES, .size = sizeof(blocked),
	    OPTION_TRY_BYTES(blocked)),
	{ .constant = NULL },
};

const struct option_name raw6_options[] = {
	OPTION(IPV6_CHECKSUM, INT, TRY_INT(2)),
	{ .constant = NULL },
};

static const struct option_field info[] = {
	OPTION_FIELD(struct mptcp_info, mptcpi_subflows, UNSIGNED),
	OPTION_FIELD(struct mptcp_info, mptcpi_subflows_max, UNSIGNED),
	OPTION_FIELD(struct mptcp_info, mptcpi_flags, HEX),
	{ .name = NULL },
};

static const struct option_field subflows[] = {
	OPTION_FIELD(struct mptcp_subflow_data, num_subflows, UNSIGNED),
	OPTION_FIELD(struct mptcp_subflow_data, size_kernel, UNSIGNED),
	{ .name = NULL },
};

/* Room for two subflows, of the size that each is. */
static const struct {
	struct mptcp_subflow_data data;
	unsigned char room[512];
} tcp_info_asked = { .data = { sizeof(struct mptcp_subflow_data), 0, 0, 232 } };
static const struct {
	struct mptcp_subflow_data data;
	unsigned char room[512];
} addresses_asked = { .data = { sizeof(struct mptcp_subflow_data), 0, 0,
    sizeof(struct mptcp_subflow_addrs) } };

#define ASKED(question)                                                        \
	GET_ONLY, .fields = subflows, .asked = &(question),                    \
	    .size = sizeof(question), .since = "5.16"

const struct option_name mptcp_options[] = {
	OPTION(MPTCP_INFO, FIELDS, GET_ONLY, .fields = info, .size = 128,
	    .since = "5.16"),
	OPTION(MPTCP_TCPINFO, FIELDS, ASKED(tcp_info_asked)),
	OPTION(MPTCP_SUBFLOW_ADDRS, FIELDS, ASKED(addresses_asked)),
	OPTION(MPTCP_FULL_INFO, BYTES, GET_ONLY, .size = 256,
	    .since = "6.5"),
	{ .constant = NULL },
};
