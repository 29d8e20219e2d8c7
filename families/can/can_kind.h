/*
 * can_kind: what the protocols of CAN have in an address behind the interface.
 */
#ifndef FAMILIES_CAN_KIND_H
#define FAMILIES_CAN_KIND_H

#include <net/if.h>

#include "can.h"

/* What stands between the colons of a host, the interface first. */
#define CAN_PARTS 3
struct can_parts {
	size_t count;
	char text[CAN_PARTS][IFNAMSIZ];
};

/* A protocol that has something there; protocol 0, and no operations, ends. */
struct can_kind {
	int protocol;
	long last_port;		/* 0: there are none */
	/*
	 * The server's, from the user's words (parts 1 and 2, where there are
	 * two). Returns 0, or -EINVAL with a sentence in why.
	 */
	int (*parse)(const struct wish *wish, const struct can_parts *parts,
	    struct sockaddr_can *can, char *why, size_t room);
	/* The server's, without a word of the user's. */
	void (*choose)(const struct wish *wish, struct sockaddr_can *can);
	/* From the server's to the client's own. */
	void (*turn)(const struct wish *wish, struct sockaddr_can *can);
};

extern const struct can_kind can_kinds[];

#endif
