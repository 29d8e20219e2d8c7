/* The value of an option in words, a row for each kind. */
#include <errno.h>
#include <linux/filter.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "options/reading.h"
#include "toy.h"

static const struct option_word words[] = {
	{ 1, "ONE" }, { 2, "TWO" }, { 8, "EIGHT" }, { 0, NULL },
};

struct pair {
	uint8_t number, hole;
	uint16_t port;
	uint32_t flags;
	char name[4];
};

static void
tell_own(const unsigned char *value, size_t length, char *text, size_t room)
{
	snprintf(text, room, "%zu bytes from %u", length, value[0]);
}

static const struct option_field fields[] = {
	OPTION_FIELD(struct pair, number, UNSIGNED),
	OPTION_FIELD(struct pair, port, NETWORK),
	OPTION_FIELD(struct pair, flags, FLAGS, .words = words),
	OPTION_FIELD(struct pair, name, STRING),
	{ .name = "own", .offset = 0, .size = 2, .tell = tell_own },
	{ .name = NULL },
};

struct reading {
	const char *name;
	struct option_name option;
	const void *value;
	size_t length;
	const char *text;
};

#define VALUE(type, ...) &(const type){ __VA_ARGS__ }, sizeof(type)
#define BYTES(...)                                                             \
	(const unsigned char[]){ __VA_ARGS__ },                                \
	    sizeof((const unsigned char[]){ __VA_ARGS__ })
#define KIND(kind) { .value = OPTION_##kind }
#define NAMED(kind) { .value = OPTION_##kind, .words = words }

static const struct reading readings[] = {
	{ "an int", KIND(INT), VALUE(int, -7), "-7" },
	{ "an int of a byte", KIND(INT), VALUE(int8_t, -7), "-7" },
	{ "an int of two bytes", KIND(INT), VALUE(int16_t, -700), "-700" },
	{ "an int of eight bytes", KIND(INT), VALUE(int64_t, -5000000000),
	  "-5000000000" },
	{ "an int of three bytes", KIND(INT), BYTES(1, 2, 3), "010203" },
	{ "unsigned", KIND(UNSIGNED), VALUE(uint32_t, UINT32_MAX),
	  "4294967295" },
	{ "hexadecimal", KIND(HEX), VALUE(int, 0x2a), "0x2a" },
	{ "off", KIND(BOOL), VALUE(int, 0), "off" },
	{ "on", KIND(BOOL), VALUE(int, 1), "on" },
	{ "on, by any number", KIND(BOOL), VALUE(int, 256), "on" },
	{ "on, of a byte", KIND(BOOL), VALUE(uint8_t, 1), "on" },
	{ "an errno", KIND(ERRNO), VALUE(int, ECONNREFUSED), "ECONNREFUSED" },
	{ "no errno", KIND(ERRNO), VALUE(int, 0), "no error" },
	{ "a word", NAMED(WORD), VALUE(int, 2), "TWO" },
	{ "an unknown word", NAMED(WORD), VALUE(int, -3), "-3" },
	{ "flags", NAMED(FLAGS), VALUE(int, 9), "ONE|EIGHT" },
	{ "an unknown flag", NAMED(FLAGS), VALUE(int, 18), "TWO|0x10" },
	{ "no flags", NAMED(FLAGS), VALUE(int, 0), "none" },
	{ "the own family", KIND(DOMAIN), VALUE(int, TOY_DOMAIN), "AF_TOY" },
	{ "an unknown family", KIND(DOMAIN), VALUE(int, 4711), "4711" },
	{ "a protocol", KIND(PROTOCOL), VALUE(int, 1), "TOYPROTO_ONE" },
	{ "an unknown protocol", KIND(PROTOCOL), VALUE(int, 99), "99" },
	{ "network byte order", KIND(NETWORK), BYTES(0, 0, 1, 2), "258" },
	{ "linger", KIND(LINGER), VALUE(struct linger, 1, 7), "on, 7 s" },
	{ "no linger", KIND(LINGER), VALUE(struct linger, 0, 7), "off" },
	{ "a time", KIND(TIMEVAL), VALUE(struct timeval, 2, 500000),
	  "2.5 s" },
	{ "no time", KIND(TIMEVAL), VALUE(struct timeval, 0, 0), "0 s" },
	{ "a filter", KIND(FILTER), VALUE(struct sock_fprog, 3, NULL),
	  "3 instructions" },
	{ "a filter of one", KIND(FILTER), VALUE(struct sock_fprog, 1, NULL),
	  "1 instruction" },
	{ "a program", KIND(PROGRAM), VALUE(int, 5), "a program" },
	{ "no program", KIND(PROGRAM), VALUE(int, -1), "none" },
	{ "a string", KIND(STRING), "reno\0junk", 9, "reno" },
	{ "a string without an end", KIND(STRING), "reno", 4, "reno" },
	{ "an empty string", KIND(STRING), "", 1, "nothing" },
	{ "a string that drives a terminal", KIND(STRING), "\033[2J", 5,
	  "\\x1b[2J" },
	{ "nobody", KIND(UCRED), VALUE(struct ucred, 0, (uid_t)-1,
	  (gid_t)-1), "nobody" },
	{ "somebody", KIND(UCRED), VALUE(struct ucred, 1, 2, 3),
	  "pid 1, uid 2, gid 3" },
	{ "groups", KIND(GROUPS), ((const gid_t[]){ 4, 5 }),
	  2 * sizeof(gid_t), "gid 4, 5" },
	{ "bytes", KIND(BYTES), BYTES(1, 0, 0xff), "0100ff" },
	{ "zero bytes", KIND(BYTES), BYTES(0, 0, 0), "3 zero bytes" },
	{ "many bytes", KIND(BYTES), "0123456789abcdef0", 17,
	  "30313233343536373839616263646566... (17 bytes)" },
	{ "nothing", KIND(INT), NULL, 0, "nothing" },
	{ "a struct", { .value = OPTION_FIELDS, .fields = fields },
	  VALUE(struct pair, 7, 0, 0x0100, 10, "xyz"),
	  "number=7, port=1, flags=TWO|EIGHT, name=xyz, own=2 bytes from 7" },
	{ "a struct that is shorter than ours",
	  { .value = OPTION_FIELDS, .fields = fields }, "\7\0\0\1", 4,
	  "number=7, port=1, own=2 bytes from 7" },
	{ "what is told by its own", { .value = OPTION_BYTES,
	  .tell = tell_own }, BYTES(9, 9, 9), "3 bytes from 9" },
};

