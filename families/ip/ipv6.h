/*
 * ipv6: addresses of IPv6 (struct sockaddr_in6, ipv6(7), RFC 3493), for the
 * families that have them.
 *
 * Address text: HOST is an IPv6 address as inet_pton(3) takes it, with the
 * interface of a link-local one behind a percent sign, by name or by index
 * (fe80::1%eth0, RFC 4007 section 11), or a host name; the port is 0 to 65535.
 * Printed as [::1]:12345, the scope as its index.
 */
#ifndef FAMILIES_IPV6_H
#define FAMILIES_IPV6_H

#include <netinet/in.h>

#include "family/family.h"

/* The address in an endpoint, or NULL where there is none of IPv6. */
const struct sockaddr_in6 *ipv6_of(const struct endpoint *endpoint);

/*
 * The address that the host of a wish (::1 without one) and its port make, for
 * any side. Returns 1, or a negative errno as address() does.
 */
int ipv6_parse(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);

/* Operations of a family (family.h). A client binds to nothing but a bus. */
int ipv6_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);
int ipv6_format(const struct endpoint *endpoint, char *text, size_t room);
int ipv6_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX]);
/* A server on the wildcard is contacted on the loopback. */
int ipv6_contact(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out);

#endif
