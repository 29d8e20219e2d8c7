#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "record/fault.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CALLS 4

/* Which of four sends of the client meet the fault. */
static const struct fault_row {
	const char *name;
	struct fault fault;
	const char *met;	/* x: this one does */
} rows[] = {
	{ "the first", { SIDE_CLIENT, CALL_SEND, 1, EPIPE, 0 }, "x..." },
	{ "the third", { SIDE_CLIENT, CALL_SEND, 3, EPIPE, 0 }, "..x." },
	{ "all", { SIDE_CLIENT, CALL_SEND, 0, EPIPE, 0 }, "xxxx" },
	{ "one that never comes", { SIDE_CLIENT, CALL_SEND, 5, EPIPE, 0 },
	  "...." },
	{ "the other side's", { SIDE_SERVER, CALL_SEND, 1, EPIPE, 0 },
	  "...." },
	{ "another call", { SIDE_CLIENT, CALL_SENDTO, 1, EPIPE, 0 }, "...." },
	{ "a short one", { SIDE_CLIENT, CALL_SEND, 2, 0, 7 }, ".x.." },
};

static void
test_row(void **state)
{
	const struct fault_row *row = *state;
	struct fault_plan plan = { .count = 1, .faults = { row->fault } };

	for (size_t i = 0; i < CALLS; i++) {
		const struct fault *fault;

		/* Other calls are counted apart. */
		assert_null(fault_take(&plan, SIDE_CLIENT, CALL_RECV));
		fault = fault_take(&plan, SIDE_CLIENT, CALL_SEND);
		assert_ptr_equal(fault,
		    row->met[i] == 'x' ? &plan.faults[0] : NULL);
	}
	assert_int_equal(plan.seen[CALL_SEND], CALLS);
	assert_int_equal(plan.seen[CALL_RECV], CALLS);
}

static void
test_several(void **state)
{
	struct fault_plan plan = { .count = 3, .faults = {
		{ SIDE_CLIENT, CALL_SEND, 2, EINTR, 0 },
		{ SIDE_CLIENT, CALL_SEND, 0, EAGAIN, 0 },
		{ SIDE_CLIENT, CALL_RECV, 1, EBADF, 0 },
	} };

	(void)state;
	assert_int_equal(fault_take(&plan, SIDE_CLIENT, CALL_SEND)->error,
	    EAGAIN);
	/* The first that applies is taken. */
	assert_int_equal(fault_take(&plan, SIDE_CLIENT, CALL_SEND)->error,
	    EINTR);
	assert_int_equal(fault_take(&plan, SIDE_CLIENT, CALL_RECV)->error,
	    EBADF);
	assert_null(fault_take(&plan, SIDE_CLIENT, CALL_RECV));
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
	tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(test_several);
	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
