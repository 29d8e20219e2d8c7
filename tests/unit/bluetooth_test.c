#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "../../families/families.h"
#include "asking.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false

static const struct asking asking_rows[] = {
	{ "address: the default of an exchange", "seqpacket", NULL, SERVER,
	  true, NULL, 0, false, 1, "16557@00:AA:01:00:00:00" },
	{ "address: the same, to contact", "seqpacket", NULL, CONTACT, true,
	  NULL, 0, false, 1, "16557@00:AA:01:00:00:00" },
	{ "address: the default of a server", "stream", NULL, SERVER, false,
	  NULL, 12345, false, 1, "12345@00:AA:01:00:00:00" },
	{ "address: the default of a client", "stream", NULL, CONTACT, false,
	  NULL, 12345, false, 1, "12345@00:AA:01:00:00:00" },
	{ "address: port 0 of a server", "seqpacket", NULL, SERVER, false, NULL,
	  0, true, 1, "16557@00:AA:01:00:00:00" },
	{ "address: port 0 cannot be contacted", "seqpacket", NULL, CONTACT,
	  false, NULL, 0, true, -EDESTADDRREQ, "port 0" },
	{ "address: a PSM", "seqpacket", NULL, SERVER, false, NULL, 4097, true,
	  1, "4097@00:AA:01:00:00:00" },
	{ "address: a low PSM", "seqpacket", NULL, SERVER, false, NULL, 3, true,
	  1, "3@00:AA:01:00:00:00" },
	{ "address: the largest PSM", "seqpacket", NULL, SERVER, false, NULL,
	  65279, true, 1, "65279@00:AA:01:00:00:00" },
	{ "address: an even PSM", "seqpacket", NULL, SERVER, false, NULL, 4098,
	  true, -ERANGE, "is no PSM" },
	{ "address: a PSM of an odd upper byte", "seqpacket", NULL, SERVER,
	  false, NULL, 4353, true, -ERANGE, "is no PSM" },
	{ "address: a PSM too large", "seqpacket", NULL, SERVER, false, NULL,
	  65537, true, -ERANGE, "not in 0 to 65535" },
	{ "address: a PSM below 0", "seqpacket", NULL, SERVER, false, NULL, -1,
	  true, -ERANGE, "port -1" },
	{ "address: a device", "seqpacket", NULL, SERVER, false,
	  "12:34:56:78:9A:BC", 4097, true, 1, "4097@12:34:56:78:9A:BC" },
	{ "address: a device in small letters", "seqpacket", NULL, CONTACT,
	  false, "12:34:56:78:9a:bc", 4097, true, 1, "4097@12:34:56:78:9A:BC" },
	{ "address: a PSM and a device", "seqpacket", NULL, CONTACT, false,
	  "4097@12:34:56:78:9A:BC", 12345, false, 1, "4097@12:34:56:78:9A:BC" },
	{ "address: a PSM in base 16", "seqpacket", NULL, CONTACT, false,
	  "0x1003@12:34:56:78:9A:BC", 12345, false, 1,
	  "4099@12:34:56:78:9A:BC" },
	{ "address: an even PSM in the host", "seqpacket", NULL, CONTACT, false,
	  "4098@12:34:56:78:9A:BC", 12345, false, -ERANGE, "is no PSM" },
	{ "address: a PSM in the host, and another", "seqpacket", NULL, CONTACT,
	  false, "4097@12:34:56:78:9A:BC", 4099, true, -EPROTOTYPE,
	  "leave out --port" },
	{ "address: the default channel of an exchange", "stream", "rfcomm",
	  SERVER, true, NULL, 0, false, 1, "7@00:AA:01:00:00:00" },
	{ "address: the default channel of a server", "stream", "rfcomm",
	  SERVER, false, NULL, 12345, false, 1, "25@00:AA:01:00:00:00" },
	{ "address: a channel", "stream", "rfcomm", SERVER, false, NULL, 30,
	  true, 1, "30@00:AA:01:00:00:00" },
	{ "address: channel 31", "stream", "rfcomm", SERVER, false, NULL, 31,
	  true, -ERANGE, "1 to 30" },
	{ "address: channel 32", "stream", "rfcomm", SERVER, false, NULL, 32,
	  true, -ERANGE, "0 to 31" },
	{ "address: a channel and a device", "stream", "rfcomm", CONTACT, false,
	  "7@12:34:56:78:9A:BC", 12345, false, 1, "7@12:34:56:78:9A:BC" },
	{ "address: channel 0 in the host", "stream", "rfcomm", CONTACT, false,
	  "0@12:34:56:78:9A:BC", 12345, false, -ERANGE, "1 to 30" },
	{ "address: a channel too large, in the host", "stream", "rfcomm",
	  CONTACT, false, "300@12:34:56:78:9A:BC", 12345, false, -ERANGE,
	  "1 to 30" },
	{ "address: voice", "seqpacket", "sco", SERVER, true, NULL, 0, false, 1,
	  "00:AA:01:00:00:00" },
	{ "address: voice, to contact", "seqpacket", "sco", CONTACT, false,
	  "12:34:56:78:9A:BC", 12345, false, 1, "12:34:56:78:9A:BC" },
	{ "address: a ping", "raw", NULL, CONTACT, false, "12:34:56:78:9A:BC",
	  12345, false, 1, "0@12:34:56:78:9A:BC" },
	{ "address: no controller", "raw", "hci", SERVER, true, NULL, 0, false,
	  1, "hci65535" },
	{ "address: a controller", "raw", "hci", SERVER, false, "hci1", 12345,
	  false, 1, "hci1" },
	{ "address: a controller of l2cap", "seqpacket", NULL, SERVER, false,
	  "hci1", 4097, true, -EINVAL, "'hci1'" },
	{ "address: a controller without a number", "raw", "hci", SERVER, false,
	  "hci", 12345, false, -EINVAL, "'hci'" },
	{ "address: a controller of a tail", "raw", "hci", SERVER, false,
	  "hci1x", 12345, false, -EINVAL, "'hci1x'" },
	{ "address: an empty text", "seqpacket", NULL, SERVER, false, "", 4097,
	  true, -EINVAL, "neither ADDRESS" },
	{ "address: 5 bytes", "seqpacket", NULL, SERVER, false,
	  "12:34:56:78:9A", 4097, true, -EINVAL, "neither" },
	{ "address: 7 bytes", "seqpacket", NULL, SERVER, false,
	  "12:34:56:78:9A:BC:00", 4097, true, -EINVAL, "neither" },
	{ "address: a byte too large", "seqpacket", NULL, SERVER, false,
	  "12:34:56:78:9A:100", 4097, true, -EINVAL, "neither" },
	{ "address: no port before the sign", "seqpacket", NULL, SERVER, false,
	  "@12:34:56:78:9A:BC", 0, false, -EINVAL, "neither" },
	{ "address: a port too large before it", "seqpacket", NULL, SERVER,
	  false, "65536@12:34:56:78:9A:BC", 0, false, -EINVAL, "neither" },
	{ "address: a control character", "seqpacket", NULL, SERVER, false,
	  "12:34:56:78:9A:BC\n", 4097, true, -EINVAL, "neither" },
	{ "client: at the other controller", "seqpacket", NULL, CLIENT, true,
	  NULL, 0, false, 1, "0@00:AA:01:01:00:01" },
	{ "client: the same, of rfcomm", "stream", "rfcomm", CLIENT, true, NULL,
	  0, false, 1, "0@00:AA:01:01:00:01" },
	{ "client: the same, of voice", "seqpacket", "sco", CLIENT, true, NULL,
	  0, false, 1, "00:AA:01:01:00:01" },
	{ "client: of messages, the same PSM", "dgram", NULL, CLIENT, true,
	  NULL, 0, false, 1, "16557@00:AA:01:01:00:01" },
	{ "client: of messages, alone", "dgram", NULL, CLIENT, false, NULL,
	  12345, false, 1, "12345@00:AA:01:01:00:01" },
	{ "client: opposite the other", "seqpacket", NULL, CLIENT, false,
	  "4097@00:AA:01:01:00:01", 12345, false, 1, "0@00:AA:01:00:00:00" },
	{ "client: of a device in the room, none", "seqpacket", NULL, CLIENT,
	  false, "4097@12:34:56:78:9A:BC", 12345, false, 0, NULL },
	{ "client: of a ping", "raw", NULL, CLIENT, true, NULL, 0, false, 1,
	  "0@00:AA:01:01:00:01" },
};

