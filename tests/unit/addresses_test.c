/* What a family is asked for the addresses of a run, and what for a variant. */
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
#include <unistd.h>

#include "scripted.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define SURE (TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED)

/* What address() was asked, in the order it was. */
#define ASKED_MAX 4
static struct asked {
	enum side_id side;
	bool to_contact;
	char host[128];		/* "-" where there was none */
	long port;
	bool port_given;
} asked[ASKED_MAX];
static size_t asked_count;
static char tag[32];
static unsigned run;

static int
note_wish(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct asked *row = &asked[asked_count];

	assert_true(asked_count < ASKED_MAX);
	asked_count++;
	row->side = wish->side;
	row->to_contact = wish->to_contact;
	strlcpy(row->host, wish->host != NULL ? wish->host : "-",
	    sizeof(row->host));
	row->port = wish->port;
	row->port_given = wish->port_given;
	/* The same in every question of a run. */
	assert_true(wish->both_sides);
	assert_non_null(wish->lookup);
	assert_non_null(wish->directory);
	assert_in_range(wish->run, 1, 0xffffff);
	if (asked_count == 1) {
		strlcpy(tag, wish->tag, sizeof(tag));
		run = wish->run;
	}
	assert_string_equal(wish->tag, tag);
	assert_int_equal(wish->run, run);
	if (wish->cell->shape == SHAPE_KERNEL)
		return scripted_mirror(wish, out, why, room);
	return scripted_auto(wish, out, why, room);
}

static const struct variant plain = { .name = "plain" };
static const struct variant named = { .name = "named", .host = "@toy-%-end" };
static const struct variant twice = { .name = "twice", .host = "%/%" };
static const struct variant first = { .name = "first", .host = "%" };
static const struct variant fixed = { .name = "fixed", .host = "192.0.2.1" };
static const struct variant apart = {
	.name = "apart", .host = "/to/%", .client_host = "/from/%",
};

/* In a host, T stands for the run's tag. */
static const struct row {
	const char *name;
	enum shape shape;
	const struct variant *variant;
	const char *host;	/* the user's */
	long port;		/* the user's, or PORT_UNSET */
	struct asked asked[ASKED_MAX];
	size_t count;
} rows[] = {
	{ "a datagram: each side's, and no more", SHAPE_DATAGRAM, NULL, NULL,
	  PORT_UNSET, { { SIDE_SERVER, false, "-", 0, false },
	  { SIDE_CLIENT, false, "-", 0, false } }, 2 },
	{ "a connection: likewise", SHAPE_CONNECTED, NULL, NULL, PORT_UNSET,
	  { { SIDE_SERVER, false, "-", 0, false },
	  { SIDE_CLIENT, false, "-", 0, false } }, 2 },
	{ "a kernel: what to contact, and the client's", SHAPE_KERNEL, NULL,
	  NULL, PORT_UNSET, { { SIDE_SERVER, true, "-", 0, false },
	  { SIDE_CLIENT, false, "-", 0, false } }, 2 },
	{ "none is known, none is asked", SHAPE_NONE, NULL, NULL, PORT_UNSET,
	  { { SIDE_SERVER, false, "", 0, false } }, 0 },
	{ "the user's host and port", SHAPE_DATAGRAM, NULL, "there%eth0", 77,
	  { { SIDE_SERVER, false, "there%eth0", 77, true },
	  { SIDE_CLIENT, false, "there%eth0", 77, true } }, 2 },
	{ "a port of 0 is given, too", SHAPE_DATAGRAM, NULL, NULL, 0,
	  { { SIDE_SERVER, false, "-", 0, true },
	  { SIDE_CLIENT, false, "-", 0, true } }, 2 },
	{ "variant: without a host", SHAPE_DATAGRAM, &plain, NULL, PORT_UNSET,
	  { { SIDE_SERVER, false, "-", 0, false },
	  { SIDE_CLIENT, false, "-", 0, false } }, 2 },
	{ "variant: its host", SHAPE_DATAGRAM, &fixed, NULL, PORT_UNSET,
	  { { SIDE_SERVER, false, "192.0.2.1", 0, false },
	  { SIDE_CLIENT, false, "192.0.2.1", 0, false } }, 2 },
	{ "variant: a percent sign", SHAPE_DATAGRAM, &named, NULL, PORT_UNSET,
	  { { SIDE_SERVER, false, "@toy-T-end", 0, false },
	  { SIDE_CLIENT, false, "@toy-T-end", 0, false } }, 2 },
	{ "variant: nothing but a percent sign", SHAPE_DATAGRAM, &first, NULL,
	  PORT_UNSET, { { SIDE_SERVER, false, "T", 0, false },
	  { SIDE_CLIENT, false, "T", 0, false } }, 2 },
	{ "variant: the first of two percent signs", SHAPE_DATAGRAM, &twice,
	  NULL, PORT_UNSET, { { SIDE_SERVER, false, "T/%", 0, false },
	  { SIDE_CLIENT, false, "T/%", 0, false } }, 2 },
	{ "variant: the client's own host", SHAPE_KERNEL, &apart, NULL,
	  PORT_UNSET, { { SIDE_SERVER, true, "/to/T", 0, false },
	  { SIDE_CLIENT, false, "/from/T", 0, false } }, 2 },
	{ "variant: the user's host goes before it", SHAPE_KERNEL, &apart,
	  "%mine", PORT_UNSET, { { SIDE_SERVER, true, "%mine", 0, false },
	  { SIDE_CLIENT, false, "%mine", 0, false } }, 2 },
};

