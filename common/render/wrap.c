#include "render/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "text/escape.h"

/* Whether a byte stands within quotes. */
static bool
is_quoted(const char *text, size_t at)
{
	bool quoted = false;

	for (size_t i = 0; i < at; i++)
		if (text[i] == '"')
			quoted = !quoted;
	return quoted;
}

/* Whether the word that ends before this space belongs to the next one. */
static bool
is_bound(const char *text, size_t space)
{
	static const char *const words[] = {
		" =", " = -1", " →", " ->", " ✗", " …", " ...", " from",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		/* At the beginning of a line there is no space before it. */
		const char *word = words[i] + (space < strlen(words[i]));
		size_t length = strlen(word);

		if (space >= length &&
		    memcmp(text + space - length, word, length) == 0)
			return true;
	}
	return false;
}

/*
 * Where to break before the fits-th byte: behind the last word that may stand
 * at the end of a line. A single word that is too long is cut, along with a
 * short one that introduces it.
 */
static size_t
find_break(const char *text, size_t fits, size_t columns)
{
	size_t end = fits;
	size_t space;

	while (end > 0 && (text[end] != ' ' || is_bound(text, end) ||
	    is_quoted(text, end)))
		end--;
	if (end > 0)
		return end;
	for (space = fits; space > 0 && text[space] != ' '; space--)
		;
	if (space > 0) {
		const char *word = text + space + 1;

		if (escape_fit(word, columns) >= strcspn(word, " "))
			return space;
	}
	return fits;
}

size_t
wrap_line(const char *text, size_t columns, const char **next)
{
	size_t end = escape_fit(text, columns);

	if (text[end] != '\0')
		end = find_break(text, end, columns);
	*next = text + end + (text[end] == ' ' ? 1 : 0);
	return end;
}
