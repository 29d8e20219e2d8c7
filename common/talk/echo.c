/*
 * The echo server: any number of clients in one process (epoll(7)).
 *
 * A client costs a struct of a few dozen bytes and its address as text. What
 * it is sent back goes out at once; only what its socket does not take is kept,
 * one read's worth at most, and until that is gone nothing more is read from
 * it: memory is bounded, and a slow client slows nobody but itself. A datagram
 * that its sender has no room for is dropped and counted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "record/errno.h"
#include "talk/talk.h"

#define BACKLOG 4096
#define EVENTS 256
/* Reads from one client, and accepts, before others get their turn. */
#define ROUNDS 16
/* How long what could not be done waits until it is tried again. */
#define PAUSE_MS 100

/* A stream may come in any pieces; a record has to be read whole. */
#define STREAM_BLOCK (64u * 1024)

/* How long a packet that is made for the answer may wait for the device. */
#define WRAPPED_PATIENCE_NS 10000000
/* Receiving that fails so often in a row will not get better. */
#define FAILURES_IN_A_ROW 100

struct client {
	int fd;
	size_t pending_at;	/* of pending, how much is sent */
	size_t pending_left;
	bool told_empty;	/* that it sends empty records */
	unsigned char *pending;	/* NULL: nothing waits */
	uint64_t bytes;		/* received so far */
	char *name;		/* its address, escaped */
	struct client *next;
	struct client *previous;
};

struct echo {
	struct talk *talk;
	int epoll;
	unsigned char *block;
	size_t block_size;
	struct client *clients;
	bool full;		/* nothing is left for more: accepting waits */
	bool told_full;		/* until all who waited have been let in */
	uint64_t full_until;	/* when accepting is tried again */
};

static void
count_received(struct talk *talk, size_t bytes)
{
	talk->report.tally.sent++;
	talk->report.tally.bytes += bytes;
}

static void
count_sent(struct talk *talk, size_t bytes, bool whole)
{
	talk->report.tally.round_trips += whole;
	talk->report.tally.bytes += bytes;
}

/* As many descriptors as the system lets this process have. */
static void
raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int
watch(struct echo *echo, int operation, int fd, uint32_t events, void *pointer)
{
	struct epoll_event event = { .events = events, .data.ptr = pointer };

	return epoll_ctl(echo->epoll, operation, fd, &event) == 0 ? 0 : -errno;
}

static void
accept_again(struct echo *echo)
{
	struct side *side = &echo->talk->side;

	if (!echo->full)
		return;
	echo->full = false;
	watch(echo, EPOLL_CTL_MOD, side->listener, EPOLLIN, side);
}

/* Until a client leaves, or for a while: others may free what is missing. */
static void
pause_accepting(struct echo *echo, int error)
{
	struct side *side = &echo->talk->side;
	char name[NAME_MAX_TEXT];

	echo->full = true;
	echo->full_until = side_now() + PAUSE_MS * 1000000u;
	watch(echo, EPOLL_CTL_MOD, side->listener, 0, side);
	if (echo->told_full)
		return;
	echo->told_full = true;
	if (error == EMFILE)
		words_print(&echo->talk->aside, "sockdemo: no descriptor is "
		    "left for more clients: they wait (see ulimit -Hn)\n");
	else
		words_print(&echo->talk->aside, "sockdemo: the system has no "
		    "room for more clients (%s): they wait\n",
		    errno_name(error, name));
}

static void
drop(struct echo *echo, struct client *client, const char *why)
{
	words_print(talk_words(echo->talk), "%s %s after %llu bytes\n",
	    client->name, why, (unsigned long long)client->bytes);
	echo->talk->side.calls->close(&echo->talk->side.recorder, client->fd);
	if (client->previous != NULL)
		client->previous->next = client->next;
	else
		echo->clients = client->next;
	if (client->next != NULL)
		client->next->previous = client->previous;
	free(client->pending);
	free(client->name);
	free(client);
	accept_again(echo);
}

