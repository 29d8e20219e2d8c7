/*
 * number: what families share whose addresses are made of numbers.
 */
#ifndef FAMILIES_NUMBER_H
#define FAMILIES_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "family/family.h"

/*
 * Takes a number of base 10, or of base 16 behind 0x, at most `most`, from the
 * beginning of *text, which is then what stands behind it. Returns false, and
 * leaves *text, where there is none or a larger one.
 */
bool number_take(const char **text, uint32_t most, uint32_t *value);

/* The same of hexadecimal digits without a prefix. */
bool number_take_hex(const char **text, uint32_t most, uint32_t *value);

/*
 * The port that a wish asks for, 0 to `most`; where the user gave none, what
 * the driver chose or, if that is more than `most`, its low bits. Returns 0, or
 * -ERANGE with a sentence in why.
 */
int number_port(const struct wish *wish, uint32_t most, uint32_t *port,
    char *why, size_t room);

/* A field whose value has a name. */
void number_named(struct field *field, const char *name, size_t offset,
    size_t size, const char *value);

/* A field that is a number. */
void number_field(struct field *field, const char *name, size_t offset,
    size_t size, uint32_t value);

#endif
