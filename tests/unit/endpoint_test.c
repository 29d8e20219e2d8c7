#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>


#include "../../families/families.h"
#include "toy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Bytes of an address, and its text. */
static const struct format_row {
	const char *name;
	const struct family *family;
	const char *bytes;
	size_t length;
	const char *text;
} format_rows[] = {
#define BYTES(text) text, sizeof(text) - 1
	{ "none", &inet_family, BYTES(""), "(none)" },
	{ "inet", &inet_family, BYTES("\2\0\x1f\x90\x7f\0\0\1\0\0\0\0\0\0\0\0"),
	  "127.0.0.1:8080" },
	{ "inet, cut", &inet_family, BYTES("\2\0\x1f\x90\x7f"), "02001f907f" },
	{ "inet6's in inet", &inet_family,
	  BYTES("\12\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	  "0a000000000000000000000000000000" },
	{ "a path", &unix_family, BYTES("\1\0/tmp/x\0"), "/tmp/x" },
	{ "a path that controls a terminal", &unix_family,
	  BYTES("\1\0/tmp/\033[2J\0"), "/tmp/\\x1b[2J" },
	{ "an abstract name that does", &unix_family,
	  BYTES("\1\0\0a\rb\x9b"), "@a\\x0db\\x9b" },
	{ "no name", &unix_family, BYTES("\1\0"), "(unnamed)" },
	{ "a path in UTF-8", &unix_family, BYTES("\1\0/tmp/\303\251\0"),
	  "/tmp/\303\251" },
	{ "one byte", &unix_family, BYTES("\1"), "01" },
};

static void
test_format(void **state)
{
	const struct format_row *row = *state;
	struct endpoint endpoint;
	char text[ENDPOINT_TEXT_MAX];

	endpoint_set(&endpoint, row->bytes, row->length);
	assert_ptr_equal(endpoint_format(row->family, &endpoint, text,
	    sizeof(text)), text);
	assert_string_equal(text, row->text);
}

/* Whatever room there is, the text ends in it. */
static void
test_little_room(void **state)
{
	const struct format_row *row = *state;
	struct endpoint endpoint;

	endpoint_set(&endpoint, row->bytes, row->length);
	for (size_t room = 1; room < 20; room++) {
		char *text = malloc(room);

		assert_non_null(text);
		memset(text, 'x', room);
		endpoint_format(row->family, &endpoint, text, room);
		assert_non_null(memchr(text, '\0', room));
		free(text);
	}
}

static void
test_set(void **state)
{
	unsigned char bytes[sizeof(struct sockaddr_storage) + 40];
	struct endpoint endpoint;

	(void)state;
	memset(bytes, 7, sizeof(bytes));
	memset(&endpoint, 0xff, sizeof(endpoint));
	endpoint_set(&endpoint, bytes, 3);
	assert_int_equal(endpoint.length, 3);
	assert_int_equal(endpoint.bytes[2], 7);
	/* What is behind it is cleared. */
	assert_int_equal(endpoint.bytes[3], 0);
	assert_int_equal(endpoint.bytes[sizeof(endpoint.bytes) - 1], 0);
	endpoint_set(&endpoint, bytes, sizeof(bytes));
	assert_int_equal(endpoint.length, sizeof(struct sockaddr_storage));
}

static void
test_equal(void **state)
{
	struct endpoint a = toy_address(80);
	struct endpoint b = toy_address(80);

	(void)state;
	assert_true(endpoint_equal(&a, &b));
	/* What lies behind the length does not count. */
	b.bytes[b.length] = 1;
	assert_true(endpoint_equal(&a, &b));
	b.length++;
	assert_false(endpoint_equal(&a, &b));
	b = toy_address(81);
	assert_false(endpoint_equal(&a, &b));
	a.length = b.length = 0;
	assert_true(endpoint_equal(&a, &b));
}

static char little_names[COUNT(format_rows)][64];
static struct CMUnitTest tests[2 * COUNT(format_rows) + 2];

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

	ADD(format_rows, test_format);
	ADD(format_rows, test_little_room);
	for (size_t i = 0; i < COUNT(format_rows); i++) {
		snprintf(little_names[i], sizeof(little_names[i]),
		    "little room: %s", format_rows[i].name);
		tests[COUNT(format_rows) + i].name = little_names[i];
	}
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_set);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_equal);
	return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
