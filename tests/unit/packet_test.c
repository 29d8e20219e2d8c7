#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>

#include "../../families/shared/ethernet.h"
#include "../../families/families.h"
#include "asking.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false
#define COOKED "dgram", "packet"
#define RAW "raw", "packet"

static const struct asking asking_rows[] = {
	{ "address: an interface", COOKED, SERVER, false, "eth0", 12345,
	  false, 1, "%42" },
	{ "address: by index", COOKED, SERVER, false, "%7", 12345, false, 1,
	  "%7" },
	{ "address: lo by index", COOKED, SERVER, true, "%1", 0, false, 1,
	  "lo" },
	{ "address: the last index", RAW, SERVER, true, "%2147483647", 0,
	  false, 1, "%2147483647" },
	{ "address: an index too many", RAW, SERVER, true, "%2147483648", 0,
	  false, -EINVAL, "behind %, an index is expected" },
	{ "address: index 0", COOKED, SERVER, true, "%0", 0, false, -EINVAL,
	  "behind %" },
	{ "address: index -1", COOKED, SERVER, true, "%-1", 0, false, -EINVAL,
	  "behind %" },
	{ "address: no index", COOKED, SERVER, true, "%", 0, false, -EINVAL,
	  "behind %" },
	{ "address: a space before an index", COOKED, SERVER, true, "% 1", 0,
	  false, -EINVAL, "behind %" },
	{ "address: a sign before an index", COOKED, SERVER, true, "%+1", 0,
	  false, -EINVAL, "behind %" },
	{ "address: the server's own", COOKED, SERVER, false,
	  "eth0/02:00:00:00:00:02", 12345, false, 1, "%42" },
	{ "address: the client's own", COOKED, CLIENT, false,
	  "eth0/02:00:00:00:00:02", 12345, false, 1, "%42" },
	{ "address: to contact", COOKED, CONTACT, false,
	  "eth0/02:00:00:00:00:02", 12345, false, 1,
	  "%42/02:00:00:00:00:02" },
	{ "address: capitals", RAW, CONTACT, false, "eth0/02:aB:Cd:EF:00:99",
	  12345, false, 1, "%42/02:ab:cd:ef:00:99" },
	{ "address: everybody", RAW, CONTACT, false, "eth0/ff:ff:ff:ff:ff:ff",
	  12345, false, 1, "%42/ff:ff:ff:ff:ff:ff" },
	{ "address: nobody to contact", COOKED, CONTACT, false, "eth0", 12345,
	  false, -EDESTADDRREQ, "'eth0' is this end" },
	{ "address: lo to contact", COOKED, CONTACT, false, "%1", 12345,
	  false, 1, "lo/00:00:00:00:00:00" },
	{ "address: no such interface", COOKED, SERVER, false, "eth1", 12345,
	  false, -ENODEV, "no interface 'eth1'" },
	{ "address: no such interface, to contact", COOKED, CONTACT, false,
	  "eth1", 12345, false, -ENODEV, "no interface 'eth1'" },
	{ "address: the default", COOKED, SERVER, true, NULL, 0, false,
	  -ENODEV, "no interface 'lo'" },
	{ "address: nothing", COOKED, SERVER, false, "", 12345, false,
	  -EINVAL, "a name has 1 to 15 bytes" },
	{ "address: nothing before the slash", COOKED, SERVER, false,
	  "/02:00:00:00:00:02", 12345, false, -EINVAL, "a name has 1" },
	{ "address: 15 bytes", COOKED, SERVER, false, "abcdefghijklmno", 0,
	  false, -ENODEV, "no interface 'abcdefghijklmno'" },
	{ "address: 16 bytes", COOKED, SERVER, false, "abcdefghijklmnop", 0,
	  false, -EINVAL, "a name has 1 to 15 bytes" },
	{ "address: five numbers", COOKED, CONTACT, false,
	  "eth0/02:00:00:00:00", 0, false, -EINVAL, "'02:00:00:00:00' is no" },
	{ "address: seven numbers", COOKED, CONTACT, false,
	  "eth0/02:00:00:00:00:02:03", 0, false, -EINVAL, "is no address" },
	{ "address: a short number", COOKED, CONTACT, false,
	  "eth0/2:00:00:00:00:002", 0, false, -EINVAL, "is no address" },
	{ "address: no digits", COOKED, CONTACT, false,
	  "eth0/0g:00:00:00:00:02", 0, false, -EINVAL, "is no address" },
	{ "address: no colons", COOKED, CONTACT, false,
	  "eth0/02-00-00-00-00-02", 0, false, -EINVAL, "is no address" },
	{ "address: a sign", COOKED, CONTACT, false, "eth0/+2:00:00:00:00:02",
	  0, false, -EINVAL, "is no address" },
	{ "address: nothing behind the slash", COOKED, CONTACT, false,
	  "eth0/", 0, false, -EINVAL, "'' is no address" },
	{ "address: a wrong one of a server", COOKED, SERVER, false,
	  "eth0/02", 0, false, -EINVAL, "'02' is no address" },
	{ "address: a port", COOKED, SERVER, false, "eth0", 80, true,
	  -EPROTOTYPE, "leave out --port" },
	{ "address: port 0", COOKED, SERVER, false, "eth0", 0, true, 1,
	  "%42" },
	{ "address: another ethertype", "raw", "8", SERVER, false, "eth0", 0,
	  false, 1, "%42" },
	{ "address: ethertype 0", "raw", "65536", SERVER, false, "eth0", 0,
	  false, -EPROTONOSUPPORT, "ethertype of 0" },
};

