#include "ip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <string.h>

#define BOTH_SIDES (1u << SIDE_CLIENT | 1u << SIDE_SERVER)

/* From linux/sctp.h and linux/dccp.h, which not every system has. */
#define SCTP_NODELAY_OPTION 3
#define DCCP_LEVEL 269
#define DCCP_SERVICE_OPTION 2

static const int on = 1;
/* The service code that both ends must name alike (RFC 4340, 8.1.2): "demo". */
static const unsigned char service[4] = { 'd', 'e', 'm', 'o' };

const struct setting ip_reuse[] = {
	{ 1u << SIDE_SERVER, true, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on) },
	{ .sides = 0 },
};

const struct setting ip_sctp[] = {
	/* Else a second small message waits for the first one's answer. */
	{ BOTH_SIDES, false, IPPROTO_SCTP, SCTP_NODELAY_OPTION, &on,
	  sizeof(on) },
	{ .sides = 0 },
};

const struct setting ip_dccp[] = {
	{ BOTH_SIDES, false, DCCP_LEVEL, DCCP_SERVICE_OPTION, service,
	  sizeof(service) },
	{ .sides = 0 },
};

/* socket(2); ESOCKTNOSUPPORT: "bad type" in inet_create() of the kernel. */
const int ip_refusals[] = { EPROTONOSUPPORT, ESOCKTNOSUPPORT, EPROTOTYPE, 0 };

#define PING_REMEDY                                                            \
	"ping sockets are for the groups that a sysctl names: "                \
	"sysctl -w net.ipv4.ping_group_range='0 2147483647'"
#define SCTP_REMEDY                                                            \
	"this kernel has no SCTP: modprobe sctp (CONFIG_IP_SCTP)"
#define DCCP_REMEDY                                                            \
	"this kernel has no DCCP: modprobe dccp_ipv4 dccp_ipv6 "               \
	"(CONFIG_IP_DCCP; removed in Linux 6.16)"
#define MPTCP_RAW                                                              \
	"protocol 262 does not fit into the 8 bits of the IP header; "         \
	"MPTCP is had as --type stream"

const struct hint ip_hints[] = {
	{ SOCK_DGRAM, IPPROTO_ICMP, "socket", EACCES, VERDICT_DENIED,
	  PING_REMEDY },
	{ SOCK_DGRAM, IPPROTO_ICMPV6, "socket", EACCES, VERDICT_DENIED,
	  PING_REMEDY },
	{ SOCK_STREAM, IPPROTO_SCTP, "socket", EPROTONOSUPPORT,
	  VERDICT_REFUSED, SCTP_REMEDY },
	{ SOCK_SEQPACKET, IPPROTO_SCTP, "socket", ESOCKTNOSUPPORT,
	  VERDICT_REFUSED, SCTP_REMEDY },
	{ SOCK_DCCP, IPPROTO_DCCP, "socket", ESOCKTNOSUPPORT,
	  VERDICT_REFUSED, DCCP_REMEDY },
	{ SOCK_STREAM, IPPROTO_MPTCP, "socket", EPROTONOSUPPORT,
	  VERDICT_REFUSED,
	  "this kernel has no MPTCP (CONFIG_MPTCP; since Linux 5.6)" },
	{ SOCK_STREAM, IPPROTO_MPTCP, "socket", ENOPROTOOPT, VERDICT_REFUSED,
	  "MPTCP is switched off: sysctl -w net.mptcp.enabled=1" },
	{ SOCK_DGRAM, IPPROTO_UDPLITE, "socket", EPROTONOSUPPORT,
	  VERDICT_REFUSED,
	  "this kernel has no UDP-Lite (since Linux 2.6.20, removed in 7.1)" },
	{ SOCK_RAW, IPPROTO_MPTCP, "sendto", EINVAL, VERDICT_REFUSED,
	  MPTCP_RAW },
	{ SOCK_RAW, IPPROTO_MPTCP, "recvfrom", ETIMEDOUT, VERDICT_REFUSED,
	  MPTCP_RAW },
	{ SOCK_RAW, PROTOCOL_ANY, "socket", EINVAL, VERDICT_REFUSED,
	  "the kernel takes no protocol number as high as that" },
	{ SOCK_RAW, PROTOCOL_ANY, "sendto", EINVAL, VERDICT_REFUSED,
	  "a protocol number above 255 does not fit into the IP header" },
	{ SOCK_RAW, PROTOCOL_ANY, "socket", EPERM, VERDICT_DENIED,
	  "raw sockets need CAP_NET_RAW: run it as root" },
	{ 0, PROTOCOL_ANY, "bind", EACCES, VERDICT_DENIED,
	  "ports below net.ipv4.ip_unprivileged_port_start need "
	  "CAP_NET_BIND_SERVICE: choose a higher one" },
	{ 0, PROTOCOL_ANY, "bind", EADDRNOTAVAIL, VERDICT_NO_DEVICE,
	  "no interface that is up has that address: ip link set lo up (for "
	  "loopback), or ip addr add ADDRESS dev INTERFACE" },
	{ 0, PROTOCOL_ANY, "bind", EINVAL, VERDICT_BROKEN,
	  "the address cannot be bound; a link-local one needs its interface "
	  "(fe80::1%eth0)" },
	{ SOCK_DGRAM, PROTOCOL_ANY, "sendto", EACCES, VERDICT_DENIED,
	  "a broadcast address takes SO_BROADCAST (ip(7)), which is not set "
	  "here; or a rule forbids it" },
	{ 0, PROTOCOL_ANY, NULL, ENETUNREACH, VERDICT_NO_DEVICE,
	  "there is no route to that address: ip link set lo up (for "
	  "loopback), or ip route add" },
	{ .verdict = VERDICT_WORKS },
};

