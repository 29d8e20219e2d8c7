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
#include <netinet/in.h>

#include "../../families/families.h"
#include "asking.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false

static const struct asking asking_rows[] = {
	{ "address: the default", "stream", NULL, SERVER, true, NULL, 0,
	  false, 1, "127.0.0.1:0" },
	{ "address: a port", "stream", NULL, SERVER, false, NULL, 12345, true,
	  1, "127.0.0.1:12345" },
	{ "address: the last port", "dgram", NULL, SERVER, false, NULL, 65535,
	  true, 1, "127.0.0.1:65535" },
	{ "address: a port too many", "dgram", NULL, SERVER, false, NULL,
	  65536, true, -ERANGE, "port 65536 is not in 0 to 65535" },
	{ "address: a port below 0", "stream", NULL, SERVER, false, NULL, -1,
	  true, -ERANGE, "port -1" },
	{ "address: a host", "stream", NULL, SERVER, false, "192.0.2.1", 80,
	  true, 1, "192.0.2.1:80" },
	{ "address: the wildcard", "stream", NULL, SERVER, false, "0.0.0.0",
	  80, true, 1, "0.0.0.0:80" },
	{ "address: broadcast", "dgram", NULL, SERVER, false,
	  "255.255.255.255", 80, true, 1, "255.255.255.255:80" },
	{ "address: a client needs none", "stream", NULL, CLIENT, true, NULL,
	  0, false, 0, NULL },
	{ "address: a datagram client needs none", "dgram", NULL, CLIENT,
	  false, NULL, 80, true, 0, NULL },
	{ "address: on a bus it does", "raw", "253", CLIENT, true, NULL, 0,
	  false, 1, "127.0.0.1:0" },
	{ "address: raw has no ports", "raw", "253", SERVER, false, NULL, 80,
	  true, 1, "127.0.0.1:0" },
	{ "address: to contact", "stream", NULL, CONTACT, false, NULL, 80,
	  true, 1, "127.0.0.1:80" },
	{ "address: port 0 to contact", "stream", NULL, CONTACT, false, NULL,
	  0, true, -EDESTADDRREQ, "port 0 cannot be contacted" },
	{ "address: a ping has no port", "dgram", "icmp", CONTACT, true, NULL,
	  0, false, 1, "127.0.0.1:0" },
	{ "address: IPv6", "stream", NULL, SERVER, false, "::1", 80, true,
	  -EINVAL, "'::1' is not an IPv4 address" },
	{ "address: a name", "stream", NULL, SERVER, false, "localhost", 80,
	  true, -EINVAL, "'localhost' is not" },
	{ "address: nothing", "stream", NULL, SERVER, false, "", 80, true,
	  -EINVAL, "'' is not" },
	{ "address: three numbers", "stream", NULL, SERVER, false, "127.0.1",
	  80, true, -EINVAL, "is not" },
	{ "address: 256", "stream", NULL, SERVER, false, "127.0.0.256", 80,
	  true, -EINVAL, "is not" },
	{ "address: words behind it", "stream", NULL, SERVER, false,
	  "127.0.0.1 ", 80, true, -EINVAL, "is not" },
	{ "address: with a port", "stream", NULL, SERVER, false,
	  "127.0.0.1:80", 80, true, -EINVAL, "is not" },
	{ "address: a wrong host, of a client", "stream", NULL, CLIENT, false,
	  "nosuch", 80, true, -EINVAL, "is not" },
};

/* ip(7): family, port and address in network order, 8 bytes of zero. */
static void
test_lay_out(void **state)
{
	static const unsigned char bytes[16] = {
		AF_INET, 0, 0x30, 0x39, 192, 0, 2, 1,
	};
	static const struct laid expected[] = {
		{ "sin_family", offsetof(struct sockaddr_in, sin_family), 2,
		  false, "AF_INET", "" },
		{ "sin_port", offsetof(struct sockaddr_in, sin_port), 2, true,
		  "12345", "sin_port=htons(12345)" },
		{ "sin_addr", offsetof(struct sockaddr_in, sin_addr), 4,
		  false, "192.0.2.1", "sin_addr=inet_addr(\"192.0.2.1\")" },
	};

	(void)state;
	check_lay_out(&inet_family, bytes, sizeof(bytes), expected,
	    COUNT(expected));
}

