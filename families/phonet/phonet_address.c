#include "phonet_address.h"

#include <errno.h>
#include <linux/phonet.h>
#include <stddef.h>
#include <stdio.h>

#include "shared/number.h"

#define PORT_MOST 0x3ff

static const struct sockaddr_pn *
phonet_of(const struct endpoint *endpoint)
{
	if (endpoint->length < sizeof(struct sockaddr_pn) ||
	    endpoint->any.sa_family != AF_PHONET)
		return NULL;
	return (const struct sockaddr_pn *)(const void *)&endpoint->storage;
}

/* Whether the text is ADDRESS or ADDRESS:PORT; *whole: the latter. */
static bool
parse(const char *text, uint32_t *address, uint32_t *port, bool *whole)
{
	if (!number_take(&text, UINT8_MAX, address))
		return false;
	*whole = *text == ':';
	if (*whole) {
		text++;
		if (!number_take(&text, PORT_MOST, port))
			return false;
	}
	return *text == '\0' && (*address & 3) == 0 &&
	    *address != PNADDR_BROADCAST;
}

int
phonet_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct sockaddr_pn phonet = { .spn_family = AF_PHONET };
	uint32_t address = PN_DEV_PC;
	uint32_t port;
	bool whole = false;
	int error = number_port(wish, PORT_MOST, &port, why, room);

	if (error != 0)
		return error;
	if (wish->host != NULL && !parse(wish->host, &address, &port,
	    &whole)) {
		snprintf(why, room, "'%s' is neither ADDRESS nor ADDRESS:PORT: "
		    "an address is 0 to 0xf8, in steps of 4", wish->host);
		return -EINVAL;
	}
	if (whole && wish->port_given && wish->port != 0) {
		snprintf(why, room, "'%s' says it all: leave out --port",
		    wish->host);
		return -EPROTOTYPE;
	}
	/* sendto() and connect() bind it, as they do a client of UDP or TCP. */
	if (wish->side == SIDE_CLIENT && !wish->to_contact)
		return 0;
	if (wish->to_contact && port == 0) {
		snprintf(why, room, "port 0 cannot be contacted: "
		    "give the server's with --port");
		return -EDESTADDRREQ;
	}
	if (wish->to_contact && address == PNADDR_ANY)
		address = PN_DEV_PC;
	pn_sockaddr_set_object(&phonet, pn_object((uint8_t)address,
	    (uint16_t)port));
	endpoint_set(out, &phonet, sizeof(phonet));
	return 1;
}

int
phonet_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_pn *phonet = phonet_of(endpoint);

	if (phonet == NULL)
		return -EINVAL;
	snprintf(text, room, "0x%02x:%u", pn_sockaddr_get_addr(phonet),
	    pn_sockaddr_get_port(phonet));
	return 0;
}

#define MEMBER(member)                                                         \
	#member, offsetof(struct sockaddr_pn, member),                         \
	    sizeof(((struct sockaddr_pn *)0)->member)
#define NUMBER(member) MEMBER(member), phonet->member

int
phonet_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX])
{
	const struct sockaddr_pn *phonet = phonet_of(endpoint);

	if (phonet == NULL)
		return -EINVAL;
	number_named(&fields[0], MEMBER(spn_family), "AF_PHONET");
	number_field(&fields[1], NUMBER(spn_obj));
	number_field(&fields[2], NUMBER(spn_dev));
	number_field(&fields[3], NUMBER(spn_resource));
	return 4;
}