const struct option_name ip_options[] = {
	{ IPPROTO_SCTP, SCTP_NODELAY_OPTION, "SOL_SCTP", "SCTP_NODELAY",
	  OPTION_INT },
	{ DCCP_LEVEL, DCCP_SERVICE_OPTION, "SOL_DCCP", "DCCP_SOCKOPT_SERVICE",
	  OPTION_BYTES },
	{ .name_constant = NULL },
};

int
ip_port(const struct wish *wish, in_port_t *port, char *why, size_t room)
{
	*port = 0;
	if (wish->port < 0 || wish->port > UINT16_MAX) {
		snprintf(why, room, "port %ld is not in 0 to 65535",
		    wish->port);
		return -ERANGE;
	}
	if (wish->cell->type == SOCK_RAW)
		return 0;
	if (wish->to_contact && wish->port == 0 &&
	    wish->cell->shape != SHAPE_KERNEL) {
		snprintf(why, room, "port 0 cannot be contacted: "
		    "give the server's with --port");
		return -EDESTADDRREQ;
	}
	*port = htons((uint16_t)wish->port);
	return 0;
}

bool
ip_unbound(const struct wish *wish)
{
	return wish->side == SIDE_CLIENT && !wish->to_contact &&
	    wish->cell->shape != SHAPE_BUS;
}

/* Word, run, side; the number behind them is for whoever captures packets. */
#define IP_LABEL_OWNER 9

static void
put_word(unsigned char *bytes, uint32_t word)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(word >> (24 - 8 * i));
}

ssize_t
ip_wrap_label(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	unsigned char *bytes = packet;

	*taken = length;
	if (length + IP_LABEL > room)
		return -EMSGSIZE;
	put_word(bytes, IP_LABEL_WORD);
	put_word(bytes + 4, envelope->run);
	bytes[8] = envelope->side == SIDE_CLIENT ? 'c' : 's';
	for (int i = 0; i < 3; i++)
		bytes[9 + i] =
		    (unsigned char)(envelope->number >> (16 - 8 * i));
	if (length != 0)
		memcpy(bytes + IP_LABEL, payload, length);
	return (ssize_t)(length + IP_LABEL);
}

