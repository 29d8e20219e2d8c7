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
#include "record/calls.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false

#define TEN "0123456789"

static const struct asking asking_rows[] = {
	{ "server: the default", "seqpacket", NULL, SERVER, true, NULL, 0,
	  false, 1, "127.0.0.1:0" },
	{ "server: IPv6", "seqpacket", NULL, SERVER, false, "::1", 80, true, 1,
	  "[::1]:80" },
	{ "server: before a comma", "seqpacket", NULL, SERVER, false,
	  "192.0.2.2,192.0.2.1", 80, true, 1, "192.0.2.2:80" },
	{ "server: the wildcard, which the kernel refuses", "seqpacket", NULL,
	  SERVER, false, "0.0.0.0", 80, true, 1, "0.0.0.0:80" },
	{ "server: a port too many", "seqpacket", NULL, SERVER, false, NULL,
	  65536, true, -ERANGE, "port 65536" },
	{ "server: nothing", "seqpacket", NULL, SERVER, false, "", 80, true,
	  -EINVAL, "'' is not an IPv4 address" },
	{ "server: nothing before a comma", "seqpacket", NULL, SERVER, false,
	  ",127.0.0.1", 80, true, -EINVAL, "'' is not" },
	{ "server: a name", "seqpacket", NULL, SERVER, false, "localhost", 80,
	  true, -EINVAL, "'localhost' is not" },
	{ "server: half an IPv6 address", "seqpacket", NULL, SERVER, false,
	  "1:2", 80, true, -EINVAL, "'1:2' is not an IPv6 address" },
	{ "server: an interface", "seqpacket", NULL, SERVER, false,
	  "fe80::1%eth0", 80, true, 1, "[fe80::1%42]:80" },
	{ "server: no such interface", "seqpacket", NULL, SERVER, false,
	  "fe80::1%eth1", 80, true, -ENODEV, "no interface 'eth1'" },
	{ "server: very long", "seqpacket", NULL, SERVER, false,
	  TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN, 80, true,
	  -EINVAL, "is no IP address" },
	{ "contact: a port", "seqpacket", NULL, CONTACT, false,
	  "192.0.2.2,192.0.2.1", 80, true, 1, "192.0.2.2:80" },
	{ "contact: port 0", "seqpacket", NULL, CONTACT, false, NULL, 0, true,
	  -EDESTADDRREQ, "port 0 cannot be contacted" },
	/* RDS sends nothing from a socket without an address. */
	{ "client: the same address, another port", "seqpacket", NULL, CLIENT,
	  true, NULL, 80, true, 1, "127.0.0.1:0" },
	{ "client: of IPv6", "seqpacket", NULL, CLIENT, false, "::1", 80, true,
	  1, "[::1]:0" },
	{ "client: behind the comma", "seqpacket", NULL, CLIENT, false,
	  "192.0.2.2,192.0.2.1", 80, true, 1, "192.0.2.1:0" },
	{ "client: nothing behind the comma", "seqpacket", NULL, CLIENT, false,
	  "192.0.2.2,", 80, true, -EINVAL, "'' is not" },
	{ "client: two commas", "seqpacket", NULL, CLIENT, false,
	  "192.0.2.2,192.0.2.1,192.0.2.3", 80, true, -EINVAL, "is not" },
};

static struct endpoint
make(const char *host, unsigned short port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(port) };
	struct endpoint endpoint = { .length = 0 };

	if (inet_pton(AF_INET, host, &in.sin_addr) == 1)
		endpoint_set(&endpoint, &in, sizeof(in));
	else if (inet_pton(AF_INET6, host, &in6.sin6_addr) == 1)
		endpoint_set(&endpoint, &in6, sizeof(in6));
	else
		fail_msg("%s", host);
	return endpoint;
}

/* An address, its text, and the transport that it stands for. */
static const struct variant_row {
	const char *name, *host, *text, *family, *variant;
} variant_rows[] = {
	{ "variant: loopback", "127.0.0.1", "127.0.0.1:80", "AF_INET",
	  "loop" },
	{ "variant: another one of loopback's", "127.255.0.1",
	  "127.255.0.1:80", "AF_INET", "loop" },
	{ "variant: a machine", "192.0.2.2", "192.0.2.2:80", "AF_INET",
	  "tcp" },
	{ "variant: not loopback's", "128.0.0.1", "128.0.0.1:80", "AF_INET",
	  "tcp" },
	{ "variant: loopback of IPv6", "::1", "[::1]:80", "AF_INET6",
	  "loop6" },
	{ "variant: a machine of IPv6", "2001:db8::2", "[2001:db8::2]:80",
	  "AF_INET6", "tcp6" },
};

