/* The addresses of packet sockets, field by field. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <stdio.h>
#include <string.h>

#include "shared/interface.h"
#include "packet.h"

/* Names as strace has them; those that are met here. */
struct name {
	unsigned number;
	const char *constant;
};

static const struct name ethertypes[] = {
	{ ETH_P_ALL, "ETH_P_ALL" }, { ETH_P_IP, "ETH_P_IP" },
	{ ETH_P_ARP, "ETH_P_ARP" }, { ETH_P_IPV6, "ETH_P_IPV6" },
	{ ETH_P_802_EX1, "ETH_P_802_EX1" }, { 0, NULL },
};
static const struct name hardware[] = {
	{ ARPHRD_NETROM, "ARPHRD_NETROM" }, { ARPHRD_ETHER, "ARPHRD_ETHER" },
	{ ARPHRD_LOOPBACK, "ARPHRD_LOOPBACK" }, { 0, NULL },
};
static const struct name kinds[] = {
	{ PACKET_HOST, "PACKET_HOST" },
	{ PACKET_BROADCAST, "PACKET_BROADCAST" },
	{ PACKET_MULTICAST, "PACKET_MULTICAST" },
	{ PACKET_OTHERHOST, "PACKET_OTHERHOST" },
	{ PACKET_OUTGOING, "PACKET_OUTGOING" },
	{ PACKET_LOOPBACK, "PACKET_LOOPBACK" },
	{ PACKET_USER, "PACKET_USER" }, { PACKET_KERNEL, "PACKET_KERNEL" },
	{ 0, NULL },
};

#define MEMBER(member)                                                         \
	#member, offsetof(struct sockaddr_ll, member),                         \
	    sizeof(((struct sockaddr_ll *)0)->member)

static const char *
name_of(const struct name *names, unsigned number)
{
	while (names->constant != NULL && names->number != number)
		names++;
	return names->constant;
}

/* The name of a number, or the number; unknown: what strace says to it. */
static void
name_field(struct field *field, const struct name *names, unsigned number,
    const char *unknown)
{
	const char *name = name_of(names, number);

	field->number = name == NULL;
	if (name != NULL) {
		snprintf(field->value, sizeof(field->value), "%s", name);
		return;
	}
	snprintf(field->value, sizeof(field->value), "%u", number);
	snprintf(field->strace, sizeof(field->strace), "%s=%#x /* %s */",
	    field->name, number, unknown);
}

static void
protocol_field(struct field *field, unsigned ethertype)
{
	const char *name = name_of(ethertypes, ethertype);

	*field = (struct field){ MEMBER(sll_protocol), name == NULL, "", "" };
	if (name != NULL) {
		snprintf(field->value, sizeof(field->value), "%s", name);
		snprintf(field->strace, sizeof(field->strace),
		    "sll_protocol=htons(%s)", name);
	} else {
		snprintf(field->value, sizeof(field->value), "%u", ethertype);
		snprintf(field->strace, sizeof(field->strace),
		    "sll_protocol=htons(%#x /* ETH_P_??? */)", ethertype);
	}
}

static void
address_field(struct field *field, const struct sockaddr_ll *ll)
{
	size_t most = sizeof(ll->sll_addr);
	size_t length = ll->sll_halen < most ? ll->sll_halen : most;

	*field = (struct field){ MEMBER(sll_addr), false, "", "sll_addr=[" };
	for (size_t i = 0; i < length; i++) {
		char number[8];

		snprintf(number, sizeof(number), "%s%02x", i == 0 ? "" : ":",
		    ll->sll_addr[i]);
		strlcat(field->value, number, sizeof(field->value));
		snprintf(number, sizeof(number), "%s%#02x", i == 0 ? "" : ", ",
		    ll->sll_addr[i]);
		strlcat(field->strace, number, sizeof(field->strace));
	}
	strlcat(field->strace, ll->sll_halen > most ? ", ...]" : "]",
	    sizeof(field->strace));
}

int
packet_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX])
{
	const struct sockaddr_ll *ll = packet_of(endpoint);

	/* strace, too, reads whole ones only. */
	if (ll == NULL || endpoint->length < sizeof(*ll))
		return -EINVAL;
	fields[0] = (struct field){ MEMBER(sll_family), false, "AF_PACKET",
		"" };
	protocol_field(&fields[1], ntohs(ll->sll_protocol));
	interface_field(&fields[2], "sll_ifindex",
	    offsetof(struct sockaddr_ll, sll_ifindex),
	    (unsigned)ll->sll_ifindex);
	fields[3] = (struct field){ MEMBER(sll_hatype), false, "", "" };
	name_field(&fields[3], hardware, ll->sll_hatype, "ARPHRD_???");
	fields[4] = (struct field){ MEMBER(sll_pkttype), false, "", "" };
	name_field(&fields[4], kinds, ll->sll_pkttype, "PACKET_???");
	fields[5] = (struct field){ MEMBER(sll_halen), true, "", "" };
	snprintf(fields[5].value, sizeof(fields[5].value), "%u",
	    ll->sll_halen);
	if (ll->sll_halen == 0)
		return 6;
	address_field(&fields[6], ll);
	return 7;
}