static void
welcome(struct echo *echo, int fd, const struct endpoint *peer)
{
	struct talk *talk = echo->talk;
	struct client *client = calloc(1, sizeof(*client));
	char text[ENDPOINT_TEXT_MAX];

	if (client != NULL)
		client->name = strdup(endpoint_format(talk->choice.family,
		    peer, text, sizeof(text)));
	if (client == NULL || client->name == NULL ||
	    watch(echo, EPOLL_CTL_ADD, fd, EPOLLIN, client) != 0) {
		words_print(&talk->aside,
		    "sockdemo: no memory for another client\n");
		talk->side.calls->close(&talk->side.recorder, fd);
		if (client != NULL)
			free(client->name);
		free(client);
		return;
	}
	client->fd = fd;
	client->next = echo->clients;
	if (client->next != NULL)
		client->next->previous = client;
	echo->clients = client;
	words_print(talk_words(talk), "connection from %s\n", client->name);
}

static void
accept_some(struct echo *echo)
{
	struct side *side = &echo->talk->side;

	for (int i = 0; i < ROUNDS; i++) {
		struct endpoint peer;
		int fd = side->calls->accept(&side->recorder, side->listener,
		    &peer, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			welcome(echo, fd, &peer);
			continue;
		}
		if (fd == -EMFILE || fd == -ENFILE || fd == -ENOBUFS ||
		    fd == -ENOMEM)
			pause_accepting(echo, -fd);
		if (fd == -EAGAIN)
			echo->told_full = false;
		/* Anything else concerned one connection; more may wait. */
		if (fd == -EAGAIN || echo->full)
			return;
	}
}

/* Keeps what the client's socket did not take, and waits until it does. */
static int
keep(struct echo *echo, struct client *client, const unsigned char *bytes,
    size_t length)
{
	client->pending = malloc(length != 0 ? length : 1);
	if (client->pending == NULL)
		return -ENOMEM;
	memcpy(client->pending, bytes, length);
	client->pending_at = 0;
	client->pending_left = length;
	return watch(echo, EPOLL_CTL_MOD, client->fd, EPOLLOUT, client);
}

/* Sends what it can: returns how much, or a negative errno. */
static ssize_t
send_some(struct echo *echo, struct client *client, const unsigned char *bytes,
    size_t length)
{
	struct side *side = &echo->talk->side;
	ssize_t sent;

	do
		sent = side->calls->send(&side->recorder, client->fd, bytes,
		    side_portion(side, length), side->choice->row.send_flags);
	while (sent == -EINTR);
	if (sent >= 0)
		count_sent(echo->talk, (size_t)sent, (size_t)sent == length);
	return sent;
}

/* Returns 1 when the client may send more, 0 when it has to wait. */
static int
send_back(struct echo *echo, struct client *client, size_t length)
{
	ssize_t sent = send_some(echo, client, echo->block, length);

	if (sent == -EAGAIN)
		return keep(echo, client, echo->block, length);
	if (sent < 0)
		return (int)sent;
	if ((size_t)sent == length)
		return 1;
	return keep(echo, client, echo->block + sent, length - (size_t)sent);
}

static int
send_pending(struct echo *echo, struct client *client)
{
	ssize_t sent = send_some(echo, client,
	    client->pending + client->pending_at, client->pending_left);

	if (sent == -EAGAIN)
		return 0;
	if (sent < 0)
		return (int)sent;
	client->pending_at += (size_t)sent;
	client->pending_left -= (size_t)sent;
	if (client->pending_left != 0)
		return 0;
	free(client->pending);
	client->pending = NULL;
	return watch(echo, EPOLL_CTL_MOD, client->fd, EPOLLIN, client);
}

/* 0 bytes came: 1 is the end, 0 an empty record, which is told once. */
static int
has_ended(struct echo *echo, struct client *client)
{
	int end = talk_was_end(echo->talk, client->fd);

	if (end == 0 && !client->told_empty) {
		client->told_empty = true;
		words_print(talk_words(echo->talk), "%s: recv returned 0: "
		    "taken as an empty record, though the end reads the "
		    "same\n", client->name);
	}
	return end;
}

