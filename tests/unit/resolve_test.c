#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <net/if.h>

#include "family/cell.h"
#include "family/resolve.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A host, and the text of what it is found to be, or part of why not. */
static const struct row {
	const char *name;
	const char *family, *host;
	int result;
	const char *text;
} rows[] = {
	{ "none: the loopback", "inet", NULL, 1, "127.0.0.1:80" },
	{ "none: the loopback of inet6", "inet6", NULL, 1, "[::1]:80" },
	{ "an address", "inet", "192.0.2.7", 1, "192.0.2.7:80" },
	{ "an address of inet6", "inet6", "2001:db8::7", 1,
	  "[2001:db8::7]:80" },
	{ "localhost", "inet", "localhost", 1, "127.0.0.1:80" },
	{ "localhost of inet6", "inet6", "localhost", 1, "[::1]:80" },
	{ "an address of the wrong family", "inet", "::1", -EINVAL,
	  "host '::1' has no inet address" },
	{ "an address of the wrong family, inet6", "inet6", "127.0.0.1",
	  -EINVAL, "host '127.0.0.1' has no inet6 address" },
	{ "an empty host", "inet", "", -EINVAL, "''" },
	{ "a name that cannot be", "inet", "no such host.invalid", -EINVAL,
	  "has no inet address" },
	{ "a scope by name", "inet6", "fe80::1%lo", 1, "[fe80::1%1]:80" },
	{ "a scope by index", "inet6", "fe80::1%7", 1, "[fe80::1%7]:80" },
	{ "a scope of no interface", "inet6", "fe80::1%nosuch", -ENODEV,
	  "no interface 'nosuch'" },
	{ "a scope of no name", "inet6", "fe80::1%", -ENODEV,
	  "no interface ''" },
	{ "a scope of 0", "inet6", "fe80::1%0", -ENODEV, "no interface '0'" },
	{ "localhost of a family that getaddrinfo() does not know", "smc",
	  "localhost", 1, "127.0.0.1:80" },
	{ "a name that cannot be, in such a family", "smc",
	  "no such host.invalid", -EINVAL, "has no smc address" },
	{ "an address of the wrong kind for such a family's cell", "smc",
	  "::1", -EINVAL, "'::1' is not an IPv4 address" },
	{ "a path is no name to look up", "unix", "localhost", 1,
	  "localhost" },
};

static struct wish
make_wish(const struct choice *choice, const char *host)
{
	return (struct wish){
		.side = SIDE_SERVER, .cell = &choice->row, .host = host,
		.port = 80, .directory = "/tmp", .tag = "tag",
	};
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	const struct family *family = family_find(row->family);
	struct choice choice;
	struct endpoint endpoint;
	char why[256] = "";
	char text[ENDPOINT_TEXT_MAX];
	struct wish wish;
	int result;

	assert_int_equal(cell_choose(family, NULL, NULL, &choice, why,
	    sizeof(why)), 0);
	wish = make_wish(&choice, row->host);
	result = resolve_endpoint(family, &wish, &endpoint, why, sizeof(why));
	if (result != row->result)
		fail_msg("%d: %s", result, why);
	if (result == 1)
		assert_string_equal(endpoint_format(family, &endpoint, text,
		    sizeof(text)), row->text);
	else if (strstr(why, row->text) == NULL)
		fail_msg("%s", why);
}

/* Looking up an interface is the driver's service. */
static void
test_lookup(void **state)
{
	const struct family *family = family_find("inet");
	struct choice choice;
	struct endpoint endpoint;
	struct wish wish;
	unsigned index = 0;
	char why[256];

	(void)state;
	assert_int_equal(cell_choose(family, NULL, NULL, &choice, why,
	    sizeof(why)), 0);
	wish = make_wish(&choice, NULL);
	assert_int_equal(resolve_endpoint(family, &wish, &endpoint, why,
	    sizeof(why)), 1);
	assert_int_equal(wish.lookup->interface("lo", &index), 0);
	assert_int_equal(index, if_nametoindex("lo"));
	assert_int_equal(wish.lookup->interface("nosuch", &index), -ENODEV);
}

/* A variant's host, the word 'w' in the place of its percent sign. */
static const struct variant_row {
	const char *host, *client_host;
	enum side_id side;
	bool to_contact;
	const char *expected;
} variant_rows[] = {
	{ NULL, NULL, SIDE_SERVER, false, NULL },
	{ "here", NULL, SIDE_SERVER, false, "here" },
	{ "here", NULL, SIDE_CLIENT, false, "here" },
	{ "@%", NULL, SIDE_CLIENT, true, "@w" },
	{ "%-%", NULL, SIDE_SERVER, false, "w-%" },
	{ "a", "b%c", SIDE_CLIENT, false, "bwc" },
	{ "a", "b", SIDE_CLIENT, true, "a" },
	{ "a", "b", SIDE_SERVER, false, "a" },
	{ NULL, "b", SIDE_CLIENT, false, "b" },
};

static void
test_variant(void **state)
{
	char little[4];
	char text[16];

	(void)state;
	for (size_t i = 0; i < COUNT(variant_rows); i++) {
		const struct variant_row *row = &variant_rows[i];
		struct variant variant = { .host = row->host,
			.client_host = row->client_host };
		const char *host = resolve_variant(&variant, row->side,
		    row->to_contact, "w", text, sizeof(text));

		assert_int_equal(host != NULL, row->expected != NULL);
		if (host != NULL)
			assert_string_equal(host, row->expected);
	}
	assert_string_equal(resolve_variant(&(struct variant){
		.host = "long%" }, SIDE_SERVER, false, "w", little,
	    sizeof(little)), "lon");
}

static struct CMUnitTest tests[COUNT(rows) + 2];

int
main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(test_lookup);
	tests[COUNT(rows) + 1] =
	    (struct CMUnitTest)cmocka_unit_test(test_variant);
	return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
