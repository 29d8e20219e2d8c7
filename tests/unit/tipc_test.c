#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/tipc.h>

#include "../../families/families.h"
#include "asking.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false

/* ASKED_RUN is 1193046 in decimal. */
static const struct asking asking_rows[] = {
	{ "address: the default of an exchange", "stream", NULL, SERVER, true,
	  NULL, 0, false, 1, "18888:1193046" },
	{ "address: the same, to contact", "stream", NULL, CONTACT, true, NULL,
	  0, false, 1, "18888:1193046" },
	{ "address: the default of a server", "dgram", NULL, SERVER, false,
	  NULL, 12345, false, 1, "18888:12345" },
	{ "address: the default of a client", "rdm", NULL, CONTACT, false,
	  NULL, 12345, false, 1, "18888:12345" },
	{ "address: a type", "stream", NULL, SERVER, false, "70", 12345, false,
	  1, "70:12345" },
	{ "address: a type in base 16", "stream", NULL, SERVER, false, "0x100",
	  12345, false, 1, "256:12345" },
	{ "address: port 0 of a server", "stream", NULL, SERVER, false, NULL,
	  0, true, 1, "18888:1193046" },
	{ "address: port 0 cannot be contacted", "stream", NULL, CONTACT,
	  false, NULL, 0, true, -EDESTADDRREQ, "port 0" },
	{ "address: a service", "stream", NULL, SERVER, false, "64:17", 12345,
	  false, 1, "64:17" },
	{ "address: instance 0 of a service", "stream", NULL, CONTACT, false,
	  "64:0", 12345, false, 1, "64:0" },
	{ "address: the largest numbers", "stream", NULL, SERVER, false,
	  "4294967295:4294967295", 12345, false, 1,
	  "4294967295:4294967295" },
	{ "address: the largest port", "stream", NULL, SERVER, false, NULL,
	  4294967295, true, 1, "18888:4294967295" },
	{ "address: a port too large", "stream", NULL, SERVER, false, NULL,
	  4294967296, true, -ERANGE, "not in 0 to 4294967295" },
	{ "address: a port below 0", "stream", NULL, SERVER, false, NULL, -1,
	  true, -ERANGE, "port -1" },
	{ "address: a range", "dgram", NULL, SERVER, false, "64:17-20", 12345,
	  false, 1, "64:17-20" },
	{ "address: a range of one", "dgram", NULL, SERVER, false, "64:17-17",
	  12345, false, 1, "64:17" },
	{ "address: a range to contact", "dgram", NULL, CONTACT, false,
	  "64:17-20", 12345, false, -EDESTADDRREQ, "64:17, say" },
	{ "address: a range backwards", "dgram", NULL, SERVER, false,
	  "64:20-17", 12345, false, -EINVAL, "TYPE:LOWER-UPPER" },
	{ "address: an id", "stream", NULL, CONTACT, false,
	  "123456@1001001", 12345, false, 1, "123456@1001001" },
	{ "address: an id of the own node", "stream", NULL, CONTACT, false,
	  "123456@0", 12345, false, 1, "123456@0" },
	{ "address: an id in capitals", "stream", NULL, CONTACT, false,
	  "1@ABCDEF01", 12345, false, 1, "1@abcdef01" },
	{ "address: a server's id", "stream", NULL, SERVER, false, "1@0",
	  12345, false, -EADDRNOTAVAIL, "TYPE:INSTANCE" },
	{ "address: a reserved type", "stream", NULL, SERVER, false, "63",
	  12345, false, -EACCES, "TIPC's own" },
	{ "address: the topology service", "seqpacket", NULL, CONTACT, false,
	  "1:1", 12345, false, 1, "1:1" },
	{ "address: a service and a port", "stream", NULL, SERVER, false,
	  "64:17", 80, true, -EPROTOTYPE, "leave out --port" },
	{ "address: a service and port 0", "stream", NULL, SERVER, false,
	  "64:17", 0, true, 1, "64:17" },
	{ "address: an empty text", "stream", NULL, SERVER, false, "", 12345,
	  false, -EINVAL, "none of TYPE" },
	{ "address: letters", "stream", NULL, SERVER, false, "abc", 12345,
	  false, -EINVAL, "'abc'" },
	{ "address: a number with a tail", "stream", NULL, SERVER, false,
	  "64x", 12345, false, -EINVAL, "'64x'" },
	{ "address: a type too large", "stream", NULL, SERVER, false,
	  "4294967296", 12345, false, -EINVAL, "none of" },
	{ "address: a type of many digits", "stream", NULL, SERVER, false,
	  "99999999999999999999999999999999", 12345, false, -EINVAL,
	  "none of" },
	{ "address: a negative type", "stream", NULL, SERVER, false, "-64",
	  12345, false, -EINVAL, "none of" },
	{ "address: a sign", "stream", NULL, SERVER, false, "+64", 12345,
	  false, -EINVAL, "none of" },
	{ "address: a space", "stream", NULL, SERVER, false, " 64", 12345,
	  false, -EINVAL, "none of" },
	{ "address: a control character", "stream", NULL, SERVER, false,
	  "64\n", 12345, false, -EINVAL, "none of" },
	{ "address: no instance", "stream", NULL, SERVER, false, "64:", 12345,
	  false, -EINVAL, "none of" },
	{ "address: no upper instance", "stream", NULL, SERVER, false, "64:1-",
	  12345, false, -EINVAL, "none of" },
	{ "address: no node", "stream", NULL, CONTACT, false, "1@", 12345,
	  false, -EINVAL, "none of" },
	{ "address: no reference", "stream", NULL, CONTACT, false, "@1",
	  12345, false, -EINVAL, "none of" },
	{ "address: a node too large", "stream", NULL, CONTACT, false,
	  "1@100000000", 12345, false, -EINVAL, "none of" },
	{ "address: 0x alone", "stream", NULL, SERVER, false, "0x", 12345,
	  false, -EINVAL, "none of" },
	{ "client: none", "dgram", NULL, CLIENT, true, NULL, 0, false, 0,
	  NULL },
	{ "client: none, of a stream", "stream", NULL, CLIENT, false, "1@0",
	  0, false, 0, NULL },
};