static struct sockaddr_ll
make_address(unsigned kind, unsigned last)
{
	return (struct sockaddr_ll){ .sll_family = AF_PACKET,
		.sll_protocol = htons(0x88b5), .sll_ifindex = 42,
		.sll_hatype = 1, .sll_pkttype = (unsigned char)kind,
		.sll_halen = 6,
		.sll_addr = { 2, 0, 0, 0, 0, (unsigned char)last } };
}

static struct endpoint
make_endpoint(unsigned kind, unsigned last)
{
	struct sockaddr_ll ll = make_address(kind, last);
	struct endpoint endpoint;

	endpoint_set(&endpoint, &ll, sizeof(ll));
	return endpoint;
}

/* As strace 6.1 wrote them. */
static void
test_lay_out(void **state)
{
	struct sockaddr_ll ll = make_address(PACKET_OUTGOING, 0x10);
	struct laid expected[] = {
		{ "sll_family", 0, 2, false, "AF_PACKET", "" },
		{ "sll_protocol", 2, 2, false, "ETH_P_802_EX1",
		  "sll_protocol=htons(ETH_P_802_EX1)" },
		{ "sll_ifindex", 4, 4, true, "42", "" },
		{ "sll_hatype", 8, 2, false, "ARPHRD_ETHER", "" },
		{ "sll_pkttype", 10, 1, false, "PACKET_OUTGOING", "" },
		{ "sll_halen", 11, 1, true, "6", "" },
		{ "sll_addr", 12, 8, false, "02:00:00:00:00:10",
		  "sll_addr=[0x2, 00, 00, 00, 00, 0x10]" },
	};

	(void)state;
	check_lay_out(&packet_family, &ll, sizeof(ll), expected, 7);
	/* What has no name; lo; more than the field holds. */
	ll = (struct sockaddr_ll){ .sll_family = AF_PACKET,
		.sll_protocol = htons(0x1234), .sll_ifindex = 1,
		.sll_hatype = 0x309, .sll_pkttype = 99, .sll_halen = 9,
		.sll_addr = { 1, 2, 3, 4, 5, 6, 7, 8 } };
	expected[1].number = expected[3].number = expected[4].number = true;
	expected[1].value = "4660";
	expected[1].strace = "sll_protocol=htons(0x1234 /* ETH_P_??? */)";
	expected[2].number = false;
	expected[2].value = "lo";
	expected[2].strace = "sll_ifindex=if_nametoindex(\"lo\")";
	expected[3].value = "777";
	expected[3].strace = "sll_hatype=0x309 /* ARPHRD_??? */";
	expected[4].value = "99";
	expected[4].strace = "sll_pkttype=0x63 /* PACKET_??? */";
	expected[5].value = "9";
	expected[6].value = "01:02:03:04:05:06:07:08";
	expected[6].strace =
	    "sll_addr=[0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, ...]";
	check_lay_out(&packet_family, &ll, sizeof(ll), expected, 7);
	/* Without an address, there is no field of it. */
	ll.sll_protocol = 0;
	ll.sll_halen = 0;
	expected[1].value = "0";
	expected[1].strace = "sll_protocol=htons(0 /* ETH_P_??? */)";
	expected[5].value = "0";
	check_lay_out(&packet_family, &ll, sizeof(ll), expected, 6);
}