static void
test_not_ours(void **state)
{
	unsigned char bytes[16] = { AF_INET6 };
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint, out;
	char text[64];

	(void)state;
	for (size_t length = 0; length <= sizeof(bytes); length++) {
		bytes[0] = length == sizeof(bytes) ? AF_INET6 : AF_INET;
		endpoint_set(&endpoint, bytes, length);
		assert_int_equal(inet_family.format(&endpoint, text,
		    sizeof(text)), -EINVAL);
		assert_int_equal(inet_family.lay_out(&endpoint, fields),
		    -EINVAL);
		assert_int_equal(inet_family.contact(&endpoint, &endpoint, &out),
		    -EINVAL);
	}
}

static void
test_contact(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons(80) };
	struct endpoint bound, out;
	char text[64];

	(void)state;
	endpoint_set(&bound, &in, sizeof(in));
	assert_int_equal(inet_family.contact(&bound, &bound, &out), 0);
	assert_string_equal(endpoint_format(&inet_family, &out, text,
	    sizeof(text)), "127.0.0.1:80");
	inet_pton(AF_INET, "192.0.2.9", &in.sin_addr);
	endpoint_set(&bound, &in, sizeof(in));
	assert_int_equal(inet_family.contact(&bound, &bound, &out), 0);
	assert_true(endpoint_equal(&bound, &out));
}

#define FAMILY (&inet_family)
#define ECHO_REQUEST 8
#define ECHO_REPLY 0

static struct endpoint
make_address(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct endpoint endpoint;

	inet_pton(AF_INET, "192.0.2.1", &in.sin_addr);
	endpoint_set(&endpoint, &in, sizeof(in));
	return endpoint;
}

/*
 * What one side wraps: how many bytes go out, and how many come in before it,
 * as the kernel delivers it (raw(7), icmp(7), RFC 3542).
 */
struct wrap_row {
	const char *name, *type, *protocol;
	size_t length;		/* of the payload */
	size_t packet;		/* of what is sent */
	size_t in_front;	/* what the kernel puts before it */
};

#define RUN 0x00abcdefu
#define NUMBER 0x12345u

static struct envelope
make_envelope(const struct cell *cell, enum side_id side, unsigned run,
    const struct endpoint *address)
{
	return (struct envelope){ .cell = cell, .side = side,
		.self = address, .peer = address, .number = NUMBER,
		.run = run };
}

static void
fill(unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (unsigned char)(i * 31 + 7);
}

/* Wraps a payload as that side would; returns the packet's length. */
static size_t
wrap(const struct wrap_row *row, enum side_id side, unsigned run,
    unsigned char *packet, size_t room)
{
	struct choice choice = asking_choice(FAMILY, row->type,
	    row->protocol);
	struct endpoint address = make_address();
	struct envelope envelope = make_envelope(&choice.row, side, run,
	    &address);
	unsigned char payload[4096];
	size_t taken = 0;
	ssize_t length;

	fill(payload, row->length);
	length = choice.row.wrap(&envelope, payload, row->length, &taken,
	    packet, room);
	assert_true(length >= 0);
	assert_int_equal(taken, row->length);
	assert_true((size_t)length <= row->length + ENVELOPE_MAX);
	/* There is never too little room without an error. */
	for (size_t little = 0; little < (size_t)length; little++) {
		unsigned char *small = malloc(little + 1);

		assert_non_null(small);
		assert_int_equal(choice.row.wrap(&envelope, payload,
		    row->length, &taken, small, little), -EMSGSIZE);
		free(small);
	}
	return (size_t)length;
}

static ssize_t
unwrap(const struct wrap_row *row, enum side_id side, unsigned run,
    unsigned long long number, const unsigned char *packet, size_t length,
    size_t *at)
{
	struct choice choice = asking_choice(FAMILY, row->type,
	    row->protocol);
	struct endpoint address = make_address();
	struct envelope envelope = make_envelope(&choice.row, side, run,
	    &address);

	envelope.number = number;
	return choice.row.unwrap(&envelope, packet, length, at);
}

/* What the kernel does with it on the way: see in_front. */
static size_t
deliver(const struct wrap_row *row, const unsigned char *sent, size_t length,
    unsigned char *received)
{
	memset(received, 0, row->in_front);
	if (row->in_front != 0)
		received[0] = 0x40 | (unsigned char)(row->in_front / 4);
	memcpy(received + row->in_front, sent, length);
	/* An echo request comes back as a reply. */
	if (strcmp(row->type, "dgram") == 0)
		received[row->in_front] = ECHO_REPLY;
	return row->in_front + length;
}

