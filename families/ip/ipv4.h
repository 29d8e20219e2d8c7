/*
 * ipv4: addresses of IPv4 (struct sockaddr_in, ip(7)), for the families that
 * have them.
 *
 * Address text: HOST is dotted decimal, as inet_pton(3) takes it, or a name;
 * the port is 0 to 65535. Printed as 127.0.0.1:12345.
 */
#ifndef FAMILIES_IPV4_H
#define FAMILIES_IPV4_H

#include <netinet/in.h>

#include "family/family.h"

/* The address in an endpoint, or NULL where there is none of IPv4. */
const struct sockaddr_in *ipv4_of(const struct endpoint *endpoint);

/*
 * The address that the host of a wish (127.0.0.1 without one) and its port
 * make, for any side. Returns 1, or a negative errno as address() does.
 */
int ipv4_parse(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);

/* Operations of a family (family.h). A client binds to nothing but a bus. */
int ipv4_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);
int ipv4_format(const struct endpoint *endpoint, char *text, size_t room);
int ipv4_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX]);
/* A server on the wildcard is contacted on the loopback. */
int ipv4_contact(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out);

#endif
