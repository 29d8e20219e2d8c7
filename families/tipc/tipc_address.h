/*
 * tipc_address: the operations of tipc on its addresses (struct family).
 */
#ifndef FAMILIES_TIPC_ADDRESS_H
#define FAMILIES_TIPC_ADDRESS_H

#include "family/family.h"

int tipc_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);
int tipc_format(const struct endpoint *endpoint, char *text, size_t room);
int tipc_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX]);
int tipc_contact(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out);
bool tipc_answers(const struct endpoint *contacted,
    const struct endpoint *from);

#endif
