#include "experiments/packet.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* Packets of others in a row, before it is given up. */
#define STRANGERS_MAX 1000

bool
packet_received(const struct choice *choice)
{
	return choice->row.receive == NULL && !choice->row.unpolled;
}

bool
packet_plain(const struct choice *choice)
{
	const struct cell *cell = &choice->row;

	return packet_received(choice) && cell->transmit == NULL &&
	    cell->wrap == NULL && cell->unwrap == NULL;
}

bool
packet_plain_message(const struct choice *choice)
{
	return packet_plain(choice) &&
	    (choice->row.traits & TRAIT_BOUNDARIES) != 0;
}

bool
packet_plain_stream(const struct choice *choice)
{
	return packet_plain(choice) &&
	    (choice->row.traits & TRAIT_BOUNDARIES) == 0;
}

bool
packet_plain_pointed(const struct choice *choice)
{
	return packet_plain(choice) && (choice->row.unaddressed ||
	    choice->row.shape == SHAPE_CONNECTED ||
	    choice->row.shape == SHAPE_DATAGRAM);
}

int
packet_pair(struct stage *stage, struct side **from, struct side **to)
{
	int error = stage_pair(stage, from, to);

	if (error == 0 && *to == NULL)
		*to = *from;
	return error;
}

static bool
is_addressed(const struct side *side)
{
	const struct cell *cell = &side->choice->row;

	return !cell->unaddressed && cell->shape != SHAPE_CONNECTED;
}

int
packet_point(struct side *side)
{
	return is_addressed(side) ? STAGE_CALL(side, connect, &side->peer) : 0;
}

static bool
is_ours(const struct side *to, size_t length)
{
	const struct envelope envelope = {
		.cell = &to->choice->row,
		.side = to->id,
		.self = &to->self,
		.peer = &to->peer,
		.number = 1,
		.run = to->run,
		.variant = to->choice->variant,
	};
	size_t at = 0;

	return to->choice->row.unwrap(&envelope, to->packet, length, &at) !=
	    -ENOMSG;
}

ssize_t
packet_head(struct stage *stage, struct side *to, size_t length)
{
	bool plain = to->choice->row.unwrap == NULL;

	if (!plain && side_need_packet(to, PACKET_MAX) != 0)
		return -ENOMEM;
	for (int strangers = 0; strangers < STRANGERS_MAX; strangers++) {
		int ready = stage_poll(stage, to, POLLIN, STAGE_SURE_MS);
		ssize_t got;

		if (ready <= 0)
			return ready < 0 ? ready : -ETIMEDOUT;
		if (plain)
			return (ssize_t)length;
		got = STAGE_CALL(to, recv, to->packet, PACKET_MAX,
		    MSG_PEEK | MSG_DONTWAIT);
		if (got < 0 || is_ours(to, (size_t)got))
			return got;
		STAGE_CALL(to, recv, to->packet, PACKET_MAX, MSG_DONTWAIT);
	}
	return -ETIMEDOUT;
}

ssize_t
packet_await(struct stage *stage, struct side *from, struct side *to)
{
	ssize_t sent = stage_send(stage, from, STAGE_MESSAGE,
	    STAGE_MESSAGE_LENGTH, 0);

	return sent < 0 ? sent : packet_head(stage, to, STAGE_MESSAGE_LENGTH);
}

ssize_t
packet_send(struct side *from, const void *data, size_t length, int flags)
{
	if (is_addressed(from))
		return STAGE_CALL(from, sendto, data, length, flags,
		    &from->peer);
	return STAGE_CALL(from, send, data, length, flags);
}

ssize_t
packet_recvmsg(struct side *to, void *data, size_t room, int flags, int *told)
{
	struct iovec vector = { .iov_base = data, .iov_len = room };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
	ssize_t got = STAGE_CALL(to, recvmsg, &message, flags);

	*told = message.msg_flags;
	return got;
}

int
packet_set(struct side *side, int option, int value)
{
	return STAGE_CALL(side, setsockopt, SOL_SOCKET, option, &value,
	    (socklen_t)sizeof(value));
}

long
packet_get(struct side *side, int option)
{
	int value = 0;
	socklen_t length = sizeof(value);
	int error = STAGE_CALL(side, getsockopt, SOL_SOCKET, option, &value,
	    &length);

	return error < 0 ? error : value;
}
