/*
 * constant: numbers by the names of their constants, from a table. Unknown
 * ones are written as strace writes them: "0x7 // SHUT_???", in a C comment.
 */
#ifndef RECORD_CONSTANT_H
#define RECORD_CONSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A name of NULL ends a table. */
struct constant {
	unsigned number;
	const char *name;
	bool plumbing;		/* how we call, not what the call is about */
};

/*
 * Appends the names of flags to text, joined with '|', in the order of the
 * table; behind them, in hexadecimal, the bits that have none. "0" where there
 * are none at all.
 */
void constant_join(const struct constant *row, unsigned flags,
    const char *unknown, char *text, size_t room);

/* Writes the name of that very number. */
void constant_name(const struct constant *row, int64_t number,
    const char *unknown, char *text, size_t room);

#endif
