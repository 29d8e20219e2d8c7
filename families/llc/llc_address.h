/*
 * llc_address: the operations of llc on its addresses (struct family).
 */
#ifndef FAMILIES_LLC_ADDRESS_H
#define FAMILIES_LLC_ADDRESS_H

#include "family/family.h"

/* The addresses of the pair of interfaces that is made for an exchange. */
#define LLC_SERVER_MAC "02:00:00:00:00:01"
#define LLC_CLIENT_MAC "02:00:00:00:00:02"

int llc_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);
int llc_format(const struct endpoint *endpoint, char *text, size_t room);
int llc_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX]);
bool llc_answers(const struct endpoint *contacted,
    const struct endpoint *from);

#endif
