/*
 * inet: IPv4 (ip(7), tcp(7), udp(7), raw(7), icmp(7)). Its addresses: ipv4.h.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <string.h>

#include "families.h"
#include "ip.h"
#include "ip_documents.h"
#include "ip_envelope.h"
#include "ip_options.h"
#include "ip_probes.h"
#include "ipv4.h"

/* The header of a packet on a socket of IPPROTO_RAW (raw(7)). */
static ssize_t
wrap_whole(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	const struct sockaddr_in *peer = ipv4_of(envelope->peer);
	/* Checksum, and source where it is 0, are filled in by the kernel. */
	struct iphdr header = {
		.version = IPVERSION,
		.ihl = sizeof(header) / 4,
		.ttl = IPDEFTTL,
		.protocol = IPPROTO_RAW,
	};
	ssize_t body;

	*taken = length;
	if (peer == NULL)
		return -EDESTADDRREQ;
	if (room < sizeof(header))
		return -EMSGSIZE;
	body = ip_wrap_label(envelope, payload, length, taken,
	    (unsigned char *)packet + sizeof(header), room - sizeof(header));
	if (body < 0)
		return body;
	header.daddr = peer->sin_addr.s_addr;
	header.tot_len = htons((uint16_t)(sizeof(header) + (size_t)body));
	memcpy(packet, &header, sizeof(header));
	return (ssize_t)sizeof(header) + body;
}

/* What a raw socket receives begins with the IP header (raw(7)). */
static size_t
header_length(const void *packet, size_t length)
{
	const unsigned char *bytes = packet;
	size_t header;

	if (length < sizeof(struct iphdr))
		return length;
	header = (size_t)(bytes[0] & 0x0f) * 4;
	return header < length ? header : length;
}

static ssize_t
unwrap_raw(const struct envelope *envelope, const void *packet, size_t length,
    size_t *at)
{
	size_t header = header_length(packet, length);
	ssize_t found = ip_unwrap_label(envelope,
	    (const unsigned char *)packet + header, length - header, at);

	*at += header;
	return found;
}

static ssize_t
unwrap_reply(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	size_t header = header_length(packet, length);
	ssize_t found = ip_unwrap_reply(envelope,
	    (const unsigned char *)packet + header, length - header, at);

	*at += header;
	return found;
}

/* An IPv4 packet has at most 65535 bytes, 20 of them its header. */
#define IP_ICMP IPPROTO_ICMP
#define IP_ICMP_ALIAS "ping"
#define IP_ICMP_CONSTANT "IPPROTO_ICMP"
#define IP_MPTCP_CONFIG "CONFIG_MPTCP"
#define IP_DCCP_MODULE "dccp_ipv4"
#define IP_DCCP_SINCE "2.6.14"
#define IP_RAW_LARGEST (IP_MAXPACKET - sizeof(struct iphdr))
#define IP_WHOLE_LARGEST IP_RAW_LARGEST
#define IP_UDP_LARGEST (IP_RAW_LARGEST - 8)

/* The IP header's length in words is in byte 0. */
#define IP_FIND(offset)                                                        \
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),                                \
	    BPF_STMT(BPF_LD | BPF_W | BPF_IND, offset)
#include "ip_tables.inc"

const struct family inet_family = {
	.name = "inet",
	.constant = "AF_INET",
	.domain = AF_INET,
	.summary = "IPv4: the Internet, and two processes on one machine",
	.address_grammar = "a.b.c.d or a host name; port 0 to 65535",
	.origin = { NULL, "CONFIG_INET", NULL, NULL },
	.brought_by = "this kernel was built without IPv4 (CONFIG_INET)",
	.protocols = protocols,
	.protocol_zero = "IPPROTO_IP",
	.cells = cells,
	.refusals = ip_refusals,
	.refusal_source = "socket(2)",
	.hints = ip_hints,
	.probes = ip_probes,
	.documents = inet_documents,
	.differences = inet_differences,
	.unsteady = ip_unsteady,
	.levels = inet_levels,
	.host_names = true,
	.address = ipv4_address,
	.format = ipv4_format,
	.lay_out = ipv4_lay_out,
	.contact = ipv4_contact,
};
