/*
 * utf8: reads UTF-8 without a locale, so that LC_ALL=C can show it, too.
 */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* What utf8_decode() returns for bytes that end within a character. */
#define UTF8_CUT (-1)

/*
 * The length of the well-formed character (RFC 3629) that the bytes begin
 * with, 1 to 4, and its code; 0 for bytes that are none; UTF8_CUT for the
 * beginning of one whose rest lies beyond length.
 */
int utf8_decode(const void *bytes, size_t length, uint32_t *code);

/* How many columns a terminal gives the character: 0, 1 or 2. */
unsigned utf8_columns(uint32_t code);

#endif
