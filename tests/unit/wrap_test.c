#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "render/wrap.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What a text becomes in so many columns, its lines joined by '/'. */
static const struct row {
	const char *name;
	const char *text;
	size_t columns;
	const char *expected;
} rows[] = {
	{ "nothing", "", 10, "" },
	{ "what fits is one line", "one two", 7, "one two" },
	{ "between words", "one two three", 7, "one two/three" },
	{ "a word that ends with the line", "one two", 3, "one/two" },
	{ "as many words as fit", "a b c d e f", 5, "a b c/d e f" },
	{ "a space at the end goes", "one two ", 7, "one two" },
	{ "two spaces: one is left", "one  two", 4, "one /two" },

	{ "a word too long is cut", "abcdefgh", 3, "abc/def/gh" },
	{ "it begins a line of its own", "ab cdefghij", 8, "ab/cdefghij" },
	{ "one longer than any line does too", "abc defghijk", 5,
	  "abc/defgh/ijk" },

	{ "quotes are not broken", "send(3, \"a b c\")", 12,
	  "send(3,/\"a b c\")" },
	{ "behind the quotes again", "\"a b\" c d", 7, "\"a b\" c/d" },
	{ "quotes too long are cut", "\"abc def\"", 6, "\"abc/def\"" },

	{ "an arrow stays with what follows", "socket() → 3", 10,
	  "socket()/→ 3" },
	{ "in ASCII", "socket() -> 3", 11, "socket()/-> 3" },
	{ "an error with its errno", "bind() = -1 EACCES", 11,
	  "bind()/= -1 EACCES" },
	{ "a peer with its address", "recv 5 bytes from 10.0.0.1", 18,
	  "recv 5 bytes/from 10.0.0.1" },
	{ "at the beginning of a text", "→ abcdef gh", 8, "→ abcdef/gh" },
	{ "unless that is too long", "→ abcdefghij", 8, "→ abcdef/ghij" },

	{ "wide characters take two columns", "漢字 漢字", 7, "漢字/漢字" },
	{ "a wide word too long", "漢字漢字", 5, "漢字/漢字" },
	{ "no half of a wide character", "a漢", 2, "a/漢" },
	{ "the narrowest line", "漢字", 2, "漢/字" },
	{ "zero-width characters take none", "สวัสดี ครับ", 4, "สวัสดี/ครับ" },
	{ "a combining accent stays", "e\xcc\x81" "e\xcc\x81", 2,
	  "e\xcc\x81" "e\xcc\x81" },
	{ "also where a line ends", "e\xcc\x81" "f", 1, "e\xcc\x81/f" },
};

static void
test_wrap(void **state)
{
	const struct row *row = *state;
	const char *text = row->text;
	char lines[128] = "";

	while (*text != '\0') {
		const char *line = text;
		size_t bytes = wrap_line(line, row->columns, &text);

		assert_true(text > line);
		if (line != row->text)
			strlcat(lines, "/", sizeof(lines));
		assert_true(strlen(lines) + bytes < sizeof(lines));
		strncat(lines, line, bytes);
	}
	assert_string_equal(lines, row->expected);
}

static struct CMUnitTest tests[COUNT(rows)];

int
main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_wrap,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("wrap", tests, NULL, NULL);
}
