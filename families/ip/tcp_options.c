/* The options of SOL_TCP (tcp(7); do_tcp_setsockopt() of the kernel). */
#include "ip_options.h"

#include <linux/tcp.h>
#include <linux/tls.h>
#include <stdint.h>

/* Newer than the headers of some systems that this is built on. */
#ifndef TCP_COOKIE_TRANSACTIONS
#define TCP_COOKIE_TRANSACTIONS 15
#endif
#ifndef TCP_FASTOPEN_KEY
#define TCP_FASTOPEN_KEY 33
#endif
#ifndef TCP_TX_DELAY
#define TCP_TX_DELAY 37
#endif
#ifndef TCP_IS_MPTCP
#define TCP_IS_MPTCP 43
#endif
#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS 44
#endif
#ifndef TCP_RTO_MIN_US
#define TCP_RTO_MIN_US 45
#endif
#ifndef TCP_DELACK_MAX_US
#define TCP_DELACK_MAX_US 46
#endif
#ifndef TLS_TX_ZEROCOPY_RO
#define TLS_TX_ZEROCOPY_RO 3
#endif
#ifndef TLS_RX_EXPECT_NO_PAD
#define TLS_RX_EXPECT_NO_PAD 4
#endif
#ifndef TLS_TX_MAX_PAYLOAD_LEN
#define TLS_TX_MAX_PAYLOAD_LEN 5
#endif

/* Of linux/tcp_states.h, which the kernel keeps for itself; netinet/tcp.h. */
static const struct option_word states[] = {
	{ 1, "ESTABLISHED" }, { 2, "SYN_SENT" }, { 3, "SYN_RECV" },
	{ 4, "FIN_WAIT1" }, { 5, "FIN_WAIT2" }, { 6, "TIME_WAIT" },
	{ 7, "CLOSE" }, { 8, "CLOSE_WAIT" }, { 9, "LAST_ACK" },
	{ 10, "LISTEN" }, { 11, "CLOSING" }, { 0, NULL },
};

/* What is the same in every fresh socket, and says most. */
static const struct option_field info[] = {
	OPTION_FIELD(struct tcp_info, tcpi_state, WORD, .words = states),
	OPTION_FIELD(struct tcp_info, tcpi_rto, UNSIGNED),
	OPTION_FIELD(struct tcp_info, tcpi_snd_mss, UNSIGNED),
	OPTION_FIELD(struct tcp_info, tcpi_rcv_mss, UNSIGNED),
	OPTION_FIELD(struct tcp_info, tcpi_pmtu, UNSIGNED),
	OPTION_FIELD(struct tcp_info, tcpi_snd_cwnd, UNSIGNED),
	OPTION_FIELD(struct tcp_info, tcpi_reordering, UNSIGNED),
	{ .name = NULL },
};

static const unsigned char key[16] = "sockdemo's key.";

#define TRY_STRING(string) OPTION_TRY_BYTES(string)

const struct option_name tcp_options[] = {
	OPTION(TCP_NODELAY, BOOL),
	OPTION(TCP_MAXSEG, INT, TRY_INT(1000)),
	OPTION(TCP_CORK, BOOL),
	OPTION(TCP_KEEPIDLE, INT, TRY_INT(60)),
	OPTION(TCP_KEEPINTVL, INT, TRY_INT(10)),
	OPTION(TCP_KEEPCNT, INT, TRY_INT(3)),
	OPTION(TCP_SYNCNT, INT, TRY_INT(3)),
	OPTION(TCP_LINGER2, INT, TRY_INT(10)),
	OPTION(TCP_DEFER_ACCEPT, INT, TRY_INT(3)),
	OPTION(TCP_WINDOW_CLAMP, INT, TRY_INT(20000)),
	OPTION(TCP_INFO, FIELDS, GET_ONLY, .fields = info, .size = 256),
	OPTION(TCP_QUICKACK, BOOL),
	OPTION(TCP_CONGESTION, STRING, .size = 16, TRY_STRING("reno")),
	OPTION(TCP_COOKIE_TRANSACTIONS, BYTES, .since = "2.6.33",
	    .until = "3.10"),
	OPTION(TCP_THIN_LINEAR_TIMEOUTS, BOOL, .since = "2.6.34"),
	OPTION(TCP_THIN_DUPACK, BOOL, .since = "2.6.34",
	    .note = "without effect since Linux 4.11"),
	OPTION(TCP_USER_TIMEOUT, INT, TRY_INT(30000), .since = "2.6.37"),
	OPTION(TCP_FASTOPEN, INT, TRY_INT(5), .since = "3.7"),
	OPTION(TCP_TIMESTAMP, UNSIGNED, OPTION_TRY(uint32_t, 1000),
	    .since = "3.9", .varies = "the clock of its time stamps",
	    .first = TCP_REPAIR, ADMIN),
	OPTION(TCP_NOTSENT_LOWAT, UNSIGNED, OPTION_TRY(uint32_t, 16384),
	    .since = "3.12"),
	OPTION(TCP_CC_INFO, BYTES, GET_ONLY, .since = "4.1"),
	OPTION(TCP_SAVE_SYN, BOOL, .since = "4.2"),
	OPTION(TCP_SAVED_SYN, BYTES, GET_ONLY, .since = "4.2"),
	OPTION(TCP_FASTOPEN_CONNECT, BOOL, .since = "4.11"),
	OPTION(TCP_ULP, STRING, .flags = OPTION_UNTRIED, .size = 16,
	    .since = "4.13",
	    .note = "setting it (tls, espintcp) would load a module"),
	OPTION(TCP_FASTOPEN_KEY, BYTES, OPTION_TRY_BYTES(key),
	    .since = "4.15"),
	OPTION(TCP_FASTOPEN_NO_COOKIE, BOOL, .since = "4.15"),
	OPTION(TCP_ZEROCOPY_RECEIVE, BYTES, GET_ONLY,
	    .size = sizeof(struct tcp_zerocopy_receive), .since = "4.18"),
	OPTION(TCP_INQ, BOOL, .since = "4.18"),
	OPTION(TCP_TX_DELAY, INT, TRY_INT(1000), .since = "5.3"),
	OPTION(TCP_IS_MPTCP, BOOL, GET_ONLY, .since = "6.9"),
	OPTION(TCP_RTO_MAX_MS, INT, TRY_INT(60000), .since = "6.15"),
	OPTION(TCP_RTO_MIN_US, INT, TRY_INT(100000), .since = "6.15"),
	OPTION(TCP_DELACK_MAX_US, INT, TRY_INT(100000), .since = "6.15"),
	{ .constant = NULL },
};

#define AFTER_ULP .note = "for a connection with TCP_ULP tls"

const struct option_name tls_options[] = {
	OPTION(TLS_TX, BYTES, .since = "4.13", AFTER_ULP),
	OPTION(TLS_RX, BYTES, .since = "4.17", AFTER_ULP),
	OPTION(TLS_TX_ZEROCOPY_RO, BOOL, .since = "5.19", AFTER_ULP),
	OPTION(TLS_RX_EXPECT_NO_PAD, BOOL, .since = "6.0", AFTER_ULP),
	OPTION(TLS_TX_MAX_PAYLOAD_LEN, INT, TRY_INT(1000), .since = "6.19",
	    AFTER_ULP),
	{ .constant = NULL },
};
