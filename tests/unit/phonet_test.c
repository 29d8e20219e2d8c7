#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>
#include <linux/phonet.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "../../families/families.h"
#include "asking.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false

static const struct asking asking_rows[] = {
	{ "address: the default of an exchange", "dgram", NULL, SERVER, true,
	  NULL, 0, false, 1, "0x10:0" },
	{ "address: the default of a server, its low bits", "dgram", NULL,
	  SERVER, false, NULL, 12345, false, 1, "0x10:57" },
	{ "address: the same, of a client", "dgram", NULL, CONTACT, false, NULL,
	  12345, false, 1, "0x10:57" },
	{ "address: the same, of a pipe", "seqpacket", NULL, SERVER, false,
	  NULL, 12345, false, 1, "0x10:57" },
	{ "address: a port", "dgram", NULL, SERVER, false, NULL, 85, true, 1,
	  "0x10:85" },
	{ "address: the largest port", "dgram", NULL, SERVER, false, NULL, 1023,
	  true, 1, "0x10:1023" },
	{ "address: a port too large", "dgram", NULL, SERVER, false, NULL, 1024,
	  true, -ERANGE, "not in 0 to 1023" },
	{ "address: a port below 0", "dgram", NULL, SERVER, false, NULL, -1,
	  true, -ERANGE, "port -1" },
	{ "address: port 0 of a server", "dgram", NULL, SERVER, false, NULL, 0,
	  true, 1, "0x10:0" },
	{ "address: port 0 cannot be contacted", "dgram", NULL, CONTACT, false,
	  NULL, 0, true, -EDESTADDRREQ, "port 0" },
	{ "address: an address", "dgram", NULL, SERVER, false, "0x6c", 85, true,
	  1, "0x6c:85" },
	{ "address: an address in base 10", "dgram", NULL, SERVER, false, "108",
	  85, true, 1, "0x6c:85" },
	{ "address: an address and a port", "dgram", NULL, CONTACT, false,
	  "0x6c:85", 12345, false, 1, "0x6c:85" },
	{ "address: an address and a port of 10 bits", "dgram", NULL, CONTACT,
	  false, "0x6c:1000", 12345, false, 1, "0x6c:1000" },
	{ "address: an address and two ports", "dgram", NULL, CONTACT, false,
	  "0x6c:85", 86, true, -EPROTOTYPE, "leave out --port" },
	{ "address: all addresses", "dgram", NULL, SERVER, false, "0", 85, true,
	  1, "0x00:85" },
	{ "address: all of them, to contact", "dgram", NULL, CONTACT, false,
	  "0", 85, true, 1, "0x10:85" },
	{ "address: the last address", "dgram", NULL, SERVER, false, "0xf8", 85,
	  true, 1, "0xf8:85" },
	{ "address: the broadcast address", "dgram", NULL, SERVER, false,
	  "0xfc", 85, true, -EINVAL, "0xf8" },
	{ "address: an address between", "dgram", NULL, SERVER, false, "0x11",
	  85, true, -EINVAL, "steps of 4" },
	{ "address: an address too large", "dgram", NULL, SERVER, false, "256",
	  85, true, -EINVAL, "neither" },
	{ "address: a port too large, in the host", "dgram", NULL, SERVER,
	  false, "0x10:1024", 0, false, -EINVAL, "neither" },
	{ "address: an empty text", "dgram", NULL, SERVER, false, "", 85, true,
	  -EINVAL, "neither" },
	{ "address: letters", "dgram", NULL, SERVER, false, "lo", 85, true,
	  -EINVAL, "'lo'" },
	{ "address: no port behind the colon", "dgram", NULL, SERVER, false,
	  "0x10:", 0, false, -EINVAL, "neither" },
	{ "address: a tail", "dgram", NULL, SERVER, false, "0x10:5 ", 0, false,
	  -EINVAL, "neither" },
	{ "address: a negative address", "dgram", NULL, SERVER, false, "-4", 85,
	  true, -EINVAL, "neither" },
	{ "address: a control character", "dgram", NULL, SERVER, false, "16\n",
	  85, true, -EINVAL, "neither" },
	{ "client: none, sendto() binds it", "dgram", NULL, CLIENT, true, NULL,
	  0, false, 0, NULL },
	{ "client: none, connect() binds it", "seqpacket", NULL, CLIENT, true,
	  NULL, 0, false, 0, NULL },
};

static void
test_lay_out(void **state)
{
	static const struct laid expected[] = {
		{ "spn_family", 0, 2, false, "AF_PHONET", "" },
		{ "spn_obj", 2, 1, true, "232", "" },
		{ "spn_dev", 3, 1, true, "111", "" },
		{ "spn_resource", 4, 1, true, "7", "" },
	};
	struct sockaddr_pn pn = { .spn_family = AF_PHONET, .spn_obj = 232,
		.spn_dev = 0x6f, .spn_resource = 7 };
	struct endpoint endpoint;
	char text[64];

	(void)state;
	check_lay_out(&phonet_family, &pn, sizeof(pn), expected,
	    COUNT(expected));
	endpoint_set(&endpoint, &pn, sizeof(pn));
	assert_int_equal(phonet_family.format(&endpoint, text, sizeof(text)),
	    0);
	assert_string_equal(text, "0x6c:1000");
}

