/* errno: errnos by their names, and which of them are no failures. */
#ifndef RECORD_ERRNO_H
#define RECORD_ERRNO_H

#include <stdbool.h>

/* Room for the name of an errno. */
#define NAME_MAX_TEXT 40

/* "ECONNREFUSED"; for one that has no name "E999", in text. */
const char *errno_name(int error, char text[NAME_MAX_TEXT]);

/* The number of an errno by its name, or 0. */
int errno_number(const char *name);

/*
 * Whether an errno only says that the call is to be made again, or goes on by
 * itself (EAGAIN, EINTR, EINPROGRESS).
 */
bool errno_passes(int error);

#endif
