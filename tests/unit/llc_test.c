#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/llc.h>
#include <net/if_arp.h>

#include "../../families/families.h"
#include "asking.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false

static const struct asking asking_rows[] = {
	{ "address: the default of an exchange", "stream", NULL, SERVER, true,
	  NULL, 0, false, 1, "0@02:00:00:00:00:01" },
	{ "address: the default of a server, its low bits", "stream", NULL,
	  SERVER, false, NULL, 12345, false, 1, "56@02:00:00:00:00:01" },
	{ "address: the same, of a client", "dgram", NULL, CONTACT, false, NULL,
	  12345, false, 1, "56@02:00:00:00:00:01" },
	{ "address: a SAP", "dgram", NULL, SERVER, false, NULL, 66, true, 1,
	  "66@02:00:00:00:00:01" },
	{ "address: the largest SAP", "dgram", NULL, SERVER, false, NULL, 254,
	  true, 1, "254@02:00:00:00:00:01" },
	{ "address: an odd SAP", "dgram", NULL, SERVER, false, NULL, 67, true,
	  -ERANGE, "is odd" },
	{ "address: the odd one above", "dgram", NULL, SERVER, false, NULL, 255,
	  true, -ERANGE, "not in 0 to 254" },
	{ "address: a SAP too large", "dgram", NULL, SERVER, false, NULL, 256,
	  true, -ERANGE, "not in 0 to 254" },
	{ "address: a SAP below 0", "dgram", NULL, SERVER, false, NULL, -2,
	  true, -ERANGE, "port -2" },
	{ "address: SAP 0 of a server", "dgram", NULL, SERVER, false, NULL, 0,
	  true, 1, "0@02:00:00:00:00:01" },
	{ "address: SAP 0 cannot be contacted", "dgram", NULL, CONTACT, false,
	  NULL, 0, true, -EDESTADDRREQ, "SAP 0" },
	{ "address: a MAC address", "dgram", NULL, SERVER, false,
	  "0a:bb:cc:dd:ee:ff", 66, true, 1, "66@0a:bb:cc:dd:ee:ff" },
	{ "address: a MAC address in capitals", "dgram", NULL, SERVER, false,
	  "0A:BB:CC:DD:EE:FF", 66, true, 1, "66@0a:bb:cc:dd:ee:ff" },
	{ "address: a MAC address of single digits", "dgram", NULL, SERVER,
	  false, "2:0:0:0:0:3", 66, true, 1, "66@02:00:00:00:00:03" },
	{ "address: a SAP and a MAC address", "dgram", NULL, CONTACT, false,
	  "66@0a:bb:cc:dd:ee:ff", 12345, false, 1, "66@0a:bb:cc:dd:ee:ff" },
	{ "address: a SAP in base 16", "dgram", NULL, CONTACT, false,
	  "0x42@0a:bb:cc:dd:ee:ff", 12345, false, 1, "66@0a:bb:cc:dd:ee:ff" },
	{ "address: an odd SAP in the host", "dgram", NULL, CONTACT, false,
	  "67@0a:bb:cc:dd:ee:ff", 12345, false, -ERANGE, "is odd" },
	{ "address: a SAP in the host, and another", "dgram", NULL, CONTACT,
	  false, "66@0a:bb:cc:dd:ee:ff", 68, true, -EPROTOTYPE,
	  "leave out --port" },
	{ "address: a SAP too large, in the host", "dgram", NULL, CONTACT,
	  false, "256@0a:bb:cc:dd:ee:ff", 12345, false, -EINVAL, "neither" },
	{ "address: an empty text", "dgram", NULL, SERVER, false, "", 66, true,
	  -EINVAL, "neither MAC" },
	{ "address: an interface", "dgram", NULL, SERVER, false, "eth0", 66,
	  true, -EINVAL, "'eth0'" },
	{ "address: 5 bytes", "dgram", NULL, SERVER, false, "02:00:00:00:00",
	  66, true, -EINVAL, "neither" },
	{ "address: 7 bytes", "dgram", NULL, SERVER, false,
	  "02:00:00:00:00:00:00", 66, true, -EINVAL, "neither" },
	{ "address: a byte too large", "dgram", NULL, SERVER, false,
	  "02:00:00:00:00:100", 66, true, -EINVAL, "neither" },
	{ "address: no byte between", "dgram", NULL, SERVER, false,
	  "02::00:00:00:01", 66, true, -EINVAL, "neither" },
	{ "address: no SAP before the sign", "dgram", NULL, SERVER, false,
	  "@02:00:00:00:00:01", 0, false, -EINVAL, "neither" },
	{ "address: no MAC address behind it", "dgram", NULL, SERVER, false,
	  "66@", 0, false, -EINVAL, "neither" },
	{ "address: a control character", "dgram", NULL, SERVER, false,
	  "02:00:00:00:00:01\n", 66, true, -EINVAL, "neither" },
	{ "client: at the other end of the pair", "dgram", NULL, CLIENT, true,
	  NULL, 0, false, 1, "0@02:00:00:00:00:02" },
	{ "client: the same, of a stream", "stream", NULL, CLIENT, false, NULL,
	  12345, false, 1, "0@02:00:00:00:00:02" },
	{ "client: opposite the other", "dgram", NULL, CLIENT, false,
	  "66@02:00:00:00:00:02", 12345, false, 1, "0@02:00:00:00:00:01" },
	{ "client: of another address, none", "dgram", NULL, CLIENT, false,
	  "66@0a:bb:cc:dd:ee:ff", 12345, false, 0, NULL },
	{ "client: of another protocol", "dgram", "7", CLIENT, true, NULL, 0,
	  false, 1, "0@02:00:00:00:00:02" },
};