static void
test_variant(void **state)
{
	const struct variant_row *row = *state;
	struct endpoint endpoint = make(row->host, 80);
	struct field fields[FIELDS_MAX];
	char text[ENDPOINT_TEXT_MAX];

	assert_string_equal(endpoint_format(&rds_family, &endpoint, text,
	    sizeof(text)), row->text);
	assert_true(rds_family.lay_out(&endpoint, fields) > 0);
	assert_string_equal(fields[0].value, row->family);
	assert_string_equal(rds_family.variant(&endpoint), row->variant);
}

static void
test_not_ours(void **state)
{
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint = { .length = 0 };
	char text[64];

	(void)state;
	assert_int_equal(rds_family.format(&endpoint, text, sizeof(text)),
	    -EINVAL);
	assert_int_equal(rds_family.lay_out(&endpoint, fields), -EINVAL);
	/* A socket without an address: the kernel says 16 bytes of 0. */
	endpoint.length = sizeof(struct sockaddr_in);
	assert_int_equal(rds_family.format(&endpoint, text, sizeof(text)),
	    -EINVAL);
	assert_int_equal(rds_family.lay_out(&endpoint, fields), -EINVAL);
}

/* getsockopt() as a script has it. */
static int transport;
static int failure;

static int
tell_transport(struct recorder *recorder, int fd, int level, int name,
    void *value, socklen_t *length)
{
	(void)recorder;
	assert_int_equal(fd, 9);
	assert_int_equal(level, SOL_RDS);
	assert_int_equal(name, 8);
	assert_int_equal(*length, sizeof(int));
	if (failure == 0)
		memcpy(value, &transport, sizeof(transport));
	return failure;
}

static const struct variant *
find_variant(const char *name)
{
	const struct variant *row = rds_family.variants;

	while (row->name != NULL && strcmp(row->name, name) != 0)
		row++;
	return row->name != NULL ? row : NULL;
}

static const struct prepare_row {
	const char *name, *variant;
	int transport, failure, result;
	const char *why;
} prepare_rows[] = {
	{ "prepare: loop", "loop", 3, 0, 0, "" },
	{ "prepare: loop6", "loop6", 3, 0, 0, "" },
	{ "prepare: tcp", "tcp", 2, 0, 0, "" },
	{ "prepare: tcp6", "tcp6", 2, 0, 0, "" },
	{ "prepare: another host than the variant's", "loop", 2, 0, 0, "" },
	{ "prepare: tcp that is not", "tcp", 3, 0, -EPROTOTYPE,
	  "transport 3, and not by TCP" },
	{ "prepare: tcp6 that is InfiniBand", "tcp6", 0, 0, -EPROTOTYPE,
	  "transport 0" },
	{ "prepare: a kernel that does not tell", "tcp", 0, -ENOPROTOOPT, 0,
	  "" },
	{ "prepare: an error", "tcp", 0, -ENOBUFS, -ENOBUFS, "" },
	{ "prepare: no variant", "none", 3, 0, 0, "" },
};

static void
test_prepare(void **state)
{
	static const struct calls calls = { .getsockopt = tell_transport };
	const struct prepare_row *row = *state;
	struct choice choice = asking_choice(&rds_family, "seqpacket", NULL);
	struct channel channel = { .calls = &calls, .cell = &choice.row,
		.variant = find_variant(row->variant), .fd = 9 };

	transport = row->transport;
	failure = row->failure;
	assert_int_equal(choice.row.prepare(&channel), row->result);
	assert_non_null(strstr(channel.why, row->why));
	assert_int_equal(channel.fd, 9);
}

/* Whatever a variant makes has to be what its hosts say. */
static void
test_variants(void **state)
{
	(void)state;
	for (const struct variant *row = rds_family.variants;
	     row->name != NULL; row++) {
		struct endpoint server = make(row->host, 80);
		struct endpoint client = make(row->client_host != NULL
		    ? row->client_host : row->host, 80);
		const struct need *need = row->surroundings != NULL
		    ? row->surroundings->needs : NULL;
		bool found[2] = { need == NULL, need == NULL };

		assert_string_equal(rds_family.variant(&server), row->name);
		assert_string_equal(rds_family.variant(&client), row->name);
		for (; need != NULL && need->command != NULL; need++) {
			const char *host = need->server ? row->host
							: row->client_host;

			assert_null(strstr(need->command, "  "));
			if (host != NULL && strstr(need->command, host) != NULL)
				found[need->server] = true;
		}
		assert_true(found[0] && found[1]);
	}
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_not_ours),
	cmocka_unit_test(test_variants),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(variant_rows) +
    COUNT(prepare_rows) + COUNT(others)];

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

	asked_family = &rds_family;
	ADD(asking_rows, test_asking);
	ADD(variant_rows, test_variant);
	ADD(prepare_rows, test_prepare);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("rds", tests, NULL, NULL);
}
