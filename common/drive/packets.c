/*
 * The steps of a side that move packets: a message in one, or in as many as the
 * cell makes of it.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "drive/step.h"
#include "family/resolve.h"

/* Room for a packet: at least, and where neither side nor cell says more. */
#define PACKET_ROOM_LEAST 1024u
#define PACKET_ROOM_UNKNOWN (256u * 1024)

/* A message that is put together may grow so long, or as is expected. */
#define MESSAGE_MOST (1024u * 1024)

/* More packets in a row that take nothing of the message are a mistake. */
#define IDLE_PACKETS 16

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

	if (side->choice->row.receive_room != 0)
		room = side->choice->row.receive_room;
	else if (side->expects != 0)
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
		.variant = side->choice->variant,
	};
}

/* Waits as side_wait() does, where poll() tells something of this cell. */
static int
await_ready(const struct side *side, short events, uint64_t end)
{
	int error;

	if (!side->choice->row.unpolled)
		return side_wait(side, side->fd, events, step_left(end));
	if (step_left(end) < 0)
		return -ETIMEDOUT;
	/* No more than a look whether it should end. */
	error = side_wait(side, -1, 0, 1);
	return error == -ETIMEDOUT ? 0 : error;
}

enum call
step_sending_call(const struct side *side)
{
	const struct cell *cell = &side->choice->row;

	if (side->sent_with != CALL_COUNT)
		return side->sent_with;
	return cell->unaddressed || cell->shape == SHAPE_CONNECTED
	    ? CALL_SEND : CALL_SENDTO;
}

enum call
step_receiving_call(const struct side *side)
{
	const struct cell *cell = &side->choice->row;

	if (side->received_with != CALL_COUNT)
		return side->received_with;
	return cell->unaddressed || cell->shape == SHAPE_CONNECTED
	    ? CALL_RECV : CALL_RECVFROM;
}

static ssize_t
transmit(struct side *side, const void *packet, size_t length,
    const struct endpoint *to)
{
	const struct cell *cell = &side->choice->row;
	ssize_t sent;

	if (cell->transmit != NULL) {
		sent = cell->transmit(&side->channel, packet, length);
		side->sent_with = side->recorder.last;
		return sent;
	}
	if (cell->unaddressed)
		return side->calls->send(&side->recorder, side->fd, packet,
		    length, cell->send_flags);
	return side->calls->sendto(&side->recorder, side->fd, packet, length,
	    cell->send_flags, to);
}

static ssize_t
receive(struct side *side, size_t room, struct endpoint *from)
{
	const struct cell *cell = &side->choice->row;
	ssize_t received;

	from->length = 0;
	if (cell->receive != NULL) {
		received = cell->receive(&side->channel, side->packet, room);
		side->received_with = side->recorder.last;
		return received;
	}
	if (cell->unaddressed)
		return side->calls->recv(&side->recorder, side->fd,
		    side->packet, room, 0);
	return side->calls->recvfrom(&side->recorder, side->fd, side->packet,
	    room, 0, from);
}