/* strace tells a device's bytes as they lie in memory, and so they are here. */
static void
test_lay_out(void **state)
{
	static const struct laid l2[] = {
		{ "l2_family", 0, 2, false, "AF_BLUETOOTH", "" },
		{ "l2_psm", 2, 2, true, "4097",
		  "l2_psm=htobs(L2CAP_PSM_DYN_START)" },
		{ "l2_bdaddr", 4, 6, false, "06:05:04:03:02:01",
		  "l2_bdaddr=01:02:03:04:05:06" },
		{ "l2_cid", 10, 2, true, "0",
		  "l2_cid=htobs(0 /* L2CAP_CID_??? */)" },
		{ "l2_bdaddr_type", 12, 1, false, "BDADDR_BREDR", "" },
	};
	static const struct laid rc[] = {
		{ "rc_family", 0, 2, false, "AF_BLUETOOTH", "" },
		{ "rc_bdaddr", 2, 6, false, "06:05:04:03:02:01",
		  "rc_bdaddr=01:02:03:04:05:06" },
		{ "rc_channel", 8, 1, true, "25", "" },
	};
	static const struct laid sco[] = {
		{ "sco_family", 0, 2, false, "AF_BLUETOOTH", "" },
		{ "sco_bdaddr", 2, 6, false, "06:05:04:03:02:01",
		  "sco_bdaddr=01:02:03:04:05:06" },
	};
	static const struct laid hci[] = {
		{ "hci_family", 0, 2, false, "AF_BLUETOOTH", "" },
		{ "hci_dev", 2, 2, true, "65535", "hci_dev=htobs(65535)" },
		{ "hci_channel", 4, 2, false, "HCI_CHANNEL_RAW", "" },
	};

	(void)state;
	check_lay_out(&bluetooth_family,
	    "\x1f\0\x01\x10\1\2\3\4\5\6\0\0\0\0", 14, l2, COUNT(l2));
	check_lay_out(&bluetooth_family, "\x1f\0\1\2\3\4\5\6\x19\0", 10, rc,
	    COUNT(rc));
	check_lay_out(&bluetooth_family, "\x1f\0\1\2\3\4\5\6", 8, sco,
	    COUNT(sco));
	check_lay_out(&bluetooth_family, "\x1f\0\xff\xff\0\0", 6, hci,
	    COUNT(hci));
}

