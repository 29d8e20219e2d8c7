/*
 * The survey of options, with scripted families: their sockets are those of
 * unix(7), their level is SOL_SOCKET by another name, and what the kernel is
 * known to say of its options is what has to be found.
 */
#include <errno.h>
#include <linux/filter.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "options/survey.h"
#include "scripted.h"
#include "witness.h"

/* A number that no option of SOL_SOCKET has. */
#define NO_OPTION 9999

static const struct option_word types[] = {
	OPTION_WORD_OF(SOCK_STREAM), OPTION_WORD_OF(SOCK_DGRAM), { 0, NULL },
};

static struct sock_filter take_all[] = { BPF_STMT(BPF_RET | BPF_K, 1000) };

static void
tell_never(const unsigned char *value, size_t length, char *text, size_t room)
{
	(void)value;
	(void)length;
	(void)text;
	(void)room;
	for (;;)
		pause();
}

static void
tell_dying(const unsigned char *value, size_t length, char *text, size_t room)
{
	(void)value;
	(void)length;
	(void)text;
	(void)room;
	raise(SIGKILL);
}

/* Each by a name of its own: some are there twice. */
#define ROW(label, number, kind, ...)                                          \
	{                                                                      \
		.constant = label, .name = number,                             \
		.value = OPTION_##kind, __VA_ARGS__                            \
	}

static const struct option_name rows[] = {
	ROW("BUFFER", SO_RCVBUF, INT, OPTION_TRY(int, 65536)),
	ROW("SETS_FIRST", SO_KEEPALIVE, BOOL, .flags = OPTION_UNTRIED,
	    .first = SO_RCVBUF),
	ROW("BUFFER_AFTER", SO_RCVBUF, INT),
	ROW("TURNED", SO_KEEPALIVE, BOOL),
	ROW("TYPE", SO_TYPE, WORD, .flags = OPTION_GET_ONLY, .words = types),
	ROW("LISTENS", SO_ACCEPTCONN, BOOL, .flags = OPTION_GET_ONLY),
	ROW("UNKNOWN", NO_OPTION, INT, OPTION_TRY(int, 1)),
	ROW("UNKNOWN_UNTRIED", NO_OPTION, INT),
	ROW("UNTRIED", SO_KEEPALIVE, BOOL, .flags = OPTION_UNTRIED),
	ROW("UNREAD", SO_KEEPALIVE, BOOL, .flags = OPTION_UNREAD),
	ROW("NOT_FIRST", SO_DETACH_FILTER, INT, OPTION_TRY(int, 0)),
	ROW("FIRST", SO_DETACH_FILTER, INT, OPTION_TRY(int, 0),
	    .first = SO_ATTACH_FILTER),
	ROW("FILTER", SO_ATTACH_FILTER, FILTER, OPTION_TRY(struct sock_fprog,
	    .len = 1, .filter = take_all)),
	ROW("VARIES", SO_COOKIE, UNSIGNED, .size = 8,
	    .flags = OPTION_GET_ONLY, .varies = "its own"),
	ROW("PEER", SO_PEERCRED, UCRED, .flags = OPTION_GET_ONLY),
	ROW("NEVER", SO_TYPE, INT, .flags = OPTION_GET_ONLY,
	    .tell = tell_never),
	ROW("AFTER_NEVER", SO_TYPE, INT, .flags = OPTION_GET_ONLY),
	{ .constant = NULL },
};

static const struct option_name dying[] = {
	ROW("DYING", SO_TYPE, INT, .flags = OPTION_GET_ONLY,
	    .tell = tell_dying),
	ROW("AFTER_DYING", SO_TYPE, INT, .flags = OPTION_GET_ONLY),
	{ .constant = NULL },
};

static const struct option_level levels[] = {
	{ SOL_SOCKET, "SOL_SCRIPTED", rows, 0, NULL },
	{ .constant = NULL },
};

static const struct option_level dying_levels[] = {
	{ SOL_SOCKET, "SOL_DYING", dying, 0, NULL },
	{ .constant = NULL },
};

static const struct cell stream = {
	.type = SOCK_STREAM, .shape = SHAPE_CONNECTED,
	.traits = TRAIT_RELIABLE | TRAIT_ORDERED,
};
static const struct cell datagram = {
	.type = SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	.traits = TRAIT_RELIABLE | TRAIT_ORDERED | TRAIT_BOUNDARIES,
};

