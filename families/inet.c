/*
 * inet: IPv4 (ip(7), tcp(7), udp(7), raw(7), icmp(7)).
 *
 * Address text: HOST is dotted decimal, as inet_pton(3) takes it, or a name;
 * the port is 0 to 65535. Printed as 127.0.0.1:12345.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <string.h>

#include "families.h"
#include "ip.h"

static const struct sockaddr_in *
ipv4_of(const struct endpoint *endpoint)
{
	if (endpoint->length < sizeof(struct sockaddr_in) ||
	    endpoint->any.sa_family != AF_INET)
		return NULL;
	return (const struct sockaddr_in *)(const void *)&endpoint->storage;
}

static int
inet_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	const char *host = wish->host != NULL ? wish->host : "127.0.0.1";
	int error = ip_port(wish, &in.sin_port, why, room);

	if (error != 0)
		return error;
	if (inet_pton(AF_INET, host, &in.sin_addr) != 1) {
		snprintf(why, room, "'%s' is not an IPv4 address", host);
		return -EINVAL;
	}
	if (ip_unbound(wish))
		return 0;
	endpoint_set(out, &in, sizeof(in));
	return 1;
}

static int
inet_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_in *in = ipv4_of(endpoint);
	char host[INET_ADDRSTRLEN];

	if (in == NULL)
		return -EINVAL;
	inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
	snprintf(text, room, "%s:%u", host, ntohs(in->sin_port));
	return 0;
}

static int
inet_lay_out(const struct endpoint *endpoint, struct field fields[FIELDS_MAX])
{
	const struct sockaddr_in *in = ipv4_of(endpoint);
	char host[INET_ADDRSTRLEN];

	if (in == NULL)
		return -EINVAL;
	inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
	fields[0] = (struct field){ "sin_family",
		offsetof(struct sockaddr_in, sin_family),
		sizeof(in->sin_family), false, "AF_INET", "" };
	ip_number_field(&fields[1], "sin_port",
	    offsetof(struct sockaddr_in, sin_port), sizeof(in->sin_port),
	    ntohs(in->sin_port), "htons");
	fields[2] = (struct field){ "sin_addr",
		offsetof(struct sockaddr_in, sin_addr), sizeof(in->sin_addr),
		false, "", "" };
	strlcpy(fields[2].value, host, sizeof(fields[2].value));
	snprintf(fields[2].strace, sizeof(fields[2].strace),
	    "sin_addr=inet_addr(\"%s\")", host);
	return 3;
}

/* A server on the wildcard is contacted on the loopback (ip(7)). */
static int
inet_contact(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	const struct sockaddr_in *in = ipv4_of(bound);
	struct sockaddr_in contact;

	(void)asked;
	if (in == NULL)
		return -EINVAL;
	contact = *in;
	if (contact.sin_addr.s_addr == htonl(INADDR_ANY))
		contact.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	endpoint_set(out, &contact, sizeof(contact));
	return 0;
}

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
	.brought_by = "this kernel was built without IPv4 (CONFIG_INET)",
	.protocols = protocols,
	.protocol_zero = "IPPROTO_IP",
	.cells = cells,
	.refusals = ip_refusals,
	.refusal_source = "socket(2)",
	.hints = ip_hints,
	.options = ip_options,
	.host_names = true,
	.address = inet_address,
	.format = inet_format,
	.lay_out = inet_lay_out,
	.contact = inet_contact,
};
