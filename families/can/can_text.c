/* CAN: addresses told to people, and the one that a client contacts. */
#include <errno.h>
#include <linux/can/j1939.h>
#include <stdio.h>
#include <string.h>

#include "can.h"
#include "shared/interface.h"

#define MEMBER(member)                                                         \
	offsetof(struct sockaddr_can, member),                                 \
	    sizeof(((struct sockaddr_can *)0)->member)

/* Which part of the union an address uses. */
enum use { USE_NONE, USE_TP, USE_J1939 };

#define INTERFACE_END                                                          \
	(offsetof(struct sockaddr_can, can_ifindex) + sizeof(int))
#define TP_END                                                                 \
	(offsetof(struct sockaddr_can, can_addr) +                             \
	 sizeof(((struct sockaddr_can *)0)->can_addr.tp))

/* Copies what there is. Returns false for what is no address of CAN. */
static bool
read_address(const struct endpoint *endpoint, struct sockaddr_can *can,
    enum use *use)
{
	size_t length = endpoint->length < sizeof(*can) ? endpoint->length
							: sizeof(*can);

	memset(can, 0, sizeof(*can));
	memcpy(can, endpoint->bytes, length);
	if (length < INTERFACE_END || can->can_family != AF_CAN)
		return false;
	*use = USE_NONE;
	if (length >= TP_END &&
	    (can->can_addr.tp.rx_id != 0 || can->can_addr.tp.tx_id != 0))
		*use = USE_TP;
	if (length == sizeof(*can) &&
	    (can->can_addr.j1939.pgn != 0 || can->can_addr.j1939.addr != 0))
		*use = USE_J1939;
	return true;
}

static void
write_id(canid_t id, char *text, size_t room)
{
	if ((id & CAN_EFF_FLAG) != 0)
		snprintf(text, room, "%08X", id & CAN_EFF_MASK);
	else
		snprintf(text, room, "%03X", id);
}

int
can_format(const struct endpoint *endpoint, char *text, size_t room)
{
	struct sockaddr_can can;
	enum use use;
	char interface[INTERFACE_ROOM];
	char rx[16];
	char tx[16];

	if (!read_address(endpoint, &can, &use))
		return -EINVAL;
	interface_format((unsigned)can.can_ifindex, interface);
	write_id(can.can_addr.tp.rx_id, rx, sizeof(rx));
	write_id(can.can_addr.tp.tx_id, tx, sizeof(tx));
	if (use == USE_NONE)
		strlcpy(text, interface, room);
	else if (use == USE_TP)
		snprintf(text, room, "%s:%s:%s", interface, rx, tx);
	else if (can.can_addr.j1939.pgn == J1939_NO_PGN)
		snprintf(text, room, "%s:%02X", interface,
		    can.can_addr.j1939.addr);
	else
		snprintf(text, room, "%s:%02X:%05X", interface,
		    can.can_addr.j1939.addr, can.can_addr.j1939.pgn);
	return 0;
}

/* As C writes it. */
static void
tell_id(struct field *field, canid_t id)
{
	snprintf(field->value, sizeof(field->value), "%s0x%x",
	    (id & CAN_EFF_FLAG) != 0 ? "CAN_EFF_FLAG|" : "",
	    id & ~CAN_EFF_FLAG);
}

static int
lay_out_tp(const struct sockaddr_can *can, struct field *fields)
{
	fields[0] = (struct field){ "can_addr.tp.rx_id",
		MEMBER(can_addr.tp.rx_id), false, "", "" };
	tell_id(&fields[0], can->can_addr.tp.rx_id);
	fields[1] = (struct field){ "can_addr.tp.tx_id",
		MEMBER(can_addr.tp.tx_id), false, "", "" };
	tell_id(&fields[1], can->can_addr.tp.tx_id);
	return 2;
}

static int
lay_out_j1939(const struct sockaddr_can *can, struct field *fields)
{
	unsigned long long name = can->can_addr.j1939.name;
	unsigned pgn = can->can_addr.j1939.pgn;

	fields[0] = (struct field){ "can_addr.j1939.name",
		MEMBER(can_addr.j1939.name), false, "J1939_NO_NAME", "" };
	if (name != J1939_NO_NAME)
		snprintf(fields[0].value, sizeof(fields[0].value), "0x%llx",
		    name);
	fields[1] = (struct field){ "can_addr.j1939.pgn",
		MEMBER(can_addr.j1939.pgn), false, "J1939_NO_PGN", "" };
	if (pgn != J1939_NO_PGN)
		snprintf(fields[1].value, sizeof(fields[1].value), "0x%05x",
		    pgn);
	fields[2] = (struct field){ "can_addr.j1939.addr",
		MEMBER(can_addr.j1939.addr), false, "", "" };
	snprintf(fields[2].value, sizeof(fields[2].value), "0x%02x",
	    can->can_addr.j1939.addr);
	return 3;
}

int
can_lay_out(const struct endpoint *endpoint, struct field fields[FIELDS_MAX])
{
	struct sockaddr_can can;
	enum use use;

	if (!read_address(endpoint, &can, &use))
		return -EINVAL;
	fields[0] = (struct field){ "can_family", MEMBER(can_family), false,
		"AF_CAN", "" };
	fields[1] = (struct field){ "can_ifindex", MEMBER(can_ifindex), true,
		"", "" };
	snprintf(fields[1].value, sizeof(fields[1].value), "%d",
	    can.can_ifindex);
	if (use == USE_TP)
		return 2 + lay_out_tp(&can, fields + 2);
	if (use == USE_J1939)
		return 2 + lay_out_j1939(&can, fields + 2);
	return 2;
}

/*
 * getsockname() tells no PGN of a J1939 socket that only bind() was given one:
 * there it is a filter, and messages are sent to it (j1939.rst).
 */
int
can_contact(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	struct sockaddr_can can;
	struct sockaddr_can wanted;
	enum use use;

	*out = *bound;
	if (!read_address(bound, &can, &use))
		return -EINVAL;
	if (use != USE_J1939 || can.can_addr.j1939.pgn != J1939_NO_PGN ||
	    !read_address(asked, &wanted, &use))
		return 0;
	can.can_addr.j1939.pgn = wanted.can_addr.j1939.pgn;
	endpoint_set(out, &can, sizeof(can));
	return 0;
}
