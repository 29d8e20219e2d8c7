#include "ethernet.h"

#include <errno.h>
#include <string.h>

static const struct need pair[] = {
	{ .command = "ip link add sd0 address " ETHERNET_CLIENT " type veth "
	      "peer name sd0 address " ETHERNET_SERVER " netns {server}" },
	{ .command = "ip link set sd0 up" },
	{ .command = "ip link set sd0 up", .server = true },
	{ .command = NULL },
};

const struct surroundings ethernet_pair = {
	SURROUNDINGS_TWO_NAMESPACES, pair
};

ssize_t
ethernet_wrap(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	unsigned char *bytes = packet;
	ssize_t labeled;

	*taken = length;
	if (room < ETHERNET_LABEL || length > ETHERNET_LARGEST)
		return -EMSGSIZE;
	labeled = ip_wrap_label(envelope, payload, length, taken,
	    bytes + ETHERNET_LABEL, room - ETHERNET_LABEL);
	if (labeled < 0)
		return labeled;
	bytes[0] = (unsigned char)(labeled >> 8);
	bytes[1] = (unsigned char)labeled;
	return labeled + ETHERNET_LABEL;
}

ssize_t
ethernet_unwrap(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	const unsigned char *bytes = packet;
	size_t labeled;
	ssize_t found;

	*at = 0;
	if (length < ETHERNET_LABEL)
		return -ENOMSG;
	labeled = (size_t)(bytes[0] << 8 | bytes[1]);
	if (labeled > length - ETHERNET_LABEL)
		return -ENOMSG;
	found = ip_unwrap_label(envelope, bytes + ETHERNET_LABEL, labeled, at);
	*at += ETHERNET_LABEL;
	return found;
}

ssize_t
ethernet_wrap_frame(const struct envelope *envelope,
    const struct ethhdr *header, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	unsigned char *bytes = packet;
	ssize_t body;
	size_t whole;

	*taken = length;
	if (room < ETH_ZLEN)
		return -EMSGSIZE;
	body = ethernet_wrap(envelope, payload, length, taken,
	    bytes + sizeof(*header), room - sizeof(*header));
	if (body < 0)
		return body;
	memcpy(bytes, header, sizeof(*header));
	whole = sizeof(*header) + (size_t)body;
	if (whole < ETH_ZLEN) {
		memset(bytes + whole, 0, ETH_ZLEN - whole);
		whole = ETH_ZLEN;
	}
	return (ssize_t)whole;
}

ssize_t
ethernet_unwrap_frame(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	ssize_t found;

	*at = 0;
	if (length < ETH_HLEN)
		return -ENOMSG;
	found = ethernet_unwrap(envelope,
	    (const unsigned char *)packet + ETH_HLEN, length - ETH_HLEN, at);
	*at += ETH_HLEN;
	return found;
}
