/*
 * smc: Shared Memory Communications (smc(7) of smc-tools, RFC 7609, af_smc.c).
 * A socket looks like one of TCP, and TCP makes its connections; where both
 * ends have RDMA or ISM devices, the bytes then go through memory that the two
 * share, and where they don't, as here, they stay on TCP ("fallback"). The
 * other end may be a program that knows TCP only.
 *
 * Addresses are those of IPv4 (protocol smc, ipv4.h) and of IPv6 (protocol
 * smc6, ipv6.h), and so is the port.
 */
#include <errno.h>
#include <sys/socket.h>

#include "families.h"
#include "ip/ip.h"
#include "ip/ip_address.h"
#include "ip/ipv4.h"
#include "ip/ipv6.h"
#include "smc_options.h"
#include "smc_probes.h"

static const struct protocol protocols[] = {
	{ "smc", NULL, SMCPROTO_SMC, "SMCPROTO_SMC", 0 },
	{ "smc6", NULL, SMCPROTO_SMC6, "SMCPROTO_SMC6", 0 },
	{ .name = NULL },
};

static const struct cell cells[] = {
	{
		.type = SOCK_STREAM, .protocol = SMCPROTO_SMC,
		.by_default = true,
		.shape = SHAPE_CONNECTED, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_RELIABLE | TRAIT_ORDERED | TRAIT_HALF_CLOSE,
		.settings = ip_reuse,
	},
	{
		.type = SOCK_STREAM, .protocol = SMCPROTO_SMC6,
		.shape = SHAPE_CONNECTED, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_RELIABLE | TRAIT_ORDERED | TRAIT_HALF_CLOSE,
		.settings = ip_reuse, .lacking = EPROTONOSUPPORT,
		.origin = { .since = "4.17" },
	},
	{ .type = 0 },
};

static const int refusals[] = { ESOCKTNOSUPPORT, EPROTONOSUPPORT, 0 };

static const struct hint hints[] = {
	IP_ADDRESS_HINTS,
	{ .verdict = VERDICT_WORKS },
};

static int
smc_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	return wish->cell->protocol == SMCPROTO_SMC6
	    ? ipv6_address(wish, out, why, room)
	    : ipv4_address(wish, out, why, room);
}

const struct family smc_family = {
	.name = "smc",
	.constant = "AF_SMC",
	.domain = AF_SMC,
	.summary = "TCP's connections, over memory that two machines share",
	.address_grammar =
	    "a.b.c.d (smc), an IPv6 address (smc6), or a host name; port 0 to "
	    "65535",
	.origin = { "smc", "CONFIG_SMC", "4.11", NULL },
	.protocols = protocols,
	.protocol_zero = "SMCPROTO_SMC",
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "smc_create() of Linux's net/smc/af_smc.c",
	.hints = hints,
	.levels = smc_levels,
	.probes = smc_probes,
	.host_names = true,
	.address = smc_address,
	.format = ip_address_format,
	.lay_out = ip_address_lay_out,
	.contact = ip_address_contact,
};
