#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <linux/can/j1939.h>
#include <linux/can/raw.h>
#include <sys/socket.h>

#include "../../families/families.h"
#include "asking.h"
#include "record/calls.h"
#include "render/render.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false

#define HEAD sizeof(struct bcm_msg_head)

static const struct asking asking_rows[] = {
	{ "address: the default", "raw", NULL, SERVER, true, NULL, 0, false,
	  -ENODEV, "no interface 'vcan0' here" },
	{ "address: an interface", "raw", NULL, SERVER, false, "eth0", 12345,
	  false, 1, "%42" },
	{ "address: bcm", "dgram", NULL, CONTACT, false, "eth0", 12345, false,
	  1, "%42" },
	{ "address: a client is bound, too", "raw", NULL, CLIENT, true,
	  "eth0", 0, false, 1, "%42" },
	{ "address: by index", "raw", NULL, SERVER, false, "%7", 12345, false,
	  1, "%7" },
	{ "address: the largest index", "raw", NULL, SERVER, false,
	  "%2147483647", 12345, false, 1, "%2147483647" },
	{ "address: an index too large", "raw", NULL, SERVER, false,
	  "%2147483648", 12345, false, -EINVAL, "is no interface" },
	{ "address: all interfaces", "raw", NULL, SERVER, false, "%0", 12345,
	  false, -EINVAL, "'%0' is no interface" },
	{ "address: an index below 0", "raw", NULL, SERVER, false, "%-1",
	  12345, false, -EINVAL, "'%-1' is no interface" },
	{ "address: an index and a blank", "raw", NULL, SERVER, false, "% 4",
	  12345, false, -EINVAL, "'% 4' is no interface" },
	{ "address: an index and a letter", "raw", NULL, SERVER, false, "%4x",
	  12345, false, -EINVAL, "'%4x' is no interface" },
	{ "address: no index", "raw", NULL, SERVER, false, "%", 12345, false,
	  -EINVAL, "'%' is no interface" },
	{ "address: nothing", "raw", NULL, SERVER, false, "", 12345, false,
	  -EINVAL, "'' is no interface" },
	{ "address: 15 bytes", "raw", NULL, SERVER, false, "012345678901234",
	  12345, false, -ENODEV, "no interface '012345678901234'" },
	{ "address: 16 bytes", "raw", NULL, SERVER, false, "0123456789012345",
	  12345, false, -EINVAL, "at most 15 bytes" },
	{ "address: controls", "raw", NULL, SERVER, false, "\x1b\n\xff",
	  12345, false, -ENODEV, "no interface '\x1b\n\xff'" },
	{ "address: raw has no ids", "raw", NULL, SERVER, false, "eth0:123",
	  12345, false, -EINVAL, "no colon" },
	{ "address: a colon and no more", "dgram", NULL, SERVER, false,
	  "eth0:", 12345, false, -EINVAL, "no colon" },
	{ "address: raw has no ports", "raw", NULL, SERVER, false, "eth0", 80,
	  true, -EPROTOTYPE, "leave out --port" },
	{ "address: but 0 is taken", "raw", NULL, CONTACT, false, "eth0", 0,
	  true, 1, "%42" },
	{ "address: a port below 0", "raw", NULL, SERVER, false, "eth0", -1,
	  true, -ERANGE, "port -1 is not in" },

	{ "isotp: the default of a server", "dgram", "isotp", SERVER, false,
	  "eth0", 12345, false, 1, "%42:10003039:18003039" },
	{ "isotp: to contact", "dgram", "isotp", CONTACT, false, "eth0",
	  12345, false, 1, "%42:10003039:18003039" },
	{ "isotp: the default of a client", "dgram", "isotp", CLIENT, false,
	  "eth0", 12345, false, 1, "%42:18003039:10003039" },
	{ "isotp: another port", "dgram", "isotp", SERVER, false, "%3",
	  16777215, true, 1, "%3:10FFFFFF:18FFFFFF" },
	{ "isotp: no such port", "dgram", "isotp", SERVER, false, "eth0",
	  16777216, true, -ERANGE, "16777216 is not in 0 to 16777215" },
	{ "isotp: a port below 0", "dgram", "isotp", SERVER, false, "eth0",
	  -1, true, -ERANGE, "is not in" },
	{ "isotp: port 0 is not contacted", "dgram", "isotp", CONTACT, false,
	  "eth0", 0, true, -EDESTADDRREQ, "the server printed" },
	{ "isotp: port 0 and ids", "dgram", "isotp", CONTACT, false,
	  "eth0:700:708", 0, true, 1, "%42:700:708" },
	{ "isotp: two ids", "dgram", "isotp", SERVER, false, "eth0:7e0:7E8",
	  12345, false, 1, "%42:7E0:7E8" },
	{ "isotp: two ids of a client", "dgram", "isotp", CLIENT, true,
	  "%4:7E0:7E8", 0, false, 1, "%4:7E8:7E0" },
	{ "isotp: long and short", "dgram", "isotp", SERVER, false,
	  "eth0:7FF:1FFFFFFF", 12345, false, 1, "%42:7FF:1FFFFFFF" },
	{ "isotp: the same, as two kinds of id", "dgram", "isotp", SERVER,
	  false, "eth0:00000700:700", 12345, false, 1, "%42:00000700:700" },
	{ "isotp: one id twice", "dgram", "isotp", SERVER, false,
	  "eth0:700:700", 12345, false, -EINVAL, "have to differ" },
	{ "isotp: one id only", "dgram", "isotp", SERVER, false, "eth0:700",
	  12345, false, -EINVAL, "takes :RX:TX" },
	{ "isotp: an empty id", "dgram", "isotp", SERVER, false, "eth0::708",
	  12345, false, -EINVAL, "takes :RX:TX" },
	{ "isotp: nothing behind", "dgram", "isotp", SERVER, false,
	  "eth0:700:", 12345, false, -EINVAL, "takes :RX:TX" },
	{ "isotp: three ids", "dgram", "isotp", SERVER, false,
	  "eth0:700:708:710", 12345, false, -EINVAL, "is no" },
	{ "isotp: 12 bits", "dgram", "isotp", SERVER, false, "eth0:800:708",
	  12345, false, -EINVAL, "to 7FF" },
	{ "isotp: 30 bits", "dgram", "isotp", SERVER, false,
	  "eth0:20000000:708", 12345, false, -EINVAL, "to 1FFFFFFF" },
	{ "isotp: 4 digits", "dgram", "isotp", SERVER, false, "eth0:0700:708",
	  12345, false, -EINVAL, "3 hexadecimal digits" },
	{ "isotp: 9 digits", "dgram", "isotp", SERVER, false,
	  "eth0:010000000:708", 12345, false, -EINVAL, "or 8" },
	{ "isotp: a sign", "dgram", "isotp", SERVER, false, "eth0:-70:708",
	  12345, false, -EINVAL, "hexadecimal" },
	{ "isotp: a blank", "dgram", "isotp", SERVER, false, "eth0: 70:708",
	  12345, false, -EINVAL, "hexadecimal" },
	{ "isotp: a prefix", "dgram", "isotp", SERVER, false, "eth0:0x7:708",
	  12345, false, -EINVAL, "hexadecimal" },
	{ "isotp: ids and a port", "dgram", "isotp", SERVER, false,
	  "eth0:700:708", 80, true, -EPROTOTYPE, "leave out --port" },
	{ "isotp: ids and no interface", "dgram", "isotp", SERVER, false,
	  ":700:708", 12345, false, -EINVAL, "'' is no interface" },
	{ "isotp: bad ids of no interface", "dgram", "isotp", SERVER, false,
	  "can7:700", 12345, false, -EINVAL, "takes :RX:TX" },

	{ "j1939: a server takes all", "dgram", "j1939", SERVER, false,
	  "eth0", 12345, false, 1, "%42:20" },
	{ "j1939: to contact", "dgram", "j1939", CONTACT, false, "eth0",
	  12345, false, 1, "%42:20:1EF00" },
	{ "j1939: a client", "dgram", "j1939", CLIENT, false, "eth0", 12345,
	  false, 1, "%42:80" },
	{ "j1939: an address", "dgram", "j1939", SERVER, false, "eth0:fd",
	  12345, false, 1, "%42:FD" },
	{ "j1939: an address to contact", "dgram", "j1939", CONTACT, false,
	  "eth0:0", 12345, false, 1, "%42:00:1EF00" },
	{ "j1939: with a PGN", "dgram", "j1939", SERVER, false,
	  "eth0:30:12300", 12345, false, 1, "%42:30:12300" },
	{ "j1939: a client, with a PGN", "dgram", "j1939", CLIENT, false,
	  "eth0:30:12300", 12345, false, 1, "%42:80:12300" },
	{ "j1939: the server has the client's", "dgram", "j1939", CLIENT,
	  false, "eth0:80", 12345, false, 1, "%42:81" },
	{ "j1939: the lowest PGN", "dgram", "j1939", CONTACT, false,
	  "eth0:30:0", 12345, false, 1, "%42:30:00000" },
	{ "j1939: the highest PGN", "dgram", "j1939", CONTACT, false,
	  "eth0:30:3EF00", 12345, false, 1, "%42:30:3EF00" },
	{ "j1939: a broadcast PGN", "dgram", "j1939", CONTACT, false,
	  "eth0:30:1F000", 12345, false, -EINVAL, "no destination" },
	{ "j1939: a PGN with a destination in it", "dgram", "j1939", CONTACT,
	  false, "eth0:30:1EF01", 12345, false, -EINVAL, "ends in 00" },
	{ "j1939: 19 bits", "dgram", "j1939", CONTACT, false,
	  "eth0:30:40000", 12345, false, -EINVAL, "no destination" },
	{ "j1939: a PGN of 6 digits", "dgram", "j1939", CONTACT, false,
	  "eth0:30:01EF00", 12345, false, -EINVAL, "takes :ADDRESS" },
	{ "j1939: the idle address", "dgram", "j1939", SERVER, false,
	  "eth0:FE", 12345, false, -EINVAL, "to FD" },
	{ "j1939: everybody", "dgram", "j1939", CONTACT, false, "eth0:FF",
	  12345, false, -EINVAL, "to FD" },
	{ "j1939: 3 digits", "dgram", "j1939", SERVER, false, "eth0:020",
	  12345, false, -EINVAL, "takes :ADDRESS" },
	{ "j1939: no digit", "dgram", "j1939", SERVER, false, "eth0:",
	  12345, false, -EINVAL, "takes :ADDRESS" },
	{ "j1939: no PGN", "dgram", "j1939", SERVER, false, "eth0:20:",
	  12345, false, -EINVAL, "takes :ADDRESS" },
	{ "j1939: a port", "dgram", "j1939", SERVER, false, "eth0", 80, true,
	  -EPROTOTYPE, "no ports" },
	{ "j1939: port 0 is not contacted", "dgram", "j1939", CONTACT, false,
	  "eth0", 0, true, -EDESTADDRREQ, "the server printed" },
};