static void
test_not_ours(void **state)
{
	struct endpoint whole = make_endpoint(PACKET_HOST, 2);
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint, out;
	char text[ENDPOINT_TEXT_MAX];

	(void)state;
	for (size_t length = 0; length < whole.length; length++) {
		int expected = length < 12 ? -EINVAL : 0;

		endpoint_set(&endpoint, whole.bytes, length);
		assert_int_equal(packet_family.format(&endpoint, text,
		    sizeof(text)), expected);
		assert_int_equal(packet_family.contact(&endpoint, &endpoint,
		    &out), expected);
		assert_int_equal(packet_family.lay_out(&endpoint, fields),
		    -EINVAL);
	}
	whole.bytes[0] = AF_INET;
	assert_int_equal(packet_family.format(&whole, text, sizeof(text)),
	    -EINVAL);
	assert_int_equal(packet_family.lay_out(&whole, fields), -EINVAL);
}

/* packet(7): getsockname() returns 18 bytes, sendto() takes 20. */
static void
test_contact(void **state)
{
	struct endpoint bound = make_endpoint(PACKET_HOST, 2);
	struct endpoint out;
	char text[ENDPOINT_TEXT_MAX];

	(void)state;
	bound.length = 18;
	bound.bytes[18] = bound.bytes[19] = 0xff;
	assert_int_equal(packet_family.contact(&bound, &bound, &out), 0);
	assert_int_equal(out.length, sizeof(struct sockaddr_ll));
	assert_int_equal(out.bytes[18], 0);
	endpoint_format(&packet_family, &out, text, sizeof(text));
	assert_string_equal(text, "%42/02:00:00:00:00:02");
	/* A length that the bytes do not have is not believed. */
	bound.bytes[11] = 255;
	assert_int_equal(packet_family.contact(&bound, &bound, &out), 0);
	endpoint_format(&packet_family, &out, text, sizeof(text));
	assert_string_equal(text, "%42/02:00:00:00:00:02");
}

#define RUN 0x00abcdefu

static struct envelope
make_envelope(const struct cell *cell, enum side_id side, unsigned run,
    const struct endpoint *self, const struct endpoint *peer)
{
	return (struct envelope){ .cell = cell, .side = side, .self = self,
		.peer = peer, .number = 7, .run = run };
}

/* How long packets are: 2 bytes, 12, the payload; 14 before, 60 at least. */
static const struct wrap_row {
	const char *name, *type, *protocol;
	size_t length, packet;
} wrap_rows[] = {
	{ "wrap: cooked, empty", "dgram", "packet", 0, 14 },
	{ "wrap: cooked", "dgram", "packet", 100, 114 },
	{ "wrap: cooked, the largest", "dgram", "packet", 1486, 1500 },
	{ "wrap: raw, empty", "raw", "packet", 0, 60 },
	{ "wrap: raw, filled up by 1", "raw", "packet", 31, 60 },
	{ "wrap: raw, 60 bytes", "raw", "packet", 32, 60 },
	{ "wrap: raw, 61 bytes", "raw", "packet", 33, 61 },
	{ "wrap: raw, the largest", "raw", "packet", 1486, 1514 },
	{ "wrap: raw, another ethertype", "raw", "8", 100, 128 },
};

static ssize_t
unwrap(const struct choice *choice, enum side_id side, unsigned run,
    unsigned kind, const unsigned char *packet, size_t length, size_t *at)
{
	struct endpoint self = make_endpoint(PACKET_HOST, 2);
	struct endpoint peer = make_endpoint(kind, 1);
	struct envelope envelope = make_envelope(&choice->row, side, run,
	    &self, &peer);
	unsigned char *copy = malloc(length != 0 ? length : 1);
	ssize_t result;

	assert_non_null(copy);
	memcpy(copy, packet, length);
	result = choice->row.unwrap(&envelope, copy, length, at);
	free(copy);
	return result;
}