static void
check(const struct asked *expected, const struct asked *found)
{
	const char *sign = strchr(expected->host, 'T');
	char host[128];

	assert_int_equal(found->side, expected->side);
	assert_int_equal(found->to_contact, expected->to_contact);
	assert_int_equal(found->port, expected->port);
	assert_int_equal(found->port_given, expected->port_given);
	if (sign == NULL)
		strlcpy(host, expected->host, sizeof(host));
	else
		snprintf(host, sizeof(host), "%.*s%s%s",
		    (int)(sign - expected->host), expected->host, tag,
		    sign + 1);
	assert_string_equal(found->host, host);
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct cell cell = {
		.type = row->shape == SHAPE_CONNECTED ? SOCK_SEQPACKET
						      : SOCK_DGRAM,
		.shape = row->shape, .traits = SURE,
	};
	struct family family =
	    scripted_family(&(struct family){ .address = note_wish });
	struct request request = scripted_request(&family, &cell);
	struct report report;

	asked_count = 0;
	request.choice.variant = row->variant;
	request.host = row->host;
	request.port = row->port;
	scripted_run(&request, &report);
	assert_int_equal(report.verdict, row->shape == SHAPE_NONE
	    ? VERDICT_BROKEN : VERDICT_WORKS);
	assert_int_equal(asked_count, row->count);
	for (size_t i = 0; i < row->count; i++)
		check(&row->asked[i], &asked[i]);
	exchange_free(&report);
}

/* Two runs have nothing in common. */
static void
test_tags_differ(void **state)
{
	struct cell cell = { .type = SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
		.traits = SURE };
	struct family family =
	    scripted_family(&(struct family){ .address = note_wish });
	struct request request = scripted_request(&family, &cell);
	struct report report;
	char before[sizeof(tag)] = "";

	(void)state;
	for (int i = 0; i < 3; i++) {
		asked_count = 0;
		scripted_run(&request, &report);
		exchange_free(&report);
		assert_string_not_equal(tag, before);
		strlcpy(before, tag, sizeof(before));
	}
}

static struct CMUnitTest tests[COUNT(rows) + 1];

int
main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	tests[COUNT(rows)] =
	    (struct CMUnitTest)cmocka_unit_test(test_tags_differ);
	return cmocka_run_group_tests_name("addresses", tests,
	    scripted_begin, scripted_end);
}