/* Addresses of an exchange are made of its run. */
static struct sockaddr_can
chosen(const char *protocol, enum side_id side, const char *host, unsigned run)
{
	struct choice choice = asking_choice(&can_family, "dgram", protocol);
	struct wish wish = {
		.side = side, .both_sides = true, .cell = &choice.row,
		.host = host, .run = run,
	};
	struct endpoint endpoint;
	struct sockaddr_can can;
	char why[256];

	assert_int_equal(can_family.address(&wish, &endpoint, why,
	    sizeof(why)), 1);
	assert_int_equal(endpoint.length, sizeof(can));
	/* Padding. */
	assert_int_equal(endpoint.bytes[2] | endpoint.bytes[3], 0);
	assert_int_equal(endpoint.bytes[21] | endpoint.bytes[22] |
	    endpoint.bytes[23], 0);
	memcpy(&can, endpoint.bytes, sizeof(can));
	return can;
}

static void
test_isotp_runs(void **state)
{
	static const unsigned runs[] = { 1, 0xabcdef, 0xffffff, 0xff000001 };

	(void)state;
	for (size_t i = 0; i < COUNT(runs); i++) {
		struct sockaddr_can server = chosen("isotp", SIDE_SERVER,
		    "%4", runs[i]);
		struct sockaddr_can client = chosen("isotp", SIDE_CLIENT,
		    "%4", runs[i]);

		assert_int_equal(server.can_addr.tp.rx_id,
		    CAN_EFF_FLAG | 0x10000000 | (runs[i] & 0xffffff));
		assert_int_equal(server.can_addr.tp.tx_id,
		    CAN_EFF_FLAG | 0x18000000 | (runs[i] & 0xffffff));
		assert_int_equal(client.can_addr.tp.rx_id,
		    server.can_addr.tp.tx_id);
		assert_int_equal(client.can_addr.tp.tx_id,
		    server.can_addr.tp.rx_id);
	}
}

