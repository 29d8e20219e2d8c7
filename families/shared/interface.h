/*
 * interface: network interfaces in addresses. They are written by name, or by
 * index behind a percent sign (%4); an address holds the index only.
 */
#ifndef FAMILIES_INTERFACE_H
#define FAMILIES_INTERFACE_H

#include "family/family.h"

/* The index of lo: loopback_net_init() of the kernel sees to it. */
#define INTERFACE_LOOPBACK 1

/* A name, "%" and an index, and a NUL. */
#define INTERFACE_ROOM 17

/*
 * The index of the interface that the first `length` bytes of the text name.
 * Returns 0; -EINVAL for what is no name, -ENODEV for one that is not there,
 * with a sentence in why.
 */
int interface_parse(const struct wish *wish, const char *text, size_t length,
    unsigned *index, char *why, size_t room);

/* The name, where the driver has looked it up; or "%4". */
void interface_format(unsigned index, char text[INTERFACE_ROOM]);

/* A field that holds an index, as strace and people read it. */
void interface_field(struct field *field, const char *name, size_t offset,
    unsigned index);

#endif
