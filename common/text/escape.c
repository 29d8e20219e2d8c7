#include "text/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text/utf8.h"

/* The longest escaped character: \xNN for each byte of one. */
#define ESCAPED_MAX (4 * 4)

/* Controls, bidirectional controls, separators: see the header. */
static const struct {
	uint32_t first, last;
} unsafe[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x061c, 0x061c },
	{ 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 },
};

static bool
is_unsafe(uint32_t code)
{
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		if (code >= unsafe[i].first && code <= unsafe[i].last)
			return true;
	return false;
}

/* One character, escaped: where it came from and what it became. */
struct escaped {
	size_t taken;		/* bytes of the input */
	size_t columns;
	size_t length;
	char text[ESCAPED_MAX];	/* without a NUL */
};

static void
hexadecimal(struct escaped *escaped, const unsigned char *bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *at = escaped->text;

	for (size_t i = 0; i < escaped->taken; i++) {
		*at++ = '\\';
		*at++ = 'x';
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 0x0f];
	}
	escaped->length = (size_t)(at - escaped->text);
	escaped->columns = escaped->length;
}

static void
escape_first(struct escaped *escaped, const unsigned char *bytes,
    size_t length)
{
	uint32_t code = 0;
	int found = utf8_decode(bytes, length, &code);

	escaped->taken = found > 0 ? (size_t)found : 1;
	if (found <= 0 || is_unsafe(code)) {
		hexadecimal(escaped, bytes);
		return;
	}
	memcpy(escaped->text, bytes, escaped->taken);
	escaped->length = escaped->taken;
	escaped->columns = utf8_columns(code);
	if (code == '\\') {
		escaped->text[escaped->length++] = '\\';
		escaped->columns++;
	}
}

size_t
escape_short(const void *bytes, size_t length, size_t columns, char *text,
    size_t room)
{
	const unsigned char *from = bytes;
	struct escaped escaped;
	size_t taken = 0;
	size_t used = 0;

	if (room == 0)
		return 0;
	while (taken < length) {
		escape_first(&escaped, from + taken, length - taken);
		if (escaped.length >= room - used || escaped.columns > columns)
			break;
		memcpy(text + used, escaped.text, escaped.length);
		used += escaped.length;
		taken += escaped.taken;
		columns -= escaped.columns;
	}
	text[used] = '\0';
	return taken;
}

size_t
escape_text(const void *bytes, size_t length, char *text, size_t room)
{
	return escape_short(bytes, length, SIZE_MAX, text, room);
}

void
escape_print(FILE *out, const void *bytes, size_t length)
{
	const unsigned char *from = bytes;
	struct escaped escaped;

	for (size_t i = 0; i < length; i += escaped.taken) {
		escape_first(&escaped, from + i, length - i);
		fwrite(escaped.text, 1, escaped.length, out);
	}
}

size_t
escape_incomplete(const void *bytes, size_t length)
{
	const unsigned char *end = (const unsigned char *)bytes + length;
	uint32_t code;

	for (size_t tail = length < 3 ? length : 3; tail > 0; tail--)
		if (utf8_decode(end - tail, tail, &code) == UTF8_CUT)
			return tail;
	return 0;
}

/* The character at text: its bytes, and its columns. */
static size_t
measure(const char *text, size_t length, size_t *columns)
{
	uint32_t code = 0;
	int found = utf8_decode(text, length, &code);

	*columns = found > 0 ? utf8_columns(code) : 1;
	return found > 0 ? (size_t)found : 1;
}

size_t
escape_columns(const char *text)
{
	size_t length = strlen(text);
	size_t columns = 0;
	size_t one;

	for (size_t i = 0; i < length; columns += one)
		i += measure(text + i, length - i, &one);
	return columns;
}

size_t
escape_fit(const char *text, size_t columns)
{
	size_t length = strlen(text);
	size_t fits = 0;
	size_t one;

	while (fits < length) {
		size_t bytes = measure(text + fits, length - fits, &one);

		if (one > columns)
			break;
		columns -= one;
		fits += bytes;
	}
	return fits;
}
