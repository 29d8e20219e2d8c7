/* Every probe there is: its words, its documents, and who is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <ctype.h>
#include <string.h>

#include "probes/catalogue.h"

#define PROBES_MAX 1000
#define QUESTION_MAX 72
#define PROBES_LEAST 60

static const struct probe *all[PROBES_MAX];
static size_t count;
static unsigned faults;

#define CHECK(holds, ...)                                                      \
	do {                                                                   \
		if (!(holds)) {                                                \
			print_error(__VA_ARGS__);                              \
			faults++;                                              \
		}                                                              \
	} while (0)

static int
collect(const struct probe *probe, const struct family *family, void *context)
{
	(void)family;
	(void)context;
	assert_true(count < PROBES_MAX);
	all[count++] = probe;
	return 0;
}

static int
set_up(void **state)
{
	(void)state;
	faults = 0;
	count = 0;
	return probes_every(collect, NULL);
}

static bool
is_id(const char *id)
{
	for (; *id != '\0'; id++)
		if (!islower((unsigned char)*id) &&
		    !isdigit((unsigned char)*id) && *id != '-' && *id != '.')
			return false;
	return true;
}

static void
test_descriptors(void **state)
{
	(void)state;
	CHECK(count >= PROBES_LEAST, "only %zu probes\n", count);
	for (size_t i = 0; i < count; i++) {
		const struct probe *probe = all[i];

		CHECK(is_id(probe->id), "%s: no id\n", probe->id);
		CHECK(strlen(probe->question) <= QUESTION_MAX,
		    "%s: a question of %zu characters\n", probe->id,
		    strlen(probe->question));
		CHECK(probe->group < GROUP_COUNT, "%s: no group\n", probe->id);
		CHECK(probe->run != NULL, "%s: no experiment\n", probe->id);
		CHECK(probe->answers != NULL && probe->answers[0] != NULL &&
		    probe->answers[1] != NULL, "%s: can answer nothing, or "
		    "one thing only\n", probe->id);
		for (size_t j = 0; j < i; j++)
			CHECK(strcmp(probe->id, all[j]->id) != 0,
			    "%s: twice\n", probe->id);
	}
	assert_int_equal(faults, 0);
}

/* Fills in what a placeholder may stand for. */
static void
fill_in(const char *text, char *filled, size_t room)
{
	size_t length = 0;

	while (*text != '\0' && length + 4 < room) {
		if (strncmp(text, "{n}", 3) == 0) {
			filled[length++] = '1';
			text += 3;
		} else if (strncmp(text, "{errno}", 7) == 0) {
			memcpy(filled + length, "EIO", 3);
			length += 3;
			text += 7;
		} else {
			filled[length++] = *text++;
		}
	}
	filled[length] = '\0';
}

/* Whether a probe may say so: it fits one of its words. */
static bool
is_answer(const struct probe *probe, const char *text)
{
	char filled[512];

	fill_in(text, filled, sizeof(filled));
	for (const char *const *word = probe->answers; *word != NULL; word++)
		if (answer_fits(*word, filled))
			return true;
	return false;
}

/* Each alternative of what a document promises is an answer of the probe. */
static void
check_answer(const struct probe *probe, const char *answer, const char *who)
{
	char copy[512];
	char *rest = copy;
	char *or;

	assert_true(strlcpy(copy, answer, sizeof(copy)) < sizeof(copy));
	while ((or = strstr(rest, " or ")) != NULL) {
		*or = '\0';
		CHECK(is_answer(probe, rest), "%s: %s says '%s', which it "
		    "cannot answer\n", probe->id, who, rest);
		rest = or + 4;
	}
	CHECK(is_answer(probe, rest), "%s: %s says '%s', which it cannot "
	    "answer\n", probe->id, who, rest);
}

static void
check_document(const struct probe *probe, const struct document *document)
{
	CHECK(document->source != NULL && strlen(document->source) >= 4,
	    "%s: '%s' has no source\n", probe->id, document->answer);
	check_answer(probe, document->answer,
	    document->source != NULL ? document->source : "?");
}

static void
check_difference(const struct probe *probe, const struct difference *row)
{
	CHECK(row->text != NULL && row->source != NULL,
	    "%s: '%s' is not explained\n", probe->id, row->answer);
	check_answer(probe, row->answer, "a difference");
}

static void
test_generic_documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct document *document = all[i]->documents;
		const struct difference *row = all[i]->differences;

		for (; document != NULL && document->answer != NULL;
		     document++)
			check_document(all[i], document);
		for (; row != NULL && row->answer != NULL; row++)
			check_difference(all[i], row);
	}
	assert_int_equal(faults, 0);
}

static const struct probe *
probe_of(const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i]->id, id) == 0)
			return all[i];
	return NULL;
}

static void
test_documents_of_families(void **state)
{
	(void)state;
	for (size_t i = 0; families[i] != NULL; i++) {
		const struct document *document = families[i]->documents;
		const struct difference *row = families[i]->differences;
		const struct probe *probe;

		for (; document != NULL && document->answer != NULL;
		     document++) {
			probe = probe_of(document->probe);
			CHECK(probe != NULL, "%s: a document of '%s', which is "
			    "no probe\n", families[i]->name, document->probe);
			if (probe != NULL)
				check_document(probe, document);
		}
		for (; row != NULL && row->answer != NULL; row++) {
			probe = probe_of(row->probe);
			CHECK(probe != NULL, "%s: a difference of '%s', which "
			    "is no probe\n", families[i]->name, row->probe);
			if (probe != NULL)
				check_difference(probe, row);
		}
	}
	assert_int_equal(faults, 0);
}

static void
test_unsteady(void **state)
{
	(void)state;
	for (size_t i = 0; families[i] != NULL; i++)
		for (const struct unsteady *row = families[i]->unsteady;
		     row != NULL && row->probe != NULL; row++)
			CHECK(probe_of(row->probe) != NULL && row->why != NULL,
			    "%s: '%s' is no probe, or nothing is said\n",
			    families[i]->name, row->probe);
	assert_int_equal(faults, 0);
}

static bool asked[PROBES_MAX];

static int
mark(const struct probe *probe, void *context)
{
	(void)context;
	for (size_t i = 0; i < count; i++)
		asked[i] = asked[i] || all[i] == probe;
	return 0;
}

static int
visit_cell(const struct choice *choice, void *context)
{
	struct choice form = *choice;

	probes_each(&form, mark, context);
	for (const struct variant *variant = cell_variants(&form);
	     variant != NULL && variant->name != NULL; variant++) {
		form.variant = variant;
		probes_each(&form, mark, context);
	}
	return 0;
}

/* Each is a question to some cell. */
static void
test_every_probe_is_asked(void **state)
{
	(void)state;
	memset(asked, 0, sizeof(asked));
	for (size_t i = 0; families[i] != NULL; i++)
		cell_each(families[i], visit_cell, NULL);
	for (size_t i = 0; i < count; i++)
		CHECK(asked[i], "%s: nobody is asked\n", all[i]->id);
	assert_int_equal(faults, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_descriptors, set_up),
		cmocka_unit_test_setup(test_generic_documents, set_up),
		cmocka_unit_test_setup(test_documents_of_families, set_up),
		cmocka_unit_test_setup(test_unsteady, set_up),
		cmocka_unit_test_setup(test_every_probe_is_asked, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
