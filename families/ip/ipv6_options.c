/* The options of SOL_IPV6 (ipv6(7), RFC 3493, RFC 3542). */
#include "ip_options.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

/* Behind netinet/in.h, whose part it then leaves out. */
#include <linux/in6.h>
#include <linux/xfrm.h>

/* Newer than the headers of some systems that this is built on. */
#ifndef IPV6_ROUTER_ALERT_ISOLATE
#define IPV6_ROUTER_ALERT_ISOLATE 30
#endif
#ifndef IPV6_USE_MIN_MTU
#define IPV6_USE_MIN_MTU 63	/* which linux/in6.h leaves to libc */
#endif
#ifndef IPV6_RECVERR_RFC4884
#define IPV6_RECVERR_RFC4884 31
#endif

void
ipv6_tell_address(const unsigned char *value, size_t length, char *text,
    size_t room)
{
	if (length < sizeof(struct in6_addr) ||
	    inet_ntop(AF_INET6, value, text, (socklen_t)room) == NULL)
		strlcpy(text, "?", room);
}

static const struct option_word discovery[] = {
	OPTION_WORD_OF(IPV6_PMTUDISC_DONT), OPTION_WORD_OF(IPV6_PMTUDISC_WANT),
	OPTION_WORD_OF(IPV6_PMTUDISC_DO), OPTION_WORD_OF(IPV6_PMTUDISC_PROBE),
	OPTION_WORD_OF(IPV6_PMTUDISC_INTERFACE),
	OPTION_WORD_OF(IPV6_PMTUDISC_OMIT), { 0, NULL },
};

static const struct option_word domains[] = {
	OPTION_WORD_OF(AF_INET), OPTION_WORD_OF(AF_INET6), { 0, NULL },
};

/* RFC 5014. */
static const struct option_word preferences[] = {
	OPTION_WORD_OF(IPV6_PREFER_SRC_TMP),
	OPTION_WORD_OF(IPV6_PREFER_SRC_PUBLIC),
	OPTION_WORD_OF(IPV6_PREFER_SRC_COA),
	OPTION_WORD_OF(IPV6_PREFER_SRC_HOME),
	OPTION_WORD_OF(IPV6_PREFER_SRC_CGA),
	OPTION_WORD_OF(IPV6_PREFER_SRC_NONCGA),
	OPTION_WORD_OF(IPV6_PREFER_SRC_PUBTMP_DEFAULT), { 0, NULL },
};

static const struct option_field path_mtu[] = {
	{ .name = "ip6m_mtu", .offset = sizeof(struct sockaddr_in6), .size = 4,
	  .value = OPTION_UNSIGNED },
	{ .name = NULL },
};

/* A policy that lets everything pass. */
static const struct xfrm_userpolicy_info policy = {
	.sel = { .family = AF_INET6 },
	.action = XFRM_POLICY_ALLOW,
};
static const struct option_word actions[] = {
	OPTION_WORD_OF(XFRM_POLICY_ALLOW), OPTION_WORD_OF(XFRM_POLICY_BLOCK),
	{ 0, NULL },
};
static const struct option_field policy_fields[] = {
	OPTION_FIELD(struct xfrm_userpolicy_info, action, WORD,
	    .words = actions),
	{ .name = NULL },
};
#define POLICY SET_ONLY, ADMIN, .fields = policy_fields, TRY(policy)

/* A label for packets to ::1, made for this process alone. */
static const struct in6_flowlabel_req label = {
	.flr_dst = IN6ADDR_LOOPBACK_INIT,
	.flr_action = IPV6_FL_A_GET,
	.flr_share = IPV6_FL_S_EXCL,
	.flr_flags = IPV6_FL_F_CREATE,
};

#define LOOPBACK_INDEX 1

const struct option_name ipv6_options[] = {
	OPTION(IPV6_ADDRFORM, WORD, .words = domains, TRY_INT(AF_INET),
	    .note = "a socket of IPv6 that is connected to an address of IPv4 "
	    "becomes one of IPv4"),
	OPTION(IPV6_CHECKSUM, INT, TRY_INT(2)),
	OPTION(IPV6_UNICAST_HOPS, INT, TRY_INT(5)),
	OPTION(IPV6_UNICAST_IF, NETWORK, .since = "3.4",
	    OPTION_TRY_BYTES(((const unsigned char[]){ 0, 0, 0,
	    LOOPBACK_INDEX }))),
	OPTION(IPV6_ROUTER_ALERT, INT, TRY_INT(0)),
	OPTION(IPV6_ROUTER_ALERT_ISOLATE, BOOL, .since = "5.1"),
	OPTION(IPV6_MTU_DISCOVER, WORD, .words = discovery,
	    TRY_INT(IPV6_PMTUDISC_DO)),
	OPTION(IPV6_MTU, INT, TRY_INT(1400)),
	OPTION(IPV6_RECVERR, BOOL),
	OPTION(IPV6_RECVERR_RFC4884, BOOL, .since = "5.9"),
	OPTION(IPV6_V6ONLY, BOOL),
	OPTION(IPV6_FLOWINFO, BOOL),
	OPTION(IPV6_FLOWINFO_SEND, BOOL),
	OPTION(IPV6_FLOWLABEL_MGR, BYTES, .size = sizeof(label),
	    TRY(label),
	    .varies = "the label that was given"),
	OPTION(IPV6_AUTOFLOWLABEL, BOOL, .since = "3.17"),
	OPTION(IPV6_IPSEC_POLICY, FIELDS, POLICY),
	OPTION(IPV6_XFRM_POLICY, FIELDS, POLICY),
	OPTION(IPV6_HDRINCL, BOOL, .since = "4.5"),
	OPTION(IPV6_RECVPATHMTU, BOOL),
	OPTION(IPV6_PATHMTU, FIELDS, GET_ONLY, .fields = path_mtu),
	OPTION(IPV6_DONTFRAG, BOOL),
	OPTION(IPV6_USE_MIN_MTU, BOOL,
	    .note = "RFC 3542 has it, and no Linux"),
	OPTION(IPV6_TCLASS, HEX, TRY_INT(0x10)),
	OPTION(IPV6_ADDR_PREFERENCES, FLAGS, .words = preferences,
	    TRY_INT(IPV6_PREFER_SRC_PUBLIC), .since = "2.6.26"),
	OPTION(IPV6_MINHOPCOUNT, INT, TRY_INT(5), .since = "2.6.35"),
	OPTION(IPV6_RECVORIGDSTADDR, BOOL, .since = "2.6.37"),
	OPTION(IPV6_TRANSPARENT, BOOL, .since = "2.6.37",
	    .needs = "CAP_NET_ADMIN or CAP_NET_RAW"),
	OPTION(IPV6_RECVFRAGSIZE, BOOL, .since = "4.10"),
	OPTION(IPV6_FREEBIND, BOOL, .since = "4.15"),
	{ .constant = NULL },
};
