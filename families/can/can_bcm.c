/* CAN: the broadcast manager, which messages tell what to do (can.rst). */
#include <errno.h>
#include <linux/can/bcm.h>
#include <string.h>

#include "can.h"
#include "record/calls.h"

#define HEAD sizeof(struct bcm_msg_head)

ssize_t
can_bcm_wrap(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	struct bcm_msg_head head;
	ssize_t wrapped;

	*taken = 0;
	if (room < HEAD)
		return -EMSGSIZE;
	wrapped = can_raw_wrap(envelope, payload, length, taken,
	    (unsigned char *)packet + HEAD, room - HEAD);
	if (wrapped < 0)
		return wrapped;
	/* Its padding, too. */
	memset(&head, 0, HEAD);
	head.opcode = TX_SEND;
	head.nframes = 1;
	memcpy(packet, &head, HEAD);
	return (ssize_t)HEAD + wrapped;
}

/* What else the broadcast manager tells is not asked for here. */
static bool
is_received_frame(const void *packet, size_t length)
{
	struct bcm_msg_head head;

	if (length < HEAD)
		return false;
	memcpy(&head, packet, HEAD);
	return head.opcode == RX_CHANGED && head.nframes == 1;
}

ssize_t
can_bcm_unwrap(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	ssize_t found;

	*at = 0;
	if (!is_received_frame(packet, length))
		return -ENOMSG;
	found = can_raw_unwrap(envelope, (const unsigned char *)packet + HEAD,
	    length - HEAD, at);
	*at += HEAD;
	return found;
}

unsigned
can_bcm_part(const struct envelope *envelope, const void *packet,
    size_t length)
{
	if (!is_received_frame(packet, length))
		return PART_WHOLE;
	return can_raw_part(envelope, (const unsigned char *)packet + HEAD,
	    length - HEAD);
}

/* Subscribes to every id that the peer may send. */
int
can_bcm_prepare(struct channel *channel)
{
	enum side_id peer = channel->side == SIDE_CLIENT ? SIDE_SERVER
							 : SIDE_CLIENT;

	for (unsigned parts = 0; parts <= PART_WHOLE; parts++) {
		struct bcm_msg_head head;
		ssize_t sent;

		memset(&head, 0, HEAD);
		head.opcode = RX_SETUP;
		head.flags = RX_FILTER_ID;
		head.can_id = can_raw_id(peer, channel->run, parts);
		sent = channel->calls->send(channel->recorder, channel->fd,
		    &head, HEAD, channel->cell->send_flags);
		if (sent < 0)
			return (int)sent;
	}
	return 0;
}
