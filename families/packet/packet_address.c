/* The addresses of packet sockets (packet(7)). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/ethernet.h"
#include "shared/interface.h"
#include "packet.h"

const struct sockaddr_ll *
packet_of(const struct endpoint *endpoint)
{
	if (endpoint == NULL ||
	    endpoint->length < offsetof(struct sockaddr_ll, sll_addr) ||
	    endpoint->any.sa_family != AF_PACKET)
		return NULL;
	return (const struct sockaddr_ll *)(const void *)&endpoint->storage;
}

/* Six numbers of two hexadecimal digits, colons between them. */
static int
parse_mac(const char *text, unsigned char mac[ETH_ALEN], char *why,
    size_t room)
{
	bool good = strlen(text) == 3 * ETH_ALEN - 1;

	for (size_t i = 0; good && i < ETH_ALEN; i++) {
		const char *digits = text + 3 * i;

		good = strspn(digits, "0123456789abcdefABCDEF") == 2 &&
		    (digits[2] == ':' || i == ETH_ALEN - 1);
		mac[i] = (unsigned char)strtoul(digits, NULL, 16);
	}
	if (good)
		return 0;
	snprintf(why, room, "'%s' is no address of an interface, like "
	    ETHERNET_SERVER, text);
	return -EINVAL;
}

/* The server's address as a client sends to it. */
static int
find_contact(const char *host, const char *slash, struct sockaddr_ll *ll,
    char *why, size_t room)
{
	ll->sll_halen = ETH_ALEN;
	if (slash != NULL)
		return parse_mac(slash + 1, ll->sll_addr, why, room);
	/* The loopback interface's address is zero. */
	if (ll->sll_ifindex == INTERFACE_LOOPBACK)
		return 0;
	snprintf(why, room, "'%s' is this end: give the other's address with "
	    "--host INTERFACE/ADDRESS; the server printed it", host);
	return -EDESTADDRREQ;
}

int
packet_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
		.sll_protocol = (uint16_t)wish->cell->protocol };
	const char *host = wish->host != NULL ? wish->host : "lo";
	const char *slash = strchr(host, '/');
	unsigned char mac[ETH_ALEN];
	unsigned index = 0;
	int error = 0;

	if (wish->port_given && wish->port != 0) {
		snprintf(why, room, "a packet socket has no port: leave out "
		    "--port");
		return -EPROTOTYPE;
	}
	if (ll.sll_protocol == 0) {
		snprintf(why, room, "an ethertype of 0 is that of no frame");
		return -EPROTONOSUPPORT;
	}
	if (slash != NULL)
		error = parse_mac(slash + 1, mac, why, room);
	if (error == 0)
		error = interface_parse(wish, host, strcspn(host, "/"), &index,
		    why, room);
	ll.sll_ifindex = (int)index;
	if (error == 0 && wish->to_contact)
		error = find_contact(host, slash, &ll, why, room);
	if (error != 0)
		return error;
	endpoint_set(out, &ll, sizeof(ll));
	return 1;
}

/* How many bytes of sll_addr there are. */
static size_t
address_length(const struct endpoint *endpoint, const struct sockaddr_ll *ll)
{
	size_t length = endpoint->length - offsetof(struct sockaddr_ll,
	    sll_addr);

	if (length > sizeof(ll->sll_addr))
		length = sizeof(ll->sll_addr);
	return ll->sll_halen < length ? ll->sll_halen : length;
}

int
packet_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_ll *ll = packet_of(endpoint);
	char interface[INTERFACE_ROOM];
	size_t length;

	if (ll == NULL)
		return -EINVAL;
	interface_format((unsigned)ll->sll_ifindex, interface);
	length = address_length(endpoint, ll);
	snprintf(text, room, "%s", interface);
	for (size_t i = 0; i < length; i++) {
		size_t used = strlen(text);

		snprintf(text + used, room - used, "%c%02x", i == 0 ? '/'
		    : ':', ll->sll_addr[i]);
	}
	return 0;
}

/* What a bound address lacks as one to send to: its length (packet(7)). */
int
packet_contact(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	const struct sockaddr_ll *from = packet_of(bound);
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };

	(void)asked;
	if (from == NULL)
		return -EINVAL;
	ll.sll_protocol = from->sll_protocol;
	ll.sll_ifindex = from->sll_ifindex;
	ll.sll_halen = (unsigned char)address_length(bound, from);
	memcpy(ll.sll_addr, from->sll_addr, ll.sll_halen);
	endpoint_set(out, &ll, sizeof(ll));
	return 0;
}
