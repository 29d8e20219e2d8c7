/*
 * xdp_ring: the rings of an AF_XDP socket, in memory that the kernel shares
 * (the kernel's documentation: networking, af_xdp). One side puts entries in at
 * the producer's index, the other takes them out at the consumer's.
 */
#ifndef FAMILIES_XDP_RING_H
#define FAMILIES_XDP_RING_H

#include <linux/if_xdp.h>
#include <stdatomic.h>
#include <stdint.h>

#include "family/family.h"

/* Entries of each ring, a power of two. */
#define XDP_RING 64

struct xdp_ring {
	void *memory;		/* NULL: not mapped */
	size_t size;
	_Atomic uint32_t *producer, *consumer;
	void *entries;
};

/*
 * Maps the ring that begins at `page`: its indices and entries, each of `size`
 * bytes, lie where `offset` says. Returns 0 or a negative errno.
 */
int xdp_ring_map(struct channel *channel, struct xdp_ring *ring, off_t page,
    const struct xdp_ring_offset *offset, size_t size);
void xdp_ring_unmap(struct channel *channel, struct xdp_ring *ring);

/*
 * As the producer: the entry to be filled in, or NULL where the ring is full;
 * it is the other's with xdp_ring_put().
 */
void *xdp_ring_room(struct xdp_ring *ring, size_t size);
void xdp_ring_put(struct xdp_ring *ring);

/*
 * As the consumer: the next entry, or NULL where the ring is empty; it is the
 * other's again with xdp_ring_drop().
 */
const void *xdp_ring_next(struct xdp_ring *ring, size_t size);
void xdp_ring_drop(struct xdp_ring *ring);

#endif
