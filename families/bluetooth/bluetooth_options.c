/*
 * The options of SOL_BLUETOOTH, and of the levels that are older than it:
 * SOL_L2CAP, SOL_RFCOMM, SOL_SCO, SOL_HCI (bluetooth/bluetooth.h, l2cap.h,
 * rfcomm.h, sco.h and hci.h of BlueZ; net/bluetooth of the kernel).
 */
#include <sys/socket.h>

#include "bluetooth.h"
#include "shared/options.h"

/* Of headers that linux-libc-dev does not have. */
enum {
	SOL_HCI = 0,
	SOL_L2CAP = 6,
	SOL_SCO = 17,
	SOL_RFCOMM = 18,
};
#ifndef SOL_BLUETOOTH
#define SOL_BLUETOOTH 274
#endif

enum {
	BT_SECURITY = 4,
	BT_DEFER_SETUP = 7,
	BT_FLUSHABLE = 8,
	BT_POWER = 9,
	BT_CHANNEL_POLICY = 10,
	BT_VOICE = 11,
	BT_SNDMTU = 12,
	BT_RCVMTU = 13,
	BT_PHY = 14,
	BT_MODE = 15,
	BT_PKT_STATUS = 16,
	BT_ISO_QOS = 17,
	BT_CODEC = 19,
	BT_ISO_BASE = 20,
};

enum { L2CAP_OPTIONS = 1, L2CAP_CONNINFO, L2CAP_LM };
enum { RFCOMM_CONNINFO = 2, RFCOMM_LM };
enum { SCO_OPTIONS = 1, SCO_CONNINFO };
enum { HCI_DATA_DIR = 1, HCI_FILTER, HCI_TIME_STAMP };

static const struct security {
	uint8_t level, key_size;
} low = { 1, 0 };

static const struct option_word levels[] = {
	{ 0, "BT_SECURITY_SDP" }, { 1, "BT_SECURITY_LOW" },
	{ 2, "BT_SECURITY_MEDIUM" }, { 3, "BT_SECURITY_HIGH" },
	{ 4, "BT_SECURITY_FIPS" }, { 0, NULL },
};
static const struct option_field security[] = {
	OPTION_FIELD(struct security, level, WORD, .words = levels),
	OPTION_FIELD(struct security, key_size, UNSIGNED), { .name = NULL },
};

static const struct option_word policies[] = {
	{ 0, "BT_CHANNEL_POLICY_BREDR_ONLY" },
	{ 1, "BT_CHANNEL_POLICY_BREDR_PREFERRED" },
	{ 2, "BT_CHANNEL_POLICY_AMP_PREFERRED" }, { 0, NULL },
};

#define SHORT .size = 2, OPTION_TRY(uint16_t, 256)

static const struct option_name bluetooth_options[] = {
	OPTION(BT_SECURITY, FIELDS, TRY(low),
	    FIELDS_OF(security, struct security)),
	OPTION(BT_DEFER_SETUP, BOOL),
	OPTION(BT_FLUSHABLE, BOOL),
	OPTION(BT_POWER, BOOL, .size = 1),
	OPTION(BT_CHANNEL_POLICY, WORD, .words = policies, TRY_INT(0),
	    .until = "6.8"),
	OPTION(BT_VOICE, HEX, .size = 2, OPTION_TRY(uint16_t, 0x0060)),
	OPTION(BT_SNDMTU, UNSIGNED, SHORT),
	OPTION(BT_RCVMTU, UNSIGNED, SHORT),
	OPTION(BT_PHY, HEX, GET_ONLY, .since = "5.7"),
	OPTION(BT_MODE, UNSIGNED, .size = 1, OPTION_TRY(uint8_t, 0),
	    .since = "5.7"),
	OPTION(BT_PKT_STATUS, BOOL, .since = "5.9"),
	OPTION(BT_ISO_QOS, BYTES, .size = 128, .since = "6.0"),
	OPTION(BT_CODEC, BYTES, .size = 256, .since = "5.16"),
	OPTION(BT_ISO_BASE, BYTES, .size = 256, .since = "6.0"),
	{ .constant = NULL },
};

static const struct l2cap {
	uint16_t omtu, imtu, flush_to;
	uint8_t mode, fcs, max_tx;
	uint16_t txwin_size;
} mtu = { .omtu = 672, .imtu = 600, .flush_to = 0xffff, .fcs = 1,
    .max_tx = 3, .txwin_size = 63 };

static const struct option_field l2cap[] = {
	OPTION_FIELD(struct l2cap, omtu, UNSIGNED),
	OPTION_FIELD(struct l2cap, imtu, UNSIGNED),
	OPTION_FIELD(struct l2cap, mode, UNSIGNED),
	OPTION_FIELD(struct l2cap, txwin_size, UNSIGNED), { .name = NULL },
};

/* MASTER, AUTH, ENCRYPT, TRUSTED, RELIABLE, SECURE, FIPS of its link. */
static const struct option_word modes[] = {
	{ 1, "MASTER" }, { 2, "AUTH" }, { 4, "ENCRYPT" }, { 8, "TRUSTED" },
	{ 16, "RELIABLE" }, { 32, "SECURE" }, { 64, "FIPS" }, { 0, NULL },
};

#define CONNECTION                                                             \
	GET_ONLY, .varies = "a handle of the connection"

static const struct option_name l2cap_options[] = {
	OPTION(L2CAP_OPTIONS, FIELDS, TRY(mtu),
	    FIELDS_OF(l2cap, struct l2cap)),
	OPTION(L2CAP_CONNINFO, BYTES, CONNECTION),
	OPTION(L2CAP_LM, FLAGS, .words = modes),
	{ .constant = NULL },
};

static const struct option_name rfcomm_options[] = {
	OPTION(RFCOMM_CONNINFO, BYTES, CONNECTION),
	OPTION(RFCOMM_LM, FLAGS, .words = modes),
	{ .constant = NULL },
};

static const struct option_name sco_options[] = {
	OPTION(SCO_OPTIONS, UNSIGNED, GET_ONLY, .size = 2),
	OPTION(SCO_CONNINFO, BYTES, CONNECTION),
	{ .constant = NULL },
};

static const struct option_name hci_options[] = {
	OPTION(HCI_DATA_DIR, BOOL),
	OPTION(HCI_FILTER, BYTES, .size = 16),
	OPTION(HCI_TIME_STAMP, BOOL),
	{ .constant = NULL },
};

static const int on_l2cap[] = { BTPROTO_L2CAP, PROTOCOL_ANY };
static const int on_rfcomm[] = { BTPROTO_RFCOMM, PROTOCOL_ANY };
static const int on_sco[] = { BTPROTO_SCO, PROTOCOL_ANY };
static const int on_hci[] = { BTPROTO_HCI, PROTOCOL_ANY };

const struct option_level bluetooth_levels[] = {
	{ SOL_BLUETOOTH, "SOL_BLUETOOTH", bluetooth_options, 0, NULL },
	{ SOL_L2CAP, "SOL_L2CAP", l2cap_options, 0, on_l2cap },
	{ SOL_RFCOMM, "SOL_RFCOMM", rfcomm_options, 0, on_rfcomm },
	{ SOL_SCO, "SOL_SCO", sco_options, 0, on_sco },
	{ SOL_HCI, "SOL_HCI", hci_options, 0, on_hci },
	{ .constant = NULL },
};
