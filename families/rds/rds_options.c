/* The options of SOL_RDS (rds(7); net/rds/af_rds.c of the kernel). */
#include "rds_options.h"

#include <linux/rds.h>
#include <stdint.h>

#include "shared/options.h"

static const struct option_word transports[] = {
	OPTION_WORD_OF(RDS_TRANS_IB), OPTION_WORD_OF(RDS_TRANS_GAP),
	OPTION_WORD_OF(RDS_TRANS_TCP), { 3, "RDS_TRANS_LOOP" },
	OPTION_WORD_OF(RDS_TRANS_NONE), { 0, NULL },
};

/* A sockaddr_in: an address of this machine that nobody has. */
static const struct {
	sa_family_t family;
	uint16_t port;
	unsigned char address[4], rest[8];
} nobody = { AF_INET, 1, { 127, 0, 0, 9 }, { 0 } };

static const struct rds_rx_trace_so trace = { 1, { 0 } };

#define RDMA .note = "for memory of an RDMA device, which there is none of"

/* A table of the whole namespace: its length changes as others come and go. */
#define TABLE GET_ONLY, .size = 1024, .varies = "a table of its namespace"

static const struct option_name options[] = {
	OPTION(RDS_CANCEL_SENT_TO, BYTES, SET_ONLY, TRY(nobody)),
	OPTION(RDS_GET_MR, BYTES, RDMA,
	    OPTION_TRY(struct rds_get_mr_args, .flags = 0),
	    .flags = OPTION_SET_ONLY),
	OPTION(RDS_FREE_MR, BYTES, RDMA,
	    OPTION_TRY(struct rds_free_mr_args, .flags = 0),
	    .flags = OPTION_SET_ONLY),
	OPTION(RDS_GET_MR_FOR_DEST, BYTES, RDMA,
	    OPTION_TRY(struct rds_get_mr_for_dest_args, .flags = 0),
	    .flags = OPTION_SET_ONLY),
	OPTION(RDS_RECVERR, BOOL),
	OPTION(RDS_CONG_MONITOR, BOOL),
	OPTION(SO_RDS_TRANSPORT, WORD, .words = transports,
	    TRY_INT(RDS_TRANS_TCP), .since = "4.2"),
	OPTION(SO_RDS_MSG_RXPATH_LATENCY, BYTES, SET_ONLY, TRY(trace),
	    .since = "4.11"),
	OPTION(RDS_INFO_COUNTERS, BYTES, TABLE),
	OPTION(RDS_INFO_CONNECTIONS, BYTES, TABLE),
	OPTION(RDS_INFO_SEND_MESSAGES, BYTES, TABLE),
	OPTION(RDS_INFO_RETRANS_MESSAGES, BYTES, TABLE),
	OPTION(RDS_INFO_RECV_MESSAGES, BYTES, TABLE),
	OPTION(RDS_INFO_SOCKETS, BYTES, TABLE),
	OPTION(RDS_INFO_TCP_SOCKETS, BYTES, TABLE),
	OPTION(RDS_INFO_IB_CONNECTIONS, BYTES, TABLE),
	OPTION(RDS_INFO_CONNECTION_STATS, BYTES, TABLE),
	OPTION(RDS_INFO_IWARP_CONNECTIONS, BYTES, TABLE),
	{ .constant = NULL },
};

const struct option_level rds_levels[] = {
	{ SOL_RDS, "SOL_RDS", options, 0, NULL },
	{ .constant = NULL },
};
