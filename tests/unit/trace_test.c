#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "record/trace.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROOM (TRACE_HEAD + TRACE_TAIL)

/* How many events were begun, and what is kept of them. */
static const struct kept_row {
	const char *name;
	uint64_t begun;
	size_t kept;
	uint64_t missing;
	uint64_t last_of_head, first_of_tail;	/* by the number in the event */
} kept_rows[] = {
	{ "none", 0, 0, 0, 0, 0 },
	{ "one", 1, 1, 0, 0, 0 },
	{ "the head is full", TRACE_HEAD, TRACE_HEAD, 0, TRACE_HEAD - 1, 0 },
	{ "one in the tail", TRACE_HEAD + 1, TRACE_HEAD + 1, 0,
	  TRACE_HEAD - 1, TRACE_HEAD },
	{ "full", ROOM, ROOM, 0, TRACE_HEAD - 1, TRACE_HEAD },
	{ "one too many", ROOM + 1, ROOM, 1, TRACE_HEAD - 1, TRACE_HEAD + 1 },
	{ "a tail too many", ROOM + TRACE_TAIL, ROOM, TRACE_TAIL,
	  TRACE_HEAD - 1, TRACE_HEAD + TRACE_TAIL },
	{ "a tail and a half", ROOM + TRACE_TAIL + TRACE_TAIL / 2, ROOM,
	  TRACE_TAIL + TRACE_TAIL / 2, TRACE_HEAD - 1,
	  TRACE_HEAD + TRACE_TAIL + TRACE_TAIL / 2 },
	{ "a million", 1000000, ROOM, 1000000 - ROOM, TRACE_HEAD - 1,
	  1000000 - TRACE_TAIL },
};

/* A trace of events at those times, numbered in their result. */
static struct trace *
make_trace(uint64_t begun, uint64_t start, uint64_t step)
{
	struct trace *trace = calloc(1, sizeof(*trace));

	assert_non_null(trace);
	for (uint64_t i = 0; i < begun; i++) {
		struct event *event = trace_next(trace);

		assert_int_equal(event->t_ns, 0);
		assert_int_equal(event->kept, 0);
		event->t_ns = start + i * step;
		event->result = (int64_t)i;
		event->kept = 3;
	}
	return trace;
}

static void
test_kept(void **state)
{
	const struct kept_row *row = *state;
	struct trace *trace = make_trace(row->begun, 1, 1);

	assert_int_equal(trace_kept(trace), row->kept);
	assert_int_equal(trace_missing(trace), row->missing);
	assert_null(trace_at(trace, row->kept));
	for (size_t i = 0; i < row->kept; i++) {
		uint64_t expected = i < TRACE_HEAD ? i : i + row->missing;

		assert_int_equal(trace_at(trace, i)->result, expected);
	}
	if (row->kept >= TRACE_HEAD)
		assert_int_equal(trace_at(trace, TRACE_HEAD - 1)->result,
		    row->last_of_head);
	if (row->kept > TRACE_HEAD)
		assert_int_equal(trace_at(trace, TRACE_HEAD)->result,
		    row->first_of_tail);
	free(trace);
}

/* Two traces, and the order in which their events come out. */
static const struct merge_row {
	const char *name;
	const char *expected;	/* c and s: who; -: no such trace */
	uint64_t client, client_start, client_step;
	uint64_t server, server_start, server_step;
} merge_rows[] = {
	{ "merge: nothing", "", 0, 0, 0, 0, 0, 0 },
	{ "merge: the client alone", "ccc", 3, 1, 1, 0, 0, 0 },
	{ "merge: the server alone", "ss", 0, 0, 0, 2, 1, 1 },
	{ "merge: by turns", "cscscs", 3, 10, 10, 3, 15, 10 },
	{ "merge: one after the other", "sscc", 2, 100, 1, 2, 1, 1 },
	{ "merge: at one time, the client first", "ccss", 2, 5, 0, 2, 5, 0 },
	{ "merge: one in the middle", "ccscc", 4, 10, 10, 1, 25, 1 },
};

static void
test_merge(void **state)
{
	const struct merge_row *row = *state;
	struct trace *client = make_trace(row->client, row->client_start,
	    row->client_step);
	struct trace *server = make_trace(row->server, row->server_start,
	    row->server_step);
	int64_t next[SIDE_COUNT] = { 0, 0 };
	struct trace_row *rows;
	size_t count;

	assert_int_equal(trace_merge(client, server, &rows, &count), 0);
	assert_int_equal(count, strlen(row->expected));
	for (size_t i = 0; i < count; i++) {
		assert_non_null(rows[i].event);
		assert_int_equal(rows[i].missing, 0);
		assert_int_equal(rows[i].side, row->expected[i] == 'c'
		    ? SIDE_CLIENT : SIDE_SERVER);
		assert_int_equal(rows[i].event->result,
		    next[rows[i].side]++);
	}
	free(rows);
	free(client);
	free(server);
}

static void
test_merge_absent(void **state)
{
	struct trace *trace = make_trace(2, 1, 1);
	struct trace_row *rows;
	size_t count;

	(void)state;
	assert_int_equal(trace_merge(NULL, NULL, &rows, &count), 0);
	assert_int_equal(count, 0);
	free(rows);
	assert_int_equal(trace_merge(NULL, trace, &rows, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(rows[1].side, SIDE_SERVER);
	free(rows);
	assert_int_equal(trace_merge(trace, NULL, &rows, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(rows[1].side, SIDE_CLIENT);
	free(rows);
	free(trace);
}

/* What is missing stands between head and tail, once for each side. */
static void
test_merge_gap(void **state)
{
	struct trace *client = make_trace(ROOM + 5, 10, 10);
	struct trace *server = make_trace(ROOM + 9, 11, 10);
	uint64_t missing[SIDE_COUNT] = { 0, 0 };
	int64_t last[SIDE_COUNT] = { -1, -1 };
	struct trace_row *rows;
	size_t count;

	(void)state;
	assert_int_equal(trace_merge(client, server, &rows, &count), 0);
	assert_int_equal(count, 2 * ROOM + 2);
	for (size_t i = 0; i < count; i++) {
		enum side_id side = rows[i].side;

		if (rows[i].event == NULL) {
			assert_int_equal(last[side], TRACE_HEAD - 1);
			missing[side] += rows[i].missing;
			continue;
		}
		if (last[side] == TRACE_HEAD - 1)
			assert_int_not_equal(missing[side], 0);
		assert_true(rows[i].event->result > last[side]);
		last[side] = rows[i].event->result;
	}
	assert_int_equal(missing[SIDE_CLIENT], 5);
	assert_int_equal(missing[SIDE_SERVER], 9);
	free(rows);
	free(client);
	free(server);
}

static struct CMUnitTest tests[COUNT(kept_rows) + COUNT(merge_rows) + 2];

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

	ADD(kept_rows, test_kept);
	ADD(merge_rows, test_merge);
	tests[count++] =
	    (struct CMUnitTest)cmocka_unit_test(test_merge_absent);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_merge_gap);
	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
