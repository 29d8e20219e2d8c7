#include "xdp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/calls.h"
#include "xdp_program.h"
#include "xdp_ring.h"

/*
 * A frame has a chunk of the memory to itself: the first half of the chunks are
 * for what is received, the others for what is sent.
 */
#define CHUNK 2048
#define MEMORY (2 * XDP_RING * CHUNK)
#define PAGE 4096

struct xdp {
	unsigned char *memory;
	struct xdp_ring fill, completion, receive, transmit;
	struct xdp_program program;
	uint32_t sent, completed;	/* frames, so far */
	bool queued;	/* a frame is in its ring that no call told of */
	bool bound;
	unsigned tries;	/* of bind(), or to attach the program */
};

/*
 * A queue is another's for a moment after that one was closed, and so is the
 * interface: the kernel takes a link away in the background.
 */
#define TRIES 100

static int
register_memory(struct channel *channel, struct xdp *xdp)
{
	struct xdp_umem_reg memory = { .len = MEMORY, .chunk_size = CHUNK };

	xdp->memory = aligned_alloc(PAGE, MEMORY);
	if (xdp->memory == NULL)
		return -ENOMEM;
	memory.addr = (uint64_t)(uintptr_t)xdp->memory;
	return channel->calls->setsockopt(channel->recorder, channel->fd,
	    SOL_XDP, XDP_UMEM_REG, &memory, sizeof(memory));
}

static int
make_rings(struct channel *channel)
{
	static const int rings[] = { XDP_UMEM_FILL_RING,
		XDP_UMEM_COMPLETION_RING, XDP_RX_RING, XDP_TX_RING };
	const int entries = XDP_RING;
	int error = 0;

	for (size_t i = 0; error == 0 && i < sizeof(rings) / sizeof(rings[0]);
	     i++)
		error = channel->calls->setsockopt(channel->recorder,
		    channel->fd, SOL_XDP, rings[i], &entries,
		    sizeof(entries));
	return error;
}

static int
map_rings(struct channel *channel, struct xdp *xdp)
{
	struct xdp_mmap_offsets offsets;
	socklen_t length = sizeof(offsets);
	int error = channel->calls->getsockopt(channel->recorder, channel->fd,
	    SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length);

	if (error != 0)
		return error;
	if (length != sizeof(offsets)) {
		snprintf(channel->why, sizeof(channel->why),
		    "the rings are those of a kernel before Linux 5.4");
		return -EOPNOTSUPP;
	}
	error = xdp_ring_map(channel, &xdp->fill,
	    (off_t)XDP_UMEM_PGOFF_FILL_RING, &offsets.fr, sizeof(uint64_t));
	if (error == 0)
		error = xdp_ring_map(channel, &xdp->completion,
		    (off_t)XDP_UMEM_PGOFF_COMPLETION_RING, &offsets.cr,
		    sizeof(uint64_t));
	if (error == 0)
		error = xdp_ring_map(channel, &xdp->receive,
		    XDP_PGOFF_RX_RING, &offsets.rx, sizeof(struct xdp_desc));
	if (error == 0)
		error = xdp_ring_map(channel, &xdp->transmit,
		    XDP_PGOFF_TX_RING, &offsets.tx, sizeof(struct xdp_desc));
	return error;
}

/* Gives the kernel a chunk for a frame that will come. */
static void
give(struct xdp *xdp, uint64_t address)
{
	uint64_t *room = xdp_ring_room(&xdp->fill, sizeof(*room));

	/* It has room for all of them. */
	if (room == NULL)
		return;
	*room = address;
	xdp_ring_put(&xdp->fill);
}

/* Has the kernel look into the ring of frames to be sent. */
static int
kick(struct channel *channel)
{
	ssize_t result = channel->calls->send(channel->recorder, channel->fd,
	    "", 0, MSG_DONTWAIT);

	return result < 0 ? (int)result : 0;
}

