/*
 * ip: what inet and inet6 share. Their tables are the same rows with other
 * sizes (ip_tables.inc), and so are their options and remedies; their ports are
 * those of every family with addresses of IPv4 or IPv6 (ipv4.h, ipv6.h).
 */
#ifndef FAMILIES_IP_H
#define FAMILIES_IP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "family/family.h"

/* Newer than the headers of some systems that this is built on. */
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* Settings of the rows in ip_tables.inc. */
extern const struct setting ip_reuse[];
extern const struct setting ip_sctp[];
extern const struct setting ip_dccp[];

extern const int ip_refusals[];
extern const struct hint ip_hints[];
extern const struct option_name ip_options[];

/*
 * The port that a wish asks for, 0 to 65535, in *port. 0 where the type has
 * no ports. Returns 0, or -ERANGE or -EDESTADDRREQ with a sentence in why.
 */
int ip_port(const struct wish *wish, in_port_t *port, char *why, size_t room);

/* Whether a wish is for the own address of a client that binds to none. */
bool ip_unbound(const struct wish *wish);

/*
 * A field that holds a number in host byte order; function is the conversion
 * that strace shows around it ("htons"), or NULL.
 */
void ip_number_field(struct field *field, const char *name, size_t offset,
    size_t size, uint32_t value, const char *function);

#endif
