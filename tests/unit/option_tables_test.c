/* The tables of options of all families: what has to hold in each row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "options/survey.h"

/* Calls visit for each level there is; SOL_SOCKET's own first. */
static void
each_level(void (*visit)(const struct option_level *level,
    const struct option_level *all))
{
	visit(&socket_level, &socket_level);
	for (size_t i = 0; families[i] != NULL; i++)
		for (const struct option_level *level = families[i]->levels;
		     level != NULL && level->constant != NULL; level++)
			visit(level, families[i]->levels);
}

static void
check_row(const struct option_level *level, const struct option_level *all)
{
	(void)all;
	for (const struct option_name *row = level->options;
	     row->constant != NULL; row++) {
		const char *bad = NULL;

		if (row->value >= OPTION_VALUE_COUNT)
			bad = "is of no kind";
		else if (reading_size(row) > OPTION_SIZE_MAX ||
		    row->length > OPTION_SIZE_MAX)
			bad = "is too long";
		else if ((row->tried != NULL) != (row->length != 0))
			bad = "tries nothing, or of no length";
		else if (row->value == OPTION_FIELDS && row->fields == NULL &&
		    row->tell == NULL)
			bad = "is a struct without fields";
		else if ((row->value == OPTION_WORD ||
		    row->value == OPTION_FLAGS) && row->words == NULL)
			bad = "has no words";
		else if ((row->flags & (OPTION_UNTRIED | OPTION_UNREAD)) !=
		    0 && row->note == NULL)
			bad = "does not say why it is left alone";
		else if ((row->flags & OPTION_UNTRIED) != 0 &&
		    row->tried != NULL)
			bad = "has a value that is never tried";
		else if ((row->flags & OPTION_GET_ONLY) != 0 &&
		    (row->flags & OPTION_SET_ONLY) != 0)
			bad = "is for nothing";
		if (bad != NULL)
			fail_msg("%s %s", row->constant, bad);
	}
}

static void
check_fields(const struct option_level *level, const struct option_level *all)
{
	(void)all;
	for (const struct option_name *row = level->options;
	     row->constant != NULL; row++)
		for (const struct option_field *field = row->fields;
		     field != NULL && field->name != NULL; field++)
			if (field->size == 0 || field->offset + field->size >
			    OPTION_SIZE_MAX)
				fail_msg("%s: %s lies outside",
				    row->constant, field->name);
}

static const struct option_name *
find(const struct option_level *level, const struct option_level *all,
    int name)
{
	for (const struct option_level *one = all; one->constant != NULL;
	     one++) {
		for (const struct option_name *row = one->options;
		     one->number == level->number && row->constant != NULL;
		     row++)
			if (row->name == name)
				return row;
		if (all == &socket_level)
			break;
	}
	return NULL;
}

/* Who comes first can be set, and the chain comes to its end. */
static void
check_first(const struct option_level *level, const struct option_level *all)
{
	for (const struct option_name *row = level->options;
	     row->constant != NULL; row++) {
		const struct option_name *first = row;

		for (int i = 0; first->first != 0; i++) {
			const char *of = first->constant;

			first = find(level, all, first->first);
			if (first == NULL || i == 4) {
				fail_msg("%s has nobody first", of);
				return;
			}
			if ((first->flags & (OPTION_GET_ONLY |
			    OPTION_UNTRIED)) != 0 || (first->tried == NULL &&
			    first->value != OPTION_BOOL &&
			    first->value != OPTION_PROGRAM))
				fail_msg("%s cannot come first",
				    first->constant);
		}
	}
}

/* "A.B" or "A.B.C", and nothing else. */
static void
check_version(const char *constant, const char *version)
{
	if (version == NULL)
		return;
	if (version[strspn(version, "0123456789.")] != '\0' ||
	    strchr(version, '.') == NULL)
		fail_msg("%s: '%s' is no version", constant, version);
}

/* Neither a number nor a name stands twice in a level. */
static void
check_unique(const struct option_level *level, const struct option_level *all)
{
	for (const struct option_name *row = level->options;
	     row->constant != NULL; row++) {
		check_version(row->constant, row->since);
		check_version(row->constant, row->until);
		for (const struct option_name *other = level->options;
		     other != row; other++)
			if (other->name == row->name ||
			    strcmp(other->constant, row->constant) == 0)
				fail_msg("%s and %s", other->constant,
				    row->constant);
	}
	(void)all;
}

static void
test_rows(void **state)
{
	(void)state;
	each_level(check_row);
}

static void
test_fields(void **state)
{
	(void)state;
	each_level(check_fields);
}

static void
test_first(void **state)
{
	(void)state;
	each_level(check_first);
}

static void
test_unique(void **state)
{
	(void)state;
	each_level(check_unique);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
