#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>

#include "../../families/families.h"
#include "asking.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false

static const struct asking asking_rows[] = {
	{ "address: the default", "stream", NULL, SERVER, true, NULL, 0, false,
	  1, "127.0.0.1:0" },
	{ "address: by name", "stream", "smc", SERVER, false, NULL, 12345,
	  false, 1, "127.0.0.1:12345" },
	{ "address: by number", "stream", "0", SERVER, false, NULL, 12345,
	  false, 1, "127.0.0.1:12345" },
	{ "address: IPv6", "stream", "smc6", SERVER, false, NULL, 12345, false,
	  1, "[::1]:12345" },
	{ "address: IPv6 by number", "stream", "1", SERVER, false, NULL, 12345,
	  false, 1, "[::1]:12345" },
	{ "address: IPv6 for IPv4", "stream", "smc", SERVER, false, "::1", 80,
	  true, -EINVAL, "'::1' is not an IPv4 address" },
	{ "address: IPv4 for IPv6", "stream", "smc6", SERVER, false,
	  "127.0.0.1", 80, true, -EINVAL,
	  "'127.0.0.1' is not an IPv6 address" },
	{ "address: a port too many", "stream", "smc6", SERVER, false, NULL,
	  65536, true, -ERANGE, "port 65536" },
	{ "address: to contact", "stream", "smc6", CONTACT, false,
	  "2001:db8::1", 80, true, 1, "[2001:db8::1]:80" },
	{ "address: port 0 to contact", "stream", "smc", CONTACT, false, NULL,
	  0, true, -EDESTADDRREQ, "port 0" },
	{ "address: a client needs none", "stream", "smc", CLIENT, true, NULL,
	  0, false, 0, NULL },
	{ "address: nor one of IPv6", "stream", "smc6", CLIENT, false, NULL,
	  80, true, 0, NULL },
};

/* A server on the wildcard is contacted on the loopback, of its family. */
static void
test_contact(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons(80) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(80) };
	struct endpoint bound, out;
	char text[64];

	(void)state;
	endpoint_set(&bound, &in, sizeof(in));
	assert_int_equal(smc_family.contact(&bound, &bound, &out), 0);
	assert_string_equal(endpoint_format(&smc_family, &out, text,
	    sizeof(text)), "127.0.0.1:80");
	endpoint_set(&bound, &in6, sizeof(in6));
	assert_int_equal(smc_family.contact(&bound, &bound, &out), 0);
	assert_string_equal(endpoint_format(&smc_family, &out, text,
	    sizeof(text)), "[::1]:80");
}

/* An address says itself what it is: AF_SMC stands in none. */
static void
test_not_ours(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_SMC };
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint, out;
	char text[64];

	(void)state;
	endpoint_set(&endpoint, &in, sizeof(in));
	assert_int_equal(smc_family.format(&endpoint, text, sizeof(text)),
	    -EINVAL);
	assert_int_equal(smc_family.lay_out(&endpoint, fields), -EINVAL);
	assert_int_equal(smc_family.contact(&endpoint, &endpoint, &out),
	    -EINVAL);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_contact),
	cmocka_unit_test(test_not_ours),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(others)];

int
main(void)
{
	size_t count = COUNT(asking_rows);

	asked_family = &smc_family;
	for (size_t i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){
			.name = asking_rows[i].name,
			.test_func = test_asking,
			.initial_state = (void *)(uintptr_t)&asking_rows[i],
		};
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("smc", tests, NULL, NULL);
}
