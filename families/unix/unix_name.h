/*
 * unix_name: what the bytes of a unix socket's address say (unix(7)), as the
 * operations of a family (family.h). A name is a path; or abstract, with
 * a leading NUL, and then exactly the bytes that the length counts; or missing.
 */
#ifndef FAMILIES_UNIX_NAME_H
#define FAMILIES_UNIX_NAME_H

#include <stddef.h>
#include <sys/un.h>

#include "family/family.h"

#define UNIX_NAME_OFFSET offsetof(struct sockaddr_un, sun_path)

int unix_name_format(const struct endpoint *endpoint, char *text, size_t room);
int unix_name_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX]);
const char *unix_name_variant(const struct endpoint *endpoint);

/* Binding a path makes a socket file, and closing leaves it (unix(7)). */
int unix_name_release(const struct endpoint *endpoint);

#endif
