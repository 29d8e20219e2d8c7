/* netlink_link: the network interfaces in an answer to RTM_GETLINK. */
#ifndef FAMILIES_NETLINK_LINK_H
#define FAMILIES_NETLINK_LINK_H

#include "family/family.h"

struct netlink_link {
	int index;
	unsigned mtu;
	const char *name, *state;
	const unsigned char *address;
	size_t address_length;
};

/*
 * The next interface of an answer, from the message at *at on. Returns 1; 0 at
 * the end; -EBADMSG for what the kernel does not send. What *link points to
 * lies in the answer.
 */
int netlink_link_next(const struct verification *verification, size_t *at,
    struct netlink_link *link);

#endif
