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
	  false, 1, "[::1]:0" },
	{ "address: a port", "dgram", NULL, SERVER, false, NULL, 65535, true,
	  1, "[::1]:65535" },
	{ "address: a port too many", "dgram", NULL, SERVER, false, NULL,
	  65536, true, -ERANGE, "port 65536 is not in 0 to 65535" },
	{ "address: the wildcard", "stream", NULL, SERVER, false, "::", 80,
	  true, 1, "[::]:80" },
	{ "address: written at length", "stream", NULL, SERVER, false,
	  "2001:0DB8:0:0:0:0:0:1", 80, true, 1, "[2001:db8::1]:80" },
	{ "address: IPv4 mapped", "stream", NULL, SERVER, false,
	  "::ffff:192.0.2.1", 80, true, 1, "[::ffff:192.0.2.1]:80" },
	{ "address: a scope by index", "stream", NULL, SERVER, false,
	  "fe80::1%3", 80, true, 1, "[fe80::1%3]:80" },
	{ "address: a scope by name", "stream", NULL, SERVER, false,
	  "fe80::1%eth0", 80, true, 1, "[fe80::1%42]:80" },
	{ "address: the largest scope", "stream", NULL, SERVER, false,
	  "fe80::1%4294967295", 80, true, 1, "[fe80::1%4294967295]:80" },
	{ "address: too large a scope", "stream", NULL, SERVER, false,
	  "fe80::1%4294967296", 80, true, -ENODEV, "no interface" },
	{ "address: no such scope", "stream", NULL, SERVER, false,
	  "fe80::1%eth9", 80, true, -ENODEV,
	  "no interface 'eth9' on this machine" },
	{ "address: an empty scope", "stream", NULL, SERVER, false,
	  "fe80::1%", 80, true, -ENODEV, "no interface ''" },
	{ "address: a client needs none", "stream", NULL, CLIENT, true, NULL,
	  0, false, 0, NULL },
	{ "address: on a bus it does", "raw", "253", CLIENT, true, NULL, 0,
	  false, 1, "[::1]:0" },
	{ "address: port 0 to contact", "stream", NULL, CONTACT, false, NULL,
	  0, true, -EDESTADDRREQ, "port 0 cannot be contacted" },
	{ "address: IPv4", "stream", NULL, SERVER, false, "127.0.0.1", 80,
	  true, -EINVAL, "'127.0.0.1' is not an IPv6 address" },
	{ "address: in brackets", "stream", NULL, SERVER, false, "[::1]", 80,
	  true, -EINVAL, "is not" },
	{ "address: nothing", "stream", NULL, SERVER, false, "", 80, true,
	  -EINVAL, "is not" },
	{ "address: a scope alone", "stream", NULL, SERVER, false, "%eth0",
	  80, true, -EINVAL, "is not" },
	{ "address: five digits", "stream", NULL, SERVER, false, "::12345",
	  80, true, -EINVAL, "is not" },
	{ "address: two gaps", "stream", NULL, SERVER, false, "1::2::3", 80,
	  true, -EINVAL, "is not" },
	{ "address: too long to be one", "stream", NULL, SERVER, false,
	  "0000000000000000000000000000000000000000000000000::1", 80, true,
	  -EINVAL, "is not" },
};

/* ipv6(7), RFC 3493. */
static void
test_lay_out(void **state)
{
	static const unsigned char bytes[28] = {
		AF_INET6, 0, 0x30, 0x39, 0, 0, 0, 5, 0xfe, 0x80,
		[23] = 1, [24] = 3,
	};
	static const struct laid expected[] = {
		{ "sin6_family", offsetof(struct sockaddr_in6, sin6_family),
		  2, false, "AF_INET6", "" },
		{ "sin6_port", offsetof(struct sockaddr_in6, sin6_port), 2,
		  true, "12345", "sin6_port=htons(12345)" },
		{ "sin6_flowinfo",
		  offsetof(struct sockaddr_in6, sin6_flowinfo), 4, true, "5",
		  "sin6_flowinfo=htonl(5)" },
		{ "sin6_addr", offsetof(struct sockaddr_in6, sin6_addr), 16,
		  false, "fe80::1",
		  "inet_pton(AF_INET6, \"fe80::1\", &sin6_addr)" },
		{ "sin6_scope_id",
		  offsetof(struct sockaddr_in6, sin6_scope_id), 4, true, "3",
		  "" },
	};

	(void)state;
	check_lay_out(&inet6_family, bytes, sizeof(bytes), expected,
	    COUNT(expected));
}

