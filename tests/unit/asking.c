#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"

const struct family *asked_family;

/* The one interface that there is in these tests. */
static int
find_interface(const char *name, unsigned *index)
{
	*index = 42;
	return strcmp(name, "eth0") == 0 ? 0 : -ENODEV;
}

struct choice
asking_choice(const struct family *family, const char *type,
    const char *protocol)
{
	struct choice choice;
	char why[256] = "";

	if (cell_choose(family, type, protocol, &choice, why, sizeof(why)) !=
	    0)
		fail_msg("%s", why);
	return choice;
}

void
test_asking(void **state)
{
	static const struct lookup lookup = { .interface = find_interface };
	const struct asking *asking = *state;
	struct choice choice = asking_choice(asked_family, asking->type,
	    asking->protocol);
	struct wish wish = {
		.side = asking->side,
		.to_contact = asking->to_contact,
		.both_sides = asking->both_sides,
		.cell = &choice.row,
		.host = asking->host,
		.port = asking->port,
		.port_given = asking->port_given,
		.directory = "/run/here",
		.tag = "tag",
		.run = ASKED_RUN,
		.lookup = &lookup,
	};
	struct endpoint endpoint = { .length = 0 };
	char text[ENDPOINT_TEXT_MAX] = "";
	char why[256] = "";
	int result = asked_family->address(&wish, &endpoint, why,
	    sizeof(why));

	if (result != asking->result)
		fail_msg("%d: %s", result, why);
	if (result == 1)
		assert_string_equal(endpoint_format(asked_family, &endpoint,
		    text, sizeof(text)), asking->text);
	else if (result < 0 && strstr(why, asking->text) == NULL)
		fail_msg("%s", why);
}

void
check_lay_out(const struct family *family, const void *bytes, size_t length,
    const struct laid *expected, size_t count)
{
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint;

	endpoint_set(&endpoint, bytes, length);
	assert_int_equal(family->lay_out(&endpoint, fields), count);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(fields[i].name, expected[i].name);
		assert_int_equal(fields[i].offset, expected[i].offset);
		assert_int_equal(fields[i].size, expected[i].size);
		assert_int_equal(fields[i].number, expected[i].number);
		assert_string_equal(fields[i].value, expected[i].value);
		assert_string_equal(fields[i].strace, expected[i].strace);
		if (i != 0)
			assert_true(fields[i].offset >=
			    fields[i - 1].offset + fields[i - 1].size);
		assert_true(fields[i].offset + fields[i].size <= length);
	}
}

unsigned
add_up(const unsigned char *bytes, size_t length)
{
	unsigned sum = 0;

	for (size_t i = 0; i < length; i++) {
		sum += i % 2 == 0 ? bytes[i] * 256u : bytes[i];
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return sum == 0xffff ? 0 : 0xffff - sum;
}