static void
test_j1939_runs(void **state)
{
	(void)state;
	for (unsigned run = 1; run <= 0xffffff; run += 997) {
		struct sockaddr_can server = chosen("j1939", SIDE_SERVER,
		    "%4", run);
		struct sockaddr_can client = chosen("j1939", SIDE_CLIENT,
		    "%4", run);
		struct sockaddr_can next = chosen("j1939", SIDE_SERVER, "%4",
		    run + 1);
		struct sockaddr_can later = chosen("j1939", SIDE_CLIENT, "%4",
		    run + 126);
		unsigned pgn = server.can_addr.j1939.pgn;

		assert_true(server.can_addr.j1939.addr <=
		    J1939_MAX_UNICAST_ADDR);
		assert_true(client.can_addr.j1939.addr <=
		    J1939_MAX_UNICAST_ADDR);
		assert_int_not_equal(server.can_addr.j1939.addr,
		    client.can_addr.j1939.addr);
		assert_int_not_equal(server.can_addr.j1939.addr,
		    next.can_addr.j1939.addr);
		assert_int_not_equal(client.can_addr.j1939.addr,
		    later.can_addr.j1939.addr);
		assert_int_equal(client.can_addr.j1939.pgn, pgn);
		/* Data page 1, with a destination: no network management. */
		assert_true(pgn >= 0x10000 && pgn < 0x1f000);
		assert_int_equal(pgn & 0xff, 0);
	}
	/* The user's words, where they say something. */
	assert_int_equal(chosen("j1939", SIDE_SERVER, "%4:11", 300)
	    .can_addr.j1939.addr, 0x11);
	assert_int_equal(chosen("j1939", SIDE_SERVER, "%4:11", 300)
	    .can_addr.j1939.pgn, 0x10000);
	assert_int_equal(chosen("j1939", SIDE_CLIENT, "%4:11:02300", 300)
	    .can_addr.j1939.pgn, 0x02300);
}

