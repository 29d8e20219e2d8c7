/* The steps of a side that make a connection. */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "drive/step.h"

/* A pause before a call is made again that poll() knows nothing of. */
#define RETRY_NS 10000000

int
side_listen(struct side *side, int backlog)
{
	int error = side->calls->listen(&side->recorder, side->fd, backlog);

	if (error != 0)
		return step_fail(side, CALL_LISTEN, error);
	if (side->choice->row.shape == SHAPE_CONNECTED) {
		side->listener = side->fd;
		side->fd = -1;
	}
	return 0;
}

/*
 * Errors that accept() passes on from the connection that it would have
 * returned: the next one may be good (accept(2), "Error handling").
 */
static bool
accept_goes_on(int error)
{
	static const int passing[] = {
		ECONNABORTED, ENETDOWN, EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET,
		EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH,
	};

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (error == -passing[i])
			return true;
	return false;
}

int
side_accept(struct side *side, int64_t timeout_ns)
{
	uint64_t end = step_end(timeout_ns);

	/* What only passes may not go on for ever. */
	for (int tries = 0;; tries++) {
		int error = side_wait(side, side->listener, POLLIN,
		    step_left(end));
		int fd;

		if (error == -ETIMEDOUT)
			return step_timeout(side, CALL_ACCEPT4, timeout_ns,
			    "no client connected");
		if (error != 0)
			return error;
		fd = side->calls->accept(&side->recorder, side->listener,
		    &side->peer, SOCK_CLOEXEC |
		    (side->nonblocking ? SOCK_NONBLOCK : 0));
		if (fd >= 0) {
			side->fd = fd;
			return 0;
		}
		if (step_again(side, fd) || (accept_goes_on(fd) && tries < 100))
			continue;
		return step_fail(side, CALL_ACCEPT4, fd);
	}
}

/* Waits for a connection that is being made, and asks how it went. */
static int
await_connection(struct side *side)
{
	int status = 0;
	socklen_t length = sizeof(status);
	int error = side_wait(side, side->fd, POLLOUT, side->timeout_ns);

	if (error == -ETIMEDOUT)
		return step_timeout(side, CALL_CONNECT, side->timeout_ns,
		    "no connection");
	if (error != 0)
		return error;
	error = side->calls->getsockopt(&side->recorder, side->fd, SOL_SOCKET,
	    SO_ERROR, &status, &length);
	if (error != 0)
		return step_fail(side, CALL_GETSOCKOPT, error);
	if (status != 0)
		return step_fail(side, CALL_CONNECT, -status);
	return 0;
}

int
side_connect(struct side *side, const struct endpoint *address)
{
	uint64_t end = step_end(side->timeout_ns);
	int error;

	side->peer = *address;
	while ((error = side->calls->connect(&side->recorder, side->fd,
	    address)) == -EAGAIN) {
		/* The server's queue is full just now (unix(7)). */
		if (side_wait(side, -1, 0, RETRY_NS) == -ECANCELED)
			return -ECANCELED;
		if (step_left(end) < 0)
			return step_timeout(side, CALL_CONNECT,
			    side->timeout_ns, "no place in the server's queue");
	}
	/* POSIX: an interrupted connect() goes on in the background. */
	if (error == -EINPROGRESS || error == -EINTR)
		error = await_connection(side);
	else if (error != 0)
		error = step_fail(side, CALL_CONNECT, error);
	return error;
}