static struct sockaddr_llc
llc(unsigned char sap, unsigned char last, unsigned char ua)
{
	return (struct sockaddr_llc){
		.sllc_family = AF_LLC, .sllc_arphrd = ARPHRD_ETHER,
		.sllc_ua = ua, .sllc_sap = sap,
		.sllc_mac = { 2, 0, 0, 0, 0, last },
	};
}

static struct endpoint
endpoint_of(struct sockaddr_llc address)
{
	struct endpoint endpoint;

	endpoint_set(&endpoint, &address, sizeof(address));
	return endpoint;
}

static void
test_lay_out(void **state)
{
	static const struct laid expected[] = {
		{ "sllc_family", 0, 2, false, "AF_LLC", "" },
		{ "sllc_arphrd", 2, 2, false, "ARPHRD_ETHER", "" },
		{ "sllc_test", 4, 1, true, "0", "" },
		{ "sllc_xid", 5, 1, true, "0", "" },
		{ "sllc_ua", 6, 1, true, "1", "" },
		{ "sllc_sap", 7, 1, true, "66", "" },
		{ "sllc_mac", 8, 6, false, "02:00:00:00:00:07", "" },
	};
	struct sockaddr_llc address = llc(66, 7, 1);
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint;

	(void)state;
	check_lay_out(&llc_family, &address, sizeof(address), expected,
	    COUNT(expected));
	address.sllc_arphrd = 9999;
	endpoint = endpoint_of(address);
	assert_int_equal(llc_family.lay_out(&endpoint, fields), 7);
	assert_string_equal(fields[1].value, "9999");
	assert_true(fields[1].number);
}

static void
test_not_ours(void **state)
{
	struct endpoint endpoint = endpoint_of(llc(66, 7, 0));
	struct field fields[FIELDS_MAX];
	char text[64];

	(void)state;
	endpoint.length--;
	assert_int_equal(llc_family.format(&endpoint, text, sizeof(text)),
	    -EINVAL);
	assert_int_equal(llc_family.lay_out(&endpoint, fields), -EINVAL);
	endpoint = endpoint_of(llc(66, 7, 0));
	endpoint.any.sa_family = AF_INET;
	assert_int_equal(llc_family.format(&endpoint, text, sizeof(text)),
	    -EINVAL);
	assert_int_equal(llc_family.lay_out(&endpoint, fields), -EINVAL);
}

/* How a message came does not matter, whose it is does. */
static void
test_answers(void **state)
{
	struct endpoint contacted = endpoint_of(llc(66, 1, 0));
	struct endpoint same = endpoint_of(llc(66, 1, 1));
	struct endpoint sap = endpoint_of(llc(68, 1, 1));
	struct endpoint mac = endpoint_of(llc(66, 2, 1));
	struct endpoint none = { .length = 0 };

	(void)state;
	assert_true(llc_family.answers(&contacted, &same));
	assert_false(llc_family.answers(&contacted, &sap));
	assert_false(llc_family.answers(&contacted, &mac));
	assert_false(llc_family.answers(&contacted, &none));
}

/* The interfaces that are made have the addresses that are chosen. */
static void
test_needs(void **state)
{
	struct choice choice = asking_choice(&llc_family, NULL, NULL);
	const struct need *need = choice.row.surroundings->needs;

	(void)state;
	assert_string_equal(need->command, "ip link add sdllc0 "
	    "address 02:00:00:00:00:01 type veth "
	    "peer name sdllc1 address 02:00:00:00:00:02");
	assert_string_equal(need->undo, "ip link del sdllc0");
	assert_int_equal(choice.row.surroundings->where, SURROUNDINGS_INITIAL);
	assert_true(choice.row.alone);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_lay_out),
	cmocka_unit_test(test_not_ours),
	cmocka_unit_test(test_answers),
	cmocka_unit_test(test_needs),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(others)];

int
main(void)
{
	size_t count = 0;

	asked_family = &llc_family;
	for (size_t i = 0; i < COUNT(asking_rows); i++)
		tests[count++] = (struct CMUnitTest){
			.name = asking_rows[i].name,
			.test_func = test_asking,
			.initial_state = (void *)(uintptr_t)&asking_rows[i],
		};
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("llc", tests, NULL, NULL);
}