/* Bytes of an address, its text and its fields. */
#define TP_RX "\x39\x30\0\x90"		/* CAN_EFF_FLAG|0x10003039 */
static const struct bytes_row {
	const char *name;
	const char *bytes;
	size_t length;
	const char *text;
	size_t count;
	struct laid fields[5];
} bytes_rows[] = {
#define BYTES(text) text, sizeof(text) - 1
#define FAMILY { "can_family", 0, 2, false, "AF_CAN", "" }
#define INDEX(value) { "can_ifindex", 4, 4, true, value, "" }
	{ "bytes: as a raw socket is bound",
	  BYTES("\x1d\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "%4",
	  2, { FAMILY, INDEX("4") } },
	{ "bytes: as its kernel tells", BYTES("\x1d\0\0\0\4\0\0\0"), "%4",
	  2, { FAMILY, INDEX("4") } },
	{ "bytes: all interfaces", BYTES("\x1d\0\0\0\0\0\0\0"), "%0",
	  2, { FAMILY, INDEX("0") } },
	{ "bytes: isotp",
	  BYTES("\x1d\0\0\0\4\0\0\0" TP_RX "\x08\7\0\0\0\0\0\0\0\0\0\0"),
	  "%4:10003039:708",
	  4, { FAMILY, INDEX("4"),
	    { "can_addr.tp.rx_id", 8, 4, false, "CAN_EFF_FLAG|0x10003039",
	      "" },
	    { "can_addr.tp.tx_id", 12, 4, false, "0x708", "" } } },
	{ "bytes: isotp, as its kernel tells",
	  BYTES("\x1d\0\0\0\4\0\0\0\1\0\0\0" TP_RX), "%4:001:10003039",
	  4, { FAMILY, INDEX("4"),
	    { "can_addr.tp.rx_id", 8, 4, false, "0x1", "" },
	    { "can_addr.tp.tx_id", 12, 4, false, "CAN_EFF_FLAG|0x10003039",
	      "" } } },
	{ "bytes: j1939",
	  BYTES("\x1d\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\xef\1\0\x20\0\0\0"),
	  "%4:20:1EF00",
	  5, { FAMILY, INDEX("4"),
	    { "can_addr.j1939.name", 8, 8, false, "J1939_NO_NAME", "" },
	    { "can_addr.j1939.pgn", 16, 4, false, "0x1ef00", "" },
	    { "can_addr.j1939.addr", 20, 1, false, "0x20", "" } } },
	{ "bytes: j1939, a name and no PGN",
	  BYTES("\x1d\0\0\0\0\0\0\0\1\2\0\0\0\0\0\x80\0\0\4\0\xff\0\0\0"),
	  "%0:FF",
	  5, { FAMILY, INDEX("0"),
	    { "can_addr.j1939.name", 8, 8, false, "0x8000000000000201", "" },
	    { "can_addr.j1939.pgn", 16, 4, false, "J1939_NO_PGN", "" },
	    { "can_addr.j1939.addr", 20, 1, false, "0xff", "" } } },
	{ "bytes: longer than ours",
	  BYTES("\x1d\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0wxyz"),
	  "%4", 2, { FAMILY, INDEX("4") } },
	{ "bytes: a PGN and no address",
	  BYTES("\x1d\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\xef\1\0"), "%4",
	  2, { FAMILY, INDEX("4") } },
	{ "bytes: a part of an id", BYTES("\x1d\0\0\0\4\0\0\0\7\0\0"), "%4",
	  2, { FAMILY, INDEX("4") } },
};

static void
test_bytes(void **state)
{
	const struct bytes_row *row = *state;
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint;
	char text[ENDPOINT_TEXT_MAX];

	endpoint_set(&endpoint, row->bytes, row->length);
	assert_int_equal(can_family.format(&endpoint, text, sizeof(text)), 0);
	assert_string_equal(text, row->text);
	assert_int_equal(can_family.lay_out(&endpoint, fields), row->count);
	/* Not check_lay_out(): two bytes behind can_family are padding. */
	for (size_t i = 0; i < row->count; i++) {
		assert_string_equal(fields[i].name, row->fields[i].name);
		assert_int_equal(fields[i].offset, row->fields[i].offset);
		assert_int_equal(fields[i].size, row->fields[i].size);
		assert_int_equal(fields[i].number, row->fields[i].number);
		assert_string_equal(fields[i].value, row->fields[i].value);
		assert_string_equal(fields[i].strace, "");
		assert_true(fields[i].offset + fields[i].size <= row->length);
	}
}

static void
test_not_ours(void **state)
{
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint, out;
	char text[64];

	(void)state;
	for (size_t length = 0; length <= 8; length++) {
		const char *bytes = length == 8 ? "\2\0\0\0\4\0\0\0"
						: "\x1d\0\0\0\4\0\0\0";

		endpoint_set(&endpoint, bytes, length);
		assert_int_equal(can_family.format(&endpoint, text,
		    sizeof(text)), -EINVAL);
		assert_int_equal(can_family.lay_out(&endpoint, fields),
		    -EINVAL);
		assert_int_equal(can_family.contact(&endpoint, &endpoint,
		    &out), -EINVAL);
	}
}

static void
test_contact(void **state)
{
	static const char raw[] = "\x1d\0\0\0\4\0\0\0";
	static const char tp[] = "\x1d\0\0\0\4\0\0\0\1\0\0\0\2\0\0";
	struct sockaddr_can can;
	struct endpoint asked, bound, out;

	(void)state;
	memset(&can, 0, sizeof(can));
	can.can_family = AF_CAN;
	can.can_ifindex = 4;
	endpoint_set(&asked, &can, sizeof(can));
	endpoint_set(&bound, raw, 8);
	assert_int_equal(can_family.contact(&asked, &bound, &out), 0);
	assert_true(endpoint_equal(&bound, &out));
	endpoint_set(&bound, tp, 16);
	assert_int_equal(can_family.contact(&asked, &bound, &out), 0);
	assert_true(endpoint_equal(&bound, &out));
	/* The PGN that J1939's getsockname() does not tell. */
	can.can_addr.j1939.addr = 0x20;
	can.can_addr.j1939.pgn = 0x12300;
	endpoint_set(&asked, &can, sizeof(can));
	can.can_addr.j1939.pgn = J1939_NO_PGN;
	endpoint_set(&bound, &can, sizeof(can));
	assert_int_equal(can_family.contact(&asked, &bound, &out), 0);
	assert_true(endpoint_equal(&asked, &out));
	/* What it tells is left as it is. */
	can.can_addr.j1939.pgn = 0x45600;
	endpoint_set(&bound, &can, sizeof(can));
	assert_int_equal(can_family.contact(&asked, &bound, &out), 0);
	assert_true(endpoint_equal(&bound, &out));
}

#define RUN 0x00abcdefu
#define MESSAGE_MAX 5000

/* A message, the frames it takes, and the longest of them. */
static const struct frames_row {
	const char *name, *type, *variant;
	size_t length, frames;
} frames_rows[] = {
	{ "frames: an empty message", "raw", "classic", 0, 1 },
	{ "frames: one byte", "raw", "classic", 1, 1 },
	{ "frames: just one", "raw", "classic", 8, 1 },
	{ "frames: just two", "raw", "classic", 9, 2 },
	{ "frames: many", "raw", "classic", 5000, 625 },
	{ "frames: an empty FD message", "raw", "fd", 0, 1 },
	{ "frames: FD, 8", "raw", "fd", 8, 1 },
	{ "frames: FD, 9 is none of its lengths", "raw", "fd", 9, 2 },
	{ "frames: FD, 12", "raw", "fd", 12, 1 },
	{ "frames: FD, 16", "raw", "fd", 16, 1 },
	{ "frames: FD, 20", "raw", "fd", 20, 1 },
	{ "frames: FD, 24", "raw", "fd", 24, 1 },
	{ "frames: FD, 32", "raw", "fd", 32, 1 },
	{ "frames: FD, 48", "raw", "fd", 48, 1 },
	{ "frames: FD, 29", "raw", "fd", 29, 2 },
	{ "frames: FD, 63", "raw", "fd", 63, 3 },
	{ "frames: FD, 64", "raw", "fd", 64, 1 },
	{ "frames: FD, 65", "raw", "fd", 65, 2 },
	{ "frames: FD, many", "raw", "fd", 5000, 79 },
	{ "frames: bcm, empty", "dgram", NULL, 0, 1 },
	{ "frames: bcm, just one", "dgram", NULL, 8, 1 },
	{ "frames: bcm, many", "dgram", NULL, 5000, 625 },
};

static struct choice
choose(const struct frames_row *row)
{
	struct choice choice = asking_choice(&can_family, row->type, NULL);
	char why[256];

	if (row->variant != NULL)
		assert_int_equal(cell_choose_variant(&choice, row->variant,
		    why, sizeof(why)), 0);
	return choice;
}

static bool
is_frame_length(size_t length)
{
	static const size_t lengths[] = { 12, 16, 20, 24, 32, 48, 64 };

	for (size_t i = 0; i < COUNT(lengths); i++)
		if (length == lengths[i])
			return true;
	return length <= 8;
}

/* bcm: what is sent is a request, and what comes an answer. */
static void
deliver(const struct choice *choice, unsigned char *packet)
{
	const unsigned answer = RX_CHANGED;

	if (choice->row.protocol == CAN_BCM)
		memcpy(packet, &answer, sizeof(answer));
}

static void
test_frames(void **state)
{
	const struct frames_row *row = *state;
	struct choice choice = choose(row);
	bool fd = row->variant != NULL && strcmp(row->variant, "fd") == 0;
	size_t head = choice.row.protocol == CAN_BCM ? HEAD : 0;
	size_t whole = head + (fd ? CANFD_MTU : CAN_MTU);
	struct envelope sender = { .cell = &choice.row, .side = SIDE_CLIENT,
		.variant = choice.variant, .run = RUN };
	struct envelope receiver = sender;
	unsigned char message[MESSAGE_MAX], got[MESSAGE_MAX];
	size_t left = row->length;
	size_t length = 0;
	size_t frames = 0;

	receiver.side = SIDE_SERVER;
	for (size_t i = 0; i < row->length; i++)
		message[i] = (unsigned char)(i * 31 + 7);
	do {
		unsigned char *packet = malloc(whole);
		size_t taken = 99999;
		size_t at = 0;
		ssize_t found;
		unsigned parts = 0;

		assert_non_null(packet);
		sender.offset = row->length - left;
		for (size_t room = 0; room < whole; room++)
			assert_int_equal(choice.row.wrap(&sender,
			    message + sender.offset, left, &taken, packet,
			    room), -EMSGSIZE);
		assert_int_equal(choice.row.wrap(&sender,
		    message + sender.offset, left, &taken, packet, whole),
		    whole);
		assert_true(taken <= left && is_frame_length(taken));
		assert_int_equal(packet[head + 4], taken);
		deliver(&choice, packet);
		found = choice.row.unwrap(&receiver, packet, whole, &at);
		assert_int_equal(found, taken);
		assert_int_equal(at, head + 8);
		memcpy(got + length, packet + at, (size_t)found);
		length += (size_t)found;
		if (sender.offset == 0)
			parts |= PART_BEGINS;
		left -= taken;
		if (left == 0)
			parts |= PART_ENDS;
		assert_int_equal(choice.row.part(&receiver, packet, whole),
		    parts);
		frames++;
		/* Nobody else takes it: not its sender, nor another run. */
		assert_int_equal(choice.row.unwrap(&sender, packet, whole,
		    &at), -ENOMSG);
		receiver.run = RUN + 1;
		assert_int_equal(choice.row.unwrap(&receiver, packet, whole,
		    &at), -ENOMSG);
		receiver.run = 0;
		assert_int_equal(choice.row.unwrap(&receiver, packet, whole,
		    &at), -ENOMSG);
		receiver.run = RUN;
		free(packet);
	} while (left != 0);
	assert_int_equal(frames, row->frames);
	assert_int_equal(length, row->length);
	assert_memory_equal(got, message, length);
}

/* A frame on the bus: who takes it, and as which part of a message. */
enum { NOBODY = 0, TO_SERVER = 1, TO_CLIENT = 2 };
static const struct foreign_row {
	const char *name;
	canid_t id;
	unsigned run;
	unsigned takers;
	unsigned parts;
} foreign_rows[] = {
	{ "id: cansend 123#", 0x123, 0, TO_SERVER, PART_WHOLE },
	{ "id: cansend 000#", 0, 0, TO_SERVER, PART_WHOLE },
	{ "id: cansend 00000123#", CAN_EFF_FLAG | 0x123, 0, TO_SERVER,
	  PART_WHOLE },
	{ "id: cansend 0FFFFFFF#", CAN_EFF_FLAG | 0x0fffffff, 0, TO_SERVER,
	  PART_WHOLE },
	{ "id: 29 bits that claim to be 11", 0x16000000, 0, TO_SERVER,
	  PART_WHOLE },
	{ "id: a remote request", CAN_RTR_FLAG | 0x123, 0, NOBODY, 0 },
	{ "id: an error", CAN_ERR_FLAG | 0x123, 0, NOBODY, 0 },
	{ "id: an exchange hears no others", 0x123, RUN, NOBODY, 0 },
	{ "id: a client's whole message", CAN_EFF_FLAG | 0x16000000, 0,
	  TO_SERVER, PART_WHOLE },
	{ "id: a client's, begun", CAN_EFF_FLAG | 0x14000000, 0, TO_SERVER,
	  PART_BEGINS },
	{ "id: a client's, goes on", CAN_EFF_FLAG | 0x10000000, 0, TO_SERVER,
	  0 },
	{ "id: a client's, ended", CAN_EFF_FLAG | 0x12000000, 0, TO_SERVER,
	  PART_ENDS },
	{ "id: a server's whole message", CAN_EFF_FLAG | 0x1e000000, 0,
	  TO_CLIENT, PART_WHOLE },
	{ "id: a server's, goes on", CAN_EFF_FLAG | 0x18000000, 0, TO_CLIENT,
	  0 },
	{ "id: a server's, of an exchange", CAN_EFF_FLAG | 0x1e000000 | RUN,
	  RUN, TO_CLIENT, PART_WHOLE },
	{ "id: a client's, of an exchange", CAN_EFF_FLAG | 0x16000000 | RUN,
	  RUN, TO_SERVER, PART_WHOLE },
	{ "id: a run has 24 bits", CAN_EFF_FLAG | 0x16000000 | RUN,
	  0xff000000 | RUN, TO_SERVER, PART_WHOLE },
	{ "id: a client's, of another", CAN_EFF_FLAG | 0x16000000 | RUN, 0,
	  NOBODY, 0 },
	{ "id: a client's, in an exchange", CAN_EFF_FLAG | 0x16000000, RUN,
	  NOBODY, 0 },
	{ "id: a bit that we do not set", CAN_EFF_FLAG | 0x17000000, 0,
	  NOBODY, 0 },
	{ "id: ours, as a remote request",
	  CAN_EFF_FLAG | CAN_RTR_FLAG | 0x16000000, 0, NOBODY, 0 },
};

static ssize_t
take(const struct cell *cell, enum side_id side, unsigned run,
    const unsigned char *packet, size_t length)
{
	const struct envelope envelope = { .cell = cell, .side = side,
		.run = run };
	size_t at = 0;

	return cell->unwrap(&envelope, packet, length, &at);
}

static void
test_foreign(void **state)
{
	const struct foreign_row *row = *state;
	const struct cell raw = asking_choice(&can_family, "raw", NULL).row;
	const struct cell bcm = asking_choice(&can_family, "dgram", NULL).row;
	const struct envelope envelope = { .cell = &raw, .side = SIDE_SERVER,
		.run = row->run };
	struct canfd_frame frame = { .can_id = row->id, .len = 5 };
	struct bcm_msg_head head = { .opcode = RX_CHANGED, .nframes = 1 };
	unsigned char packet[HEAD + sizeof(frame)];
	ssize_t server = (row->takers & TO_SERVER) != 0 ? 5 : -ENOMSG;
	ssize_t client = (row->takers & TO_CLIENT) != 0 ? 5 : -ENOMSG;
	static const size_t sizes[] = { CAN_MTU, CANFD_MTU };

	memcpy(packet, &head, HEAD);
	memcpy(packet + HEAD, &frame, sizeof(frame));
	for (size_t i = 0; i < COUNT(sizes); i++) {
		assert_int_equal(take(&raw, SIDE_SERVER, row->run,
		    packet + HEAD, sizes[i]), server);
		assert_int_equal(take(&raw, SIDE_CLIENT, row->run,
		    packet + HEAD, sizes[i]), client);
		assert_int_equal(take(&bcm, SIDE_SERVER, row->run, packet,
		    HEAD + sizes[i]), server);
		assert_int_equal(take(&bcm, SIDE_CLIENT, row->run, packet,
		    HEAD + sizes[i]), client);
	}
	if (row->takers == NOBODY)
		return;
	assert_int_equal(raw.part(&envelope, packet + HEAD, CAN_MTU),
	    row->parts);
	assert_int_equal(bcm.part(&envelope, packet, HEAD + CAN_MTU),
	    row->parts);
}

/* Lengths that no kernel delivers, and a length that the frame contradicts. */
static void
test_malformed(void **state)
{
	const struct cell raw = asking_choice(&can_family, "raw", NULL).row;
	const struct cell bcm = asking_choice(&can_family, "dgram", NULL).row;
	struct canfd_frame frame = { .can_id = 0x123 };
	struct bcm_msg_head head = { .opcode = RX_CHANGED, .nframes = 1 };

	(void)state;
	for (size_t length = 0; length <= HEAD + sizeof(frame) + 9; length++) {
		size_t part = length > HEAD ? length - HEAD : 0;
		unsigned char *packet = calloc(1, length + 1);

		assert_non_null(packet);
		assert_int_equal(take(&raw, SIDE_SERVER, 0, packet, length),
		    length == CAN_MTU || length == CANFD_MTU ? 0 : -ENOMSG);
		memcpy(packet, &head, length < HEAD ? length : HEAD);
		assert_int_equal(take(&bcm, SIDE_SERVER, 0, packet, length),
		    part == CAN_MTU || part == CANFD_MTU ? 0 : -ENOMSG);
		free(packet);
	}
	for (unsigned length = 0; length < 256; length++) {
		frame.len = (__u8)length;
		assert_int_equal(take(&raw, SIDE_SERVER, 0,
		    (const unsigned char *)&frame, CAN_MTU),
		    length <= 8 ? (int)length : -ENOMSG);
		assert_int_equal(take(&raw, SIDE_SERVER, 0,
		    (const unsigned char *)&frame, CANFD_MTU),
		    length <= 64 ? (int)length : -ENOMSG);
	}
}

/* What else a broadcast manager says is passed over. */
static void
test_other_news(void **state)
{
	const struct cell bcm = asking_choice(&can_family, "dgram", NULL).row;
	unsigned char packet[HEAD + CAN_MTU] = { 0 };

	(void)state;
	for (unsigned opcode = 0; opcode < 16; opcode++)
		for (unsigned frames = 0; frames < 3; frames++) {
			const struct bcm_msg_head head = { .opcode = opcode,
				.nframes = frames };

			memcpy(packet, &head, HEAD);
			assert_int_equal(take(&bcm, SIDE_SERVER, 0, packet,
			    sizeof(packet)),
			    opcode == RX_CHANGED && frames == 1 ? 0
								: -ENOMSG);
		}
}

/* Calls that are written down instead of made. */
static struct {
	size_t sends;
	ssize_t result;		/* of each, if not 0 */
	size_t fails_at;	/* the n-th send fails with result */
	struct bcm_msg_head head[8];
	size_t filters;
	struct can_filter filter;
} told;

static ssize_t
tell_send(struct recorder *recorder, int fd, const void *data, size_t length,
    int flags)
{
	(void)recorder;
	assert_int_equal(fd, 9);
	assert_int_equal(flags, MSG_NOSIGNAL);
	assert_true(told.sends < COUNT(told.head));
	if (length == HEAD)
		memcpy(&told.head[told.sends], data, length);
	if (++told.sends == told.fails_at)
		return told.result;
	return (ssize_t)length;
}

static int
tell_option(struct recorder *recorder, int fd, int level, int name,
    const void *value, socklen_t length)
{
	(void)recorder;
	assert_int_equal(fd, 9);
	assert_int_equal(level, SOL_CAN_RAW);
	assert_int_equal(name, CAN_RAW_FILTER);
	assert_int_equal(length, sizeof(told.filter));
	memcpy(&told.filter, value, length);
	told.filters++;
	return -EPERM;
}

static struct channel
open_channel(const struct cell *cell, enum side_id side, unsigned run)
{
	static const struct calls calls = { .send = tell_send,
		.setsockopt = tell_option };

	memset(&told, 0, sizeof(told));
	return (struct channel){ .calls = &calls, .cell = cell, .side = side,
		.run = run, .fd = 9 };
}

/* can.rst: "<received_can_id> & mask == can_id & mask". */
static bool
passes(canid_t id)
{
	return (id & told.filter.can_mask) ==
	    (told.filter.can_id & told.filter.can_mask);
}

static void
test_filter(void **state)
{
	const struct cell raw = asking_choice(&can_family, "raw", NULL).row;
	struct channel channel = open_channel(&raw, SIDE_SERVER, 0);

	(void)state;
	assert_int_equal(raw.prepare(&channel), 0);
	assert_int_equal(told.filters, 0);
	channel = open_channel(&raw, SIDE_SERVER, RUN);
	assert_int_equal(raw.prepare(&channel), -EPERM);
	assert_int_equal(told.filters, 1);
	/* The kernel knows such a mask as one for error frames. */
	assert_false(told.filter.can_mask & CAN_ERR_FLAG);
	assert_false(told.filter.can_id & CAN_INV_FILTER);
	for (canid_t parts = 0; parts < 4; parts++) {
		canid_t id = CAN_EFF_FLAG | 0x10000000 | parts << 25 | RUN;

		assert_true(passes(id));
		assert_false(passes(id | 0x08000000));
		assert_false(passes(id | 0x01000000));
		assert_false(passes(id | CAN_RTR_FLAG));
		assert_false(passes(id & ~CAN_EFF_FLAG));
		assert_false(passes(id ^ 1));
	}
	assert_false(passes(0x123));
	channel = open_channel(&raw, SIDE_CLIENT, 0);
	assert_int_equal(raw.prepare(&channel), -EPERM);
	assert_true(passes(CAN_EFF_FLAG | 0x1e000000));
	assert_false(passes(CAN_EFF_FLAG | 0x16000000));
	assert_false(passes(CAN_EFF_FLAG | 0x1e000001));
}

static void
test_subscription(void **state)
{
	const struct cell bcm = asking_choice(&can_family, "dgram", NULL).row;
	struct channel channel = open_channel(&bcm, SIDE_CLIENT, RUN);
	unsigned seen = 0;

	(void)state;
	assert_int_equal(bcm.prepare(&channel), 0);
	assert_int_equal(told.sends, 4);
	for (size_t i = 0; i < 4; i++) {
		canid_t id = told.head[i].can_id;

		assert_int_equal(told.head[i].opcode, RX_SETUP);
		assert_int_equal(told.head[i].flags, RX_FILTER_ID);
		assert_int_equal(told.head[i].nframes, 0);
		assert_int_equal(id & ~0x06000000u,
		    CAN_EFF_FLAG | 0x18000000 | RUN);
		seen |= 1u << (id >> 25 & 3);
	}
	assert_int_equal(seen, 0xf);
	channel = open_channel(&bcm, SIDE_SERVER, 0);
	told.fails_at = 3;
	told.result = -ENOMEM;
	assert_int_equal(bcm.prepare(&channel), -ENOMEM);
	assert_int_equal(told.sends, 3);
	assert_int_equal(told.head[0].can_id, CAN_EFF_FLAG | 0x10000000);
}

static void
test_transmit(void **state)
{
	const struct cell raw = asking_choice(&can_family, "raw", NULL).row;
	const struct can_frame frame = { .can_id = 1 };
	struct channel channel = open_channel(&raw, SIDE_CLIENT, 1);

	(void)state;
	assert_int_equal(raw.transmit(&channel, &frame, sizeof(frame)),
	    sizeof(frame));
	told.fails_at = 2;
	told.result = -ENOBUFS;
	assert_int_equal(raw.transmit(&channel, &frame, sizeof(frame)),
	    -EAGAIN);
	told.fails_at = 3;
	told.result = -ENETDOWN;
	assert_int_equal(raw.transmit(&channel, &frame, sizeof(frame)),
	    -ENETDOWN);
}

/* As strace 6.1 printed such calls. */
static void
test_strace(void **state)
{
	static const struct event events[] = {
		{ .call = CALL_SOCKET, .result = 3, .end_ns = 1, .pid = 100,
		  .number = { AF_CAN, SOCK_STREAM, 0 } },
		{ .call = CALL_SOCKET, .result = 3, .end_ns = 1, .pid = 100,
		  .number = { AF_CAN, SOCK_DGRAM, 9 } },
		{ .call = CALL_SOCKET, .result = 3, .end_ns = 1, .pid = 100,
		  .number = { AF_CAN, SOCK_RAW, CAN_RAW } },
		{ .call = CALL_BIND, .end_ns = 1, .pid = 100, .number = { 3 },
		  .address = { .length = 24, .bytes =
		    "\x1d\0\0\0\4\0\0\0\0\7\0\0\x08\7\0\0\0#\1\0 \0\0\0" } },
	};
	static const char *const expected[] = {
		"socket(AF_CAN, SOCK_STREAM, 0 /* CAN_??? */) = 3\n",
		"socket(AF_CAN, SOCK_DGRAM, 0x9 /* CAN_??? */) = 3\n",
		"socket(AF_CAN, SOCK_RAW, CAN_RAW) = 3\n",
		("bind(3, {sa_family=AF_CAN, sa_data=\"\\0\\0\\4\\0\\0\\0\\0"
		"\\7\\0\\0\\10\\7\\0\\0\\0#\\1\\0 \\0\\0\\0\"}, 24) = 0\n"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(events); i++) {
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);

		assert_non_null(out);
		render_strace_event(out, &can_family, &events[i]);
		assert_int_equal(fclose(out), 0);
		assert_non_null(strstr(text, "] "));
		assert_string_equal(strstr(text, "] ") + 2, expected[i]);
		free(text);
	}
}

/* Protocol 0 is none of CAN's: a type alone names one that it takes. */
static void
test_numbers(void **state)
{
	(void)state;
	assert_int_equal(asking_choice(&can_family, NULL, NULL).passed,
	    CAN_RAW);
	assert_int_equal(asking_choice(&can_family, "raw", "0").passed,
	    CAN_RAW);
	assert_int_equal(asking_choice(&can_family, "dgram", NULL).passed,
	    CAN_BCM);
	assert_int_equal(asking_choice(&can_family, "dgram", "iso-tp").passed,
	    CAN_ISOTP);
	assert_int_equal(asking_choice(&can_family, "dgram", "7").row.shape,
	    SHAPE_DATAGRAM);
	assert_int_equal(asking_choice(&can_family, "dgram", "raw").row.shape,
	    SHAPE_NONE);
	assert_int_equal(asking_choice(&can_family, "raw", "bcm").row.shape,
	    SHAPE_NONE);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_isotp_runs),
	cmocka_unit_test(test_j1939_runs),
	cmocka_unit_test(test_not_ours),
	cmocka_unit_test(test_contact),
	cmocka_unit_test(test_malformed),
	cmocka_unit_test(test_other_news),
	cmocka_unit_test(test_filter),
	cmocka_unit_test(test_subscription),
	cmocka_unit_test(test_transmit),
	cmocka_unit_test(test_strace),
	cmocka_unit_test(test_numbers),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(bytes_rows) +
    COUNT(frames_rows) + COUNT(foreign_rows) + COUNT(others)];

#define ADD(table, function)                                                   \
	for (size_t i = 0; i < COUNT(table); i++)                              \
		tests[count++] = (struct CMUnitTest){                          \
			.name = (table)[i].name,                               \
			.test_func = (function),                               \
			.initial_state = (void *)(uintptr_t)&(table)[i],       \
		}

int
main(void)
{
	size_t count = 0;

	asked_family = &can_family;
	ADD(asking_rows, test_asking);
	ADD(bytes_rows, test_bytes);
	ADD(frames_rows, test_frames);
	ADD(foreign_rows, test_foreign);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("can", tests, NULL, NULL);
}
