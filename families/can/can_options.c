/*
 * The options of SOL_CAN_RAW, SOL_CAN_ISOTP and SOL_CAN_J1939
 * (Documentation/networking/can.rst, iso15765-2.rst and j1939.rst of the
 * kernel). Those of bcm are in its messages.
 */
#include <linux/can/isotp.h>
#include <linux/can/j1939.h>
#include <linux/can/raw.h>
#include <stdint.h>

#include "can.h"
#include "shared/options.h"

/* Enumerators, newer than the headers of some systems that this is built on. */
#define CAN_RAW_XL_FRAMES 7
#define CAN_RAW_XL_VCID_OPTS 8

/* One id, of eleven bits. */
static const struct can_filter filter = { 0x123, CAN_SFF_MASK };

static const struct option_field filter_fields[] = {
	OPTION_FIELD(struct can_filter, can_id, HEX),
	OPTION_FIELD(struct can_filter, can_mask, HEX), { .name = NULL },
};

/* As struct can_raw_vcid_options of Linux 6.9. */
static const struct channels {
	uint8_t flags, tx_vcid, rx_vcid, rx_vcid_mask;
} channels = { 1, 7, 0, 0 };

static const struct option_field channel_fields[] = {
	OPTION_FIELD(struct channels, flags, HEX),
	OPTION_FIELD(struct channels, tx_vcid, UNSIGNED),
	{ .name = NULL },
};

static const struct option_name raw_options[] = {
	OPTION(CAN_RAW_FILTER, FIELDS, TRY(filter),
	    FIELDS_OF(filter_fields, filter)),
	OPTION(CAN_RAW_ERR_FILTER, HEX, TRY_INT(CAN_ERR_MASK)),
	OPTION(CAN_RAW_LOOPBACK, BOOL),
	OPTION(CAN_RAW_RECV_OWN_MSGS, BOOL),
	OPTION(CAN_RAW_FD_FRAMES, BOOL, .since = "3.6"),
	OPTION(CAN_RAW_JOIN_FILTERS, BOOL, .since = "4.1"),
	OPTION(CAN_RAW_XL_FRAMES, BOOL, .since = "6.2"),
	OPTION(CAN_RAW_XL_VCID_OPTS, FIELDS, TRY(channels),
	    FIELDS_OF(channel_fields, channels), .first = CAN_RAW_XL_FRAMES,
	    .since = "6.9"),
	{ .constant = NULL },
};

static const struct option_word isotp_flags[] = {
	OPTION_WORD_OF(CAN_ISOTP_LISTEN_MODE),
	OPTION_WORD_OF(CAN_ISOTP_EXTEND_ADDR),
	OPTION_WORD_OF(CAN_ISOTP_TX_PADDING),
	OPTION_WORD_OF(CAN_ISOTP_RX_PADDING),
	OPTION_WORD_OF(CAN_ISOTP_CHK_PAD_LEN),
	OPTION_WORD_OF(CAN_ISOTP_CHK_PAD_DATA),
	OPTION_WORD_OF(CAN_ISOTP_HALF_DUPLEX),
	OPTION_WORD_OF(CAN_ISOTP_FORCE_TXSTMIN),
	OPTION_WORD_OF(CAN_ISOTP_FORCE_RXSTMIN),
	OPTION_WORD_OF(CAN_ISOTP_RX_EXT_ADDR), { 0, NULL },
};

static const struct option_field isotp_fields[] = {
	OPTION_FIELD(struct can_isotp_options, flags, FLAGS,
	    .words = isotp_flags),
	OPTION_FIELD(struct can_isotp_options, frame_txtime, UNSIGNED),
	OPTION_FIELD(struct can_isotp_options, txpad_content, HEX),
	OPTION_FIELD(struct can_isotp_options, rxpad_content, HEX),
	{ .name = NULL },
};
static const struct can_isotp_options padded = {
	.flags = CAN_ISOTP_TX_PADDING, .txpad_content = 0xaa,
};

static const struct option_field flow_fields[] = {
	OPTION_FIELD(struct can_isotp_fc_options, bs, UNSIGNED),
	OPTION_FIELD(struct can_isotp_fc_options, stmin, HEX),
	OPTION_FIELD(struct can_isotp_fc_options, wftmax, UNSIGNED),
	{ .name = NULL },
};
static const struct can_isotp_fc_options flow = { 8, 1, 0 };

static const struct option_field link_fields[] = {
	OPTION_FIELD(struct can_isotp_ll_options, mtu, UNSIGNED),
	OPTION_FIELD(struct can_isotp_ll_options, tx_dl, UNSIGNED),
	OPTION_FIELD(struct can_isotp_ll_options, tx_flags, HEX),
	{ .name = NULL },
};

#define SINCE_ISOTP .since = "5.10"

static const struct option_name isotp_options[] = {
	OPTION(CAN_ISOTP_OPTS, FIELDS, TRY(padded),
	    FIELDS_OF(isotp_fields, padded), SINCE_ISOTP),
	OPTION(CAN_ISOTP_RECV_FC, FIELDS, TRY(flow),
	    FIELDS_OF(flow_fields, flow), SINCE_ISOTP),
	OPTION(CAN_ISOTP_TX_STMIN, UNSIGNED, TRY_INT(100000), SINCE_ISOTP),
	OPTION(CAN_ISOTP_RX_STMIN, UNSIGNED, TRY_INT(100000), SINCE_ISOTP),
	OPTION(CAN_ISOTP_LL_OPTS, FIELDS,
	    FIELDS_OF(link_fields, struct can_isotp_ll_options),
	    SINCE_ISOTP),
	{ .constant = NULL },
};

static const struct j1939_filter group = { .pgn = 0x12300,
    .pgn_mask = J1939_PGN_MAX };

static const struct option_name j1939_options[] = {
	OPTION(SO_J1939_FILTER, BYTES, TRY(group), .since = "5.4"),
	OPTION(SO_J1939_PROMISC, BOOL, .since = "5.4"),
	OPTION(SO_J1939_SEND_PRIO, INT, TRY_INT(5), .since = "5.4"),
	OPTION(SO_J1939_ERRQUEUE, BOOL, .since = "5.4"),
	{ .constant = NULL },
};

static const int raw[] = { CAN_RAW, PROTOCOL_ANY };
static const int isotp[] = { CAN_ISOTP, PROTOCOL_ANY };
static const int j1939[] = { CAN_J1939, PROTOCOL_ANY };

const struct option_level can_levels[] = {
	{ SOL_CAN_RAW, "SOL_CAN_RAW", raw_options, 0, raw },
	{ SOL_CAN_ISOTP, "SOL_CAN_ISOTP", isotp_options, 0, isotp },
	{ SOL_CAN_J1939, "SOL_CAN_J1939", j1939_options, 0, j1939 },
	{ .constant = NULL },
};
