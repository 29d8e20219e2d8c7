/* source: whether an answer came from the address that was written to. */
#ifndef TALK_SOURCE_H
#define TALK_SOURCE_H

#include <stdbool.h>

#include "family/family.h"

/*
 * Whether `from`, as recvfrom() returned it, is `contacted` by any of the names
 * that an address may have: a wildcard stands for the loopback, a number that
 * the kernel leaves at 0 (a scope) for any, a socket file has many paths.
 */
bool source_is(const struct family *family, const struct endpoint *contacted,
    const struct endpoint *from);

#endif
