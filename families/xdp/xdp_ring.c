#include "xdp_ring.h"

#include "record/calls.h"

int
xdp_ring_map(struct channel *channel, struct xdp_ring *ring, off_t page,
    const struct xdp_ring_offset *offset, size_t size)
{
	size_t whole = (size_t)offset->desc + XDP_RING * size;
	char *memory;
	int error = channel->calls->mmap(channel->recorder, channel->fd, page,
	    whole, &ring->memory);

	if (error != 0) {
		ring->memory = NULL;
		return error;
	}
	memory = ring->memory;
	ring->size = whole;
	ring->producer = (_Atomic uint32_t *)(void *)(memory +
	    offset->producer);
	ring->consumer = (_Atomic uint32_t *)(void *)(memory +
	    offset->consumer);
	ring->entries = memory + offset->desc;
	return 0;
}

void
xdp_ring_unmap(struct channel *channel, struct xdp_ring *ring)
{
	if (ring->memory != NULL)
		channel->calls->munmap(channel->recorder, ring->memory,
		    ring->size);
	ring->memory = NULL;
}

static void *
entry(struct xdp_ring *ring, uint32_t index, size_t size)
{
	return (char *)ring->entries + index % XDP_RING * size;
}

void *
xdp_ring_room(struct xdp_ring *ring, size_t size)
{
	uint32_t producer = atomic_load_explicit(ring->producer,
	    memory_order_relaxed);

	if (producer - atomic_load_explicit(ring->consumer,
	    memory_order_acquire) >= XDP_RING)
		return NULL;
	return entry(ring, producer, size);
}

void
xdp_ring_put(struct xdp_ring *ring)
{
	atomic_fetch_add_explicit(ring->producer, 1, memory_order_release);
}

const void *
xdp_ring_next(struct xdp_ring *ring, size_t size)
{
	uint32_t consumer = atomic_load_explicit(ring->consumer,
	    memory_order_relaxed);

	if (atomic_load_explicit(ring->producer, memory_order_acquire) ==
	    consumer)
		return NULL;
	return entry(ring, consumer, size);
}

void
xdp_ring_drop(struct xdp_ring *ring)
{
	atomic_fetch_add_explicit(ring->consumer, 1, memory_order_release);
}
