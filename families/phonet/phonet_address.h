/*
 * phonet_address: the operations of phonet on its addresses (struct family).
 */
#ifndef FAMILIES_PHONET_ADDRESS_H
#define FAMILIES_PHONET_ADDRESS_H

#include "family/family.h"

int phonet_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);
int phonet_format(const struct endpoint *endpoint, char *text, size_t room);
int phonet_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX]);

#endif
