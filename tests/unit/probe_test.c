/* Words of probes, scopes, and how an observation is judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "probes/judge.h"
#include "probes/probe.h"

struct fit {
	const char *word;
	const char *text;
	bool fits;
};

static void
test_answers_fit(void **state)
{
	static const struct fit rows[] = {
		{ "kept", "kept", true },
		{ "kept", "kep", false },
		{ "kept", "kept, twice", false },
		{ "", "", true },
		{ "{errno}", "ECONNREFUSED", true },
		{ "{errno}", "E2BIG", true },
		{ "{errno}", "E", false },
		{ "{errno}", "ok", false },
		{ "{errno}", "", false },
		{ "0, then {errno}", "0, then EPIPE", true },
		{ "0, then {errno}", "0, then 1", false },
		{ "{n} bytes, then {errno}", "65507 bytes, then EMSGSIZE",
		  true },
		{ "{n} bytes, then {errno}", " bytes, then EMSGSIZE", false },
		{ "{n} bytes, then {errno}", "-1 bytes, then EMSGSIZE",
		  false },
		{ "EPIPE or ECONNRESET", "EPIPE", true },
		{ "EPIPE or ECONNRESET", "ECONNRESET", true },
		{ "EPIPE or ECONNRESET", "EPIPE or ECONNRESET", false },
		{ "EPIPE or ECONNRESET", "ECONN", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (answer_fits(rows[i].word, rows[i].text) != rows[i].fits)
			print_error("'%s' and '%s'\n", rows[i].word,
			    rows[i].text);
		assert_int_equal(answer_fits(rows[i].word, rows[i].text),
		    rows[i].fits);
	}
}

static void
test_words_for_people(void **state)
{
	char text[ANSWER_TEXT];

	(void)state;
	assert_string_equal(answer_tell("kept", text), "kept");
	assert_string_equal(answer_tell("send: {errno} or {n}, then {errno}",
	    text), "send: an errno or N, then an errno");
	assert_string_equal(answer_tell("{else}", text), "{else}");
}

static const struct variant one_form = { .name = "abstract" };

static const struct choice stream_cell = {
	.row = {
		.type = SOCK_STREAM, .shape = SHAPE_CONNECTED,
		.traits = TRAIT_RELIABLE | TRAIT_ORDERED,
	},
	.variant = &one_form,
	.protocol = "toy",
};

static void
test_scopes_hold(void **state)
{
	static const struct {
		struct scope scope;
		bool holds;
	} rows[] = {
		{ { .shapes = 0 }, true },
		{ { .shapes = ON_CONNECTED }, true },
		{ { .shapes = ON_PAIRS }, true },
		{ { .shapes = ON_DATAGRAM | ON_BUS }, false },
		{ { .with = TRAIT_RELIABLE }, true },
		{ { .with = TRAIT_RELIABLE | TRAIT_BOUNDARIES }, false },
		{ { .without = TRAIT_BOUNDARIES }, true },
		{ { .without = TRAIT_ORDERED | TRAIT_BOUNDARIES }, false },
		{ { .type = SOCK_STREAM }, true },
		{ { .type = SOCK_DGRAM }, false },
		{ { .protocol = "toy" }, true },
		{ { .protocol = "tcp" }, false },
		{ { .variant = "abstract" }, true },
		{ { .variant = "path" }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(scope_holds(&rows[i].scope, &stream_cell),
		    rows[i].holds);
}

static bool
never(const struct choice *choice)
{
	(void)choice;
	return false;
}

static void
test_who_is_asked(void **state)
{
	const struct probe any = { .id = "any" };
	const struct probe none = { .id = "none", .applies = never };
	struct choice unknown = stream_cell;

	(void)state;
	assert_true(probe_applies(&any, &stream_cell));
	assert_false(probe_applies(&none, &stream_cell));
	/* A cell without an exchange has nothing to be asked. */
	unknown.row.shape = SHAPE_NONE;
	assert_false(probe_applies(&any, &unknown));
}

