/*
 * quote: bytes in the notation of C and of strace: "hello\n\303\251"... .
 */
#ifndef TEXT_QUOTE_H
#define TEXT_QUOTE_H

#include <stddef.h>

/* How many bytes are quoted before the rest is cut (strace -s). */
#define QUOTE_BYTES 32
#define QUOTE_MAX (4 * QUOTE_BYTES + sizeof("\"\"..."))

/*
 * Quotes bytes as strace does: octal escapes, cut behind QUOTE_BYTES. `kept` of
 * them are at hand, of length. Returns text.
 */
char *quote_bytes(const unsigned char *bytes, size_t kept, size_t length,
    char text[QUOTE_MAX]);

/*
 * Writes a text that holds one quoted string, its first and its last quotation
 * mark, with escapes for what stands within; cut to room. Returns quoted.
 */
char *quote_within(const char *text, char *quoted, size_t room);

#endif