/* Sends one packet as it is. */
static int
send_packet(struct side *side, const void *packet, size_t length,
    const struct endpoint *to)
{
	uint64_t end = step_end(side->timeout_ns);

	for (;;) {
		int error = await_ready(side, POLLOUT, end);
		ssize_t sent;

		if (error == -ETIMEDOUT)
			return step_timeout(side, step_sending_call(side),
			    side->timeout_ns, "the peer took nothing");
		if (error != 0)
			return error;
		sent = transmit(side, packet, length, to);
		if (step_again(side, sent))
			continue;
		if (sent < 0)
			return side_fail(side, step_sending_call(side), (int)-sent,
			    "%s", side->channel.why);
		if ((size_t)sent != length)
			return side_fail(side, step_sending_call(side), 0,
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

	/* What was left of the answer to another question is none to this. */
	if (cell->shape == SHAPE_KERNEL)
		side->message_begun = false;
	if (cell->wrap == NULL)
		return send_packet(side, bytes, length, to);
	if (side_need_packet(side, length + ENVELOPE_MAX) != 0)
		return side_fail(side, step_sending_call(side), ENOMEM, "%s", "");
	do {
		size_t taken = 0;
		ssize_t packed;
		int error;

		envelope.offset = length - left;
		packed = cell->wrap(&envelope, next, left, &taken,
		    side->packet, side->packet_room);

		idle = taken != 0 || left == 0 ? 0 : idle + 1;
		if (packed >= 0 && idle > IDLE_PACKETS)
			packed = -EPROTO;
		if (packed < 0)
			return step_fail(side, step_sending_call(side), packed);
		error = send_packet(side, side->packet, (size_t)packed, to);
		if (error != 0)
			return error;
		next += taken;
		left -= taken;
	} while (left != 0);
	return 0;
}

/* Receives one packet that unwrap() accepts; *at is where its payload is. */
static ssize_t
receive_packet(struct side *side, struct envelope *envelope, size_t *at,
    size_t *received, struct endpoint *from, uint64_t end)
{
	const struct cell *cell = &side->choice->row;

	for (;;) {
		int error = await_ready(side, POLLIN, end);
		ssize_t got;

		*at = 0;
		if (error != 0)
			return error;
		got = receive(side, receive_room(side), from);
		if (step_again(side, got))
			continue;
		if (got < 0)
			return side_fail(side, step_receiving_call(side), (int)-got,
			    "%s", side->channel.why);
		*received = (size_t)got;
		if (cell->unwrap != NULL)
			got = cell->unwrap(envelope, side->packet,
			    *received, at);
		if (got >= 0)
			return got;
		if (got != -ENOMSG)
			return step_fail(side, step_receiving_call(side), got);
		side->ignored++;
	}
}

/*
 * Puts a part behind those before it. Returns 1 when the message is complete,
 * 0 when more has to come (also for a part that belongs to nothing: what it
 * belonged to was lost), or -ENOMEM.
 */
static int
put_together(struct side *side, unsigned parts, const void *bytes,
    size_t length)
{
	size_t most = side->expects > MESSAGE_MOST ? (size_t)side->expects
						    : MESSAGE_MOST;

	/* The kernel's answer begins when it is asked. */
	if ((parts & PART_BEGINS) != 0 || (!side->message_begun &&
	    side->choice->row.shape == SHAPE_KERNEL)) {
		side->message_begun = true;
		side->message_length = 0;
	}
	if (!side->message_begun || side->message_length + length > most) {
		side->message_begun = false;
		side->ignored++;
		return 0;
	}
	if (side->message == NULL ||
	    side->message_length + length > side->message_room) {
		size_t room = 2 * (side->message_length + length) + 1;
		unsigned char *message = realloc(side->message, room);

		if (message == NULL)
			return -ENOMEM;
		side->message = message;
		side->message_room = room;
	}
	if (length != 0)
		memcpy(side->message + side->message_length, bytes, length);
	side->message_length += length;
	side->message_begun = (parts & PART_ENDS) == 0;
	return !side->message_begun;
}

ssize_t
side_recvfrom(struct side *side, const void **bytes, uint64_t number,
    struct endpoint *from, int64_t timeout_ns)
{
	const struct cell *cell = &side->choice->row;
	struct envelope envelope = envelope_of(side, number, from);
	uint64_t end = step_end(timeout_ns);

	if (side_need_packet(side, receive_room(side)) != 0)
		return side_fail(side, step_receiving_call(side), ENOMEM, "%s", "");
	/* No more time at all, rather than as long as it takes. */
	if (timeout_ns < 0)
		return -ETIMEDOUT;
	for (;;) {
		size_t received = 0;
		size_t at;
		ssize_t got = receive_packet(side, &envelope, &at, &received,
		    from, end);
		int complete;

		*bytes = side->packet + at;
		if (got < 0 || cell->part == NULL)
			return got;
		complete = put_together(side,
		    cell->part(&envelope, side->packet, received), *bytes,
		    (size_t)got);
		if (complete < 0)
			return side_fail(side, step_receiving_call(side), ENOMEM,
			    "%s", "");
		*bytes = side->message;
		if (complete)
			return (ssize_t)side->message_length;
	}
}

int
side_verify(struct side *side, uint64_t number,
    struct verification *verification)
{
	const struct envelope envelope = envelope_of(side, number, &side->peer);
	int error;

	verification->envelope = &envelope;
	verification->lookup = &family_lookup;
	error = side->choice->row.verify(verification);
	verification->envelope = NULL;
	if (error == 0)
		return 0;
	return side_fail(side, step_receiving_call(side),
	    error == -EBADMSG ? 0 : -error, "%s", verification->text);
}
