/* The options of SOL_IP (ip(7); do_ip_setsockopt() of the kernel). */
#include "ip_options.h"

#include <arpa/inet.h>
#include <linux/in.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Newer than the headers of some systems that this is built on. */
#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26
#endif
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#ifndef IP_PROTOCOL
#define IP_PROTOCOL 52
#endif

void
ipv4_tell_address(const unsigned char *value, size_t length, char *text,
    size_t room)
{
	if (length < sizeof(struct in_addr) ||
	    inet_ntop(AF_INET, value, text, (socklen_t)room) == NULL)
		strlcpy(text, "?", room);
}

/* The lower end in the lower half, and the upper one in the upper. */
static void
tell_ports(const unsigned char *value, size_t length, char *text, size_t room)
{
	uint32_t ports = 0;

	memcpy(&ports, value, length < sizeof(ports) ? length : sizeof(ports));
	if (ports == 0)
		strlcpy(text, "no range", room);
	else
		snprintf(text, room, "%u-%u", ports & 0xffff, ports >> 16);
}

static const struct option_word discovery[] = {
	OPTION_WORD_OF(IP_PMTUDISC_DONT), OPTION_WORD_OF(IP_PMTUDISC_WANT),
	OPTION_WORD_OF(IP_PMTUDISC_DO), OPTION_WORD_OF(IP_PMTUDISC_PROBE),
	OPTION_WORD_OF(IP_PMTUDISC_INTERFACE),
	OPTION_WORD_OF(IP_PMTUDISC_OMIT), { 0, NULL },
};

/* Three that do nothing, and the end of the list (RFC 791, 3.1). */
static const unsigned char padding[] = { 1, 1, 1, 0 };

/* A policy that lets everything pass. */
static const struct xfrm_userpolicy_info policy = {
	.sel = { .family = AF_INET },
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

const struct option_name ip_options[] = {
	OPTION(IP_TOS, HEX, TRY_INT(0x10)),
	OPTION(IP_TTL, INT, TRY_INT(5)),
	OPTION(IP_HDRINCL, BOOL),
	OPTION(IP_OPTIONS, BYTES, OPTION_TRY_BYTES(padding)),
	OPTION(IP_ROUTER_ALERT, BOOL),
	OPTION(IP_RECVOPTS, BOOL),
	OPTION(IP_RETOPTS, BOOL),
	OPTION(IP_PKTINFO, BOOL),
	OPTION(IP_PKTOPTIONS, BYTES, GET_ONLY, .size = 256),
	OPTION(IP_MTU_DISCOVER, WORD, .words = discovery,
	    TRY_INT(IP_PMTUDISC_DO)),
	OPTION(IP_RECVERR, BOOL),
	OPTION(IP_RECVTTL, BOOL),
	OPTION(IP_RECVTOS, BOOL),
	OPTION(IP_MTU, INT, GET_ONLY),
	OPTION(IP_FREEBIND, BOOL),
	OPTION(IP_IPSEC_POLICY, FIELDS, POLICY),
	OPTION(IP_XFRM_POLICY, FIELDS, POLICY),
	OPTION(IP_PASSSEC, BOOL, .since = "2.6.17"),
	OPTION(IP_TRANSPARENT, BOOL, .since = "2.6.24",
	    .needs = "CAP_NET_ADMIN or CAP_NET_RAW"),
	OPTION(IP_RECVORIGDSTADDR, BOOL, .since = "2.6.29"),
	OPTION(IP_MINTTL, INT, TRY_INT(5), .since = "2.6.34"),
	OPTION(IP_NODEFRAG, BOOL, .since = "2.6.36"),
	OPTION(IP_CHECKSUM, BOOL, .since = "4.0"),
	OPTION(IP_BIND_ADDRESS_NO_PORT, BOOL, .since = "4.2"),
	OPTION(IP_RECVFRAGSIZE, BOOL, .since = "4.10"),
	OPTION(IP_RECVERR_RFC4884, BOOL, .since = "5.9"),
	OPTION(IP_LOCAL_PORT_RANGE, HEX, .tell = tell_ports,
	    OPTION_TRY(uint32_t, 50000u << 16 | 40000u), .since = "6.3"),
	OPTION(IP_PROTOCOL, PROTOCOL, GET_ONLY, .since = "6.4"),
	{ .constant = NULL },
};