/* As strace 6.1 prints them (print_bluetooth_l2_psm() and its kin). */
static void
test_strace(void **state)
{
	static const struct {
		unsigned char psm[2], cid[2], type;
		const char *text[3];
	} rows[] = {
		{ { 0x39, 0x30 }, { 0x45, 0 }, 2,
		  { "L2CAP_PSM_DYN_START+8248", "L2CAP_CID_DYN_START+5",
		    "BDADDR_LE_RANDOM" } },
		{ { 3, 0 }, { 5, 0 }, 1,
		  { "L2CAP_PSM_RFCOMM", "L2CAP_CID_LE_SIGNALING",
		    "BDADDR_LE_PUBLIC" } },
		{ { 0x17, 0 }, { 0x40, 0 }, 3,
		  { "0x17 /* L2CAP_PSM_??? */", "L2CAP_CID_DYN_START",
		    "3" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char bytes[14] = { 0x1f, 0, rows[i].psm[0],
			rows[i].psm[1], 1, 2, 3, 4, 5, 6, rows[i].cid[0],
			rows[i].cid[1], rows[i].type };
		struct field fields[FIELDS_MAX];
		struct endpoint endpoint;
		char text[100];

		endpoint_set(&endpoint, bytes, sizeof(bytes));
		assert_int_equal(bluetooth_family.lay_out(&endpoint, fields),
		    5);
		snprintf(text, sizeof(text), "l2_psm=htobs(%s)",
		    rows[i].text[0]);
		assert_string_equal(fields[1].strace, text);
		snprintf(text, sizeof(text), "l2_cid=htobs(%s)",
		    rows[i].text[1]);
		assert_string_equal(fields[3].strace, text);
		assert_string_equal(fields[4].value, rows[i].text[2]);
	}
}

/* Of other lengths, and of another family. */
static void
test_not_ours(void **state)
{
	static const size_t lengths[] = { 0, 1, 2, 5, 7, 9, 11, 13, 15, 128 };
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint = { .length = 0 };
	char text[64];

	(void)state;
	endpoint.any.sa_family = AF_BLUETOOTH;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		endpoint.length = (socklen_t)lengths[i];
		assert_int_equal(bluetooth_family.format(&endpoint, text,
		    sizeof(text)), -EINVAL);
		assert_int_equal(bluetooth_family.lay_out(&endpoint, fields),
		    -EINVAL);
	}
	endpoint.length = 14;
	endpoint.any.sa_family = AF_INET;
	assert_int_equal(bluetooth_family.format(&endpoint, text,
	    sizeof(text)), -EINVAL);
}

/* Every run's PSM and channel can be bound. */
static void
test_ports(void **state)
{
	static const char *const cells[][2] = {
		{ "seqpacket", "l2cap" }, { "stream", "rfcomm" },
	};

	(void)state;
	for (unsigned run = 1; run < 0x1000000; run += 0x3fd)
		for (size_t i = 0; i < COUNT(cells); i++) {
			struct choice choice = asking_choice(&bluetooth_family,
			    cells[i][0], cells[i][1]);
			struct wish wish = { .side = SIDE_SERVER,
				.both_sides = true, .cell = &choice.row,
				.run = run };
			struct endpoint endpoint;
			char why[200];
			unsigned port;

			assert_int_equal(bluetooth_family.address(&wish,
			    &endpoint, why, sizeof(why)), 1);
			port = endpoint.bytes[2] | endpoint.bytes[3] * 256u;
			if (i == 0)
				assert_true(port >= 0x1001 &&
				    (port & 0x0101) == 1);
			else
				assert_in_range(endpoint.bytes[8], 1, 30);
		}
}

static ssize_t
unwrap(const struct choice *choice, unsigned long long number,
    const void *bytes, size_t length, size_t *at)
{
	struct envelope envelope = { .cell = &choice->row, .number = number };
	unsigned char *packet = malloc(length != 0 ? length : 1);
	ssize_t found;

	/* Nothing is read behind the end. */
	assert_non_null(packet);
	memcpy(packet, bytes, length);
	found = choice->row.unwrap(&envelope, packet, length, at);
	free(packet);
	return found;
}

/* An echo request, and its answer, among what else a raw socket hears. */
static void
test_echo(void **state)
{
	struct choice choice = asking_choice(&bluetooth_family, "raw", NULL);
	struct envelope envelope = { .cell = &choice.row, .number = 256 };
	unsigned char packet[700], payload[668];
	size_t taken = 0;
	size_t at = 0;

	(void)state;
	memset(payload, 'p', sizeof(payload));
	assert_int_equal(choice.row.wrap(&envelope, payload, sizeof(payload),
	    &taken, packet, sizeof(packet)), 672);
	assert_int_equal(taken, sizeof(payload));
	assert_memory_equal(packet, "\x08\x01\x9c\x02pp", 6);
	/* One's own is no answer. */
	assert_int_equal(unwrap(&choice, 256, packet, 672, &at), -ENOMSG);
	packet[0] = 9;
	assert_int_equal(unwrap(&choice, 256, packet, 672, &at), 668);
	assert_int_equal(at, 4);
	assert_int_equal(unwrap(&choice, 1, packet, 672, &at), 668);
	assert_int_equal(unwrap(&choice, 2, packet, 672, &at), -ENOMSG);
	for (size_t cut = 0; cut < 672; cut++)
		assert_int_equal(unwrap(&choice, 256, packet, cut, &at),
		    -ENOMSG);
	assert_int_equal(unwrap(&choice, 256, packet, 673, &at), -ENOMSG);
	assert_int_equal(unwrap(&choice, 255, "\x09\xff\0\0", 4, &at), 0);
	assert_int_equal(unwrap(&choice, 1, "\x0b\1\0\0", 4, &at), -ENOMSG);
	assert_int_equal(choice.row.wrap(&envelope, payload, 100, &taken,
	    packet, 103), -EMSGSIZE);
	assert_int_equal(choice.row.wrap(&envelope, payload, 0, &taken,
	    packet, 4), 4);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_lay_out),
	cmocka_unit_test(test_strace),
	cmocka_unit_test(test_not_ours),
	cmocka_unit_test(test_ports),
	cmocka_unit_test(test_echo),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(others)];

int
main(void)
{
	size_t count = 0;

	asked_family = &bluetooth_family;
	for (size_t i = 0; i < COUNT(asking_rows); i++)
		tests[count++] = (struct CMUnitTest){
			.name = asking_rows[i].name,
			.test_func = test_asking,
			.initial_state = (void *)(uintptr_t)&asking_rows[i],
		};
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("bluetooth", tests, NULL, NULL);
}