static void
test_wrap(void **state)
{
	const struct wrap_row *row = *state;
	struct choice choice = asking_choice(&packet_family, row->type,
	    row->protocol);
	struct endpoint self = make_endpoint(PACKET_HOST, 1);
	struct endpoint peer = make_endpoint(PACKET_HOST, 2);
	struct envelope envelope = make_envelope(&choice.row, SIDE_CLIENT,
	    RUN, &self, &peer);
	unsigned char payload[1500], packet[2048];
	size_t taken = 0, at = 0;

	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (unsigned char)(i * 31 + 7);
	memset(packet, 'x', sizeof(packet));
	assert_int_equal(choice.row.wrap(&envelope, payload, row->length,
	    &taken, packet, sizeof(packet)), row->packet);
	assert_int_equal(taken, row->length);
	assert_true(row->packet <= row->length + ENVELOPE_MAX);
	assert_int_equal(packet[row->packet], 'x');
	if (choice.row.type == SOCK_RAW) {
		assert_memory_equal(packet, "\2\0\0\0\0\2\2\0\0\0\0\1", 12);
		assert_memory_equal(packet + 12, strcmp(row->protocol, "8")
		    == 0 ? "\10\0" : "\x88\xb5", 2);
	}
	for (size_t little = 0; little < row->packet; little++) {
		unsigned char *small = malloc(little + 1);

		assert_non_null(small);
		assert_int_equal(choice.row.wrap(&envelope, payload,
		    row->length, &taken, small, little), -EMSGSIZE);
		free(small);
	}
	assert_int_equal(unwrap(&choice, SIDE_SERVER, RUN, PACKET_HOST,
	    packet, row->packet, &at), row->length);
	assert_memory_equal(packet + at, payload, row->length);
	/* On its way it may be filled up. */
	assert_int_equal(unwrap(&choice, SIDE_SERVER, RUN, PACKET_HOST,
	    packet, row->packet + 46, &at), row->length);
	/* One's own, heard on its way out or in; another run's. */
	assert_int_equal(unwrap(&choice, SIDE_CLIENT, RUN, PACKET_HOST,
	    packet, row->packet, &at), -ENOMSG);
	assert_int_equal(unwrap(&choice, SIDE_SERVER, RUN, PACKET_OUTGOING,
	    packet, row->packet, &at), -ENOMSG);
	assert_int_equal(unwrap(&choice, SIDE_SERVER, RUN + 1, PACKET_HOST,
	    packet, row->packet, &at), -ENOMSG);
	/* A part of it is nothing. */
	for (size_t length = 0; length < at + row->length; length++)
		assert_int_equal(unwrap(&choice, SIDE_SERVER, RUN,
		    PACKET_HOST, packet, length, &at), -ENOMSG);
}

/* Whatever length a packet says, only what is there counts. */
static void
test_hostile(void **state)
{
	static const char *const types[] = { "dgram", "raw" };

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct choice choice = asking_choice(&packet_family, types[i],
		    NULL);
		struct endpoint self = make_endpoint(PACKET_HOST, 1);
		struct envelope envelope = make_envelope(&choice.row,
		    SIDE_CLIENT, RUN, &self, &self);
		unsigned char packet[128];
		size_t header = i == 0 ? 0 : ETH_HLEN;
		size_t taken, at;
		size_t length = (size_t)choice.row.wrap(&envelope, "payload",
		    7, &taken, packet, sizeof(packet));

		for (unsigned said = 0; said <= 0xffff; said++) {
			ssize_t result;

			packet[header] = (unsigned char)(said >> 8);
			packet[header + 1] = (unsigned char)said;
			result = unwrap(&choice, SIDE_SERVER, RUN,
			    PACKET_HOST, packet, length, &at);
			if (said < IP_LABEL || said + header + 2 > length)
				assert_int_equal(result, -ENOMSG);
			else
				assert_int_equal(result, said - IP_LABEL);
		}
	}
}

static void
test_too_large(void **state)
{
	struct choice choice = asking_choice(&packet_family, RAW);
	struct endpoint self = make_endpoint(PACKET_HOST, 1);
	struct envelope envelope = make_envelope(&choice.row, SIDE_CLIENT,
	    RUN, &self, &self);
	unsigned char payload[1487] = { 0 }, packet[4096];
	size_t taken;

	(void)state;
	assert_int_equal(choice.row.largest.bytes, 1486);
	assert_int_equal(choice.row.wrap(&envelope, payload, sizeof(payload),
	    &taken, packet, sizeof(packet)), -EMSGSIZE);
	envelope.peer = NULL;
	assert_int_equal(choice.row.wrap(&envelope, payload, 1, &taken,
	    packet, sizeof(packet)), -EDESTADDRREQ);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_lay_out),
	cmocka_unit_test(test_not_ours),
	cmocka_unit_test(test_contact),
	cmocka_unit_test(test_hostile),
	cmocka_unit_test(test_too_large),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(wrap_rows) +
    COUNT(others)];

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

	asked_family = &packet_family;
	ADD(asking_rows, test_asking);
	ADD(wrap_rows, test_wrap);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("packet", tests, NULL, NULL);
}
