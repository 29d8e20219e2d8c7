/*
 * SOL_SOCKET: the options that every socket is asked for (socket(7), and
 * net/core/sock.c of the kernel).
 */
#include "family/option.h"

#include <linux/filter.h>
#include <linux/net_tstamp.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

/* Newer than the headers of some systems that this is built on. */
#ifndef SO_DETACH_REUSEPORT_BPF
#define SO_DETACH_REUSEPORT_BPF 68
#endif
#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69
#endif
#ifndef SO_BUSY_POLL_BUDGET
#define SO_BUSY_POLL_BUDGET 70
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif
#ifndef SO_RESERVE_MEM
#define SO_RESERVE_MEM 73
#endif
#ifndef SO_TXREHASH
#define SO_TXREHASH 74
#endif
#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
#ifndef SO_DEVMEM_DONTNEED
#define SO_DEVMEM_DONTNEED 80
#endif
#ifndef SO_RCVPRIORITY
#define SO_RCVPRIORITY 82
#endif
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif
#ifndef SO_INQ
#define SO_INQ 84
#endif

static const struct option_word types[] = {
	OPTION_WORD_OF(SOCK_STREAM), OPTION_WORD_OF(SOCK_DGRAM),
	OPTION_WORD_OF(SOCK_RAW), OPTION_WORD_OF(SOCK_RDM),
	OPTION_WORD_OF(SOCK_SEQPACKET), OPTION_WORD_OF(SOCK_DCCP),
	OPTION_WORD_OF(SOCK_PACKET), { 0, NULL },
};

static const struct option_word timestamping[] = {
	OPTION_WORD_OF(SOF_TIMESTAMPING_TX_HARDWARE),
	OPTION_WORD_OF(SOF_TIMESTAMPING_TX_SOFTWARE),
	OPTION_WORD_OF(SOF_TIMESTAMPING_RX_HARDWARE),
	OPTION_WORD_OF(SOF_TIMESTAMPING_RX_SOFTWARE),
	OPTION_WORD_OF(SOF_TIMESTAMPING_SOFTWARE),
	OPTION_WORD_OF(SOF_TIMESTAMPING_RAW_HARDWARE),
	{ 0, NULL },
};

/* SOCK_SNDBUF_LOCK and SOCK_RCVBUF_LOCK of linux/socket.h. */
static const struct option_word buffer_locks[] = {
	{ 1, "SOCK_SNDBUF_LOCK" }, { 2, "SOCK_RCVBUF_LOCK" }, { 0, NULL },
};

static const struct option_word clocks[] = {
	OPTION_WORD_OF(CLOCK_REALTIME), OPTION_WORD_OF(CLOCK_MONOTONIC),
	OPTION_WORD_OF(CLOCK_TAI), { -1, NULL },
};

static const struct option_word txtime_flags[] = {
	OPTION_WORD_OF(SOF_TXTIME_DEADLINE_MODE),
	OPTION_WORD_OF(SOF_TXTIME_REPORT_ERRORS), { 0, NULL },
};

static const struct option_field txtime[] = {
	OPTION_FIELD(struct sock_txtime, clockid, WORD, .words = clocks),
	OPTION_FIELD(struct sock_txtime, flags, FLAGS, .words = txtime_flags),
	{ .name = NULL },
};

/* The first of SK_MEMINFO_* (linux/sock_diag.h); the others move about. */
struct memory {
	uint32_t rmem_alloc, rcvbuf, wmem_alloc, sndbuf;
	uint32_t fwd_alloc, wmem_queued, optmem, backlog, drops;
};

static const struct option_field memory[] = {
	OPTION_FIELD(struct memory, rmem_alloc, UNSIGNED),
	OPTION_FIELD(struct memory, rcvbuf, UNSIGNED),
	OPTION_FIELD(struct memory, wmem_alloc, UNSIGNED),
	OPTION_FIELD(struct memory, sndbuf, UNSIGNED),
	OPTION_FIELD(struct memory, drops, UNSIGNED),
	{ .name = NULL },
};

/* Takes every packet, as it is. */
static struct sock_filter take_all[] = {
	BPF_STMT(BPF_RET | BPF_K, 0x40000),
};
#define TRY_FILTER                                                             \
	OPTION_TRY(struct sock_fprog, .len = 1, .filter = take_all)

#define TRY_INT(number) OPTION_TRY(int, number)
#define ADMIN .needs = "CAP_NET_ADMIN"
#define GET_ONLY .flags = OPTION_GET_ONLY
#define SET_ONLY .flags = OPTION_SET_ONLY

