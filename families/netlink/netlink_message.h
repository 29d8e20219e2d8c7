/*
 * netlink_message: messages and attributes of netlink(7), read from bytes that
 * may be cut short or say anything; and the operations that netlink's cells
 * have in common, whichever part of the kernel they ask.
 */
#ifndef FAMILIES_NETLINK_MESSAGE_H
#define FAMILIES_NETLINK_MESSAGE_H

#include <stdint.h>

#include "family/family.h"

struct netlink_message {
	uint16_t type, flags;
	uint32_t sequence, port;
	const unsigned char *body;
	size_t length;		/* of the body */
};

struct netlink_attribute {
	uint16_t type;
	const unsigned char *value;
	size_t length;
};

/*
 * The message at *at, which then is where the next one begins. Returns 1; 0 at
 * the end; -EBADMSG for a length that is none, or leads out of the bytes.
 */
int netlink_message_next(const void *bytes, size_t length, size_t *at,
    struct netlink_message *message);

/* The same of attributes: `bytes` is what stands behind the family's header. */
int netlink_attribute_next(const void *bytes, size_t length, size_t *at,
    struct netlink_attribute *attribute);

/* Whether the value is a text: it ends with its only NUL, within `room`. */
bool netlink_is_text(const struct netlink_attribute *attribute, size_t room);

/*
 * wrap(): a request for everything (NLM_F_DUMP) of that type, with a header of
 * `size` bytes behind the message's own. The message's number is its sequence
 * number; the payload stays here.
 */
ssize_t netlink_ask(const struct envelope *envelope, uint16_t type,
    const void *header, size_t size, void *packet, size_t room);

/*
 * Operations of cells that ask. unwrap() takes the kernel's answers to the
 * message of that number, all of the packet; where the kernel says that it
 * failed, it is that errno. A part that ends is the last of an answer.
 */
ssize_t netlink_unwrap(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at);
unsigned netlink_part(const struct envelope *envelope, const void *packet,
    size_t length);

/* Operations of the cells: netlink_route.c, netlink_generic.c. */
ssize_t netlink_route_wrap(const struct envelope *envelope,
    const void *payload, size_t length, size_t *taken, void *packet,
    size_t room);
int netlink_route_verify(struct verification *verification);
ssize_t netlink_generic_wrap(const struct envelope *envelope,
    const void *payload, size_t length, size_t *taken, void *packet,
    size_t room);
int netlink_generic_verify(struct verification *verification);

#endif
