/*
 * bluetooth: devices near by, over their controllers (BlueZ; net/bluetooth of
 * the kernel).
 *
 * Address text: HOST is a device's address, 00:AA:01:00:00:00 say, the port
 * being the PSM of l2cap, odd in its lower byte and even in its upper one, or
 * the channel of rfcomm, 1 to 30; or PORT@ADDRESS. Without HOST: one of the two
 * controllers that btvirt, of bluez-test-tools, emulates. Port 0 takes one that
 * other runs do not use. hciN is a controller of this machine, for hci. Printed
 * as 4097@00:AA:01:00:00:00.
 */
#include <errno.h>

#include "families.h"
#include "bluetooth.h"

static const struct protocol protocols[] = {
	{ "l2cap", NULL, BTPROTO_L2CAP, "BTPROTO_L2CAP", 0 },
	{ "hci", NULL, BTPROTO_HCI, "BTPROTO_HCI", 0 },
	{ "sco", NULL, BTPROTO_SCO, "BTPROTO_SCO", 0 },
	{ "rfcomm", NULL, BTPROTO_RFCOMM, "BTPROTO_RFCOMM", 0 },
	{ "bnep", NULL, BTPROTO_BNEP, "BTPROTO_BNEP", 0 },
	{ "hidp", NULL, BTPROTO_HIDP, "BTPROTO_HIDP", 0 },
	{ .name = NULL },
};

#define PID_FILE "/run/sockdemo-btvirt.pid"

/*
 * Two controllers that the kernel takes for real ones. A controller that is
 * there already may have peers in the room: then nothing is made. They answer
 * once page scan is on; a kernel of 6.1 may crash where one connects before.
 */
static const struct need needs[] = {
	{ .command = "test ! -e /sys/class/bluetooth/hci0" },
	{ .path = "/usr/bin/btvirt", .package = "bluez-test-tools" },
	{ .command = "rm -f " PID_FILE, .undo = "rm -f " PID_FILE },
	{ .command = "modprobe hci_vhci" },
	{
		.command = "start-stop-daemon --start --background "
		    "--make-pidfile --pidfile " PID_FILE
		    " --exec /usr/bin/btvirt -- -l2",
		.undo = "start-stop-daemon --stop --pidfile " PID_FILE,
	},
	/* It does not say when they are there. */
	{ .path = "/sys/class/bluetooth/hci1" },
	{ .command = "hciconfig hci0 up pscan" },
	{ .command = "hciconfig hci1 up pscan" },
	{ .command = NULL },
};

static const struct surroundings emulated = { SURROUNDINGS_INITIAL, needs };

/* Who leaves says no more, and its peer's recv() fails, if on a stream. */
#define L2CAP_MTU 672
#define STREAM_TRAITS (TRAIT_RELIABLE | TRAIT_ORDERED)
#define EMULATED .surroundings = &emulated, .alone = true
#define RFCOMM .modules = "rfcomm", .config = "CONFIG_BT_RFCOMM"

static const struct cell cells[] = {
	{
		.type = SOCK_STREAM, .protocol = BTPROTO_L2CAP,
		.by_default = true, .shape = SHAPE_CONNECTED,
		.send_flags = MSG_NOSIGNAL, .send_most = L2CAP_MTU,
		.traits = STREAM_TRAITS, .ends_by_reset = true, EMULATED,
	},
	{
		.type = SOCK_STREAM, .protocol = BTPROTO_RFCOMM,
		.shape = SHAPE_CONNECTED, .send_flags = MSG_NOSIGNAL,
		.traits = STREAM_TRAITS, .ends_by_reset = true, EMULATED,
		.origin = { RFCOMM }, .lacking = EPROTONOSUPPORT,
	},
	{
		.type = SOCK_SEQPACKET, .protocol = BTPROTO_L2CAP,
		.by_default = true, .shape = SHAPE_CONNECTED,
		.send_flags = MSG_NOSIGNAL,
		.traits = STREAM_TRAITS | TRAIT_BOUNDARIES,
		.largest = { LIMIT_BYTES, L2CAP_MTU }, EMULATED,
	},
	{
		/* Voice, of which btvirt's controllers carry none. */
		.type = SOCK_SEQPACKET, .protocol = BTPROTO_SCO,
		.shape = SHAPE_CONNECTED, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES | TRAIT_ORDERED,
		.largest = { LIMIT_BYTES, 48 }, EMULATED,
		.lacking = EPROTONOSUPPORT,
	},
	{
		/* Both are bound to one PSM, and connected to each other. */
		.type = SOCK_DGRAM, .protocol = BTPROTO_L2CAP,
		.by_default = true, .shape = SHAPE_BUS, .unaddressed = true,
		.send_flags = MSG_NOSIGNAL, .traits = TRAIT_BOUNDARIES,
		.largest = { LIMIT_BYTES, L2CAP_MTU },
		.prepare = bluetooth_join, EMULATED,
	},
	{
		/* The other device's kernel answers, as to l2ping(1). */
		.type = SOCK_RAW, .protocol = BTPROTO_L2CAP,
		.by_default = true, .shape = SHAPE_KERNEL, .unaddressed = true,
		.send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES | TRAIT_EMPTY,
		.largest = { LIMIT_BYTES, L2CAP_MTU - BLUETOOTH_ECHO_HEADER },
		.prepare = bluetooth_join, .wrap = bluetooth_wrap_echo,
		.unwrap = bluetooth_unwrap_echo, EMULATED,
	},
	/* Sockets that open, and have no peers: see the hints. */
	{
		.type = SOCK_RAW, .protocol = BTPROTO_HCI,
		.shape = SHAPE_CONNECTED,
	},
	{
		.type = SOCK_RAW, .protocol = BTPROTO_RFCOMM,
		.shape = SHAPE_CONNECTED, .origin = { RFCOMM },
		.lacking = EPROTONOSUPPORT,
	},
	{
		.type = SOCK_RAW, .protocol = BTPROTO_BNEP,
		.shape = SHAPE_CONNECTED, .lacking = EPROTONOSUPPORT,
		.origin = { .modules = "bnep", .config = "CONFIG_BT_BNEP" },
	},
	{
		.type = SOCK_RAW, .protocol = BTPROTO_HIDP,
		.shape = SHAPE_CONNECTED, .lacking = EPROTONOSUPPORT,
		.origin = { .modules = "hidp", .config = "CONFIG_BT_HIDP" },
	},
	{ .type = 0 },
};

