/* The steps of a side that move data: bytes on a connection, and packets. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "drive/step.h"

/* Room for a packet: at least, and where neither side nor cell says more. */
#define PACKET_ROOM_LEAST 1024u
#define PACKET_ROOM_UNKNOWN (256u * 1024)

/* More packets in a row that take nothing of the message are a mistake. */
#define IDLE_PACKETS 16

int
side_sendall(struct side *side, const void *bytes, size_t length)
{
	const struct cell *cell = &side->choice->row;
	const unsigned char *next = bytes;
	size_t left = length;
	uint64_t end = step_end(side->timeout_ns);

	do {
		int error = side_wait(side, side->fd, POLLOUT,
		    step_left(end));
		ssize_t sent;

		if (error == -ETIMEDOUT)
			return step_timeout(side, CALL_SEND, side->timeout_ns,
			    "the peer took nothing");
		if (error != 0)
			return error;
		sent = side->calls->send(&side->recorder, side->fd, next, left,
		    cell->send_flags);
		if (step_again(side, sent))
			continue;
		if (sent < 0)
			return step_fail(side, CALL_SEND, sent);
		if ((size_t)sent < left && (cell->traits & TRAIT_BOUNDARIES))
			return side_fail(side, CALL_SEND, 0,
			    "%zd of a message of %zu bytes were sent", sent,
			    left);
		next += sent;
		left -= (size_t)sent;
		end = step_end(side->timeout_ns);
		if (sent == 0)
			break;
	} while (left != 0);
	return 0;
}

ssize_t
side_receive(struct side *side, void *bytes, size_t room, int64_t timeout_ns)
{
	uint64_t end = step_end(timeout_ns);

	for (;;) {
		int error = side_wait(side, side->fd, POLLIN, step_left(end));
		ssize_t received;

		if (error == -ETIMEDOUT)
			return step_timeout(side, CALL_RECV, timeout_ns,
			    "nothing came");
		if (error != 0)
			return error;
		received = side->calls->recv(&side->recorder, side->fd, bytes,
		    room, 0);
		if (step_again(side, received))
			continue;
		if (received < 0)
			return step_fail(side, CALL_RECV, received);
		return received;
	}
}

int
side_need_packet(struct side *side, size_t room)
{
	unsigned char *packet;

	if (side->packet_room >= room)
		return 0;
	packet = realloc(side->packet, room);
	if (packet == NULL)
		return -ENOMEM;
	side->packet = packet;
	side->packet_room = room;
	return 0;
}

static size_t
receive_room(const struct side *side)
{
	const struct limit *limit = &side->choice->row.largest;
	size_t room = PACKET_ROOM_UNKNOWN;

	if (side->expects != 0)
		room = (size_t)side->expects + ENVELOPE_MAX;
	else if (limit->kind == LIMIT_BYTES)
		room = limit->bytes + ENVELOPE_MAX;
	return room > PACKET_ROOM_LEAST ? room : PACKET_ROOM_LEAST;
}

static struct envelope
envelope_of(const struct side *side, uint64_t number,
    const struct endpoint *peer)
{
	return (struct envelope){
		.cell = &side->choice->row,
		.side = side->id,
		.self = &side->self,
		.peer = peer,
		.number = number,
		.run = side->run,
	};
}

/* Sends one packet as it is. */
static int
send_packet(struct side *side, const void *packet, size_t length,
    const struct endpoint *to)
{
	uint64_t end = step_end(side->timeout_ns);

	for (;;) {
		int error = side_wait(side, side->fd, POLLOUT,
		    step_left(end));
		ssize_t sent;

		if (error == -ETIMEDOUT)
			return step_timeout(side, CALL_SENDTO,
			    side->timeout_ns, "the peer took nothing");
		if (error != 0)
			return error;
		sent = side->calls->sendto(&side->recorder, side->fd, packet,
		    length, side->choice->row.send_flags, to);
		if (step_again(side, sent))
			continue;
		if (sent < 0)
			return step_fail(side, CALL_SENDTO, sent);
		if ((size_t)sent != length)
			return side_fail(side, CALL_SENDTO, 0,
			    "%zd of a message of %zu bytes were sent", sent,
			    length);
		return 0;
	}
}

int
side_sendto(struct side *side, const void *bytes, size_t length,
    uint64_t number, const struct endpoint *to)
{
	const struct cell *cell = &side->choice->row;
	struct envelope envelope = envelope_of(side, number, to);
	const unsigned char *next = bytes;
	size_t left = length;
	int idle = 0;

	if (cell->wrap == NULL)
		return send_packet(side, bytes, length, to);
	if (side_need_packet(side, length + ENVELOPE_MAX) != 0)
		return side_fail(side, CALL_SENDTO, ENOMEM, "%s", "");
	do {
		size_t taken = 0;
		ssize_t packed = cell->wrap(&envelope, next, left, &taken,
		    side->packet, side->packet_room);
		int error;

		idle = taken != 0 || left == 0 ? 0 : idle + 1;
		if (packed >= 0 && idle > IDLE_PACKETS)
			packed = -EPROTO;
		if (packed < 0)
			return step_fail(side, CALL_SENDTO, packed);
		error = send_packet(side, side->packet, (size_t)packed, to);
		if (error != 0)
			return error;
		next += taken;
		left -= taken;
	} while (left != 0);
	return 0;
}

ssize_t
side_recvfrom(struct side *side, const void **bytes, uint64_t number,
    struct endpoint *from, int64_t timeout_ns)
{
	const struct cell *cell = &side->choice->row;
	uint64_t end = step_end(timeout_ns);

	if (side_need_packet(side, receive_room(side)) != 0)
		return side_fail(side, CALL_RECVFROM, ENOMEM, "%s", "");
	for (;;) {
		int error = side_wait(side, side->fd, POLLIN, step_left(end));
		struct envelope envelope;
		ssize_t received;
		size_t at = 0;

		if (error != 0)
			return error;
		received = side->calls->recvfrom(&side->recorder, side->fd,
		    side->packet, receive_room(side), 0, from);
		if (step_again(side, received))
			continue;
		if (received < 0)
			return step_fail(side, CALL_RECVFROM, received);
		envelope = envelope_of(side, number, from);
		if (cell->unwrap != NULL)
			received = cell->unwrap(&envelope, side->packet,
			    (size_t)received, &at);
		*bytes = side->packet + at;
		if (received >= 0)
			return received;
		if (received != -ENOMSG)
			return step_fail(side, CALL_RECVFROM, received);
		side->ignored++;
	}
}

int
side_largest(struct side *side, uint64_t *largest)
{
	const struct limit *limit = &side->choice->row.largest;
	int buffer = 0;
	socklen_t length = sizeof(buffer);
	int error;

	*largest = limit->kind == LIMIT_BYTES ? limit->bytes : SIZE_UNSET;
	if (limit->kind != LIMIT_SEND_BUFFER)
		return 0;
	error = side->calls->getsockopt(&side->recorder,
	    side->fd >= 0 ? side->fd : side->listener, SOL_SOCKET, SO_SNDBUF,
	    &buffer, &length);
	if (error != 0)
		return step_fail(side, CALL_GETSOCKOPT, error);
	*largest = (uint64_t)buffer > limit->bytes
	    ? (uint64_t)buffer - limit->bytes : 0;
	return 0;
}