/* Reads and sends back. 1: still there; 0: it has ended; or an error. */
static int
serve(struct echo *echo, struct client *client)
{
	struct side *side = &echo->talk->side;

	for (int i = 0; i < ROUNDS; i++) {
		ssize_t got = side->calls->recv(&side->recorder, client->fd,
		    echo->block, echo->block_size, 0);
		size_t length;
		int result;

		if (got == -EAGAIN)
			return 1;
		if (got == -EINTR)
			continue;
		if (got == -ECONNRESET && side->choice->row.ends_by_reset)
			return 0;
		if (got < 0)
			return (int)got;
		if (got == 0) {
			result = has_ended(echo, client);
			if (result != 0)
				return result < 0 ? result : 0;
		}
		length = talk_cut(echo->talk, (size_t)got, client->name);
		client->bytes += length;
		count_received(echo->talk, length);
		result = send_back(echo, client, length);
		if (result <= 0)
			return result < 0 ? result : 1;
	}
	return 1;
}

static const char *
lost(int error, char why[NAME_MAX_TEXT + 16])
{
	char name[NAME_MAX_TEXT];

	snprintf(why, NAME_MAX_TEXT + 16, "was lost: %s",
	    errno_name(-error, name));
	return why;
}

static void
handle(struct echo *echo, struct client *client)
{
	char why[NAME_MAX_TEXT + 16];
	int result = 1;

	if (client->pending != NULL) {
		result = send_pending(echo, client);
		if (result == 0)
			result = 1;
	} else {
		result = serve(echo, client);
	}
	if (result == 0)
		drop(echo, client, "left");
	else if (result < 0)
		drop(echo, client, result == -ECONNRESET ? "reset it"
		    : lost(result, why));
}

static bool
words_are_kept(const struct talk *talk)
{
	return words_wait(&talk->shown) || words_wait(&talk->aside);
}

static void
flush_words(struct talk *talk)
{
	words_flush(&talk->shown);
	words_flush(&talk->aside);
}

static int
loop(struct echo *echo)
{
	struct epoll_event ready[EVENTS];
	struct talk *talk = echo->talk;
	struct side *side = &talk->side;

	for (;;) {
		int count = epoll_wait(echo->epoll, ready, EVENTS,
		    echo->full || words_are_kept(talk) ? PAUSE_MS : -1);

		if (count < 0 && errno != EINTR)
			return -errno;
		flush_words(talk);
		if (echo->full && side_now() >= echo->full_until)
			accept_again(echo);
		for (int i = 0; i < count; i++) {
			if (ready[i].data.ptr == echo)
				return -ECANCELED;
			if (ready[i].data.ptr == side)
				accept_some(echo);
			else
				handle(echo, ready[i].data.ptr);
		}
	}
}

static int
echo_connections(struct talk *talk)
{
	struct side *side = &talk->side;
	struct echo echo = {
		.talk = talk,
		.epoll = epoll_create1(EPOLL_CLOEXEC),
		.block_size = (talk->choice.row.traits & TRAIT_BOUNDARIES) != 0
		    ? talk->record_room + 1 : STREAM_BLOCK,
	};
	struct client *client;
	struct client *next;
	int error = 0;

	echo.block = malloc(echo.block_size);
	if (echo.epoll < 0 || echo.block == NULL)
		error = -ENOMEM;
	if (error == 0)
		error = watch(&echo, EPOLL_CTL_ADD, talk->signals, EPOLLIN,
		    &echo);
	if (error == 0)
		error = watch(&echo, EPOLL_CTL_ADD, side->listener, EPOLLIN,
		    side);
	if (error == 0)
		error = loop(&echo);
	for (client = echo.clients; client != NULL; client = next) {
		next = client->next;
		drop(&echo, client, "was left");
	}
	free(echo.block);
	if (echo.epoll >= 0)
		close(echo.epoll);
	return error;
}

