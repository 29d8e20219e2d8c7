#include "llc_address.h"

#include <errno.h>
#include <linux/llc.h>
#include <net/if_arp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "shared/number.h"

#define SAP_MOST 0xfe

static const struct sockaddr_llc *
llc_of(const struct endpoint *endpoint)
{
	if (endpoint->length < sizeof(struct sockaddr_llc) ||
	    endpoint->any.sa_family != AF_LLC)
		return NULL;
	return (const struct sockaddr_llc *)(const void *)&endpoint->storage;
}

static bool
parse_mac(const char *text, unsigned char mac[IFHWADDRLEN])
{
	for (int i = 0; i < IFHWADDRLEN; i++) {
		uint32_t byte;

		if ((i != 0 && *text++ != ':') ||
		    !number_take_hex(&text, UINT8_MAX, &byte))
			return false;
		mac[i] = (unsigned char)byte;
	}
	return *text == '\0';
}

/* Whether the text is MAC or SAP@MAC; *whole: the latter. */
static bool
parse(const char *text, unsigned char mac[IFHWADDRLEN], uint32_t *sap,
    bool *whole)
{
	*whole = strchr(text, '@') != NULL;
	if (*whole && (!number_take(&text, UINT8_MAX, sap) || *text++ != '@'))
		return false;
	return parse_mac(text, mac);
}

static int
check_sap(const struct wish *wish, uint32_t sap, char *why, size_t room)
{
	if (sap % 2 != 0) {
		snprintf(why, room, "SAP %u is odd: those are of groups; "
		    "one of a socket is even, 2 to %d", sap, SAP_MOST);
		return -ERANGE;
	}
	if (wish->to_contact && sap == 0) {
		snprintf(why, room, "SAP 0 cannot be contacted: "
		    "give the server's with --port");
		return -EDESTADDRREQ;
	}
	return 0;
}

/*
 * A client that contacts one end of the pair is at the other. Who knows where
 * another address is? The kernel takes its first Ethernet interface.
 */
static int
place_client(struct sockaddr_llc *llc)
{
	static const char *const ends[] = { LLC_SERVER_MAC, LLC_CLIENT_MAC };
	unsigned char mac[IFHWADDRLEN];

	for (int i = 0; i < 2; i++) {
		parse_mac(ends[i], mac);
		if (memcmp(mac, llc->sllc_mac, sizeof(mac)) != 0)
			continue;
		parse_mac(ends[1 - i], llc->sllc_mac);
		llc->sllc_sap = 0;
		return 1;
	}
	return 0;
}

int
llc_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct sockaddr_llc llc = {
		.sllc_family = AF_LLC, .sllc_arphrd = ARPHRD_ETHER,
	};
	const char *host = wish->host != NULL ? wish->host : LLC_SERVER_MAC;
	uint32_t sap;
	bool whole;
	int error = number_port(wish, SAP_MOST, &sap, why, room);

	if (error != 0)
		return error;
	if (wish->port_given)
		sap = (uint32_t)wish->port;
	if (!parse(host, llc.sllc_mac, &sap, &whole)) {
		snprintf(why, room, "'%s' is neither MAC nor SAP@MAC: a MAC "
		    "address is %s, say", host, LLC_SERVER_MAC);
		return -EINVAL;
	}
	if (whole && wish->port_given && wish->port != 0) {
		snprintf(why, room, "'%s' says it all: leave out --port",
		    host);
		return -EPROTOTYPE;
	}
	error = check_sap(wish, sap, why, room);
	if (error != 0)
		return error;
	llc.sllc_sap = (unsigned char)sap;
	if (wish->side == SIDE_CLIENT && !wish->to_contact &&
	    place_client(&llc) == 0)
		return 0;
	endpoint_set(out, &llc, sizeof(llc));
	return 1;
}

static void
put_mac(const unsigned char mac[IFHWADDRLEN], char *text, size_t room)
{
	snprintf(text, room, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
	    mac[2], mac[3], mac[4], mac[5]);
}

int
llc_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_llc *llc = llc_of(endpoint);
	char mac[32];

	if (llc == NULL)
		return -EINVAL;
	put_mac(llc->sllc_mac, mac, sizeof(mac));
	snprintf(text, room, "%u@%s", llc->sllc_sap, mac);
	return 0;
}

#define MEMBER(member)                                                         \
	#member, offsetof(struct sockaddr_llc, member),                        \
	    sizeof(((struct sockaddr_llc *)0)->member)
#define NUMBER(member) MEMBER(member), llc->member

int
llc_lay_out(const struct endpoint *endpoint, struct field fields[FIELDS_MAX])
{
	const struct sockaddr_llc *llc = llc_of(endpoint);
	char mac[32];

	if (llc == NULL)
		return -EINVAL;
	put_mac(llc->sllc_mac, mac, sizeof(mac));
	number_named(&fields[0], MEMBER(sllc_family), "AF_LLC");
	if (llc->sllc_arphrd == ARPHRD_ETHER)
		number_named(&fields[1], MEMBER(sllc_arphrd), "ARPHRD_ETHER");
	else
		number_field(&fields[1], NUMBER(sllc_arphrd));
	number_field(&fields[2], NUMBER(sllc_test));
	number_field(&fields[3], NUMBER(sllc_xid));
	number_field(&fields[4], NUMBER(sllc_ua));
	number_field(&fields[5], NUMBER(sllc_sap));
	number_named(&fields[6], MEMBER(sllc_mac), mac);
	return 7;
}

/* What a message came from says, besides, how it came. */
bool
llc_answers(const struct endpoint *contacted, const struct endpoint *from)
{
	const struct sockaddr_llc *ours = llc_of(contacted);
	const struct sockaddr_llc *theirs = llc_of(from);

	return ours != NULL && theirs != NULL &&
	    ours->sllc_sap == theirs->sllc_sap &&
	    memcmp(ours->sllc_mac, theirs->sllc_mac,
		sizeof(ours->sllc_mac)) == 0;
}