static struct sockaddr_tipc
range(unsigned lower, unsigned upper)
{
	return (struct sockaddr_tipc){
		.family = AF_TIPC, .addrtype = TIPC_SERVICE_RANGE,
		.scope = TIPC_CLUSTER_SCOPE,
		.addr.nameseq = { 18888, lower, upper },
	};
}

static struct sockaddr_tipc
id(unsigned ref, unsigned node)
{
	return (struct sockaddr_tipc){
		.family = AF_TIPC, .addrtype = TIPC_SOCKET_ADDR,
		.addr.id = { ref, node },
	};
}

static struct sockaddr_tipc
service(unsigned instance)
{
	return (struct sockaddr_tipc){
		.family = AF_TIPC, .addrtype = TIPC_SERVICE_ADDR,
		.addr.name = { { 18888, instance }, 0 },
	};
}

static struct endpoint
endpoint_of(struct sockaddr_tipc tipc)
{
	struct endpoint endpoint;

	endpoint_set(&endpoint, &tipc, sizeof(tipc));
	return endpoint;
}

static void
test_lay_out(void **state)
{
	static const struct laid ranges[] = {
		{ "family", 0, 2, false, "AF_TIPC", "" },
		{ "addrtype", 2, 1, false, "TIPC_SERVICE_RANGE", "" },
		{ "scope", 3, 1, false, "TIPC_CLUSTER_SCOPE", "" },
		{ "addr.nameseq.type", 4, 4, true, "18888", "" },
		{ "addr.nameseq.lower", 8, 4, true, "17", "" },
		{ "addr.nameseq.upper", 12, 4, true, "20", "" },
	};
	static const struct laid names[] = {
		{ "family", 0, 2, false, "AF_TIPC", "" },
		{ "addrtype", 2, 1, false, "TIPC_SERVICE_ADDR", "" },
		{ "scope", 3, 1, true, "0", "" },
		{ "addr.name.name.type", 4, 4, true, "18888", "" },
		{ "addr.name.name.instance", 8, 4, true, "17", "" },
		{ "addr.name.domain", 12, 4, true, "0", "" },
	};
	static const struct laid ids[] = {
		{ "family", 0, 2, false, "AF_TIPC", "" },
		{ "addrtype", 2, 1, false, "TIPC_SOCKET_ADDR", "" },
		{ "scope", 3, 1, true, "0", "" },
		{ "addr.id.ref", 4, 4, true, "4294967295", "" },
		{ "addr.id.node", 8, 4, true, "16781313", "" },
	};
	struct sockaddr_tipc tipc = range(17, 20);

	(void)state;
	check_lay_out(&tipc_family, &tipc, sizeof(tipc), ranges,
	    COUNT(ranges));
	tipc = service(17);
	check_lay_out(&tipc_family, &tipc, sizeof(tipc), names, COUNT(names));
	tipc = id(UINT32_MAX, 0x1001001);
	check_lay_out(&tipc_family, &tipc, sizeof(tipc), ids, COUNT(ids));
}

