/*
 * xdp: what its cell does (xdp_socket.c); its tables and addresses are in
 * xdp.c.
 */
#ifndef FAMILIES_XDP_H
#define FAMILIES_XDP_H

#include <linux/if_xdp.h>

#include "family/family.h"

/* Newer than the C library of some systems. */
#ifndef SOL_XDP
#define SOL_XDP 283
#endif

/* The options, by level; ended by constant NULL (xdp_options.c). */
extern const struct option_level xdp_levels[];

/* The address, or NULL for what is none. */
const struct sockaddr_xdp *xdp_of(const struct endpoint *endpoint);

/*
 * prepare: registers memory for frames and maps the four rings to it, binds the
 * socket to its queue, attaches the program that hands frames to it. Called
 * again while the queue or the interface is another's, up to a limit.
 * transmit: puts a frame into its ring, and has the kernel look (send() of
 * nothing). receive: takes one out of the other ring, which is no call.
 * finish: detaches and unmaps all, and frees the memory.
 */
int xdp_prepare(struct channel *channel);
ssize_t xdp_transmit(struct channel *channel, const void *packet,
    size_t length);
ssize_t xdp_receive(struct channel *channel, void *packet, size_t room);
void xdp_finish(struct channel *channel);

#endif