static void
test_wrap(void **state)
{
	const struct wrap_row *row = *state;
	bool ping = strcmp(row->type, "dgram") == 0;
	unsigned char sent[4096], received[4300], payload[4096];
	size_t length = wrap(row, SIDE_CLIENT, RUN, sent, sizeof(sent));
	size_t whole = deliver(row, sent, length, received);
	enum side_id other = ping ? SIDE_CLIENT : SIDE_SERVER;
	size_t at = 0;

	assert_int_equal(length, row->packet);
	assert_int_equal(unwrap(row, other, RUN, NUMBER, received, whole,
	    &at), row->length);
	fill(payload, row->length);
	assert_int_equal(at, whole - row->length);
	assert_memory_equal(received + at, payload, row->length);
	/* Neither one's own messages nor another run's. */
	if (!ping) {
		assert_int_equal(unwrap(row, SIDE_CLIENT, RUN, NUMBER,
		    received, whole, &at), -ENOMSG);
		assert_int_equal(unwrap(row, other, RUN + 1, NUMBER, received,
		    whole, &at), -ENOMSG);
	} else {
		assert_int_equal(unwrap(row, other, RUN, NUMBER + 1, received,
		    whole, &at), -ENOMSG);
		assert_int_equal(unwrap(row, other, RUN, NUMBER, sent, length,
		    &at), -ENOMSG);
	}
	/* Whatever is cut off, nothing is read behind the end. */
	for (size_t cut = 0; cut < whole - row->length; cut++) {
		unsigned char *part = malloc(cut + 1);

		assert_non_null(part);
		memcpy(part, received, cut);
		assert_int_equal(unwrap(row, other, RUN, NUMBER, part, cut,
		    &at), -ENOMSG);
		free(part);
	}
}

/* RFC 792, RFC 4443: type, code 0, checksum, identifier, number. */
static void
test_echo(void **state)
{
	static const size_t lengths[] = { 0, 1, 2, 3, 100, 101 };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct wrap_row ping = { "", "dgram", "icmp", lengths[i], 0,
			0 };
		struct wrap_row raw = { "", "raw", "icmp", lengths[i], 0, 0 };
		unsigned char sent[4096];
		size_t length = wrap(&ping, SIDE_CLIENT, RUN, sent,
		    sizeof(sent));

		assert_int_equal(sent[0], ECHO_REQUEST);
		assert_int_equal(sent[1], 0);
		assert_int_equal(sent[6] << 8 | sent[7], NUMBER & 0xffff);
		assert_int_equal(add_up(sent, length), 0);
		length = wrap(&raw, SIDE_SERVER, RUN, sent, sizeof(sent));
		assert_int_equal(sent[0], ECHO_REPLY);
		assert_int_equal(add_up(sent, length), 0);
		sent[length - 1] ^= 1;
		assert_int_not_equal(add_up(sent, length), 0);
	}
}

/* A label of 12 bytes; ICMP has a header of 8, IPv4 one of 20. */
static const struct wrap_row wrap_rows[] = {
	{ "wrap: ping", "dgram", "icmp", 100, 108, 0 },
	{ "wrap: an empty ping", "dgram", "icmp", 0, 8, 0 },
	{ "wrap: raw", "raw", "253", 100, 112, 20 },
	{ "wrap: raw, behind options", "raw", "253", 100, 112, 60 },
	{ "wrap: raw, empty", "raw", "253", 0, 12, 20 },
	{ "wrap: raw icmp", "raw", "icmp", 100, 120, 20 },
	{ "wrap: raw icmp, an odd length", "raw", "icmp", 99, 119, 20 },
	{ "wrap: a whole packet", "raw", "raw", 100, 132, 0 },
	{ "wrap: a whole packet, empty", "raw", "raw", 0, 32, 0 },
};

/* RFC 791: what raw(7) leaves to whoever sends. */
static void
test_header(void **state)
{
	struct wrap_row row = { "", "raw", "raw", 100, 132, 0 };
	unsigned char sent[4096];

	(void)state;
	assert_int_equal(wrap(&row, SIDE_CLIENT, RUN, sent, sizeof(sent)),
	    132);
	assert_int_equal(sent[0], 0x45);
	assert_int_equal(sent[2] << 8 | sent[3], 132);
	assert_true(sent[8] > 0);
	assert_int_equal(sent[9], 255);
	assert_memory_equal(sent + 16, "\xc0\0\x02\x01", 4);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_lay_out),
	cmocka_unit_test(test_not_ours),
	cmocka_unit_test(test_contact),
	cmocka_unit_test(test_echo),
	cmocka_unit_test(test_header),
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

	asked_family = FAMILY;
	ADD(asking_rows, test_asking);
	ADD(wrap_rows, test_wrap);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("inet", tests, NULL, NULL);
}
