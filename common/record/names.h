/*
 * names: the types, the flags and the ways to shut down, by name.
 */
#ifndef RECORD_NAMES_H
#define RECORD_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The flags of send() and recv(), joined with '|'; "0" for none. */
void name_message_flags(int64_t flags, char *text, size_t room);

/* The flags of accept4(). */
void name_accept_flags(int64_t flags, char *text, size_t room);

/*
 * The type that socket() is given, with its flags. Returns the length of the
 * type alone.
 */
size_t name_type(int64_t type, char *text, size_t room);

/* The second argument of shutdown(). */
void name_how(int64_t how, char *text, size_t room);

/* The first argument of bpf(). */
void name_bpf_command(int64_t command, char *text, size_t room);

/* Whether all of these message flags, or accept4() flags, are plumbing. */
bool message_flags_are_plumbing(int64_t flags);

#endif
