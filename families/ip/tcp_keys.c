/*
 * The options of SOL_TCP that have to do with keys (RFC 2385, RFC 5925), and
 * with repair: a connection that moves to another process (criu(8)).
 */
#include "ip_options.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdint.h>

/* Newer than the headers of some systems that this is built on. */
#ifndef TCP_AO_ADD_KEY
#define TCP_AO_ADD_KEY 38
#define TCP_AO_DEL_KEY 39
#define TCP_AO_INFO 40
#define TCP_AO_GET_KEYS 41
#define TCP_AO_REPAIR 42
#endif

/* As struct tcp_md5sig, for a peer of this machine. */
struct signature {
	union {
		struct {
			sa_family_t family;
			in_port_t port;
			unsigned char address[4];
		} in;
		struct sockaddr_in6 in6;
		unsigned char storage[128];
	} peer;
	uint8_t flags, prefix;
	uint16_t key_length;
	int index;
	unsigned char key[80];
};
_Static_assert(sizeof(struct signature) == sizeof(struct tcp_md5sig),
    "tcp_md5sig");

static const struct signature signature = {
	.peer = { .in = { AF_INET, 0, { 127, 0, 0, 9 } } },
	.key_length = 8,
	.key = "sockdemo",
};
static const struct signature signature6 = {
	.peer = { .in6 = { .sin6_family = AF_INET6,
	    .sin6_addr = { { { 0xfe, 0x80, [15] = 9 } } } } },
	.key_length = 8,
	.key = "sockdemo",
};

#define SIGNED_BY(value)                                                       \
	SET_ONLY, TRY(value)

#define UNTRIED .flags = (OPTION_UNTRIED | OPTION_SET_ONLY)
#define AO .size = 288, .since = "6.7"
#define AO_KEYS                                                                \
	OPTION(TCP_AO_ADD_KEY, BYTES, AO, UNTRIED,                             \
	    .note = "setting it may load its digest, a module"),               \
	OPTION(TCP_AO_DEL_KEY, BYTES, AO, UNTRIED,                             \
	    .note = "there is no key to be deleted"),                          \
	OPTION(TCP_AO_INFO, BYTES, AO, .flags = OPTION_UNTRIED,                \
	    .note = "it is of a connection with keys"),                        \
	OPTION(TCP_AO_GET_KEYS, BYTES, AO, GET_ONLY)

const struct option_name tcp_keys[] = {
	OPTION(TCP_MD5SIG, BYTES, SIGNED_BY(signature), .since = "2.6.20"),
	OPTION(TCP_MD5SIG_EXT, BYTES, SIGNED_BY(signature), .since = "4.14"),
	AO_KEYS,
	{ .constant = NULL },
};

const struct option_name tcp6_keys[] = {
	OPTION(TCP_MD5SIG, BYTES, SIGNED_BY(signature6), .since = "2.6.20"),
	OPTION(TCP_MD5SIG_EXT, BYTES, SIGNED_BY(signature6),
	    .since = "4.14"),
	AO_KEYS,
	{ .constant = NULL },
};

/* TCP_NO_QUEUE and its kin of linux/tcp.h. */
static const struct option_word queues[] = {
	OPTION_WORD_OF(TCP_NO_QUEUE), OPTION_WORD_OF(TCP_RECV_QUEUE),
	OPTION_WORD_OF(TCP_SEND_QUEUE), { 0, NULL },
};

static const struct option_field window[] = {
	OPTION_FIELD(struct tcp_repair_window, snd_wl1, UNSIGNED),
	OPTION_FIELD(struct tcp_repair_window, snd_wnd, UNSIGNED),
	OPTION_FIELD(struct tcp_repair_window, max_window, UNSIGNED),
	OPTION_FIELD(struct tcp_repair_window, rcv_wnd, UNSIGNED),
	OPTION_FIELD(struct tcp_repair_window, rcv_wup, UNSIGNED),
	{ .name = NULL },
};

/* The largest segment of the peer's (RFC 9293, 3.2): kind 2. */
static const struct tcp_repair_opt segment = { 2, 1000 };

#define REPAIR .first = TCP_REPAIR, ADMIN

const struct option_name tcp_repair[] = {
	OPTION(TCP_REPAIR, BOOL, ADMIN, .since = "3.5"),
	OPTION(TCP_REPAIR_QUEUE, WORD, REPAIR, .words = queues,
	    TRY_INT(TCP_SEND_QUEUE), .since = "3.5"),
	OPTION(TCP_QUEUE_SEQ, UNSIGNED, .first = TCP_REPAIR_QUEUE, ADMIN,
	    OPTION_TRY(uint32_t, 12345), .since = "3.5"),
	OPTION(TCP_REPAIR_OPTIONS, BYTES, REPAIR,
	    .flags = OPTION_SET_ONLY, TRY(segment), .since = "3.5"),
	OPTION(TCP_REPAIR_WINDOW, FIELDS, REPAIR, .fields = window,
	    .size = sizeof(struct tcp_repair_window), .since = "4.8",
	    .varies = "the windows of both ends"),
	OPTION(TCP_AO_REPAIR, BYTES, .size = 64, REPAIR, .since = "6.7"),
	{ .constant = NULL },
};
