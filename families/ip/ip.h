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

/* What --setup makes for the ping cells and for the raw ones. */
extern const struct surroundings ip_ping_surroundings;
extern const struct surroundings ip_raw_surroundings;

/* Values of the rows in ip_tables.inc. */
#define IP_SCTP_ORIGIN { "sctp", "CONFIG_IP_SCTP", "2.6", NULL }
/*
 * A message that fills the receiver's window, which is half of its buffer,
 * arrives in pieces (RFC 6458, section 8.1.21). The buffers of both directions
 * are of one size, unless somebody changed a sysctl.
 */
#define IP_SCTP_LARGEST { LIMIT_HALF_SEND_BUFFER, 1 }
/*
 * DCCP cuts nothing: a message has to fit into a packet of the path's. This is
 * what fits on every Ethernet, with headers and options at their longest;
 * DCCP_SOCKOPT_GET_CUR_MPS says what a connection takes (65459 on loopback).
 */
#define IP_DCCP_LARGEST 1400

/* Rows of a table of hints: what goes wrong with addresses of IP. */
#define IP_ADDRESS_HINTS                                                       \
	{ 0, PROTOCOL_ANY, "bind", EACCES, VERDICT_DENIED,                     \
	  "ports below net.ipv4.ip_unprivileged_port_start need "              \
	  "CAP_NET_BIND_SERVICE: choose a higher one" },                       \
	{ 0, PROTOCOL_ANY, "bind", EADDRNOTAVAIL, VERDICT_NO_DEVICE,           \
	  "no interface that is up has that address: ip link set lo up (for "  \
	  "loopback), or ip addr add ADDRESS dev INTERFACE" },                 \
	{ 0, PROTOCOL_ANY, "bind", EINVAL, VERDICT_BROKEN,                     \
	  "the address cannot be bound; a link-local one needs its interface " \
	  "(fe80::1%eth0)" },                                                  \
	{ 0, PROTOCOL_ANY, NULL, ENETUNREACH, VERDICT_NO_DEVICE,               \
	  "there is no route to that address: ip link set lo up (for "         \
	  "loopback), or ip route add" }

extern const int ip_refusals[];
extern const struct hint ip_hints[];

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