static void
test_not_ours(void **state)
{
	unsigned char bytes[28] = { AF_INET6 };
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint, out;
	char text[64];

	(void)state;
	for (size_t length = 0; length <= sizeof(bytes); length++) {
		bytes[0] = length == sizeof(bytes) ? AF_INET : AF_INET6;
		endpoint_set(&endpoint, bytes, length);
		assert_int_equal(inet6_family.format(&endpoint, text,
		    sizeof(text)), -EINVAL);
		assert_int_equal(inet6_family.lay_out(&endpoint, fields),
		    -EINVAL);
		assert_int_equal(inet6_family.contact(&endpoint, &endpoint, &out),
		    -EINVAL);
	}
}

static void
test_contact(void **state)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(80) };
	struct endpoint bound, out;
	char text[64];

	(void)state;
	endpoint_set(&bound, &in6, sizeof(in6));
	assert_int_equal(inet6_family.contact(&bound, &bound, &out), 0);
	assert_string_equal(endpoint_format(&inet6_family, &out, text,
	    sizeof(text)), "[::1]:80");
	inet_pton(AF_INET6, "fe80::9", &in6.sin6_addr);
	in6.sin6_scope_id = 2;
	endpoint_set(&bound, &in6, sizeof(in6));
	assert_int_equal(inet6_family.contact(&bound, &bound, &out), 0);
	assert_true(endpoint_equal(&bound, &out));
}

#define FAMILY (&inet6_family)
#define ECHO_REQUEST 128
#define ECHO_REPLY 129

static struct endpoint
make_address(void)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct endpoint endpoint;

	inet_pton(AF_INET6, "2001:db8::1", &in6.sin6_addr);
	endpoint_set(&endpoint, &in6, sizeof(in6));
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

/* A label of 12 bytes; ICMPv6 has a header of 8. IPv6's is not received. */
static const struct wrap_row wrap_rows[] = {
	{ "wrap: ping", "dgram", "icmp", 100, 108, 0 },
	{ "wrap: an empty ping", "dgram", "icmp", 0, 8, 0 },
	{ "wrap: raw", "raw", "253", 100, 112, 0 },
	{ "wrap: raw, empty", "raw", "253", 0, 12, 0 },
	{ "wrap: raw icmp", "raw", "icmp", 100, 120, 0 },
	{ "wrap: raw icmp, an odd length", "raw", "icmp", 99, 119, 0 },
};

/* RFC 8200, section 3: what whoever sends on IPPROTO_RAW writes. */
static void
test_header(void **state)
{
	struct wrap_row row = { "", "raw", "raw", 100, 152, 0 };
	unsigned char sent[4096];
	size_t at = 0;

	(void)state;
	assert_int_equal(wrap(&row, SIDE_CLIENT, RUN, sent, sizeof(sent)),
	    152);
	assert_int_equal(sent[0], 0x60);
	assert_int_equal(sent[4] << 8 | sent[5], 112);
	assert_int_equal(sent[6], 255);
	assert_true(sent[7] > 0);
	assert_memory_equal(sent + 24, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0"
	    "\x01", 16);
	/* What is received begins behind it. */
	assert_int_equal(unwrap(&row, SIDE_SERVER, RUN, NUMBER, sent + 40,
	    112, &at), 100);
	assert_int_equal(at, 12);
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
	return cmocka_run_group_tests_name("inet6", tests, NULL, NULL);
}