static void
test_releases(void **state)
{
	static const struct {
		const char *release, *version;
		bool reaches;
	} rows[] = {
		{ "6.1.0-49-amd64", "6.1", true },
		{ "6.1.0-49-amd64", "6.2", false },
		{ "6.18.5", "6.2", true },
		{ "6.18.5", "6.18.5", true },
		{ "6.18.5", "6.18.6", false },
		{ "5.15.0", "6.0", false },
		{ "6.0", "5.15", true },
		{ "4.19.0-27-amd64", "4.18", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(release_reaches(rows[i].release,
		    rows[i].version), rows[i].reaches);
}

static const struct probe asked = {
	.id = "topic.aspect",
	.documents = (const struct document[]){
		{ .answer = "EPIPE", .source = "one" },
		{ .answer = "0 or EPIPE", .source = "another" },
		{ .cells = { .type = SOCK_DGRAM }, .answer = "x",
		  .source = "of others" },
		{ .answer = NULL },
	},
	.differences = (const struct difference[]){
		{ .answer = "0", .until = "5.0", .text = "old",
		  .source = "c" },
		{ .answer = "0", .since = "6.0", .until = "6.2",
		  .text = "between", .source = "c" },
		{ .answer = NULL },
	},
};

static struct probed
judged(const struct family *family, const char *release, const char *answer)
{
	struct choice choice = stream_cell;
	struct probed probed = { .probe = &asked, .completed = answer != NULL };

	choice.family = family;
	if (answer != NULL)
		strlcpy(probed.seen.answer, answer,
		    sizeof(probed.seen.answer));
	judge_probed(&choice, release, &probed);
	return probed;
}

static void
test_every_document_counts(void **state)
{
	static const struct family family = { .name = "toy" };
	struct probed probed = judged(&family, "6.5", "EPIPE");

	(void)state;
	assert_int_equal(probed.document_count, 2);
	assert_false(probed.finding);
	/* It differs from one of two. */
	probed = judged(&family, "6.5", "0");
	assert_true(probed.finding);
	assert_true(probed.differs[0]);
	assert_false(probed.differs[1]);
	assert_null(probed.explained);
	/* What was not seen is no finding; the documents are shown. */
	probed = judged(&family, "6.5", NULL);
	assert_false(probed.finding);
	assert_int_equal(probed.document_count, 2);
}

static void
test_a_known_difference_explains(void **state)
{
	static const struct family family = { .name = "toy" };
	struct probed probed = judged(&family, "6.1.0-1-amd64", "0");

	(void)state;
	/* It stays a finding. */
	assert_true(probed.finding);
	assert_string_equal(probed.explained->text, "between");
	assert_string_equal(judged(&family, "4.19", "0").explained->text,
	    "old");
	assert_null(judged(&family, "6.2", "0").explained);
	assert_null(judged(&family, "5.0", "0").explained);
	assert_null(judged(&family, "6.1", "EIO").explained);
}

static void
test_a_family_has_its_own_documents(void **state)
{
	static const struct document added[] = {
		{ .probe = "topic.aspect", .answer = "0", .source = "own" },
		{ .probe = "topic", .answer = "y", .source = "of another" },
		{ .answer = NULL },
	};
	static const struct document alone[] = {
		{ .probe = "topic.aspect", .answer = "0", .source = "own",
		  .instead = true },
		{ .answer = NULL },
	};
	static const struct difference known[] = {
		{ .probe = "topic.aspect", .answer = "{errno}", .text = "t",
		  .source = "s" },
		{ .answer = NULL },
	};
	struct family family = { .name = "toy", .documents = added };
	struct probed probed = judged(&family, "6.5", "0");

	(void)state;
	assert_int_equal(probed.document_count, 3);
	assert_true(probed.finding);
	family.documents = alone;
	family.differences = known;
	probed = judged(&family, "6.5", "0");
	assert_int_equal(probed.document_count, 1);
	assert_string_equal(probed.documents[0]->source, "own");
	assert_false(probed.finding);
	assert_string_equal(judged(&family, "6.5", "EIO").explained->text,
	    "t");
}

static void
test_what_depends_on_time(void **state)
{
	static const struct unsteady rows[] = {
		{ .probe = "topic", .why = "of another" },
		{ .probe = "topic.aspect", .cells = { .type = SOCK_DGRAM },
		  .why = "of other cells" },
		{ .probe = "topic.aspect", .cells = { .type = SOCK_STREAM },
		  .why = "so it is" },
		{ .probe = NULL },
	};
	struct family family = { .name = "toy" };

	(void)state;
	assert_null(judged(&family, "6.5", "0").unsteady);
	family.unsteady = rows;
	assert_string_equal(judged(&family, "6.5", "0").unsteady, "so it is");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_fit),
		cmocka_unit_test(test_words_for_people),
		cmocka_unit_test(test_scopes_hold),
		cmocka_unit_test(test_who_is_asked),
		cmocka_unit_test(test_releases),
		cmocka_unit_test(test_every_document_counts),
		cmocka_unit_test(test_a_known_difference_explains),
		cmocka_unit_test(test_what_depends_on_time),
		cmocka_unit_test(test_a_family_has_its_own_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