static void
test_not_ours(void **state)
{
	struct sockaddr_pn pn = { .spn_family = AF_PHONET };
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint;
	char text[64];

	(void)state;
	endpoint_set(&endpoint, &pn, sizeof(pn) - 1);
	assert_int_equal(phonet_family.format(&endpoint, text, sizeof(text)),
	    -EINVAL);
	assert_int_equal(phonet_family.lay_out(&endpoint, fields), -EINVAL);
	pn.spn_family = AF_INET;
	endpoint_set(&endpoint, &pn, sizeof(pn));
	assert_int_equal(phonet_family.format(&endpoint, text, sizeof(text)),
	    -EINVAL);
	assert_int_equal(phonet_family.lay_out(&endpoint, fields), -EINVAL);
}

static ssize_t
unwrap(enum side_id side, const void *bytes, size_t length)
{
	struct choice choice = asking_choice(&phonet_family, "dgram", NULL);
	struct envelope envelope = { .cell = &choice.row, .side = side };
	unsigned char *packet = malloc(length != 0 ? length : 1);
	size_t at = 1;
	ssize_t found;

	/* Nothing is read behind the end. */
	assert_non_null(packet);
	memcpy(packet, bytes, length);
	found = choice.row.unwrap(&envelope, packet, length, &at);
	free(packet);
	assert_int_equal(at, 0);
	return found;
}

/* A message is its own packet; one of the kernel's is none. */
static void
test_unwrap(void **state)
{
	static const char notice[] = "a\xf0\x14\x62\0\0\0\0";

	(void)state;
	assert_int_equal(unwrap(SIDE_CLIENT, "hello", 5), 5);
	assert_int_equal(unwrap(SIDE_SERVER, "", 0), 0);
	assert_int_equal(unwrap(SIDE_CLIENT, notice, 8), -ECONNREFUSED);
	assert_int_equal(unwrap(SIDE_SERVER, notice, 8), -ENOMSG);
	for (size_t length = 0; length < 8; length++)
		assert_int_equal(unwrap(SIDE_CLIENT, notice, length), length);
	assert_int_equal(unwrap(SIDE_CLIENT, notice, 9), 9);
	assert_int_equal(unwrap(SIDE_CLIENT, "a\xf0\x15\x62\0\0\0\0", 8), 8);
	assert_int_equal(unwrap(SIDE_CLIENT, "a\xf1\x14\x62\0\0\0\0", 8), 8);
}

/* RTM_NEWADDR of rtnetlink(7): 0x10 on the first interface. */
static void
test_need(void **state)
{
	struct choice choice = asking_choice(&phonet_family, "dgram", NULL);
	const struct need *need = choice.row.surroundings->needs;
	unsigned char message[64];
	struct nlmsghdr header;
	struct ifaddrmsg address;
	struct rtattr attribute;

	(void)state;
	assert_int_equal(choice.row.surroundings->where,
	    SURROUNDINGS_NAMESPACE);
	assert_in_range(need->length, NLMSG_LENGTH(sizeof(address)) +
	    RTA_LENGTH(1), sizeof(message));
	memcpy(message, need->message, need->length);
	memcpy(&header, message, sizeof(header));
	memcpy(&address, message + NLMSG_HDRLEN, sizeof(address));
	memcpy(&attribute, message + NLMSG_LENGTH(sizeof(address)),
	    sizeof(attribute));
	assert_int_equal(header.nlmsg_len, need->length);
	assert_int_equal(header.nlmsg_type, RTM_NEWADDR);
	assert_int_equal(header.nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	assert_int_equal(address.ifa_family, AF_PHONET);
	assert_int_equal(address.ifa_index, 1);
	assert_int_equal(attribute.rta_type, IFA_LOCAL);
	assert_int_equal(attribute.rta_len, RTA_LENGTH(1));
	assert_int_equal(message[NLMSG_LENGTH(sizeof(address)) +
	    RTA_LENGTH(0)], 0x10);
	assert_non_null(need->words);
	assert_null(need[1].command);
	assert_null(need[1].sysctl);
	assert_null(need[1].message);
}

/* A pipe sends whole messages only (pep_sendmsg() of the kernel). */
static void
test_pipe(void **state)
{
	struct choice choice = asking_choice(&phonet_family, "seqpacket",
	    NULL);

	(void)state;
	assert_string_equal(choice.protocol, "pipe");
	assert_int_equal(choice.passed, 0);
	assert_true((choice.row.send_flags & MSG_EOR) != 0);
	choice = asking_choice(&phonet_family, "seqpacket", "phonet");
	assert_int_equal(choice.row.shape, SHAPE_NONE);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_lay_out),
	cmocka_unit_test(test_not_ours),
	cmocka_unit_test(test_unwrap),
	cmocka_unit_test(test_need),
	cmocka_unit_test(test_pipe),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(others)];

int
main(void)
{
	size_t count = 0;

	asked_family = &phonet_family;
	for (size_t i = 0; i < COUNT(asking_rows); i++)
		tests[count++] = (struct CMUnitTest){
			.name = asking_rows[i].name,
			.test_func = test_asking,
			.initial_state = (void *)(uintptr_t)&asking_rows[i],
		};
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("phonet", tests, NULL, NULL);
}
