#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/escape.h"

#define BYTES(text) text, sizeof(text) - 1
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What is printed for which bytes (RFC 3629; escape.h). */
static const struct text_row {
	const char *name;
	const char *bytes;
	size_t length;
	const char *expected;
} text_rows[] = {
	{ "ASCII passes", BYTES("hello, world~"), "hello, world~" },
	{ "nothing is nothing", BYTES(""), "" },
	{ "NUL", BYTES("a\0b"), "a\\x00b" },
	{ "newline and tab", BYTES("\n\t"), "\\x0a\\x09" },
	{ "the escape character", BYTES("\033[2J"), "\\x1b[2J" },
	{ "US, the last of C0", BYTES("\x1f"), "\\x1f" },
	{ "DEL", BYTES("\x7f"), "\\x7f" },
	{ "a backslash is doubled", BYTES("\\x41"), "\\\\x41" },
	{ "Latin passes", BYTES("Grüße"), "Grüße" },
	{ "Thai passes", BYTES("สวัสดี"), "สวัสดี" },
	{ "emoji pass", BYTES("😀"), "😀" },
	{ "U+0080, the first of C1", BYTES("\xc2\x80"), "\\xc2\\x80" },
	{ "U+009B, the C1 introducer", BYTES("\xc2\x9b"), "\\xc2\\x9b" },
	{ "U+009F, the last of C1", BYTES("\xc2\x9f"), "\\xc2\\x9f" },
	{ "U+00A0 passes", BYTES("\xc2\xa0"), "\xc2\xa0" },
	{ "U+061C", BYTES("\xd8\x9c"), "\\xd8\\x9c" },
	{ "U+200D, the joiner, passes", BYTES("\xe2\x80\x8d"),
	  "\xe2\x80\x8d" },
	{ "U+200E", BYTES("\xe2\x80\x8e"), "\\xe2\\x80\\x8e" },
	{ "U+200F", BYTES("\xe2\x80\x8f"), "\\xe2\\x80\\x8f" },
	{ "U+2027 passes", BYTES("\xe2\x80\xa7"), "\xe2\x80\xa7" },
	{ "U+2028", BYTES("\xe2\x80\xa8"), "\\xe2\\x80\\xa8" },
	{ "U+2029", BYTES("\xe2\x80\xa9"), "\\xe2\\x80\\xa9" },
	/* NOLINTBEGIN(misc-misleading-bidirectional): their point */
	{ "U+202A", BYTES("\xe2\x80\xaa"), "\\xe2\\x80\\xaa" },
	{ "U+202E", BYTES("\xe2\x80\xae"), "\\xe2\\x80\\xae" },
	{ "U+202F passes", BYTES("\xe2\x80\xaf"), "\xe2\x80\xaf" },
	{ "U+2065 passes", BYTES("\xe2\x81\xa5"), "\xe2\x81\xa5" },
	{ "U+2066", BYTES("\xe2\x81\xa6"), "\\xe2\\x81\\xa6" },
	{ "U+2069", BYTES("\xe2\x81\xa9"), "\\xe2\\x81\\xa9" },
	/* NOLINTEND(misc-misleading-bidirectional) */
	{ "U+206A passes", BYTES("\xe2\x81\xaa"), "\xe2\x81\xaa" },
	{ "a continuation alone", BYTES("\x80"), "\\x80" },
	{ "an overlong slash", BYTES("\xc0\xaf"), "\\xc0\\xaf" },
	{ "an overlong NUL of three", BYTES("\xe0\x80\x80"),
	  "\\xe0\\x80\\x80" },
	{ "an overlong of four", BYTES("\xf0\x8f\xbf\xbf"),
	  "\\xf0\\x8f\\xbf\\xbf" },
	{ "a surrogate", BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80" },
	{ "U+D7FF passes", BYTES("\xed\x9f\xbf"), "\xed\x9f\xbf" },
	{ "U+10FFFF passes", BYTES("\xf4\x8f\xbf\xbf"),
	  "\xf4\x8f\xbf\xbf" },
	{ "beyond U+10FFFF", BYTES("\xf4\x90\x80\x80"),
	  "\\xf4\\x90\\x80\\x80" },
	{ "no lead byte F5", BYTES("\xf5\x80\x80\x80"),
	  "\\xf5\\x80\\x80\\x80" },
	{ "a character cut at the end", BYTES("a\xe0\xb8"), "a\\xe0\\xb8" },
	{ "a lead before ASCII", BYTES("\xe0" "ab"), "\\xe0ab" },
};

static void
test_text(void **state)
{
	const struct text_row *row = *state;
	char text[128];

	assert_int_equal(escape_text(row->bytes, row->length, text,
	    sizeof(text)), row->length);
	assert_string_equal(text, row->expected);
}

static void
test_print(void **state)
{
	const struct text_row *row = *state;
	char *printed = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&printed, &size);

	assert_non_null(out);
	escape_print(out, row->bytes, row->length);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(printed, row->expected);
	free(printed);
}