/* Too short, of another family, of a type that there is not. */
static void
test_not_ours(void **state)
{
	struct sockaddr_tipc tipc = range(17, 17);
	struct field fields[FIELDS_MAX];
	struct endpoint bad[4];
	char text[64];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		bad[i] = endpoint_of(tipc);
	bad[0].length--;
	bad[1].any.sa_family = AF_INET;
	bad[2].bytes[offsetof(struct sockaddr_tipc, addrtype)] = 4;
	bad[3].bytes[offsetof(struct sockaddr_tipc, addrtype)] = 0;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(tipc_family.format(&bad[i], text,
		    sizeof(text)), -EINVAL);
		assert_int_equal(tipc_family.lay_out(&bad[i], fields),
		    -EINVAL);
	}
	assert_int_equal(tipc_family.contact(&bad[0], &bad[0], &bad[1]),
	    -EINVAL);
}

/* The name that was bound, and not the id that getsockname() tells. */
static void
test_contact(void **state)
{
	struct endpoint bound = endpoint_of(id(1234, 0));
	struct endpoint asked = endpoint_of(range(17, 20));
	struct endpoint name = endpoint_of(service(17));
	struct endpoint contact;

	(void)state;
	assert_int_equal(tipc_family.contact(&asked, &bound, &contact), 0);
	assert_true(endpoint_equal(&contact, &name));
	assert_int_equal(tipc_family.contact(&name, &name, &contact), 0);
	assert_true(endpoint_equal(&contact, &name));
	assert_int_equal(tipc_family.contact(&bound, &bound, &contact), 0);
	assert_true(endpoint_equal(&contact, &bound));
}

static void
test_answers(void **state)
{
	struct endpoint name = endpoint_of(service(17));
	struct endpoint one = endpoint_of(id(1, 0));
	struct endpoint other = endpoint_of(id(2, 0));
	struct endpoint none = { .length = 0 };

	(void)state;
	assert_true(tipc_family.answers(&name, &one));
	assert_true(tipc_family.answers(&name, &other));
	assert_false(tipc_family.answers(&name, &none));
	assert_false(tipc_family.answers(&one, &other));
}

/* What is bound, byte for byte, is what the kernel's header says. */
static void
test_bound(void **state)
{
	struct choice choice = asking_choice(&tipc_family, "dgram", NULL);
	struct wish wish = { .side = SIDE_SERVER, .port = 17,
		.port_given = true, .cell = &choice.row };
	struct endpoint expected = endpoint_of(range(17, 17));
	struct endpoint endpoint;
	char why[200];

	(void)state;
	assert_int_equal(tipc_family.address(&wish, &endpoint, why,
	    sizeof(why)), 1);
	assert_true(endpoint_equal(&endpoint, &expected));
	wish.to_contact = true;
	expected = endpoint_of(service(17));
	assert_int_equal(tipc_family.address(&wish, &endpoint, why,
	    sizeof(why)), 1);
	assert_true(endpoint_equal(&endpoint, &expected));
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_lay_out),
	cmocka_unit_test(test_not_ours),
	cmocka_unit_test(test_contact),
	cmocka_unit_test(test_answers),
	cmocka_unit_test(test_bound),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(others)];

int
main(void)
{
	size_t count = 0;

	asked_family = &tipc_family;
	for (size_t i = 0; i < COUNT(asking_rows); i++)
		tests[count++] = (struct CMUnitTest){
			.name = asking_rows[i].name,
			.test_func = test_asking,
			.initial_state = (void *)(uintptr_t)&asking_rows[i],
		};
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("tipc", tests, NULL, NULL);
}
