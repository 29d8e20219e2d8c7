#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>

#include <linux/vm_sockets.h>

#include "../../families/families.h"
#include "asking.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false

#define LAST 4294967295L

/* vsock(7): a CID and a port, of 32 bits each; all ones is any. */
static const struct asking asking_rows[] = {
	{ "server: loopback, any port", "stream", NULL, SERVER, true, NULL, 0,
	  false, 1, "1:any" },
	{ "server: a port", "stream", NULL, SERVER, false, NULL, 12345, false,
	  1, "1:12345" },
	{ "server: a port of 17 bits", "seqpacket", NULL, SERVER, false, NULL,
	  65536, true, 1, "1:65536" },
	{ "server: the last port but one", "stream", NULL, SERVER, false, NULL,
	  LAST - 1, true, 1, "1:4294967294" },
	{ "server: the last port is any", "stream", NULL, SERVER, false, NULL,
	  LAST, true, 1, "1:any" },
	{ "server: a port too many", "stream", NULL, SERVER, false, NULL,
	  LAST + 1, true, -ERANGE, "port 4294967296 is not in" },
	{ "server: a port below 0", "stream", NULL, SERVER, false, NULL, -1,
	  true, -ERANGE, "port -1 is not in" },
	{ "server: a CID", "stream", NULL, SERVER, false, "3", 80, true, 1,
	  "3:80" },
	{ "server: leading zeros", "stream", NULL, SERVER, false, "0001", 80,
	  true, 1, "1:80" },
	{ "server: words: local", "stream", NULL, SERVER, false, "local", 80,
	  true, 1, "1:80" },
	{ "server: words: host", "stream", NULL, SERVER, false, "host", 80,
	  true, 1, "2:80" },
	{ "server: words: hypervisor", "stream", NULL, SERVER, false,
	  "hypervisor", 80, true, 1, "0:80" },
	{ "server: words: any", "stream", NULL, SERVER, false, "any", 80, true,
	  1, "any:80" },
	{ "server: any by its number", "stream", NULL, SERVER, false,
	  "4294967295", 80, true, 1, "any:80" },
	{ "server: a CID too many", "stream", NULL, SERVER, false,
	  "4294967296", 80, true, -ERANGE, "CID 4294967296 is above" },
	{ "server: 1, a power of two later", "stream", NULL, SERVER, false,
	  "4294967297", 80, true, -ERANGE, "is above" },
	{ "server: a CID of 70 bits", "stream", NULL, SERVER, false,
	  "1180591620717411303425", 80, true, -ERANGE, "is above" },
	{ "server: a CID below 0", "stream", NULL, SERVER, false, "-1", 80,
	  true, -EINVAL, "'-1' is no CID" },
	{ "server: a sign", "stream", NULL, SERVER, false, "+1", 80, true,
	  -EINVAL, "'+1' is no CID" },
	{ "server: a space", "stream", NULL, SERVER, false, " 1", 80, true,
	  -EINVAL, "' 1' is no CID" },
	{ "server: hexadecimal", "stream", NULL, SERVER, false, "0x1", 80,
	  true, -EINVAL, "is no CID" },
	{ "server: nothing", "stream", NULL, SERVER, false, "", 80, true,
	  -EINVAL, "'' is no CID" },
	{ "server: a control character", "stream", NULL, SERVER, false,
	  "1\n", 80, true, -EINVAL, "is no CID" },
	{ "server: an IP address", "stream", NULL, SERVER, false,
	  "127.0.0.1", 80, true, -EINVAL, "is no CID" },
	{ "contact: loopback", "stream", NULL, CONTACT, false, NULL, 12345,
	  false, 1, "1:12345" },
	{ "contact: a CID", "stream", NULL, CONTACT, false, "2", 80, true, 1,
	  "2:80" },
	{ "contact: any CID", "stream", NULL, CONTACT, false, "any", 80, true,
	  -EDESTADDRREQ, "a CID that is any cannot be contacted" },
	{ "contact: any CID by its number", "stream", NULL, CONTACT, false,
	  "4294967295", 80, true, -EDESTADDRREQ, "a CID that is any" },
	{ "contact: port 0", "stream", NULL, CONTACT, false, NULL, 0, true,
	  -EDESTADDRREQ, "a port that is any cannot be contacted" },
	{ "contact: the last port", "stream", NULL, CONTACT, false, NULL, LAST,
	  true, -EDESTADDRREQ, "a port that is any" },
	/* The rule: see vsock_address.h. */
	{ "client: beside the default, binds to it", "stream", NULL, CLIENT,
	  true, NULL, 0, false, 1, "1:any" },
	{ "client: alone, too", "stream", NULL, CLIENT, false, NULL, 12345,
	  false, 1, "1:any" },
	{ "client: of records", "seqpacket", NULL, CLIENT, false, NULL, 12345,
	  false, 1, "1:any" },
	{ "client: of 1", "stream", NULL, CLIENT, false, "1", 80, true, 1,
	  "1:any" },
	{ "client: of 1 with zeros", "stream", NULL, CLIENT, false, "01", 80,
	  true, 1, "1:any" },
	{ "client: of local", "stream", NULL, CLIENT, false, "local", 80, true,
	  1, "1:any" },
	{ "client: of another CID, to nothing", "stream", NULL, CLIENT, false,
	  "2", 80, true, 0, NULL },
	{ "client: of a wrong CID", "stream", NULL, CLIENT, false, "x", 80,
	  true, -EINVAL, "'x' is no CID" },
};