/* What fits into how much room: never half a character or half an escape. */
static const struct cut_row {
	const char *name;
	const char *bytes;
	size_t length;
	size_t room;
	size_t taken;
	const char *expected;
} cut_rows[] = {
	{ "cut: room for all and the NUL", BYTES("abc"), 4, 3, "abc" },
	{ "cut: one byte short", BYTES("abc"), 3, 2, "ab" },
	{ "cut: room for the NUL only", BYTES("abc"), 1, 0, "" },
	{ "cut: not within a character", BYTES("aส"), 4, 1, "a" },
	{ "cut: behind a character", BYTES("aสb"), 5, 4, "aส" },
	{ "cut: not within an escape", BYTES("a\nb"), 5, 1, "a" },
	{ "cut: behind an escape", BYTES("a\nb"), 6, 2, "a\\x0a" },
	{ "cut: not within the escapes of one character",
	  BYTES("\xe2\x80\xa8"), 12, 0, "" },
	{ "cut: not between two backslashes", BYTES("\\"), 2, 0, "" },
};

static void
test_cut(void **state)
{
	const struct cut_row *row = *state;
	char text[64];

	memset(text, 'Z', sizeof(text));
	assert_int_equal(escape_text(row->bytes, row->length, text, row->room),
	    row->taken);
	assert_string_equal(text, row->expected);
	assert_int_equal(text[row->room], 'Z');
}

static void
test_no_room(void **state)
{
	char text[1] = { 'Z' };

	(void)state;
	assert_int_equal(escape_text("abc", 3, text, 0), 0);
	assert_int_equal(text[0], 'Z');
}

static const struct incomplete_row {
	const char *name;
	const char *bytes;
	size_t length;
	size_t expected;
} incomplete_rows[] = {
	{ "incomplete: nothing", BYTES(""), 0 },
	{ "incomplete: ASCII", BYTES("abc"), 0 },
	{ "incomplete: a whole character", BYTES("aส"), 0 },
	{ "incomplete: 1 of 2", BYTES("a\xc3"), 1 },
	{ "incomplete: 1 of 3", BYTES("\xe0"), 1 },
	{ "incomplete: 2 of 3", BYTES("สวั\xe0\xb8"), 2 },
	{ "incomplete: 1 of 4", BYTES("\xf0"), 1 },
	{ "incomplete: 3 of 4", BYTES("\xf0\x9f\x98"), 3 },
	{ "incomplete: never to be one", BYTES("\xe0\x80"), 0 },
	{ "incomplete: a surrogate's half", BYTES("\xed\xa0"), 0 },
	{ "incomplete: continuations alone", BYTES("\x80\x80\x80"), 0 },
	{ "incomplete: no lead byte", BYTES("\xff"), 0 },
};

static void
test_incomplete(void **state)
{
	const struct incomplete_row *row = *state;

	assert_int_equal(escape_incomplete(row->bytes, row->length),
	    row->expected);
}

