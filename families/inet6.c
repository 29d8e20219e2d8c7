/*
 * inet6: IPv6 (ipv6(7), RFC 3493, RFC 3542).
 *
 * Address text: HOST is an IPv6 address as inet_pton(3) takes it, with the
 * interface of a link-local one behind a percent sign, by name or by index
 * (fe80::1%eth0, RFC 4007 section 11), or a host name; the port is 0 to 65535.
 * Printed as [::1]:12345, the scope as its index.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "families.h"
#include "ip.h"

static const struct sockaddr_in6 *
ipv6_of(const struct endpoint *endpoint)
{
	if (endpoint->length < sizeof(struct sockaddr_in6) ||
	    endpoint->any.sa_family != AF_INET6)
		return NULL;
	return (const struct sockaddr_in6 *)(const void *)&endpoint->storage;
}

static int
parse_scope(const struct wish *wish, const char *text, uint32_t *scope,
    char *why, size_t room)
{
	const char *error;
	unsigned index;

	*scope = (uint32_t)strtonum(text, 1, UINT32_MAX, &error);
	if (error == NULL)
		return 0;
	if (wish->lookup->interface(text, &index) != 0) {
		snprintf(why, room, "no interface '%s' on this machine: "
		    "ip link lists them", text);
		return -ENODEV;
	}
	*scope = index;
	return 0;
}

static int
parse_host(const struct wish *wish, const char *text, struct sockaddr_in6 *in6,
    char *why, size_t room)
{
	char host[INET6_ADDRSTRLEN];
	const char *percent = strchr(text, '%');
	size_t length = percent != NULL ? (size_t)(percent - text)
					: strlen(text);

	snprintf(host, sizeof(host), "%.*s", (int)length, text);
	if (length >= sizeof(host) ||
	    inet_pton(AF_INET6, host, &in6->sin6_addr) != 1) {
		snprintf(why, room, "'%s' is not an IPv6 address", text);
		return -EINVAL;
	}
	if (percent == NULL)
		return 0;
	return parse_scope(wish, percent + 1, &in6->sin6_scope_id, why, room);
}

static int
inet6_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	const char *host = wish->host != NULL ? wish->host : "::1";
	int error = ip_port(wish, &in6.sin6_port, why, room);

	if (error == 0)
		error = parse_host(wish, host, &in6, why, room);
	if (error != 0)
		return error;
	if (ip_unbound(wish))
		return 0;
	endpoint_set(out, &in6, sizeof(in6));
	return 1;
}

static void
scoped_host(const struct sockaddr_in6 *in6, char *text, size_t room)
{
	char host[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
	if (in6->sin6_scope_id != 0)
		snprintf(text, room, "%s%%%u", host, in6->sin6_scope_id);
	else
		snprintf(text, room, "%s", host);
}

static int
inet6_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_in6 *in6 = ipv6_of(endpoint);
	char host[INET6_ADDRSTRLEN + 12];

	if (in6 == NULL)
		return -EINVAL;
	scoped_host(in6, host, sizeof(host));
	snprintf(text, room, "[%s]:%u", host, ntohs(in6->sin6_port));
	return 0;
}

static int
inet6_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX])
{
	const struct sockaddr_in6 *in6 = ipv6_of(endpoint);
	char host[INET6_ADDRSTRLEN];

	if (in6 == NULL)
		return -EINVAL;
	inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
	fields[0] = (struct field){ "sin6_family",
		offsetof(struct sockaddr_in6, sin6_family),
		sizeof(in6->sin6_family), false, "AF_INET6", "" };
	ip_number_field(&fields[1], "sin6_port",
	    offsetof(struct sockaddr_in6, sin6_port), sizeof(in6->sin6_port),
	    ntohs(in6->sin6_port), "htons");
	ip_number_field(&fields[2], "sin6_flowinfo",
	    offsetof(struct sockaddr_in6, sin6_flowinfo),
	    sizeof(in6->sin6_flowinfo), ntohl(in6->sin6_flowinfo), "htonl");
	fields[3] = (struct field){ "sin6_addr",
		offsetof(struct sockaddr_in6, sin6_addr),
		sizeof(in6->sin6_addr), false, "", "" };
	strlcpy(fields[3].value, host, sizeof(fields[3].value));
	snprintf(fields[3].strace, sizeof(fields[3].strace),
	    "inet_pton(AF_INET6, \"%s\", &sin6_addr)", host);
	ip_number_field(&fields[4], "sin6_scope_id",
	    offsetof(struct sockaddr_in6, sin6_scope_id),
	    sizeof(in6->sin6_scope_id), in6->sin6_scope_id, NULL);
	return 5;
}

/* A server on the wildcard is contacted on the loopback. */
static int
inet6_contact(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	const struct sockaddr_in6 *in6 = ipv6_of(bound);
	struct sockaddr_in6 contact;

	(void)asked;
	if (in6 == NULL)
		return -EINVAL;
	contact = *in6;
	if (IN6_IS_ADDR_UNSPECIFIED(&contact.sin6_addr))
		contact.sin6_addr = in6addr_loopback;
	endpoint_set(out, &contact, sizeof(contact));
	return 0;
}

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
#define IP_RAW_LARGEST 65535
#define IP_WHOLE_LARGEST (IP_RAW_LARGEST - sizeof(struct ip6_hdr))
#define IP_UDP_LARGEST (IP_RAW_LARGEST - 8)

#define IP_FIND(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#include "ip_tables.inc"

const struct family inet6_family = {
	.name = "inet6",
	.constant = "AF_INET6",
	.domain = AF_INET6,
	.summary = "IPv6: the Internet with long addresses",
	.address_grammar =
	    "an IPv6 address, %interface behind it where it is link-local, "
	    "or a host name; port 0 to 65535",
	.brought_by = "this kernel has no IPv6: modprobe ipv6 (CONFIG_IPV6), "
		      "or boot without ipv6.disable=1",
	.protocols = protocols,
	.protocol_zero = "IPPROTO_IP",
	.cells = cells,
	.refusals = ip_refusals,
	.refusal_source = "socket(2)",
	.hints = ip_hints,
	.options = ip_options,
	.host_names = true,
	.address = inet6_address,
	.format = inet6_format,
	.lay_out = inet6_lay_out,
	.contact = inet6_contact,
};
