#include "text/quote.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Bytes that strace writes with a letter. */
static const char escape_letters[] = {
	['\t'] = 't', ['\n'] = 'n', ['\v'] = 'v', ['\f'] = 'f', ['\r'] = 'r',
	['"'] = '"', ['\\'] = '\\',
};

/* `octal_follows`: a short escape would swallow the digit behind it. */
static int
quote_byte(char *at, size_t room, unsigned char byte, bool octal_follows)
{
	if (byte < sizeof(escape_letters) && escape_letters[byte] != '\0')
		return snprintf(at, room, "\\%c", escape_letters[byte]);
	if (byte >= ' ' && byte < 0x7f)
		return snprintf(at, room, "%c", byte);
	return snprintf(at, room, octal_follows ? "\\%03o" : "\\%o", byte);
}

char *
quote_bytes(const unsigned char *bytes, size_t kept, size_t length,
    char text[QUOTE_MAX])
{
	size_t shown = kept < QUOTE_BYTES ? kept : QUOTE_BYTES;
	size_t used = 0;

	text[used++] = '"';
	for (size_t i = 0; i < shown; i++) {
		bool octal_follows = i + 1 < shown && bytes[i + 1] >= '0' &&
		    bytes[i + 1] <= '7';

		used += (size_t)quote_byte(text + used, QUOTE_MAX - used,
		    bytes[i], octal_follows);
	}
	snprintf(text + used, QUOTE_MAX - used, "\"%s",
	    shown < length ? "..." : "");
	return text;
}

char *
quote_within(const char *text, char *quoted, size_t room)
{
	const char *first = strchr(text, '"');
	const char *last = strrchr(text, '"');
	size_t used = 0;

	quoted[0] = '\0';
	for (; *text != '\0' && used + sizeof("\\000") <= room; text++) {
		unsigned char byte = (unsigned char)*text;

		if (text == first || text == last)
			used += (size_t)snprintf(quoted + used, room - used,
			    "\"");
		else
			used += (size_t)quote_byte(quoted + used, room - used,
			    byte, text[1] >= '0' && text[1] <= '7');
	}
	return quoted;
}
