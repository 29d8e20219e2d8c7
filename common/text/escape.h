/*
 * escape: makes bytes that came from elsewhere safe to print.
 *
 * Well-formed UTF-8 passes in every locale. C0 and C1 controls, DEL, the
 * bidirectional controls (U+061C, U+200E, U+200F, U+202A-U+202E,
 * U+2066-U+2069), line and paragraph separators (U+2028, U+2029) and bytes
 * that are not UTF-8 (RFC 3629) are written as \xNN, byte by byte. A
 * backslash is doubled, so that what was escaped can be told from what came.
 */
#ifndef TEXT_ESCAPE_H
#define TEXT_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

/*
 * Writes the escaped form of length bytes into text (NUL-terminated, room
 * bytes, cut between characters, never within an escape). Returns how many of
 * the bytes went in.
 */
size_t escape_text(const void *bytes, size_t length, char *text, size_t room);

/* The same in at most so many columns. */
size_t escape_short(const void *bytes, size_t length, size_t columns,
    char *text, size_t room);

/* Writes all of it to out. */
void escape_print(FILE *out, const void *bytes, size_t length);

/*
 * How many bytes at the end are the beginning of a UTF-8 character that is
 * not complete: 0 to 3. For a reader who may get the rest later.
 */
size_t escape_incomplete(const void *bytes, size_t length);

/* How many columns a terminal gives this text (wide characters take two). */
size_t escape_columns(const char *text);

/* How many bytes of the text fit into so many columns. */
size_t escape_fit(const char *text, size_t columns);

#endif
