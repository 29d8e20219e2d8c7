#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/qrtr.h>

#include "../../families/families.h"
#include "asking.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false

static const struct asking asking_rows[] = {
	{ "address: the default of an exchange", "dgram", NULL, SERVER, true,
	  NULL, 0, false, 1, "1:0" },
	{ "address: the default of a server", "dgram", NULL, SERVER, false,
	  NULL, 12345, false, 1, "1:12345" },
	{ "address: the default of a client", "dgram", NULL, CONTACT, false,
	  NULL, 12345, false, 1, "1:12345" },
	{ "address: port 0 of a server", "dgram", NULL, SERVER, false, NULL, 0,
	  true, 1, "1:0" },
	{ "address: port 0 cannot be contacted", "dgram", NULL, CONTACT, false,
	  NULL, 0, true, -EDESTADDRREQ, "port 0" },
	{ "address: a node", "dgram", NULL, SERVER, false, "7", 12345, false, 1,
	  "7:12345" },
	{ "address: a node in base 16", "dgram", NULL, SERVER, false, "0x7f",
	  12345, false, 1, "127:12345" },
	{ "address: a node and a port", "dgram", NULL, CONTACT, false,
	  "7:16384", 12345, false, 1, "7:16384" },
	{ "address: a node and a port in base 16", "dgram", NULL, CONTACT,
	  false, "7:0x4000", 12345, false, 1, "7:16384" },
	{ "address: a node and a port, and another", "dgram", NULL, CONTACT,
	  false, "7:16384", 80, true, -EPROTOTYPE, "leave out --port" },
	{ "address: the largest port", "dgram", NULL, SERVER, false, NULL,
	  4294967295, true, 1, "1:4294967295" },
	{ "address: a port too large", "dgram", NULL, SERVER, false, NULL,
	  4294967296, true, -ERANGE, "not in 0 to" },
	{ "address: a port below 0", "dgram", NULL, SERVER, false, NULL, -1,
	  true, -ERANGE, "port -1" },
	{ "address: the port of the name service", "dgram", NULL, SERVER, false,
	  NULL, 4294967294, true, -EADDRINUSE, "resets all" },
	{ "address: the same, in the host", "dgram", NULL, SERVER, false,
	  "1:0xfffffffe", 12345, false, -EADDRINUSE, "name service" },
	{ "address: the name service, to contact", "dgram", NULL, CONTACT,
	  false, NULL, 4294967294, true, 1, "1:4294967294" },
	{ "address: an empty text", "dgram", NULL, SERVER, false, "", 12345,
	  false, -EINVAL, "neither NODE" },
	{ "address: letters", "dgram", NULL, SERVER, false, "node", 12345,
	  false, -EINVAL, "'node'" },
	{ "address: a tail", "dgram", NULL, SERVER, false, "1x", 12345, false,
	  -EINVAL, "'1x'" },
	{ "address: no port behind the colon", "dgram", NULL, SERVER, false,
	  "1:", 12345, false, -EINVAL, "neither" },
	{ "address: no node before it", "dgram", NULL, SERVER, false, ":1",
	  12345, false, -EINVAL, "neither" },
	{ "address: a node too large", "dgram", NULL, SERVER, false,
	  "4294967296", 12345, false, -EINVAL, "neither" },
	{ "address: many digits", "dgram", NULL, SERVER, false,
	  "99999999999999999999999999", 12345, false, -EINVAL, "neither" },
	{ "address: a negative node", "dgram", NULL, SERVER, false, "-1", 12345,
	  false, -EINVAL, "neither" },
	{ "address: a control character", "dgram", NULL, SERVER, false, "1\n",
	  12345, false, -EINVAL, "neither" },
	{ "client: none, sendto() binds it", "dgram", NULL, CLIENT, true, NULL,
	  0, false, 0, NULL },
	{ "client: none, of another protocol", "dgram", "7", CLIENT, true, NULL,
	  0, false, 0, NULL },
};

static void
test_lay_out(void **state)
{
	/* Two bytes between are nothing's. */
	static const struct laid expected[] = {
		{ "sq_family", 0, 2, false, "AF_QIPCRTR", "" },
		{ "sq_node", 4, 4, true, "1", "sq_node=0x1" },
		{ "sq_port", 8, 4, true, "16384", "sq_port=0x4000" },
	};
	static const struct laid special[] = {
		{ "sq_family", 0, 2, false, "AF_QIPCRTR", "" },
		{ "sq_node", 4, 4, true, "4294967295",
		  "sq_node=QRTR_NODE_BCAST" },
		{ "sq_port", 8, 4, true, "4294967294",
		  "sq_port=QRTR_PORT_CTRL" },
	};
	static const struct laid zero[] = {
		{ "sq_family", 0, 2, false, "AF_QIPCRTR", "" },
		{ "sq_node", 4, 4, true, "0", "sq_node=0" },
		{ "sq_port", 8, 4, true, "0", "sq_port=0" },
	};
	struct sockaddr_qrtr qrtr = { (unsigned short)qrtr_family.domain, 1,
		0x4000 };

	(void)state;
	assert_int_equal(qrtr_family.domain, 42);
	check_lay_out(&qrtr_family, &qrtr, sizeof(qrtr), expected,
	    COUNT(expected));
	qrtr.sq_node = QRTR_NODE_BCAST;
	qrtr.sq_port = QRTR_PORT_CTRL;
	check_lay_out(&qrtr_family, &qrtr, sizeof(qrtr), special,
	    COUNT(special));
	qrtr.sq_node = qrtr.sq_port = 0;
	check_lay_out(&qrtr_family, &qrtr, sizeof(qrtr), zero, COUNT(zero));
}

static void
test_not_ours(void **state)
{
	struct sockaddr_qrtr qrtr = { 42, 1, 2 };
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint;
	char text[64];

	(void)state;
	endpoint_set(&endpoint, &qrtr, sizeof(qrtr) - 1);
	assert_int_equal(qrtr_family.format(&endpoint, text, sizeof(text)),
	    -EINVAL);
	assert_int_equal(qrtr_family.lay_out(&endpoint, fields), -EINVAL);
	qrtr.sq_family = 2;
	endpoint_set(&endpoint, &qrtr, sizeof(qrtr));
	assert_int_equal(qrtr_family.format(&endpoint, text, sizeof(text)),
	    -EINVAL);
	assert_int_equal(qrtr_family.lay_out(&endpoint, fields), -EINVAL);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_lay_out),
	cmocka_unit_test(test_not_ours),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(others)];

int
main(void)
{
	size_t count = 0;

	asked_family = &qrtr_family;
	for (size_t i = 0; i < COUNT(asking_rows); i++)
		tests[count++] = (struct CMUnitTest){
			.name = asking_rows[i].name,
			.test_func = test_asking,
			.initial_state = (void *)(uintptr_t)&asking_rows[i],
		};
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("qrtr", tests, NULL, NULL);
}
