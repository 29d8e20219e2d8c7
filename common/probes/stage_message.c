/* Messages on the stage: one packet a call, in the cell's envelope. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "drive/step.h"
#include "probes/stage.h"

/* The most that is received at once. */
#define PACKET_ROOM (256u * 1024)

/* Packets of others in a row, before it is given up. */
#define STRANGERS_MAX 1000

static struct envelope
envelope_of(const struct side *side)
{
	return (struct envelope){
		.cell = &side->choice->row,
		.side = side->id,
		.self = &side->self,
		.peer = &side->peer,
		.number = 1,
		.run = side->run,
		.variant = side->choice->variant,
	};
}

static ssize_t
transmit(const struct stage *stage, struct side *from, const void *packet,
    size_t length, int flags)
{
	const struct cell *cell = &stage->choice->row;

	flags = stage_flags(stage, flags);
	if (cell->transmit != NULL)
		return cell->transmit(&from->channel, packet, length);
	if (cell->unaddressed || cell->shape == SHAPE_CONNECTED)
		return STAGE_CALL(from, send, packet, length, flags);
	return STAGE_CALL(from, sendto, packet, length, flags, &from->peer);
}

ssize_t
stage_pack(const struct stage *stage, struct side *side, const void *data,
    size_t length)
{
	const struct cell *cell = &stage->choice->row;
	struct envelope envelope = envelope_of(side);
	size_t taken = 0;
	ssize_t packed;

	if (side_need_packet(side, length + ENVELOPE_MAX) != 0)
		return -ENOMEM;
	if (cell->wrap == NULL) {
		memcpy(side->packet, data, length);
		return (ssize_t)length;
	}
	packed = cell->wrap(&envelope, data, length, &taken, side->packet,
	    side->packet_room);
	return packed >= 0 && taken != length ? -EMSGSIZE : packed;
}

ssize_t
stage_send(struct stage *stage, struct side *from, const void *data,
    size_t length, int flags)
{
	ssize_t packed;
	ssize_t sent;

	if (stage->choice->row.wrap == NULL)
		return transmit(stage, from, data, length, flags);
	packed = stage_pack(stage, from, data, length);
	if (packed < 0)
		return packed;
	sent = transmit(stage, from, from->packet, (size_t)packed, flags);
	return sent == packed ? (ssize_t)length : sent < 0 ? sent : -EIO;
}

static ssize_t
receive(const struct stage *stage, struct side *to, int flags)
{
	const struct cell *cell = &stage->choice->row;

	if (cell->receive != NULL)
		return cell->receive(&to->channel, to->packet, PACKET_ROOM);
	if (cell->unaddressed || cell->shape == SHAPE_CONNECTED)
		return STAGE_CALL(to, recv, to->packet, PACKET_ROOM, flags);
	return STAGE_CALL(to, recvfrom, to->packet, PACKET_ROOM, flags,
	    &to->peer);
}

/*
 * What is left of a wait, and never so little that poll() is not asked: on
 * a busy machine the time may have passed before.
 */
static int64_t
at_least_once(uint64_t end)
{
	int64_t left = step_left(end);

	return left > 0 ? left : 1;
}

ssize_t
stage_receive(struct stage *stage, struct side *to, void *data, size_t room,
    int flags, int ms)
{
	const struct cell *cell = &stage->choice->row;
	struct envelope envelope = envelope_of(to);
	/* A time-out of 0 would be none. */
	uint64_t end = step_end((int64_t)(ms > 0 ? ms : 1) * 1000000);

	/* A stream is received into the room that there is. */
	if (cell->unwrap == NULL && cell->receive == NULL &&
	    (cell->traits & TRAIT_BOUNDARIES) == 0)
		return side_wait(to, to->fd, POLLIN, at_least_once(end)) != 0
		    ? -ETIMEDOUT : STAGE_CALL(to, recv, data, room, flags);
	if (side_need_packet(to, PACKET_ROOM) != 0)
		return -ENOMEM;
	for (int strangers = 0; strangers < STRANGERS_MAX; strangers++) {
		ssize_t got;
		size_t at = 0;

		if (!cell->unpolled && side_wait(to, to->fd, POLLIN,
			strangers == 0 ? at_least_once(end)
				       : step_left(end)) != 0)
			return -ETIMEDOUT;
		got = receive(stage, to, flags);
		if (got > 0 && cell->unwrap != NULL)
			got = cell->unwrap(&envelope, to->packet, (size_t)got,
			    &at);
		if (got == -ENOMSG)
			continue;
		if (got > 0)
			memcpy(data, to->packet + at,
			    (size_t)got < room ? (size_t)got : room);
		return got;
	}
	return -ETIMEDOUT;
}

int
stage_poll(struct stage *stage, struct side *side, short events, int ms)
{
	struct pollfd polled = { .fd = side->fd, .events = events };
	int ready;

	(void)stage;
	do {
		ready = side->calls->poll(&side->recorder, &polled, 1, ms);
	} while (ready == -EINTR);
	return ready < 0 ? ready : polled.revents;
}

const char *
stage_poll_words(int revents, char *text, size_t room)
{
	static const struct {
		short bit;
		const char *name;
	} names[] = {
		{ POLLIN, "POLLIN" }, { POLLPRI, "POLLPRI" },
		{ POLLOUT, "POLLOUT" }, { POLLRDHUP, "POLLRDHUP" },
		{ POLLERR, "POLLERR" }, { POLLHUP, "POLLHUP" },
		{ POLLNVAL, "POLLNVAL" },
	};

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((revents & names[i].bit) == 0)
			continue;
		if (text[0] != '\0')
			strlcat(text, "|", room);
		strlcat(text, names[i].name, room);
	}
	if (text[0] == '\0')
		strlcpy(text, "none", room);
	return text;
}

size_t
stage_flood(struct stage *stage, struct side *from, size_t length,
    size_t most, int *error)
{
	char *message = calloc(1, length != 0 ? length : 1);
	size_t sent = 0;

	*error = message != NULL ? 0 : -ENOMEM;
	while (*error == 0 && sent < most) {
		ssize_t result = stage_send(stage, from, message, length,
		    MSG_DONTWAIT);

		if (result == (ssize_t)length)
			sent++;
		else
			*error = result < 0 ? (int)result : -EAGAIN;
	}
	free(message);
	return sent;
}
