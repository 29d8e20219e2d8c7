#include "ip_envelope.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdbool.h>
#include <string.h>

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
	/* The kernel writes ICMPv6's (RFC 3542, section 3.1). */
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
