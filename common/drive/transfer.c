/* The steps of a side that move bytes on a connection. */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "drive/step.h"

size_t
side_portion(const struct side *side, size_t length)
{
	size_t most = side->choice->row.send_most;

	return most != 0 && length > most ? most : length;
}

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
		sent = side->calls->send(&side->recorder, side->fd, next,
		    side_portion(side, left), cell->send_flags);
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
		if (received == -ECONNRESET &&
		    side->choice->row.ends_by_reset)
			return 0;
		if (received < 0)
			return step_fail(side, CALL_RECV, received);
		return received;
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
	if (limit->kind != LIMIT_SEND_BUFFER &&
	    limit->kind != LIMIT_HALF_SEND_BUFFER)
		return 0;
	error = side->calls->getsockopt(&side->recorder,
	    side->fd >= 0 ? side->fd : side->listener, SOL_SOCKET, SO_SNDBUF,
	    &buffer, &length);
	if (error != 0)
		return step_fail(side, CALL_GETSOCKOPT, error);
	if (limit->kind == LIMIT_HALF_SEND_BUFFER)
		buffer /= 2;
	*largest = (uint64_t)buffer > limit->bytes
	    ? (uint64_t)buffer - limit->bytes : 0;
	return 0;
}
