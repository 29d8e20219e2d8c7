/*
 * packet: its addresses (packet_address.c, packet_text.c); its tables are in
 * packet.c.
 */
#ifndef FAMILIES_PACKET_H
#define FAMILIES_PACKET_H

#include <linux/if_packet.h>

#include "family/family.h"

/* The options, by level; ended by constant NULL (packet_options.c). */
extern const struct option_level packet_levels[];

/*
 * The address, or NULL for what is none. It may be shorter than the struct, by
 * what its sll_halen leaves of sll_addr: getsockname() returns it so.
 */
const struct sockaddr_ll *packet_of(const struct endpoint *endpoint);

/* Operations of the family; the text of HOST stands in packet.c. */
int packet_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);
int packet_format(const struct endpoint *endpoint, char *text, size_t room);
int packet_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX]);
int packet_contact(const struct endpoint *asked,
    const struct endpoint *bound, struct endpoint *out);

#endif
