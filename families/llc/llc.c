/*
 * llc: IEEE 802.2 logical link control, the messages (type 1) and connections
 * (type 2) of one Ethernet (linux/llc.h; net/llc of the kernel).
 *
 * Address text: HOST is the MAC address of an interface, with the port as its
 * service access point (SAP), even, 2 to 254; or SAP@MAC. Without HOST: one of
 * the pair that --setup makes. SAP 0 lets the kernel choose, from 192 to 222.
 * Printed as 56@02:00:00:00:00:01.
 */
#include <errno.h>
#include <linux/llc.h>
#include <sys/time.h>

#include "families.h"
#include "llc_address.h"
#include "llc_options.h"
#include "llc_probes.h"

/* socket() takes any protocol, and looks at none (llc_ui_create()). */
static const struct protocol protocols[] = {
	{ "llc", NULL, 0, "0", 0 },
	{ .name = NULL },
};

static const struct need needs[] = {
	{
		.command = "ip link add sdllc0 address " LLC_SERVER_MAC
		    " type veth peer name sdllc1 address " LLC_CLIENT_MAC,
		.undo = "ip link del sdllc0",
	},
	{ .command = "ip link set sdllc0 up" },
	{ .command = "ip link set sdllc1 up" },
	{ .command = NULL },
};

static const struct surroundings pair = { SURROUNDINGS_INITIAL, needs };

/*
 * accept() waits even on a socket that should not let anybody wait, if not for
 * longer than this (llc_ui_accept()).
 */
static const struct timeval moment = { .tv_usec = 1 };
static const struct setting hurry[] = {
	{ 1u << SIDE_SERVER, false, SOL_SOCKET, SO_RCVTIMEO, &moment,
	  sizeof(moment) },
	{ .sides = 0 },
};

/*
 * A frame of Ethernet has 1500 bytes, of which 3 are the header's. What is
 * longer is cut, on a connection to be sent with the next call. A connection
 * is reliable, says IEEE 802.2; Linux 6.1 is seen to lose some of the megabytes
 * that are sent both ways at once.
 */
#define LLC_MESSAGES                                                           \
	.type = SOCK_DGRAM, .shape = SHAPE_DATAGRAM,                           \
	.send_flags = MSG_NOSIGNAL, .traits = TRAIT_BOUNDARIES | TRAIT_EMPTY,  \
	.largest = { LIMIT_BYTES, 1500 - 3 }, .surroundings = &pair,           \
	.alone = true

#define LLC_CONNECTION                                                         \
	.type = SOCK_STREAM, .shape = SHAPE_CONNECTED,                         \
	.send_flags = MSG_NOSIGNAL, .traits = TRAIT_RELIABLE | TRAIT_ORDERED,  \
	.settings = hurry, .surroundings = &pair, .alone = true

static const struct cell cells[] = {
	{ LLC_CONNECTION, .by_default = true },
	{ LLC_CONNECTION, .protocol = PROTOCOL_ANY },
	{ LLC_MESSAGES, .by_default = true },
	{ LLC_MESSAGES, .protocol = PROTOCOL_ANY },
	{ .type = 0 },
};

static const int refusals[] = { ESOCKTNOSUPPORT, 0 };

static const struct hint hints[] = {
	{ 0, PROTOCOL_ANY, "socket", EPERM, VERDICT_DENIED,
	  "LLC sockets need CAP_NET_RAW: run it as root" },
	{ 0, PROTOCOL_ANY, "bind", ENODEV, VERDICT_NO_DEVICE,
	  "no interface has that MAC address" },
	{ 0, PROTOCOL_ANY, "bind", EUSERS, VERDICT_BROKEN,
	  "the kernel has no SAP left to choose: give one with --port" },
	{ 0, PROTOCOL_ANY, "connect", ENODEV, VERDICT_NO_DEVICE,
	  "there is no Ethernet interface to connect from" },
	{ 0, PROTOCOL_ANY, "sendto", ENODEV, VERDICT_NO_DEVICE,
	  "there is no Ethernet interface to send from" },
	{ 0, PROTOCOL_ANY, "connect", ECONNABORTED, VERDICT_BROKEN,
	  "nobody answered: start the server first; or one of the interfaces "
	  "is down" },
	{ .verdict = VERDICT_WORKS },
};

const struct family llc_family = {
	.name = "llc",
	.constant = "AF_LLC",
	.domain = AF_LLC,
	.summary = "IEEE 802.2: stations of one Ethernet, by their MAC address",
	.address_grammar =
	    "a MAC address, the port being the SAP; or SAP@MAC; a SAP is even, "
	    "2 to 254, or 0",
	.origin = {
		.modules = "llc2", .config = "CONFIG_LLC2", .since = "2.6.0",
	},
	.brought_by =
	    "this kernel has no AF_LLC: modprobe llc2 (CONFIG_LLC2; since "
	    "Linux 2.6.0); or this is not the network namespace that the "
	    "system started with, and it has no other",
	.protocols = protocols,
	.plain_in_strace = true,
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "llc_ui_create() of the kernel",
	.hints = hints,
	.levels = llc_levels,
	.probes = llc_probes,
	.unsteady = llc_unsteady,
	.address = llc_address,
	.format = llc_format,
	.lay_out = llc_lay_out,
	.answers = llc_answers,
};
