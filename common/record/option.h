/*
 * option: the socket options, of SOL_SOCKET and of a family's own levels: a
 * level, an option and its value in the notation of strace, cut to room.
 */
#ifndef RECORD_OPTION_H
#define RECORD_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "family/family.h"
#include "record/event.h"

/* "SOL_SOCKET"; of one that has no name "0x7 // SOL_??", in a C comment. */
void option_tell_level(const struct family *family, int64_t level, char *text,
    size_t room);

/* "SO_REUSEADDR"; of one that has no name, its number. */
void option_tell_name(const struct family *family, int64_t level, int64_t name,
    char *text, size_t room);

/*
 * The value of the option in an event of setsockopt() or getsockopt(): "[1]",
 * "{l_onoff=1, l_linger=7}", or its bytes in quotes. Returns whether it is an
 * int, and then puts it into *number; otherwise leaves that as it is.
 */
bool option_tell_value(const struct family *family, const struct event *event,
    int64_t *number, char *text, size_t room);

#endif
