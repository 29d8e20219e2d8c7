/* Which levels of options the cells of inet and inet6 have. */
#include <netinet/in.h>
#include <sys/socket.h>

#include "ip.h"
#include "ip_options.h"

/* Newer than the headers of some systems that this is built on. */
#ifndef SOL_UDPLITE
#define SOL_UDPLITE 136
#endif
#ifndef SOL_SCTP
#define SOL_SCTP 132
#endif
#ifndef SOL_DCCP
#define SOL_DCCP 269
#endif
#ifndef SOL_TLS
#define SOL_TLS 282
#endif
#ifndef SOL_MPTCP
#define SOL_MPTCP 284
#endif

#define RAW (1u << SOCK_RAW)
/* A raw socket of TCP, say, has no options of TCP. */
#define COOKED (1u << SOCK_STREAM | 1u << SOCK_DGRAM |                         \
    1u << SOCK_SEQPACKET | 1u << SOCK_DCCP)

static const int tcp[] = { IPPROTO_TCP, IPPROTO_MPTCP, PROTOCOL_ANY };
static const int mptcp[] = { IPPROTO_MPTCP, PROTOCOL_ANY };
static const int udp[] = { IPPROTO_UDP, IPPROTO_UDPLITE, PROTOCOL_ANY };
static const int udplite[] = { IPPROTO_UDPLITE, PROTOCOL_ANY };
static const int sctp[] = { IPPROTO_SCTP, PROTOCOL_ANY };
static const int dccp[] = { IPPROTO_DCCP, PROTOCOL_ANY };
static const int icmp[] = { IPPROTO_ICMP, PROTOCOL_ANY };
static const int icmpv6[] = { IPPROTO_ICMPV6, PROTOCOL_ANY };

/* What goes over both, with the keys of one. */
#define TRANSPORTS(keys)                                                       \
	{ IPPROTO_TCP, "SOL_TCP", tcp_options, COOKED, tcp },                      \
	{ IPPROTO_TCP, "SOL_TCP", keys, COOKED, tcp },                             \
	{ IPPROTO_TCP, "SOL_TCP", tcp_repair, COOKED, tcp },                       \
	{ SOL_TLS, "SOL_TLS", tls_options, COOKED, tcp },                      \
	{ SOL_MPTCP, "SOL_MPTCP", mptcp_options, COOKED, mptcp },              \
	{ IPPROTO_UDP, "SOL_UDP", udp_options, COOKED, udp },                      \
	{ SOL_UDPLITE, "SOL_UDPLITE", udplite_options, COOKED, udplite },      \
	{ SOL_SCTP, "SOL_SCTP", sctp_options, COOKED, sctp },                  \
	{ SOL_SCTP, "SOL_SCTP", sctp_features, COOKED, sctp },                 \
	{ SOL_DCCP, "SOL_DCCP", dccp_options, COOKED, dccp }

const struct option_level inet_levels[] = {
	{ SOL_IP, "SOL_IP", ip_options, 0, NULL },
	{ SOL_IP, "SOL_IP", ip_groups, 0, NULL },
	TRANSPORTS(tcp_keys),
	{ SOL_RAW, "SOL_RAW", icmp_options, RAW, icmp },
	{ .constant = NULL },
};

/* Sockets of IPv6 carry IPv4 as well, but raw ones, and take its options. */
const struct option_level inet6_levels[] = {
	{ SOL_IPV6, "SOL_IPV6", ipv6_options, 0, NULL },
	{ SOL_IPV6, "SOL_IPV6", ipv6_headers, 0, NULL },
	{ SOL_IPV6, "SOL_IPV6", ipv6_groups, 0, NULL },
	{ SOL_IP, "SOL_IP", ip_options, COOKED, NULL },
	{ SOL_IP, "SOL_IP", ip_groups, COOKED, NULL },
	TRANSPORTS(tcp6_keys),
	{ SOL_RAW, "SOL_RAW", raw6_options, RAW, NULL },
	{ SOL_ICMPV6, "SOL_ICMPV6", icmpv6_options, RAW, icmpv6 },
	{ .constant = NULL },
};