/* A peer that is not the last one shown. */
static void
show_peer(struct talk *talk, const struct endpoint *from)
{
	char text[ENDPOINT_TEXT_MAX];

	if (from->length == 0 || endpoint_equal(from, &talk->side.peer))
		return;
	talk->side.peer = *from;
	words_print(talk_words(talk), "messages from %s\n",
	    endpoint_format(talk->choice.family, from, text, sizeof(text)));
}

/* Sends a datagram back, without waiting for room. */
static int
answer(struct talk *talk, const void *bytes, size_t length, uint64_t number,
    const struct endpoint *to)
{
	const struct cell *cell = &talk->choice.row;
	struct side *side = &talk->side;
	unsigned char *copy;
	ssize_t sent;
	int error;

	if (cell->wrap == NULL && cell->transmit == NULL &&
	    !cell->unaddressed) {
		do
			sent = side->calls->sendto(&side->recorder, side->fd,
			    bytes, length, talk->choice.row.send_flags, to);
		while (sent == -EINTR);
		return sent < 0 ? (int)sent : 0;
	}
	/* It lies where the packets are made of it. */
	copy = malloc(length != 0 ? length : 1);
	if (copy == NULL)
		return -ENOMEM;
	memcpy(copy, bytes, length);
	error = side_sendto(side, copy, length, number, to);
	/* What fails for one peer is no reason to leave the others. */
	talk->failure.happened = false;
	free(copy);
	return error;
}

static int
echo_each_datagram(struct talk *talk, uint64_t *dropped)
{
	int failures = 0;

	for (uint64_t number = 1;; number++) {
		struct endpoint from;
		const void *bytes;
		ssize_t got = talk_recvfrom(talk, &bytes, number, &from,
		    words_are_kept(talk) ? PAUSE_MS * 1000000 : 0);

		flush_words(talk);
		if (got == -ETIMEDOUT)
			continue;
		failures = got < 0 ? failures + 1 : 0;
		if (got == -ECANCELED || got == -EPIPE || failures > FAILURES_IN_A_ROW)
			return (int)got;
		talk->failure.happened = false;
		if (got < 0)
			continue;
		show_peer(talk, &from);
		count_received(talk, (size_t)got);
		if (answer(talk, bytes, (size_t)got, number, &from) == 0)
			count_sent(talk, (size_t)got, true);
		else
			++*dropped;
	}
}

static int
echo_datagrams(struct talk *talk)
{
	uint64_t dropped = 0;
	int error;

	talk->side.timeout_ns = WRAPPED_PATIENCE_NS;
	error = echo_each_datagram(talk, &dropped);
	if (dropped != 0)
		words_print(talk_words(talk), "%llu %s dropped: the sender had "
		    "no room for what it was sent back, or no address\n",
		    (unsigned long long)dropped,
		    dropped == 1 ? "message was" : "messages were");
	return error;
}

/* Packets on a connection: one peer at a time, the others wait. */
static int
echo_peers(struct talk *talk)
{
	int error;

	do {
		char text[ENDPOINT_TEXT_MAX];

		talk->side.timeout_ns = 0;
		error = talk_accept(talk);
		if (error != 0)
			return error;
		endpoint_format(talk->choice.family, &talk->side.peer, text,
		    sizeof(text));
		words_print(talk_words(talk), "connection from %s\n", text);
		error = echo_datagrams(talk);
		if (error == -EPIPE)
			words_print(talk_words(talk), "%s left\n", text);
		talk_close_peer(talk);
	} while (error == -EPIPE);
	return error;
}

int
talk_echo(struct talk *talk)
{
	int error;

	raise_descriptor_limit();
	error = talk_listen(talk, BACKLOG);
	talk->shown.hasty = true;
	talk->aside.hasty = true;
	if (error != 0)
		return error;
	if (!talk_is_connected(talk))
		return echo_datagrams(talk);
	return talk_has_packets(talk) ? echo_peers(talk)
				      : echo_connections(talk);
}