static void
test_reading(void **state)
{
	const struct reading *reading = *state;
	char text[READING_MAX];

	reading_tell(&toy_family, &reading->option, reading->value,
	    reading->length, text, sizeof(text));
	assert_string_equal(text, reading->text);
}

static void
test_who_is_itself(void **state)
{
	const struct option_name option = KIND(UCRED);
	const struct ucred own = { getpid(), 5, 6 };
	char text[READING_MAX];

	(void)state;
	reading_tell(&toy_family, &option, &own, sizeof(own), text,
	    sizeof(text));
	assert_string_equal(text, "pid: its own, uid 5, gid 6");
}

static void
test_an_address(void **state)
{
	const struct option_name option = KIND(ADDRESS);
	struct endpoint endpoint = toy_address(80);
	char text[READING_MAX];

	(void)state;
	reading_tell(&toy_family, &option, endpoint.bytes, endpoint.length,
	    text, sizeof(text));
	assert_string_equal(text, "toy:80");
}

/* What does not fit is cut, and never written beyond the room. */
static void
test_room(void **state)
{
	const struct option_name option = { .value = OPTION_FIELDS,
		.fields = fields };
	const struct pair pair = { .number = 7, .name = "xyz" };
	char text[16] = "...............";

	(void)state;
	for (size_t room = 1; room < sizeof(text); room++) {
		text[room] = '!';
		reading_tell(&toy_family, &option, &pair, sizeof(pair), text,
		    room);
		assert_int_equal(text[room], '!');
		assert_true(strlen(text) < room);
	}
}

static void
test_every_kind_has_a_name_and_a_size(void **state)
{
	(void)state;
	for (int kind = 0; kind < OPTION_VALUE_COUNT; kind++) {
		const struct option_name option = {
			.value = (enum option_value)kind
		};

		assert_non_null(reading_name((enum option_value)kind));
		assert_in_range(reading_size(&option), 1, OPTION_SIZE_MAX);
	}
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_who_is_itself),
		cmocka_unit_test(test_an_address),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_every_kind_has_a_name_and_a_size),
	};
	enum { READINGS = sizeof(readings) / sizeof(readings[0]),
		OTHERS = sizeof(others) / sizeof(others[0]) };
	struct CMUnitTest tests[READINGS + OTHERS];

	for (size_t i = 0; i < READINGS; i++)
		tests[i] = (struct CMUnitTest){
			.name = readings[i].name, .test_func = test_reading,
			.initial_state = (void *)&readings[i],
		};
	memcpy(tests + READINGS, others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
