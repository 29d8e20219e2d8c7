/*
 * The addresses of CAN. HOST is an interface (vcan0, or %4 for the one with
 * that index), and for two protocols more, in hexadecimal digits:
 *
 *   isotp  INTERFACE:RX:TX  the ids that the server receives and sends. An id
 *          of 3 digits is a standard one, of 8 an extended one, as in cansend.
 *          Without them they are made of the port. The client has the same two
 *          the other way round.
 *   j1939  INTERFACE:ADDRESS or INTERFACE:ADDRESS:PGN  the server's. The client
 *          takes an address of its own. A server that is given a PGN takes no
 *          other messages.
 *
 * They are printed the same way, each socket's own, the interface by its name
 * where that is known, else by its index. Only isotp has ports: 0 to 16777215;
 * 0 is for ids that nobody else uses.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "can_kind.h"
#include "shared/interface.h"

static bool
split(const char *host, struct can_parts *parts)
{
	size_t length;

	for (parts->count = 0; parts->count < CAN_PARTS; host += length + 1) {
		length = strcspn(host, ":");
		if (length >= IFNAMSIZ)
			return false;
		snprintf(parts->text[parts->count++], IFNAMSIZ, "%.*s",
		    (int)length, host);
		if (host[length] == '\0')
			return true;
	}
	return false;
}

static const struct can_kind *
kind_of(const struct cell *cell)
{
	const struct can_kind *kind = can_kinds;

	while (kind->protocol != 0 && kind->protocol != cell->protocol)
		kind++;
	return kind;
}

static int
check_port(const struct wish *wish, const struct can_kind *kind,
    bool whole, char *why, size_t room)
{
	if (wish->port < 0 ||
	    (kind->last_port != 0 && wish->port > kind->last_port)) {
		snprintf(why, room, "port %ld is not in 0 to %ld", wish->port,
		    kind->last_port);
		return -ERANGE;
	}
	if (wish->port_given && wish->port != 0 &&
	    (whole || kind->last_port == 0)) {
		snprintf(why, room, "%s: leave out --port", whole
		    ? "the host says it all" : "there are no ports here");
		return -EPROTOTYPE;
	}
	if (wish->to_contact && !wish->both_sides && wish->port == 0 &&
	    !whole && kind->choose != NULL) {
		snprintf(why, room, "port 0 cannot be contacted: give what "
		    "the server printed with --host");
		return -EDESTADDRREQ;
	}
	return 0;
}

int
can_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	const struct can_kind *kind = kind_of(wish->cell);
	const char *host = wish->host != NULL ? wish->host : "vcan0";
	struct sockaddr_can can;
	struct can_parts parts;
	unsigned index;
	int error;

	/* With its padding: addresses are compared byte by byte. */
	memset(&can, 0, sizeof(can));
	can.can_family = AF_CAN;
	if (!split(host, &parts) || (parts.count > 1 && kind->parse == NULL)) {
		snprintf(why, room, "'%s' is no interface: a name has at most "
		    "%d bytes and no colon", host, IFNAMSIZ - 1);
		return -EINVAL;
	}
	error = check_port(wish, kind, parts.count > 1, why, room);
	if (error == 0 && parts.count > 1)
		error = kind->parse(wish, &parts, &can, why, room);
	else if (error == 0 && kind->choose != NULL)
		kind->choose(wish, &can);
	if (error == 0)
		error = interface_parse(wish, parts.text[0],
		    strlen(parts.text[0]), &index, why, room);
	if (error != 0)
		return error;
	can.can_ifindex = (int)index;
	if (wish->side == SIDE_CLIENT && !wish->to_contact &&
	    kind->turn != NULL)
		kind->turn(wish, &can);
	endpoint_set(out, &can, sizeof(can));
	return 1;
}