static const struct option_name options[] = {
	OPTION(SO_DEBUG, BOOL, .needs = "CAP_NET_ADMIN, to switch it on"),
	OPTION(SO_REUSEADDR, BOOL),
	OPTION(SO_TYPE, WORD, GET_ONLY, .words = types),
	OPTION(SO_ERROR, ERRNO, GET_ONLY),
	OPTION(SO_DONTROUTE, BOOL),
	OPTION(SO_BROADCAST, BOOL),
	OPTION(SO_SNDBUF, INT, TRY_INT(65536)),
	OPTION(SO_RCVBUF, INT, TRY_INT(65536)),
	OPTION(SO_SNDBUFFORCE, INT, SET_ONLY, ADMIN, .since = "2.6.14",
	    TRY_INT(65536)),
	OPTION(SO_RCVBUFFORCE, INT, SET_ONLY, ADMIN, .since = "2.6.14",
	    TRY_INT(65536)),
	OPTION(SO_KEEPALIVE, BOOL),
	OPTION(SO_OOBINLINE, BOOL),
	OPTION(SO_NO_CHECK, BOOL),
	OPTION(SO_PRIORITY, INT, TRY_INT(5)),
	OPTION(SO_LINGER, LINGER, OPTION_TRY(struct linger, 1, 7)),
	OPTION(SO_BSDCOMPAT, BOOL,
	    .note = "obsolete: Linux 2.2 made it without effect"),
	OPTION(SO_REUSEPORT, BOOL, .since = "3.9"),
	OPTION(SO_PASSCRED, BOOL),
	OPTION(SO_PEERCRED, UCRED, GET_ONLY),
	OPTION(SO_RCVLOWAT, INT, TRY_INT(100)),
	OPTION(SO_SNDLOWAT, INT, GET_ONLY, TRY_INT(100)),
	OPTION(SO_RCVTIMEO, TIMEVAL, OPTION_TRY(struct timeval, 2, 500000)),
	OPTION(SO_SNDTIMEO, TIMEVAL, OPTION_TRY(struct timeval, 2, 500000)),
	/* Numbers, and nothing behind them in any Linux. */
	OPTION(SO_SECURITY_AUTHENTICATION, INT),
	OPTION(SO_SECURITY_ENCRYPTION_TRANSPORT, INT),
	OPTION(SO_SECURITY_ENCRYPTION_NETWORK, INT),
	OPTION(SO_BINDTODEVICE, STRING, .size = 16, OPTION_TRY_BYTES("lo")),
	OPTION(SO_ATTACH_FILTER, FILTER, TRY_FILTER),
	OPTION(SO_DETACH_FILTER, INT, SET_ONLY, TRY_INT(0),
	    .first = SO_ATTACH_FILTER),
	/* Whose room is larger than the address is refused. */
	OPTION(SO_PEERNAME, ADDRESS, GET_ONLY, .size = sizeof(sa_family_t),
	    .varies = "the peer's address"),
	OPTION(SO_TIMESTAMP, BOOL),
	OPTION(SO_ACCEPTCONN, BOOL, GET_ONLY),
	OPTION(SO_PEERSEC, STRING, GET_ONLY, .size = 256),
	OPTION(SO_PASSSEC, BOOL, .since = "2.6.18"),
	OPTION(SO_TIMESTAMPNS, BOOL, .since = "2.6.22"),
	OPTION(SO_MARK, HEX, TRY_INT(0x2a), .since = "2.6.25",
	    .needs = "CAP_NET_ADMIN or CAP_NET_RAW"),
	OPTION(SO_TIMESTAMPING, FLAGS, .words = timestamping,
	    TRY_INT(SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE),
	    .since = "2.6.30"),
	OPTION(SO_PROTOCOL, PROTOCOL, GET_ONLY, .since = "2.6.32"),
	OPTION(SO_DOMAIN, DOMAIN, GET_ONLY, .since = "2.6.32"),
	OPTION(SO_RXQ_OVFL, BOOL, .since = "2.6.33"),
	OPTION(SO_WIFI_STATUS, BOOL, .since = "3.3"),
	OPTION(SO_PEEK_OFF, INT, TRY_INT(3), .since = "3.4"),
	OPTION(SO_NOFCS, BOOL, .since = "3.4"),
	OPTION(SO_LOCK_FILTER, BOOL, .since = "3.9"),
	OPTION(SO_SELECT_ERR_QUEUE, BOOL, .since = "3.10"),
	OPTION(SO_BUSY_POLL, INT, TRY_INT(50), .since = "3.11",
	    .needs = "CAP_NET_ADMIN, to raise it"),
	OPTION(SO_MAX_PACING_RATE, UNSIGNED, .size = sizeof(unsigned),
	    OPTION_TRY(unsigned, 1000000), .since = "3.13"),
	OPTION(SO_BPF_EXTENSIONS, INT, GET_ONLY, .since = "3.14"),
	OPTION(SO_INCOMING_CPU, INT, TRY_INT(0), .since = "3.19"),
	OPTION(SO_ATTACH_BPF, PROGRAM, SET_ONLY, .since = "3.19"),
	OPTION(SO_ATTACH_REUSEPORT_CBPF, FILTER, SET_ONLY, TRY_FILTER,
	    .first = SO_REUSEPORT, .since = "4.5"),
	OPTION(SO_ATTACH_REUSEPORT_EBPF, PROGRAM, SET_ONLY,
	    .first = SO_REUSEPORT, .since = "4.5"),
	OPTION(SO_CNX_ADVICE, INT, SET_ONLY, TRY_INT(1), .since = "4.6"),
	OPTION(SO_MEMINFO, FIELDS, GET_ONLY, .fields = memory,
	    .size = sizeof(struct memory), .since = "4.12"),
	OPTION(SO_INCOMING_NAPI_ID, INT, GET_ONLY, .since = "4.12"),
	OPTION(SO_COOKIE, UNSIGNED, GET_ONLY, .size = 8, .since = "4.12",
	    .varies = "a number of its own"),
	OPTION(SO_PEERGROUPS, GROUPS, GET_ONLY, .since = "4.13"),
	OPTION(SO_ZEROCOPY, BOOL, .since = "4.14"),
	OPTION(SO_TXTIME, FIELDS, .fields = txtime,
	    .size = sizeof(struct sock_txtime),
	    OPTION_TRY(struct sock_txtime, CLOCK_MONOTONIC, 0),
	    .since = "4.19"),
	OPTION(SO_BINDTOIFINDEX, INT, TRY_INT(1), .since = "5.0"),
	OPTION(SO_TIMESTAMP_NEW, BOOL, .since = "5.1"),
	OPTION(SO_TIMESTAMPNS_NEW, BOOL, .since = "5.1"),
	OPTION(SO_TIMESTAMPING_NEW, FLAGS, .words = timestamping,
	    TRY_INT(SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE),
	    .since = "5.1"),
	OPTION(SO_RCVTIMEO_NEW, TIMEVAL, .since = "5.1",
	    OPTION_TRY(struct timeval, 2, 500000)),
	OPTION(SO_SNDTIMEO_NEW, TIMEVAL, .since = "5.1",
	    OPTION_TRY(struct timeval, 2, 500000)),
	OPTION(SO_DETACH_REUSEPORT_BPF, INT, SET_ONLY, TRY_INT(0),
	    .first = SO_ATTACH_REUSEPORT_CBPF, .since = "5.3"),
	OPTION(SO_PREFER_BUSY_POLL, BOOL, .since = "5.11",
	    .needs = "CAP_NET_ADMIN, to switch it on"),
	OPTION(SO_BUSY_POLL_BUDGET, INT, TRY_INT(16), .since = "5.11",
	    .needs = "CAP_NET_ADMIN, to raise it"),
	OPTION(SO_NETNS_COOKIE, UNSIGNED, GET_ONLY, .size = 8,
	    .since = "5.14", .varies = "a number of its network namespace"),
	OPTION(SO_BUF_LOCK, FLAGS, .words = buffer_locks, TRY_INT(3),
	    .since = "5.15"),
	OPTION(SO_RESERVE_MEM, INT, TRY_INT(4096), .since = "5.17"),
	OPTION(SO_TXREHASH, BOOL, .since = "5.18"),
	OPTION(SO_RCVMARK, BOOL, .since = "5.19",
	    .needs = "CAP_NET_ADMIN or CAP_NET_RAW"),
	OPTION(SO_PASSPIDFD, BOOL, .since = "6.5"),
	OPTION(SO_PEERPIDFD, INT, GET_ONLY, .since = "6.5",
	    .varies = "a descriptor of the peer's process"),
	OPTION(SO_DEVMEM_DONTNEED, BYTES, .flags = OPTION_UNTRIED |
	    OPTION_SET_ONLY, .since = "6.12",
	    .note = "it gives back memory of a device, which there is none "
	    "of"),
	OPTION(SO_RCVPRIORITY, BOOL, .since = "6.14"),
	OPTION(SO_PASSRIGHTS, BOOL, .since = "6.16"),
	OPTION(SO_INQ, BOOL, .since = "6.17"),
	{ .constant = NULL },
};

const struct option_level socket_level = {
	SOL_SOCKET, "SOL_SOCKET", options, 0, NULL
};