/* Bytes of an address, as vm_sockets.h has them. */
static struct endpoint
make(unsigned cid, unsigned port, unsigned char flags)
{
	struct sockaddr_vm vm = { .svm_family = AF_VSOCK, .svm_port = port,
		.svm_cid = cid };
	struct endpoint endpoint;

	endpoint_set(&endpoint, &vm, sizeof(vm));
	endpoint.bytes[12] = flags;
	return endpoint;
}

/* As strace 6.1 has it: the CID before the port, and in hexadecimal. */
static const struct laid_row {
	const char *name;
	unsigned cid, port;
	unsigned char flags;
	const char *text;
	bool cid_number, port_number, flags_number;
	const char *cid_value, *port_value, *flags_value;
	const char *cid_strace, *port_strace, *flags_strace;
} laid_rows[] = {
	{ "lay_out: loopback", 1, 12345, 0, "1:12345", false, true, true,
	  "VMADDR_CID_LOCAL", "12345", "0", "svm_cid=VMADDR_CID_LOCAL",
	  "svm_port=0x3039", "svm_flags=0" },
	{ "lay_out: any", VMADDR_CID_ANY, VMADDR_PORT_ANY, 0, "any:any", false,
	  false, true, "VMADDR_CID_ANY", "VMADDR_PORT_ANY", "0",
	  "svm_cid=VMADDR_CID_ANY", "svm_port=VMADDR_PORT_ANY",
	  "svm_flags=0" },
	{ "lay_out: a machine", 3, 0, 1, "3:0", true, true, false, "3", "0",
	  "VMADDR_FLAG_TO_HOST", "svm_cid=0x3", "svm_port=0",
	  "svm_flags=VMADDR_FLAG_TO_HOST" },
	{ "lay_out: hypervisor", 0, 1, 0, "0:1", false, true, true,
	  "VMADDR_CID_HYPERVISOR", "1", "0", "svm_cid=VMADDR_CID_HYPERVISOR",
	  "svm_port=0x1", "svm_flags=0" },
};

static void
test_laid(void **state)
{
	const struct laid_row *row = *state;
	struct endpoint endpoint = make(row->cid, row->port, row->flags);
	/* The texts of strace are in its order, the fields in memory's. */
	const struct laid expected[] = {
		{ "svm_family", 0, 2, false, "AF_VSOCK", "" },
		{ "svm_port", 4, 4, row->port_number, row->port_value,
		  row->cid_strace },
		{ "svm_cid", 8, 4, row->cid_number, row->cid_value,
		  row->port_strace },
		{ "svm_flags", 12, 1, row->flags_number, row->flags_value,
		  row->flags_strace },
	};
	char text[ENDPOINT_TEXT_MAX];

	assert_int_equal(vsock_family.format(&endpoint, text, sizeof(text)),
	    0);
	assert_string_equal(text, row->text);
	check_lay_out(&vsock_family, endpoint.bytes, endpoint.length,
	    expected, COUNT(expected));
}

/* A server with every CID is never contacted at 1, nor anywhere. */
static void
test_contact(void **state)
{
	static const unsigned cids[] = { 1, 2, 3, 0xfffffffe };
	struct endpoint any = make(VMADDR_CID_ANY, 80, 0);
	struct endpoint out = { .length = 0 };

	(void)state;
	assert_int_equal(vsock_family.contact(&any, &any, &out),
	    -EADDRNOTAVAIL);
	assert_int_equal(out.length, 0);
	for (size_t i = 0; i < COUNT(cids); i++) {
		struct endpoint asked = make(cids[i], VMADDR_PORT_ANY, 0);
		struct endpoint bound = make(cids[i], 80, 0);

		assert_int_equal(vsock_family.contact(&asked, &bound, &out),
		    0);
		assert_true(endpoint_equal(&bound, &out));
	}
}

static void
test_not_ours(void **state)
{
	struct endpoint good = make(1, 80, 0);
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint, out;
	char text[64];

	(void)state;
	for (size_t length = 0; length <= good.length; length++) {
		endpoint_set(&endpoint, good.bytes, length);
		if (length == good.length)
			endpoint.any.sa_family = AF_INET;
		assert_int_equal(vsock_family.format(&endpoint, text,
		    sizeof(text)), -EINVAL);
		assert_int_equal(vsock_family.lay_out(&endpoint, fields),
		    -EINVAL);
		assert_int_equal(vsock_family.contact(&endpoint, &endpoint,
		    &out), -EINVAL);
	}
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_contact),
	cmocka_unit_test(test_not_ours),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(laid_rows) +
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

	asked_family = &vsock_family;
	ADD(asking_rows, test_asking);
	ADD(laid_rows, test_laid);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("vsock", tests, NULL, NULL);
}
