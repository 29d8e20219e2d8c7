/*
 * inet6: IPv6 (ipv6(7), RFC 3493, RFC 3542). Its addresses: ipv6.h.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <string.h>
#include <sys/ioctl.h>

#include "families.h"
#include "ip.h"
#include "ip_documents.h"
#include "ip_envelope.h"
#include "ip_options.h"
#include "ip_probes.h"
#include "ipv6.h"

/* The header of a packet on a socket of IPPROTO_RAW (RFC 3542, section 3). */
static ssize_t
wrap_whole(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	const struct sockaddr_in6 *self = ipv6_of(envelope->self);
	const struct sockaddr_in6 *peer = ipv6_of(envelope->peer);
	struct ip6_hdr header = { 0 };
	ssize_t body;

	*taken = length;
	if (self == NULL || peer == NULL)
		return -EDESTADDRREQ;
	if (room < sizeof(header))
		return -EMSGSIZE;
	body = ip_wrap_label(envelope, payload, length, taken,
	    (unsigned char *)packet + sizeof(header), room - sizeof(header));
	if (body < 0)
		return body;
	header.ip6_flow = htonl(6u << 28);
	header.ip6_plen = htons((uint16_t)body);
	header.ip6_nxt = IPPROTO_RAW;
	header.ip6_hlim = 64;
	header.ip6_src = self->sin6_addr;
	header.ip6_dst = peer->sin6_addr;
	memcpy(packet, &header, sizeof(header));
	return (ssize_t)sizeof(header) + body;
}

/* A raw IPv6 socket receives no IP header (RFC 3542, section 3). */
#define unwrap_raw ip_unwrap_label
#define unwrap_reply ip_unwrap_reply

/* 65535 counts what follows the header of 40 bytes (RFC 8200, section 3). */
#define IP_ICMP IPPROTO_ICMPV6
#define IP_ICMP_ALIAS "icmpv6"
#define IP_ICMP_CONSTANT "IPPROTO_ICMPV6"
#define IP_MPTCP_CONFIG "CONFIG_MPTCP_IPV6"
#define IP_DCCP_MODULE "dccp_ipv6"
#define IP_DCCP_SINCE "2.6.16"
#define IP_RAW_LARGEST 65535
#define IP_WHOLE_LARGEST (IP_RAW_LARGEST - sizeof(struct ip6_hdr))
#define IP_UDP_LARGEST (IP_RAW_LARGEST - 8)

#define IP_FIND(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#include "ip_tables.inc"

static const struct request_name requests[] = {
	{ SIOCADDRT, "SIOCADDRT" },
	{ SIOCDELRT, "SIOCDELRT" },
	{ .constant = NULL },
};

const struct family inet6_family = {
	.name = "inet6",
	.constant = "AF_INET6",
	.domain = AF_INET6,
	.summary = "IPv6: the Internet with long addresses",
	.address_grammar =
	    "an IPv6 address, %interface behind it where it is link-local, "
	    "or a host name; port 0 to 65535",
	.origin = { "ipv6", "CONFIG_IPV6", "2.2", NULL },
	.brought_by = "this kernel has no IPv6: modprobe ipv6 (CONFIG_IPV6), "
		      "or boot without ipv6.disable=1",
	.protocols = protocols,
	.protocol_zero = "IPPROTO_IP",
	.cells = cells,
	.refusals = ip_refusals,
	.refusal_source = "socket(2)",
	.hints = ip_hints,
	.requests = requests,
	.probes = ip_probes,
	.documents = inet6_documents,
	.differences = inet6_differences,
	.unsteady = ip_unsteady,
	.levels = inet6_levels,
	.host_names = true,
	.address = ipv6_address,
	.format = ipv6_format,
	.lay_out = ipv6_lay_out,
	.contact = ipv6_contact,
};
