/*
 * reading: the value of a socket option in words, as its table says how its
 * bytes are read (family/option.h).
 */
#ifndef OPTIONS_READING_H
#define OPTIONS_READING_H

#include <stddef.h>

#include "family/family.h"

/* Room for a value in words; what does not fit is cut. */
#define READING_MAX 160

/* "int", "timeval" … : how values of the kind are read. */
const char *reading_name(enum option_value value);

/* The bytes that getsockopt() is given room for. */
size_t reading_size(const struct option_name *option);

/*
 * Writes a value, of `length` bytes, as a person would say it: "off", "2.5 s",
 * "pid: its own, uid 0, gid 0", "SOCK_STREAM". What is too short to be one is
 * told byte by byte, and none at all as "nothing". A filter is one as setsockopt()
 * is passed it. Bytes that are not printable
 * are escaped (text/escape.h).
 */
void reading_tell(const struct family *family, const struct option_name *option,
    const void *value, size_t length, char *text, size_t room);

#endif
