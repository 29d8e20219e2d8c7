#include "drive/side.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "drive/step.h"

/* A pause after a call that would block although poll() said it would not. */
#define PAUSE_NS 2000000

/* The same, for a call that poll() knows nothing of. */
#define RETRY_NS 10000000

void
side_init(struct side *side, enum side_id id, const struct choice *choice,
    struct failure *failure)
{
	memset(side, 0, sizeof(*side));
	side->id = id;
	side->choice = choice;
	side->calls = &recorded_calls;
	side->recorder.side = id;
	side->recorder.pid = getpid();
	side->fd = -1;
	side->listener = -1;
	side->wake = -1;
	side->failure = failure;
}

uint64_t
side_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int
side_fail(struct side *side, enum call call, int error, const char *text, ...)
{
	struct failure *failure = side->failure;
	va_list arguments;

	if (!failure->happened) {
		failure->named = true;
		failure->call = call;
		failure->error = error;
		failure->t_ns = side_now();
		va_start(arguments, text);
		vsnprintf(failure->text, sizeof(failure->text), text,
		    arguments);
		va_end(arguments);
		failure->happened = true;
	}
	return error != 0 ? -error : -EIO;
}

int
step_fail(struct side *side, enum call call, ssize_t error)
{
	return side_fail(side, call, (int)-error, "%s", "");
}

int
step_timeout(struct side *side, enum call call, int64_t timeout_ns,
    const char *what)
{
	return side_fail(side, call, ETIMEDOUT, "%s within %g s", what,
	    (double)timeout_ns / 1e9);
}

uint64_t
step_end(int64_t timeout_ns)
{
	return timeout_ns > 0 ? side_now() + (uint64_t)timeout_ns : 0;
}

int64_t
step_left(uint64_t end)
{
	uint64_t now;

	if (end == 0)
		return 0;
	now = side_now();
	return end > now ? (int64_t)(end - now) : -1;
}

int
side_wait(const struct side *side, int fd, short events, int64_t timeout_ns)
{
	struct pollfd polled[2] = {
		{ .fd = fd, .events = events },
		{ .fd = side->wake, .events = POLLIN },
	};
	uint64_t end = step_end(timeout_ns);

	if (timeout_ns < 0)
		return -ETIMEDOUT;
	for (;;) {
		/* Asked once: a moment later it may have passed. */
		int64_t left = step_left(end);
		struct timespec limit = {
			.tv_sec = left > 0 ? left / 1000000000 : 0,
			.tv_nsec = left > 0 ? left % 1000000000 : 0,
		};
		int ready = ppoll(polled, 2, timeout_ns != 0 ? &limit : NULL,
		    NULL);

		if (ready < 0 && errno != EINTR)
			return -errno;
		if (ready < 0)
			continue;
		/* A peer that never pauses is no reason to go on. */
		if (polled[1].revents != 0)
			return -ECANCELED;
		if (polled[0].revents != 0)
			return 0;
		if (ready == 0)
			return -ETIMEDOUT;
	}
}

bool
step_again(struct side *side, ssize_t result)
{
	if (result == -EAGAIN)
		side_wait(side, -1, 0, PAUSE_NS);
	return result == -EINTR || result == -EAGAIN;
}

/* More than a receive buffer holds. */
#define EARLY_MAX 10000

/*
 * On a bus others talk all the time: takes out what came before the settings
 * could keep it out, lest it fills the room of what is waited for.
 */
static int
drop_early(struct side *side)
{
	for (int i = 0; i < EARLY_MAX; i++) {
		struct endpoint from;
		char byte;
		int error = side_wait(side, side->fd, POLLIN, 1);
		ssize_t received;

		if (error == -ETIMEDOUT)
			return 0;
		if (error != 0)
			return error;
		received = side->calls->recvfrom(&side->recorder, side->fd,
		    &byte, sizeof(byte), MSG_DONTWAIT, &from);
		if (received >= 0)
			side->ignored++;
		else if (received != -EINTR && received != -EAGAIN)
			return step_fail(side, CALL_RECVFROM, received);
	}
	return 0;
}

int
side_socket(struct side *side, bool fixed_port)
{
	const struct choice *choice = side->choice;
	const struct setting *setting = choice->row.settings;
	int flags = SOCK_CLOEXEC | (side->nonblocking ? SOCK_NONBLOCK : 0);
	int fd = side->calls->socket(&side->recorder, choice->family->domain,
	    choice->row.type | flags, choice->passed);

	if (fd < 0)
		return step_fail(side, CALL_SOCKET, fd);
	side->fd = fd;
	for (; setting != NULL && setting->sides != 0; setting++) {
		int error;

		if ((setting->sides & 1u << side->id) == 0 ||
		    (setting->fixed_port_only && !fixed_port))
			continue;
		error = side->calls->setsockopt(&side->recorder, fd,
		    setting->level, setting->name, setting->value,
		    setting->length);
		if (error != 0)
			return step_fail(side, CALL_SETSOCKOPT, error);
	}
	return choice->row.shape == SHAPE_BUS && choice->row.settings != NULL
	    ? drop_early(side) : 0;
}

int
side_bind(struct side *side, const struct endpoint *address)
{
	int error = side->calls->bind(&side->recorder, side->fd, address);

	if (error != 0) {
		char text[ENDPOINT_TEXT_MAX];

		return side_fail(side, CALL_BIND, -error, "%s",
		    endpoint_format(side->choice->family, address, text,
			sizeof(text)));
	}
	side->self = *address;
	side->bound = true;
	error = side->calls->getsockname(&side->recorder, side->fd,
	    &side->self);
	if (error != 0) {
		side->self = *address;
		return step_fail(side, CALL_GETSOCKNAME, error);
	}
	return 0;
}

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

static int
close_one(struct side *side, int *fd)
{
	int error = 0;

	if (*fd >= 0)
		error = side->calls->close(&side->recorder, *fd);
	*fd = -1;
	/* Linux has closed it all the same (close(2)). */
	if (error != 0 && error != -EINTR)
		return step_fail(side, CALL_CLOSE, error);
	return 0;
}

int
side_close(struct side *side)
{
	int first = close_one(side, &side->fd);
	int second = close_one(side, &side->listener);

	free(side->packet);
	side->packet = NULL;
	side->packet_room = 0;
	return first != 0 ? first : second;
}
