/*
 * packet: frames of an interface, below IP (packet(7)).
 *
 * Address text: HOST is an interface, and behind a slash the address of the
 * interface at the other end: lo, eth0/02:00:00:00:00:02, or %4 for the one
 * with that index. Printed the same way. A server
 * needs its own interface only; a client needs to know whom it sends to, but
 * on lo. There are no ports.
 *
 * A protocol is an ethertype in the byte order of the network: the number that
 * socket() is given.
 */
#include <errno.h>
#include <string.h>

#include "shared/ethernet.h"
#include "families.h"
#include "packet.h"
#include "packet_documents.h"
#include "packet_probes.h"

static const struct protocol protocols[] = {
	{ "packet", "802_ex1", ETHERNET_TYPE, "htons(ETH_P_802_EX1)", 0 },
	{ .name = NULL },
};

/* A type of cooked frames sees what they carry, raw ones the header, too. */
static struct sock_filter cooked_code[] = {
	IP_KEEP_LABELED(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ETHERNET_LABEL)),
};
static struct sock_filter raw_code[] = {
	IP_KEEP_LABELED(BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    ETH_HLEN + ETHERNET_LABEL)),
};
static const struct sock_fprog cooked_program = {
	sizeof(cooked_code) / sizeof(cooked_code[0]), cooked_code
};
static const struct sock_fprog raw_program = {
	sizeof(raw_code) / sizeof(raw_code[0]), raw_code
};
static const struct setting cooked_filter[] = {
	IP_FILTER_SETTING(&cooked_program), { .sides = 0 },
};
static const struct setting raw_filter[] = {
	IP_FILTER_SETTING(&raw_program), { .sides = 0 },
};

static const struct surroundings loopback = { SURROUNDINGS_NAMESPACE, NULL };

static const struct variant variants[] = {
	{ .name = "lo", .host = "lo", .surroundings = &loopback },
	{ .name = "veth", .host = "sd0/" ETHERNET_SERVER, .client_host = "sd0",
	  .surroundings = &ethernet_pair },
	{ .name = NULL },
};

/* What this side sent is heard by those who listen to all protocols. */
static bool
is_outgoing(const struct envelope *envelope)
{
	const struct sockaddr_ll *from = packet_of(envelope->peer);

	return from != NULL && from->sll_pkttype == PACKET_OUTGOING;
}

static ssize_t
unwrap_cooked(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	*at = 0;
	return is_outgoing(envelope) ? -ENOMSG
	    : ethernet_unwrap(envelope, packet, length, at);
}

static ssize_t
wrap_raw(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	const struct sockaddr_ll *to = packet_of(envelope->peer);
	const struct sockaddr_ll *from = packet_of(envelope->self);
	struct ethhdr header = {
		.h_proto = (uint16_t)envelope->cell->protocol,
	};

	*taken = length;
	if (to == NULL)
		return -EDESTADDRREQ;
	memcpy(header.h_dest, to->sll_addr, ETH_ALEN);
	if (from != NULL)
		memcpy(header.h_source, from->sll_addr, ETH_ALEN);
	return ethernet_wrap_frame(envelope, &header, payload, length, taken,
	    packet, room);
}

static ssize_t
unwrap_raw(const struct envelope *envelope, const void *packet, size_t length,
    size_t *at)
{
	*at = 0;
	return is_outgoing(envelope) ? -ENOMSG
	    : ethernet_unwrap_frame(envelope, packet, length, at);
}

#define COOKED(number)                                                         \
	{                                                                      \
		.type = SOCK_DGRAM, .protocol = (number),                      \
		.needs_number = true, .alone = true,                           \
		.shape = SHAPE_BUS, .send_flags = MSG_NOSIGNAL,                \
		.traits = TRAIT_BOUNDARIES | TRAIT_EMPTY,                      \
		.largest = { LIMIT_BYTES, ETHERNET_LARGEST },                  \
		.settings = cooked_filter,                                     \
		.wrap = ethernet_wrap, .unwrap = unwrap_cooked,                \
	}
#define RAW(number)                                                            \
	{                                                                      \
		.type = SOCK_RAW, .protocol = (number),                        \
		.needs_number = true, .alone = true,                           \
		.shape = SHAPE_BUS, .send_flags = MSG_NOSIGNAL,                \
		.traits = TRAIT_BOUNDARIES | TRAIT_EMPTY,                      \
		.largest = { LIMIT_BYTES, ETHERNET_LARGEST },                  \
		.settings = raw_filter,                                        \
		.wrap = wrap_raw, .unwrap = unwrap_raw,                        \
	}

static const struct cell cells[] = {
	COOKED(ETHERNET_TYPE), COOKED(PROTOCOL_ANY),
	RAW(ETHERNET_TYPE), RAW(PROTOCOL_ANY),
	{ .type = 0 },
};

/* packet_create() of the kernel. */
static const int refusals[] = { ESOCKTNOSUPPORT, 0 };

static const struct hint hints[] = {
	{ 0, PROTOCOL_ANY, "socket", EPERM, VERDICT_DENIED,
	  "packet sockets need CAP_NET_RAW: run it as root" },
	{ 0, PROTOCOL_ANY, "sendto", EMSGSIZE, VERDICT_BROKEN,
	  "the interface's MTU is smaller than the frame: choose a smaller "
	  "--size" },
	{ 0, PROTOCOL_ANY, "sendto", EINVAL, VERDICT_BROKEN,
	  "the interface takes no frames with such addresses" },
	{ .verdict = VERDICT_WORKS },
};

const struct family packet_family = {
	.name = "packet",
	.constant = "AF_PACKET",
	.domain = AF_PACKET,
	.summary = "frames of an interface, below IP",
	.address_grammar =
	    "an interface, and of whom to send to the address behind a slash: "
	    "eth0/02:00:00:00:00:02",
	.origin = { .modules = "af_packet", .config = "CONFIG_PACKET",
		.since = "2.2" },
	.protocols = protocols,
	.protocol_zero = "htons(0 /* ETH_P_??? */)",
	.protocol_prefix = "ETH_P",
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "packet(7), socket(2)",
	.hints = hints,
	.probes = packet_probes,
	.levels = packet_levels,
	.variants = variants,
	.documents = packet_documents,
	.unsteady = packet_unsteady,
	.address = packet_address,
	.format = packet_format,
	.lay_out = packet_lay_out,
	.contact = packet_contact,
};
