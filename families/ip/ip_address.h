/*
 * ip_address: addresses of IPv4 or IPv6, as each one says itself, for families
 * that have both (rds, smc). The operations are those of a family (family.h).
 */
#ifndef FAMILIES_IP_ADDRESS_H
#define FAMILIES_IP_ADDRESS_H

#include "family/family.h"

int ip_address_format(const struct endpoint *endpoint, char *text,
    size_t room);
int ip_address_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX]);
int ip_address_contact(const struct endpoint *asked,
    const struct endpoint *bound, struct endpoint *out);

#endif
