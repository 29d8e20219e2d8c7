/*
 * The options of SOL_SMC (net/smc/af_smc.c of the kernel), and those that the
 * socket of TCP takes that every one of SMC has.
 */
#include "smc_options.h"

#include <netinet/in.h>

#include "ip/ip_options.h"
#include "shared/options.h"

/* Newer than the headers of some systems that this is built on. */
#ifndef SOL_SMC
#define SOL_SMC 286
#endif
#ifndef SMC_LIMIT_HS
#define SMC_LIMIT_HS 1
#endif

static const struct option_name options[] = {
	OPTION(SMC_LIMIT_HS, BOOL, .since = "5.18"),
	{ .constant = NULL },
};

static const int smc[] = { SMCPROTO_SMC, PROTOCOL_ANY };
static const int smc6[] = { SMCPROTO_SMC6, PROTOCOL_ANY };

const struct option_level smc_levels[] = {
	{ SOL_SMC, "SOL_SMC", options, 0, NULL },
	{ IPPROTO_TCP, "SOL_TCP", tcp_options, 0, NULL },
	{ IPPROTO_TCP, "SOL_TCP", tcp_keys, 0, smc },
	{ IPPROTO_TCP, "SOL_TCP", tcp6_keys, 0, smc6 },
	{ IPPROTO_TCP, "SOL_TCP", tcp_repair, 0, NULL },
	{ SOL_IPV6, "SOL_IPV6", ipv6_options, 0, smc6 },
	{ SOL_IPV6, "SOL_IPV6", ipv6_headers, 0, smc6 },
	{ SOL_IPV6, "SOL_IPV6", ipv6_groups, 0, smc6 },
	{ SOL_IP, "SOL_IP", ip_options, 0, NULL },
	{ SOL_IP, "SOL_IP", ip_groups, 0, NULL },
	{ .constant = NULL },
};
