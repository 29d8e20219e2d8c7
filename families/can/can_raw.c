#include "can.h"

#include <errno.h>
#include <linux/can/raw.h>
#include <string.h>

#include "record/calls.h"

#define BOTH_SIDES (1u << SIDE_CLIENT | 1u << SIDE_SERVER)

/* Id, length and flags; they lie the same in both kinds of frame (can.rst). */
#define HEADER offsetof(struct canfd_frame, data)

static const int on = 1;

static const struct setting fd_frames[] = {
	{ BOTH_SIDES, false, SOL_CAN_RAW, CAN_RAW_FD_FRAMES, &on, sizeof(on) },
	{ .sides = 0 },
};

const struct variant can_raw_variants[] = {
	[CAN_CLASSIC] = { .name = "classic" },
	[CAN_FD] = { .name = "fd", .settings = fd_frames },
	{ .name = NULL },
};

canid_t
can_raw_id(enum side_id sender, unsigned run, unsigned parts)
{
	canid_t id = CAN_EFF_FLAG | CAN_ID_OURS | (run & CAN_ID_NUMBER);

	if (sender == SIDE_SERVER)
		id |= CAN_ID_SERVER;
	if ((parts & PART_BEGINS) != 0)
		id |= CAN_ID_BEGINS;
	if ((parts & PART_ENDS) != 0)
		id |= CAN_ID_ENDS;
	return id;
}

static bool
is_ours(canid_t id)
{
	return (id & CAN_EFF_FLAG) != 0 && (id & CAN_ID_OURS) != 0;
}

static enum side_id
other(enum side_id side)
{
	return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

/* The lengths that a frame can have: above 8, only these (ISO 11898-1). */
static size_t
longest_that_fits(size_t length, size_t most)
{
	static const size_t lengths[] = { 64, 48, 32, 24, 20, 16, 12, 8 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		if (lengths[i] <= length && lengths[i] <= most)
			return lengths[i];
	return length;
}

/* A frame with as much of the payload as one of that size (its MTU) holds. */
static ssize_t
wrap_frame(const struct envelope *envelope, size_t mtu, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	size_t most = mtu == CANFD_MTU ? CANFD_MAX_DLEN : CAN_MAX_DLEN;
	struct canfd_frame frame = { .flags = 0 };
	unsigned parts = 0;

	*taken = longest_that_fits(length, most);
	if (mtu > room)
		return -EMSGSIZE;
	if (envelope->offset == 0)
		parts |= PART_BEGINS;
	if (*taken == length)
		parts |= PART_ENDS;
	frame.can_id = can_raw_id(envelope->side, envelope->run, parts);
	frame.len = (__u8)*taken;
	if (*taken != 0)
		memcpy(frame.data, payload, *taken);
	memcpy(packet, &frame, mtu);
	return (ssize_t)mtu;
}

ssize_t
can_raw_wrap(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	bool fd = envelope->variant == &can_raw_variants[CAN_FD];

	return wrap_frame(envelope, fd ? CANFD_MTU : CAN_MTU, payload, length,
	    taken, packet, room);
}

/* The header of a frame with data; false where it is none. */
static bool
read_header(const void *packet, size_t length, struct canfd_frame *frame)
{
	if (length != CAN_MTU && length != CANFD_MTU)
		return false;
	memcpy(frame, packet, HEADER);
	if ((frame->can_id & (CAN_RTR_FLAG | CAN_ERR_FLAG)) != 0)
		return false;
	return frame->len <= length - HEADER;
}

/* Who may talk to whom: see can.h. */
static bool
is_for_us(const struct envelope *envelope, canid_t id)
{
	canid_t parts = CAN_ID_BEGINS | CAN_ID_ENDS;

	if (is_ours(id))
		return (id & ~parts) ==
		    can_raw_id(other(envelope->side), envelope->run, 0);
	return envelope->side == SIDE_SERVER && envelope->run == 0;
}

ssize_t
can_raw_unwrap(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	struct canfd_frame frame;

	*at = HEADER;
	if (!read_header(packet, length, &frame) ||
	    !is_for_us(envelope, frame.can_id))
		return -ENOMSG;
	return frame.len;
}

unsigned
can_raw_part(const struct envelope *envelope, const void *packet,
    size_t length)
{
	struct canfd_frame frame;
	unsigned parts = 0;

	(void)envelope;
	if (!read_header(packet, length, &frame) || !is_ours(frame.can_id))
		return PART_WHOLE;
	if ((frame.can_id & CAN_ID_BEGINS) != 0)
		parts |= PART_BEGINS;
	if ((frame.can_id & CAN_ID_ENDS) != 0)
		parts |= PART_ENDS;
	return parts;
}

int
can_raw_prepare(struct channel *channel)
{
	const struct can_filter filter = {
		.can_id = can_raw_id(other(channel->side), channel->run, 0),
		/* Any part of a message, and no remote requests. */
		.can_mask = CAN_EFF_FLAG | CAN_RTR_FLAG |
		    (CAN_EFF_MASK & ~(CAN_ID_BEGINS | CAN_ID_ENDS)),
	};

	/* A server that was started apart answers everybody. */
	if (channel->side == SIDE_SERVER && channel->run == 0)
		return 0;
	return channel->calls->setsockopt(channel->recorder, channel->fd,
	    SOL_CAN_RAW, CAN_RAW_FILTER, &filter, sizeof(filter));
}

ssize_t
can_raw_transmit(struct channel *channel, const void *packet, size_t length)
{
	ssize_t sent = channel->calls->send(channel->recorder, channel->fd,
	    packet, length, channel->cell->send_flags);

	/* A short queue before the bus was full, which poll() does not tell. */
	return sent == -ENOBUFS ? -EAGAIN : sent;
}
