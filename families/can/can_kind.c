/* CAN: ids and addresses behind the interface; the texts: can_address.c. */
#include <errno.h>
#include <linux/can/j1939.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "can_kind.h"

/* J1939: a server and a client that were started apart … */
#define SERVER_ADDRESS 0x20
#define CLIENT_ADDRESS 0x80
#define PROPRIETARY_A2 0x1ef00
/* … and an exchange: half of the addresses each, a group of data page 1. */
#define ADDRESSES 126
#define PAGE_1 0x10000
/* PDU formats from here on have no destination (SAE J1939-21). */
#define BROADCAST_FORMAT 0xf0

static bool
read_hex(const char *text, size_t most_digits, uint32_t *value)
{
	size_t digits = strspn(text, "0123456789abcdefABCDEF");

	*value = (uint32_t)strtoul(text, NULL, 16);
	return digits != 0 && digits <= most_digits && text[digits] == '\0';
}

static bool
read_id(const char *text, canid_t *id)
{
	bool extended = strlen(text) == 8;

	if (!read_hex(text, 8, id) || (!extended && strlen(text) != 3) ||
	    *id > (extended ? CAN_EFF_MASK : CAN_SFF_MASK))
		return false;
	if (extended)
		*id |= CAN_EFF_FLAG;
	return true;
}

static int
parse_isotp(const struct wish *wish, const struct can_parts *parts,
    struct sockaddr_can *can, char *why, size_t room)
{
	canid_t rx;
	canid_t tx;

	(void)wish;
	if (parts->count != 3 || !read_id(parts->text[1], &rx) ||
	    !read_id(parts->text[2], &tx)) {
		snprintf(why, room, "behind the interface, isotp takes :RX:TX, "
		    "ids of 3 hexadecimal digits (to 7FF) or 8 (to 1FFFFFFF)");
		return -EINVAL;
	}
	if (rx == tx) {
		snprintf(why, room, "the ids RX and TX have to differ");
		return -EINVAL;
	}
	can->can_addr.tp.rx_id = rx;
	can->can_addr.tp.tx_id = tx;
	return 0;
}

/*
 * A PGN that a socket is bound to is a filter. A server that was started apart
 * has none: it answers each message with one of the same PGN.
 */
static uint32_t
default_pgn(const struct wish *wish)
{
	uint32_t group = wish->run / ADDRESSES / ADDRESSES % BROADCAST_FORMAT;

	if (wish->both_sides)
		return PAGE_1 | group << 8;
	return wish->to_contact ? PROPRIETARY_A2 : J1939_NO_PGN;
}

static int
parse_j1939(const struct wish *wish, const struct can_parts *parts,
    struct sockaddr_can *can, char *why, size_t room)
{
	uint32_t address;
	uint32_t pgn = 0;

	if (!read_hex(parts->text[1], 2, &address) ||
	    address > J1939_MAX_UNICAST_ADDR ||
	    (parts->count == 3 && !read_hex(parts->text[2], 5, &pgn))) {
		snprintf(why, room, "behind the interface, j1939 takes "
		    ":ADDRESS (to FD) or :ADDRESS:PGN, hexadecimal digits");
		return -EINVAL;
	}
	if (pgn > J1939_PGN_MAX || (pgn & 0xff) != 0 ||
	    (pgn >> 8 & 0xff) >= BROADCAST_FORMAT) {
		snprintf(why, room, "messages of PGN %05X have no destination: "
		    "take one that ends in 00, below F000 on its page", pgn);
		return -EINVAL;
	}
	can->can_addr.j1939.addr = (__u8)address;
	can->can_addr.j1939.pgn = parts->count == 3 ? pgn
						    : default_pgn(wish);
	return 0;
}

static void
choose_isotp(const struct wish *wish, struct sockaddr_can *can)
{
	uint32_t number = wish->port > 0 ? (uint32_t)wish->port : wish->run;
	canid_t id = CAN_EFF_FLAG | CAN_ID_OURS | (number & CAN_ID_NUMBER);

	can->can_addr.tp.rx_id = id;
	can->can_addr.tp.tx_id = id | CAN_ID_SERVER;
}

static void
choose_j1939(const struct wish *wish, struct sockaddr_can *can)
{
	bool apart = !wish->both_sides && wish->port != 0;

	can->can_addr.j1939.addr =
	    (__u8)(apart ? SERVER_ADDRESS : wish->run % ADDRESSES);
	can->can_addr.j1939.pgn = default_pgn(wish);
}

static void
turn_isotp(const struct wish *wish, struct sockaddr_can *can)
{
	canid_t rx = can->can_addr.tp.rx_id;

	(void)wish;
	can->can_addr.tp.rx_id = can->can_addr.tp.tx_id;
	can->can_addr.tp.tx_id = rx;
}

static void
turn_j1939(const struct wish *wish, struct sockaddr_can *can)
{
	unsigned address = CLIENT_ADDRESS;

	if (wish->both_sides)
		address += wish->run / ADDRESSES % ADDRESSES;
	/* A server that was told its address may have that one. */
	if (address == can->can_addr.j1939.addr)
		address ^= 1;
	can->can_addr.j1939.addr = (__u8)address;
}

const struct can_kind can_kinds[] = {
	{ CAN_ISOTP, CAN_ID_NUMBER, parse_isotp, choose_isotp, turn_isotp },
	{ CAN_J1939, 0, parse_j1939, choose_j1939, turn_j1939 },
	{ 0, 0, NULL, NULL, NULL },
};