/* Widths: Unicode's East Asian Width and general categories. */
static const struct columns_row {
	const char *name;
	const char *text;
	size_t expected;
} columns_rows[] = {
	{ "columns: none", "", 0 },
	{ "columns: ASCII", "abc", 3 },
	{ "columns: Latin", "Grüße", 5 },
	{ "columns: a combining accent", "e\xcc\x81", 1 },
	{ "columns: Thai vowels above and below", "สวัสดี", 4 },
	{ "columns: Thai mai han-akat U+0E31", "\xe0\xb8\xb1", 0 },
	{ "columns: Thai sara aa U+0E32", "\xe0\xb8\xb2", 1 },
	{ "columns: Thai sara am U+0E33", "\xe0\xb8\xb3", 1 },
	{ "columns: Thai sara i U+0E34", "\xe0\xb8\xb4", 0 },
	{ "columns: Thai phinthu U+0E3A", "\xe0\xb8\xba", 0 },
	{ "columns: Thai baht U+0E3F", "\xe0\xb8\xbf", 1 },
	{ "columns: Thai maitaikhu U+0E47", "\xe0\xb9\x87", 0 },
	{ "columns: Thai yamakkan U+0E4E", "\xe0\xb9\x8e", 0 },
	{ "columns: Thai fongman U+0E4F", "\xe0\xb9\x8f", 1 },
	{ "columns: Han", "漢字", 4 },
	{ "columns: Hangul", "한글", 4 },
	{ "columns: kana", "かな", 4 },
	{ "columns: full-width A", "Ａ", 2 },
	{ "columns: half-width katakana", "ｱ", 1 },
	{ "columns: emoji", "😀", 2 },
	{ "columns: the joiner", "\xe2\x80\x8d", 0 },
	{ "columns: box drawing", "─┼│", 3 },
	{ "columns: arrows", "→►◄", 3 },
};

static void
test_columns(void **state)
{
	const struct columns_row *row = *state;

	assert_int_equal(escape_columns(row->text), row->expected);
}

static const struct fit_row {
	const char *name;
	const char *text;
	size_t columns;
	size_t expected;
} fit_rows[] = {
	{ "fit: all", "abc", 3, 3 },
	{ "fit: some", "abc", 2, 2 },
	{ "fit: nothing", "abc", 0, 0 },
	{ "fit: no half of a wide one", "a漢", 2, 1 },
	{ "fit: a wide one", "a漢b", 3, 4 },
	{ "fit: marks stay with their letter", "สวัสดี", 2, 9 },
};

static void
test_fit(void **state)
{
	const struct fit_row *row = *state;

	assert_int_equal(escape_fit(row->text, row->columns), row->expected);
}

static const struct short_row {
	const char *name;
	const char *bytes;
	size_t length;
	size_t columns;
	size_t taken;
	const char *expected;
} short_rows[] = {
	{ "short: an escape takes four columns", BYTES("\nab"), 5, 2,
	  "\\x0a" "a" },
	{ "short: no part of an escape", BYTES("a\n"), 4, 1, "a" },
	{ "short: columns are not bytes", BYTES("สวัสดี"), 3, 12, "สวัส" },
};

static void
test_short(void **state)
{
	const struct short_row *row = *state;
	char text[64];

	assert_int_equal(escape_short(row->bytes, row->length, row->columns,
	    text, sizeof(text)), row->taken);
	assert_string_equal(text, row->expected);
}

static struct CMUnitTest tests[2 * COUNT(text_rows) + COUNT(cut_rows) +
    COUNT(incomplete_rows) + COUNT(columns_rows) + COUNT(fit_rows) +
    COUNT(short_rows) + 1];
static char print_names[COUNT(text_rows)][64];

#define ADD(rows, function)                                                    \
	for (size_t i = 0; i < COUNT(rows); i++)                               \
		tests[count++] = (struct CMUnitTest){                          \
			.name = (rows)[i].name,                                \
			.test_func = (function),                               \
			.initial_state = (void *)(uintptr_t)&(rows)[i],        \
		}

int
main(void)
{
	size_t count = 0;

	ADD(text_rows, test_text);
	ADD(text_rows, test_print);
	for (size_t i = 0; i < COUNT(text_rows); i++) {
		snprintf(print_names[i], sizeof(print_names[i]), "print: %s",
		    text_rows[i].name);
		tests[COUNT(text_rows) + i].name = print_names[i];
	}
	ADD(cut_rows, test_cut);
	ADD(incomplete_rows, test_incomplete);
	ADD(columns_rows, test_columns);
	ADD(fit_rows, test_fit);
	ADD(short_rows, test_short);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_no_room);
	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