static const int refusals[] = { EPROTONOSUPPORT, ESOCKTNOSUPPORT, 0 };

#define CONTROL "such a socket is for ioctl() only: it has no peer"
#define CONTROLLER "such a socket is for one controller: it has no peer"
#define AWAY "no controller of this machine leads there"
#define CLOSED "nobody listens at that port: start the server first"

static const struct hint hints[] = {
	{ SOCK_RAW, BTPROTO_HCI, "getsockname", EBADFD, VERDICT_REFUSED,
	  CONTROLLER },
	{ SOCK_RAW, BTPROTO_HCI, "listen", EOPNOTSUPP, VERDICT_REFUSED,
	  CONTROLLER },
	{ SOCK_RAW, BTPROTO_RFCOMM, "bind", EINVAL, VERDICT_REFUSED, CONTROL },
	{ SOCK_RAW, PROTOCOL_ANY, "bind", EOPNOTSUPP, VERDICT_REFUSED,
	  CONTROL },
	{ SOCK_RAW, PROTOCOL_ANY, "socket", EPERM, VERDICT_DENIED,
	  "raw sockets need CAP_NET_RAW: run it as root" },
	{ SOCK_SEQPACKET, BTPROTO_SCO, "connect", ECONNREFUSED,
	  VERDICT_NO_DEVICE,
	  "the controllers carry no voice, as btvirt's do not" },
	{ 0, PROTOCOL_ANY, "bind", EACCES, VERDICT_DENIED,
	  "a PSM below 4097 needs CAP_NET_BIND_SERVICE: give a higher one" },
	{ 0, PROTOCOL_ANY, "connect", EHOSTUNREACH, VERDICT_NO_DEVICE, AWAY },
	{ 0, PROTOCOL_ANY, "connect", EHOSTDOWN, VERDICT_NO_DEVICE,
	  "the other device does not answer: hciconfig hciN pscan lets it" },
	{ 0, PROTOCOL_ANY, "connect", ECONNREFUSED, VERDICT_BROKEN, CLOSED },
	{ .verdict = VERDICT_WORKS },
};

const struct family bluetooth_family = {
	.name = "bluetooth",
	.constant = "AF_BLUETOOTH",
	.domain = AF_BLUETOOTH,
	.summary = "devices near by, over the radio of their controllers",
	.address_grammar =
	    "a device's ADDRESS, 00:AA:01:00:00:00 say, or PORT@ADDRESS; the "
	    "port is a PSM or a channel",
	.origin = {
		.modules = "bluetooth", .config = "CONFIG_BT",
		.since = "2.4.6",
	},
	.brought_by =
	    "this kernel has no AF_BLUETOOTH: modprobe bluetooth (CONFIG_BT; "
	    "since Linux 2.4.6); or this is not the network namespace that "
	    "the system started with, and it has no other",
	.protocols = protocols,
	.protocol_zero = "BTPROTO_L2CAP",
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "bt_sock_create() of the kernel and its protocols'",
	.hints = hints,
	.levels = bluetooth_levels,
	.address = bluetooth_address,
	.format = bluetooth_format,
	.lay_out = bluetooth_lay_out,
};