ssize_t
ip_unwrap_label(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	struct envelope other = *envelope;
	unsigned char expected[IP_LABEL];
	size_t taken;

	*at = 0;
	other.side = envelope->side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
	ip_wrap_label(&other, NULL, 0, &taken, expected, sizeof(expected));
	if (length < IP_LABEL ||
	    memcmp(packet, expected, IP_LABEL_OWNER) != 0)
		return -ENOMSG;
	*at = IP_LABEL;
	return (ssize_t)(length - IP_LABEL);
}

/* The Internet checksum (RFC 1071). */
static uint16_t
checksum(const unsigned char *bytes, size_t length)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	if (length % 2 != 0)
		sum += (uint32_t)bytes[length - 1] << 8;
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static bool
is_v6(const struct envelope *envelope)
{
	return envelope->cell->protocol == IPPROTO_ICMPV6;
}

static unsigned char
reply_type(const struct envelope *envelope)
{
	return is_v6(envelope) ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
}

/* Writes the header of an echo message before its body of `length` bytes. */
static ssize_t
seal_echo(unsigned char type, const struct envelope *envelope, size_t length,
    unsigned char *echo)
{
	uint16_t sum;

	memset(echo, 0, IP_ECHO_HEADER);
	echo[0] = type;
	echo[6] = (unsigned char)(envelope->number >> 8);
	echo[7] = (unsigned char)envelope->number;
	/* ICMPv6's, with its pseudo-header, the kernel writes (RFC 3542, 3.1). */
	sum = checksum(echo, length + IP_ECHO_HEADER);
	echo[2] = (unsigned char)(sum >> 8);
	echo[3] = (unsigned char)sum;
	return (ssize_t)(length + IP_ECHO_HEADER);
}

ssize_t
ip_wrap_ping(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	unsigned char *echo = packet;

	*taken = length;
	if (length + IP_ECHO_HEADER > room)
		return -EMSGSIZE;
	if (length != 0)
		memcpy(echo + IP_ECHO_HEADER, payload, length);
	return seal_echo(is_v6(envelope) ? ICMP6_ECHO_REQUEST : ICMP_ECHO,
	    envelope, length, echo);
}

ssize_t
ip_unwrap_ping(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	const unsigned char *echo = packet;

	if (length < IP_ECHO_HEADER || echo[0] != reply_type(envelope) ||
	    (echo[6] << 8 | echo[7]) != (int)(envelope->number & 0xffff))
		return -ENOMSG;
	*at = IP_ECHO_HEADER;
	return (ssize_t)(length - IP_ECHO_HEADER);
}

ssize_t
ip_wrap_reply(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	unsigned char *echo = packet;
	ssize_t body;

	*taken = length;
	if (room < IP_ECHO_HEADER)
		return -EMSGSIZE;
	body = ip_wrap_label(envelope, payload, length, taken,
	    echo + IP_ECHO_HEADER, room - IP_ECHO_HEADER);
	return body < 0 ? body
	    : seal_echo(reply_type(envelope), envelope, (size_t)body, echo);
}

ssize_t
ip_unwrap_reply(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	const unsigned char *echo = packet;
	ssize_t found;

	*at = 0;
	if (length < IP_ECHO_HEADER || echo[0] != reply_type(envelope))
		return -ENOMSG;
	found = ip_unwrap_label(envelope, echo + IP_ECHO_HEADER,
	    length - IP_ECHO_HEADER, at);
	*at += IP_ECHO_HEADER;
	return found;
}

void
ip_number_field(struct field *field, const char *name, size_t offset,
    size_t size, uint32_t value, const char *function)
{
	*field = (struct field){ name, offset, size, true, "", "" };
	snprintf(field->value, sizeof(field->value), "%u", value);
	if (function != NULL)
		snprintf(field->strace, sizeof(field->strace), "%s=%s(%u)",
		    name, function, value);
}