static int
begin(struct channel *channel)
{
	struct xdp *xdp = calloc(1, sizeof(*xdp));
	int error;

	channel->state = xdp;
	if (xdp == NULL)
		return -ENOMEM;
	xdp->program = (struct xdp_program){ -1, -1, -1 };
	error = register_memory(channel, xdp);
	if (error == 0)
		error = make_rings(channel);
	if (error == 0)
		error = map_rings(channel, xdp);
	for (uint64_t i = 0; error == 0 && i < XDP_RING; i++)
		give(xdp, i * CHUNK);
	return error;
}

int
xdp_prepare(struct channel *channel)
{
	const struct sockaddr_xdp *self = xdp_of(channel->self);
	struct xdp *xdp;
	int error = 0;

	if (self == NULL)
		return -EINVAL;
	if (channel->state == NULL)
		error = begin(channel);
	if (error != 0)
		return error;
	xdp = channel->state;
	if (!xdp->bound)
		error = channel->calls->bind(channel->recorder, channel->fd,
		    channel->self);
	xdp->bound = error == 0;
	if (error == 0)
		error = xdp_program_attach(channel, &xdp->program,
		    self->sxdp_ifindex, self->sxdp_queue_id);
	if (error == -EBUSY && ++xdp->tries < TRIES)
		return -EAGAIN;
	/* It tells that the interface is down; poll() does not. */
	return error != 0 ? error : kick(channel);
}

/* Puts a frame into the ring; false where all chunks are on their way. */
static bool
enqueue(struct xdp *xdp, const void *packet, size_t length)
{
	uint64_t address = (XDP_RING + xdp->sent % XDP_RING) * CHUNK;
	struct xdp_desc *room;

	while (xdp_ring_next(&xdp->completion, sizeof(uint64_t)) != NULL) {
		xdp_ring_drop(&xdp->completion);
		xdp->completed++;
	}
	room = xdp_ring_room(&xdp->transmit, sizeof(*room));
	if (room == NULL || xdp->sent - xdp->completed >= XDP_RING)
		return false;
	memcpy(xdp->memory + address, packet, length);
	*room = (struct xdp_desc){ .addr = address, .len = (uint32_t)length };
	xdp_ring_put(&xdp->transmit);
	xdp->sent++;
	return true;
}

ssize_t
xdp_transmit(struct channel *channel, const void *packet, size_t length)
{
	struct xdp *xdp = channel->state;
	int error;

	if (length > CHUNK)
		return -EMSGSIZE;
	if (!xdp->queued)
		xdp->queued = enqueue(xdp, packet, length);
	error = kick(channel);
	if (error == -EBUSY || error == -ENOBUFS || !xdp->queued)
		return -EAGAIN;
	if (error != 0)
		return error;
	xdp->queued = false;
	return (ssize_t)length;
}

ssize_t
xdp_receive(struct channel *channel, void *packet, size_t room)
{
	struct xdp *xdp = channel->state;
	const struct xdp_desc *next = xdp_ring_next(&xdp->receive,
	    sizeof(*next));
	struct xdp_desc frame;

	if (next == NULL)
		return -EAGAIN;
	frame = *next;
	xdp_ring_drop(&xdp->receive);
	if (frame.addr >= MEMORY || frame.len > MEMORY - frame.addr)
		return -EBADMSG;
	if (frame.len < room)
		room = frame.len;
	memcpy(packet, xdp->memory + frame.addr, room);
	give(xdp, frame.addr - frame.addr % CHUNK);
	return (ssize_t)room;
}

void
xdp_finish(struct channel *channel)
{
	struct xdp *xdp = channel->state;

	if (xdp == NULL)
		return;
	/* First, lest a frame comes into memory that is gone. */
	xdp_program_detach(channel, &xdp->program);
	xdp_ring_unmap(channel, &xdp->transmit);
	xdp_ring_unmap(channel, &xdp->receive);
	xdp_ring_unmap(channel, &xdp->completion);
	xdp_ring_unmap(channel, &xdp->fill);
	free(xdp->memory);
	free(xdp);
	channel->state = NULL;
}