const struct family *const families[] = { NULL };

static struct family family;
static struct surveying surveying;
static struct survey survey;

static void
ask(const struct cell *cell, const struct option_level *asked, int domain)
{
	const struct family differs = { .levels = asked, .domain = domain };
	struct witness witness;
	char why[256] = "";
	const char *left;

	family = scripted_family(&differs);
	surveying = (struct surveying){
		.choice = scripted_request(&family, cell).choice,
		.limit_ns = 300000000,
	};
	memset(scripted, 0, sizeof(*scripted));
	witness_begin(&witness);
	if (survey_run(&surveying, &survey, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	left = witness_end(&witness, 0);
	if (left != NULL)
		fail_msg("%s", left);
	assert_int_equal(survey.signal, 0);
}

static const struct surveyed *
find(const char *constant)
{
	for (size_t i = 0; i < survey.count; i++)
		if (strcmp(survey.surveyed[i].option->constant, constant) == 0)
			return &survey.surveyed[i];
	fail_msg("%s was not asked", constant);
	abort();
}

static void
letters(const struct tries *tries, char text[STATE_COUNT + 1])
{
	text[0] = '\0';
	for (int state = 0; state < STATE_COUNT; state++) {
		const char letter[] = {
			*state_name((enum socket_state)state), '\0'
		};

		if (tries->made[state])
			strlcat(text, tries->error[state] == 0 ? letter
			    : "-", STATE_COUNT + 1);
	}
}

/*
 * What was found of it, as in "on -> off, get fblc, set f---": a state that it
 * was not asked in has no letter.
 */
static const char *
found(const char *constant)
{
	static char text[512];
	const struct surveyed *surveyed = find(constant);
	char get[STATE_COUNT + 1], set[STATE_COUNT + 1];

	letters(&surveyed->get, get);
	letters(&surveyed->set, set);
	snprintf(text, sizeof(text), "%s, %s -> %s, get %s, set %s%s",
	    surveyed->value, surveyed->tried, surveyed->read_back, get, set,
	    surveyed->stuck ? ", stuck" : "");
	return text;
}

static void
test_stream(void **state)
{
	(void)state;
	ask(&stream, levels, 0);
	assert_int_equal(survey.exchange.verdict, VERDICT_WORKS);
	assert_int_equal(survey_status(&survey), 0);
	for (int each = 0; each < STATE_COUNT; each++)
		assert_true(survey.has[each]);
	assert_string_equal(find("SO_REUSEADDR")->level->constant,
	    "SOL_SOCKET");
	assert_string_equal(found("SO_REUSEADDR"),
	    "off, on -> on, get fblc, set fblc");
	assert_string_equal(found("TURNED"),
	    "off, on -> on, get fblc, set fblc");
	assert_string_equal(found("TYPE"),
	    "SOCK_STREAM,  -> , get fblc, set ----");
	assert_int_equal(tries_refused(&find("TYPE")->set), ENOPROTOOPT);
	assert_string_equal(found("LISTENS"),
	    "off,  -> , get fblc, set ----");
	assert_string_equal(found("UNKNOWN"), ", 1 -> , get ----, set ----");
	assert_int_equal(tries_refused(&find("UNKNOWN")->get), ENOPROTOOPT);
	assert_string_equal(found("UNKNOWN_UNTRIED"),
	    ",  -> , get ----, set ");
	assert_string_equal(found("UNTRIED"), "off,  -> , get fblc, set ");
	assert_string_equal(found("UNREAD"), ", on -> , get , set fblc");
	assert_string_equal(found("NOT_FIRST"),
	    ", 0 -> , get ----, set ----");
	assert_int_equal(tries_refused(&find("NOT_FIRST")->set), ENOENT);
	assert_string_equal(found("FIRST"), ", 0 -> , get ----, set fblc");
	assert_string_equal(found("FILTER"), "nothing, "
	    "1 instruction -> 1 instruction, get fblc, set fblc");
	assert_string_equal(found("VARIES"), "its own,  -> , get fblc, "
	    "set ----");
	assert_string_equal(find("PEER")->value, "nobody");
	/* What hangs is not asked again, and the rest is. */
	assert_string_equal(found("NEVER"), ",  -> , get f, set , stuck");
	assert_string_equal(found("AFTER_NEVER"),
	    "1,  -> , get fblc, set ----");
	survey_free(&survey);
}

/* The kernel doubles a buffer; and the next option finds it as it was. */
static void
test_nobody_disturbs_the_next(void **state)
{
	char expected[READING_MAX + 64];

	(void)state;
	ask(&stream, levels, 0);
	snprintf(expected, sizeof(expected),
	    "%s, 65536 -> 131072, get fblc, set fblc",
	    find("BUFFER_AFTER")->value);
	assert_string_equal(found("BUFFER"), expected);
	assert_string_not_equal(find("BUFFER_AFTER")->value, "131072");
	survey_free(&survey);
}

static void
test_datagram(void **state)
{
	(void)state;
	ask(&datagram, levels, 0);
	assert_false(survey.has[STATE_LISTENING]);
	assert_string_equal(found("TURNED"),
	    "off, on -> on, get fbc, set fbc");
	survey_free(&survey);
}

static void
test_a_process_that_dies(void **state)
{
	(void)state;
	ask(&stream, dying_levels, 0);
	assert_true(find("DYING")->stuck);
	assert_string_equal(found("AFTER_DYING"),
	    "1,  -> , get fblc, set ----");
	survey_free(&survey);
}

/* No kernel has the family: there is nothing to be asked. */
static void
test_a_cell_that_does_not_work(void **state)
{
	(void)state;
	ask(&stream, levels, 0xffff);
	assert_int_equal(survey.exchange.verdict, VERDICT_ABSENT);
	assert_int_equal(survey.count, 0);
	assert_int_equal(survey_status(&survey), 77);
	survey_free(&survey);
}

static void
test_whose_a_level_is(void **state)
{
	static const int six_or_seven[] = { 6, 7, PROTOCOL_ANY };
	const struct option_level any = { .types = 0 };
	const struct option_level some = {
		.types = 1u << SOCK_STREAM | 1u << SOCK_DGRAM,
		.protocols = six_or_seven,
	};
	struct cell cell = { .type = SOCK_STREAM, .protocol = 7 };

	(void)state;
	assert_true(level_is_of(&any, &cell));
	assert_true(level_is_of(&some, &cell));
	cell.protocol = 8;
	assert_true(level_is_of(&any, &cell));
	assert_false(level_is_of(&some, &cell));
	cell.protocol = 6;
	cell.type = SOCK_RAW;
	assert_false(level_is_of(&some, &cell));
}

static void
test_notes(void **state)
{
	static const struct option_name option = {
		.constant = "O", .since = "6.5", .until = "7.1",
		.needs = "CAP_TOY", .note = "a note",
	};
	struct surveyed surveyed = { .option = &option };
	char text[256];

	(void)state;
	surveyed.get.made[STATE_FRESH] = true;
	surveyed.get.error[STATE_FRESH] = ENOPROTOOPT;
	surveyed_note(&surveyed, "6.1.0-49-amd64", text, sizeof(text));
	assert_string_equal(text, "since Linux 6.5; a note");
	surveyed_note(&surveyed, "7.1", text, sizeof(text));
	assert_string_equal(text, "until Linux 7.1; a note");
	surveyed.get.error[STATE_FRESH] = 0;
	surveyed.set = surveyed.get;
	surveyed.set.error[STATE_FRESH] = EPERM;
	surveyed_note(&surveyed, "6.1", text, sizeof(text));
	assert_string_equal(text, "setting it needs CAP_TOY; a note");
	surveyed.set.made[STATE_BOUND] = true;
	surveyed.stuck = true;
	surveyed_note(&surveyed, "6.1", text, sizeof(text));
	assert_string_equal(text, "a call on it did not return; a note");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_nobody_disturbs_the_next),
		cmocka_unit_test(test_datagram),
		cmocka_unit_test(test_a_process_that_dies),
		cmocka_unit_test(test_a_cell_that_does_not_work),
		cmocka_unit_test(test_whose_a_level_is),
		cmocka_unit_test(test_notes),
	};

	return cmocka_run_group_tests(tests, scripted_begin, scripted_end);
}
