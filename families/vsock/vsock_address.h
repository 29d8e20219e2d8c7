/*
 * vsock_address: addresses of AF_VSOCK (struct sockaddr_vm, vsock(7)). The
 * operations are those of a family (family.h).
 *
 * Address text: HOST is a context ID (CID), a number or a word: 1 or local,
 * 2 or host, 0 or hypervisor, and for a server any, which is every CID that the
 * machine has. The port has 32 bits: 0 asks for any that is free, and so does
 * 4294967295, which is how the kernel writes that. Printed as 1:12345.
 */
#ifndef FAMILIES_VSOCK_ADDRESS_H
#define FAMILIES_VSOCK_ADDRESS_H

#include "family/family.h"

/*
 * Without the loopback transport a connection to CID 1 does not fail: it leaves
 * the machine, to the hypervisor, and no network namespace holds it back. But
 * bind() to CID 1 fails then. So whoever is to contact CID 1 is given that CID
 * for a socket of its own, too, with any port, and bind() ends it before it
 * could connect. A client of another CID, which is a person's to give, binds to
 * nothing.
 */
int vsock_address_choose(const struct wish *wish, struct endpoint *out,
    char *why, size_t room);

int vsock_address_format(const struct endpoint *endpoint, char *text,
    size_t room);
int vsock_address_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX]);

/*
 * -EADDRNOTAVAIL for a server with every CID, and never CID 1 instead: nobody
 * has bound that one.
 */
int vsock_address_contact(const struct endpoint *asked,
    const struct endpoint *bound, struct endpoint *out);

#endif
