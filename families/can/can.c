/*
 * can: Controller Area Network, the bus of vehicles and machines
 * (Documentation/networking/can.rst, iso15765-2.rst and j1939.rst in Linux).
 *
 * Address text: an interface, and ids or addresses behind it; see
 * can_address.c, which also says what a port is. can_raw.c makes and reads
 * the frames of raw and bcm.
 */
#include <errno.h>
#include <linux/can/raw.h>
#include <sys/socket.h>

#include "can.h"
#include "can_documents.h"
#include "can_probes.h"
#include "families.h"

static const struct protocol protocols[] = {
	{ "raw", NULL, CAN_RAW, "CAN_RAW", 0 },
	{ "bcm", NULL, CAN_BCM, "CAN_BCM", 0 },
	{ "isotp", "iso-tp", CAN_ISOTP, "CAN_ISOTP", 0 },
	{ "j1939", NULL, CAN_J1939, "CAN_J1939", 0 },
	{ .name = NULL },
};

static const struct need needs[] = {
	{ .command = "ip link add vcan0 type vcan" },
	{ .command = "ip link set vcan0 mtu 72" },
	{ .command = "ip link set vcan0 up" },
	{ .command = NULL },
};

static const struct surroundings virtual_bus = {
	SURROUNDINGS_NAMESPACE, needs
};

/*
 * Nobody waits for a receiver: it loses the frames that its buffer has no room
 * for. This much of a file fits in any, in frames of 8 bytes.
 */
#define PIECE 1024

static const struct cell cells[] = {
	{
		.type = SOCK_RAW, .protocol = CAN_RAW, .by_default = true,
		.needs_number = true, .unaddressed = true,
		.shape = SHAPE_BUS, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES | TRAIT_ORDERED | TRAIT_EMPTY,
		.file_piece = PIECE,
		.origin = { .modules = "can-raw", .config = "CONFIG_CAN_RAW" },
		.surroundings = &virtual_bus, .variants = can_raw_variants,
		.lacking = EPROTONOSUPPORT,
		.wrap = can_raw_wrap, .unwrap = can_raw_unwrap,
		.part = can_raw_part, .prepare = can_raw_prepare,
		.transmit = can_raw_transmit,
	},
	{
		.type = SOCK_DGRAM, .protocol = CAN_BCM, .by_default = true,
		.needs_number = true, .unaddressed = true, .joins = true,
		.shape = SHAPE_BUS, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES | TRAIT_ORDERED | TRAIT_EMPTY,
		.file_piece = PIECE,
		.origin = { .modules = "can-bcm", .config = "CONFIG_CAN_BCM" },
		.surroundings = &virtual_bus,
		.lacking = EPROTONOSUPPORT,
		.wrap = can_bcm_wrap, .unwrap = can_bcm_unwrap,
		.part = can_bcm_part, .prepare = can_bcm_prepare,
		.transmit = can_raw_transmit,
	},
	{
		/* Linux 5.10 takes so much; a later one's parameter, 8300. */
		.type = SOCK_DGRAM, .protocol = CAN_ISOTP,
		.needs_number = true, .unaddressed = true,
		.shape = SHAPE_BUS, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES | TRAIT_ORDERED,
		.largest = { LIMIT_BYTES, 8200 },
		.origin = { "can-isotp", "CONFIG_CAN_ISOTP", "5.10", NULL },
		.surroundings = &virtual_bus,
		.lacking = EPROTONOSUPPORT,
	},
	{
		.type = SOCK_DGRAM, .protocol = CAN_J1939,
		.needs_number = true,
		.shape = SHAPE_DATAGRAM, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES | TRAIT_ORDERED | TRAIT_EMPTY,
		.origin = { "can-j1939", "CONFIG_CAN_J1939", "5.4", NULL },
		.surroundings = &virtual_bus,
		.lacking = EPROTONOSUPPORT,
	},
	{ .type = 0 },
};

/* can_create(): no such protocol; of another type; numbers from 8 on. */
static const int refusals[] = { EPROTONOSUPPORT, EPROTOTYPE, EINVAL, 0 };

static const struct hint hints[] = {
	{ 0, PROTOCOL_ANY, "bind", ENODEV, VERDICT_NO_DEVICE,
	  "the interface is none of CAN: see ip -br link show type vcan (or "
	  "type can)" },
	{ 0, PROTOCOL_ANY, "connect", ENODEV, VERDICT_NO_DEVICE,
	  "the interface is none of CAN: see ip -br link show type vcan (or "
	  "type can)" },
	{ SOCK_RAW, CAN_RAW, "setsockopt", ENOPROTOOPT, VERDICT_REFUSED,
	  "this kernel has no FD frames (since Linux 3.6): take --variant "
	  "classic" },
	{ SOCK_RAW, CAN_RAW, "send", EINVAL, VERDICT_NO_DEVICE,
	  "the interface takes no FD frames: ip link set INTERFACE mtu 72, or "
	  "--variant classic" },
	{ SOCK_DGRAM, CAN_ISOTP, "send", EINVAL, VERDICT_BROKEN,
	  "a message of ISO-TP has one byte at least, and at most what the "
	  "module's max_pdu_size says" },
	{ SOCK_DGRAM, CAN_ISOTP, NULL, ECOMM, VERDICT_BROKEN,
	  "nobody said how to go on after the first frame (flow control): "
	  "start the server first, with the same two ids" },
	{ SOCK_DGRAM, CAN_ISOTP, NULL, EILSEQ, VERDICT_BROKEN,
	  "a frame is missing, or one of another sender was among them: do "
	  "two programs send with the same id?" },
	{ SOCK_DGRAM, CAN_J1939, NULL, EHOSTUNREACH, VERDICT_BROKEN,
	  "nobody with that address takes the message: start the server "
	  "first" },
	{ .verdict = VERDICT_WORKS },
};

const struct family can_family = {
	.name = "can",
	.constant = "AF_CAN",
	.domain = AF_CAN,
	.summary = "Controller Area Network: the bus of vehicles and machines",
	.address_grammar =
	    "an interface (vcan0, or %4 by index); isotp: INTERFACE:RX:TX, two "
	    "ids; j1939: INTERFACE:ADDRESS:PGN (hexadecimal)",
	.origin = { "can vcan", "CONFIG_CAN", "2.6.25", NULL },
	.protocols = protocols,
	.protocol_prefix = "CAN",
	.plain_in_strace = true,
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "can_create() of Linux",
	.hints = hints,
	.probes = can_probes,
	.documents = can_documents,
	.unsteady = can_unsteady,
	.levels = can_levels,
	.address = can_address,
	.format = can_format,
	.lay_out = can_lay_out,
	.contact = can_contact,
};
