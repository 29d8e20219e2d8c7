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
	side->below = -1;
	side->listener = -1;
	side->wake = -1;
	side->sent_with = CALL_COUNT;
	side->received_with = CALL_COUNT;
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

/* The settings of a table that are this side's. */
static int
apply(struct side *side, const struct setting *setting, bool fixed_port)
{
	for (; setting != NULL && setting->sides != 0; setting++) {
		int error;

		if ((setting->sides & 1u << side->id) == 0 ||
		    (setting->fixed_port_only && !fixed_port))
			continue;
		error = side->calls->setsockopt(&side->recorder, side->fd,
		    setting->level, setting->name, setting->value,
		    setting->length);
		if (error != 0)
			return step_fail(side, CALL_SETSOCKOPT, error);
	}
	return 0;
}

int
side_socket(struct side *side, bool fixed_port)
{
	const struct choice *choice = side->choice;
	const struct cell *cell = &choice->row;
	const struct carrier own = {
		choice->family->domain, cell->type, choice->passed
	};
	const struct carrier *made = cell->carrier != NULL ? cell->carrier
							   : &own;
	int flags = SOCK_CLOEXEC | (side->nonblocking ? SOCK_NONBLOCK : 0);
	int error;

	side->fd = side->calls->socket(&side->recorder, made->domain,
	    made->type | flags, made->protocol);
	if (side->fd < 0)
		return step_fail(side, CALL_SOCKET, side->fd);
	error = apply(side, cell->settings, fixed_port);
	if (error == 0 && choice->variant != NULL)
		error = apply(side, choice->variant->settings, fixed_port);
	if (error != 0)
		return error;
	return cell->shape == SHAPE_BUS && cell->settings != NULL
	    ? drop_early(side) : 0;
}

int
side_bind(struct side *side, const struct endpoint *address)
{
	const struct cell *cell = &side->choice->row;
	enum call call = cell->joins ? CALL_CONNECT : CALL_BIND;
	int error = 0;

	if (cell->binds_itself) {
		side->self = *address;
		return 0;
	}
	if (cell->joins)
		error = side->calls->connect(&side->recorder, side->fd,
		    address);
	else
		error = side->calls->bind(&side->recorder, side->fd, address);
	if (error != 0) {
		char text[ENDPOINT_TEXT_MAX];

		return side_fail(side, call, -error, "%s",
		    endpoint_format(side->choice->family, address, text,
			sizeof(text)));
	}
	side->self = *address;
	if (cell->joins)
		return 0;
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
side_prepare(struct side *side, const struct endpoint *peer)
{
	const struct cell *cell = &side->choice->row;
	struct channel *channel = &side->channel;
	uint64_t end = step_end(side->timeout_ns);
	bool canceled = false;
	int error;

	*channel = (struct channel){
		.calls = side->calls,
		.recorder = &side->recorder,
		.cell = cell,
		.variant = side->choice->variant,
		.side = side->id,
		.self = &side->self,
		.peer = peer,
		.run = side->run,
		.fd = side->fd,
	};
	if (cell->prepare == NULL)
		return 0;
	side->prepared = true;
	while ((error = cell->prepare(channel)) == -EAGAIN &&
	    step_left(end) >= 0 && !canceled)
		canceled = side_wait(side, -1, 0, PAUSE_NS) == -ECANCELED;
	if (channel->fd != side->fd) {
		side->below = side->fd;
		side->fd = channel->fd;
	}
	if (canceled)
		return -ECANCELED;
	if (error != 0)
		return side_fail(side, side->recorder.last, -error, "%s",
		    channel->why);
	return 0;
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

/* Tells the peer of the end, where close() does not. */
static void
end_connection(struct side *side)
{
	/* Where the peer was first, it is over anyway. */
	if (side->choice->row.shuts_down && side->fd >= 0 &&
	    side->peer.length != 0)
		side->calls->shutdown(&side->recorder, side->fd, SHUT_RDWR);
}

int
side_close(struct side *side)
{
	int *const open[] = { &side->fd, &side->below, &side->listener };
	int first = 0;

	end_connection(side);
	if (side->prepared && side->choice->row.finish != NULL)
		side->choice->row.finish(&side->channel);
	side->prepared = false;
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		int error = close_one(side, open[i]);

		first = first != 0 ? first : error;
	}
	free(side->packet);
	free(side->message);
	side->packet = side->message = NULL;
	side->packet_room = side->message_room = 0;
	return first;
}
