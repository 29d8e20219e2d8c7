/* saying: what verify() writes into the text of a verification. */
#ifndef FAMILIES_SAYING_H
#define FAMILIES_SAYING_H

#include "family/family.h"

/*
 * Adds to the text; what does not fit is left out. Bytes that are not printable
 * ASCII become question marks.
 */
void saying_add(struct verification *verification, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds bytes as hexadecimal digits, at most `most` of them and dots. */
void saying_add_hex(struct verification *verification, const void *bytes,
    size_t length, size_t most);

/* Writes a sentence in place of the text; returns error. */
int saying_wrong(struct verification *verification, int error,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
