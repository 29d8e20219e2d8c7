/* How a connection begins, and how it is refused. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"

/* How a blocking connect() ended, in a word. */
static int
tell_connect(struct observation *seen, long result)
{
	return observe(seen, "%s", result == 1 ? "no answer"
	    : observed_errno(result));
}

static int
connect_and_tell(struct stage *stage, struct observation *seen,
    const struct endpoint *to)
{
	struct side *client;
	int error = stage_client(stage, &client);

	return error != 0 ? error
	    : tell_connect(seen, move_connect(stage, client, to));
}

static int
nobody(struct stage *stage, struct observation *seen)
{
	struct endpoint vacant;
	int error = stage_vacant(stage, &vacant);

	return error != 0 ? error : connect_and_tell(stage, seen, &vacant);
}

#define CONNECT_WORDS                                                          \
	(const char *const[])                                                  \
	{                                                                      \
		"ok", "{errno}", "no answer", NULL                             \
	}

static const struct probe nobody_probe = {
	.id = "connect-nobody",
	.group = GROUP_CONNECT,
	.question = "connect() to an address that nobody has: what does it say?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = move_is_direct,
	.answers = CONNECT_WORDS,
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_CONNECTED },
		  .answer = "ECONNREFUSED",
		  .source = "POSIX.1-2017, connect()" },
		{ .cells = { .shapes = ON_DATAGRAM, .type = SOCK_DGRAM },
		  .answer = "ok",
		  .source = "POSIX.1-2017, connect(): no connection is made" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = nobody,
};

/* A socket is there, and does not listen. */
static int
not_listening(struct stage *stage, struct observation *seen)
{
	struct endpoint contact;
	struct side *server;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = stage_contact(stage, server, &contact);
	return error != 0 ? error : connect_and_tell(stage, seen, &contact);
}

static const struct probe not_listening_probe = {
	.id = "connect-nobody.not-listening",
	.group = GROUP_CONNECT,
	.question = "connect() to a bound socket that does not listen?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = CONNECT_WORDS,
	.documents = (const struct document[]){
		{ .answer = "ECONNREFUSED",
		  .source = "connect(2), POSIX.1-2017, connect()" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = not_listening,
};

/* The name that a closed socket has left behind. */
static int
stale(struct stage *stage, struct observation *seen)
{
	struct endpoint contact;
	struct side *server;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = stage_contact(stage, server, &contact);
	if (error == 0)
		error = side_close(server);
	return error != 0 ? error : connect_and_tell(stage, seen, &contact);
}

static bool
leaves_names(const struct choice *choice)
{
	return choice->family->release != NULL && move_is_direct(choice);
}

static const struct probe stale_probe = {
	.id = "connect-nobody.stale",
	.group = GROUP_CONNECT,
	.question = "connect() to the name of a socket that was closed?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = leaves_names,
	.answers = CONNECT_WORDS,
	.run = stale,
};

/* A datagram to nobody, from a socket that is connected where that is taken. */
static int
nobody_send(struct stage *stage, struct observation *seen)
{
	struct side *client;
	int error = stage_bound(stage, SIDE_CLIENT, &client);
	char word[MOVE_WORD];
	ssize_t sent;
	int revents;

	if (error == 0)
		error = stage_vacant(stage, &client->peer);
	if (error == 0)
		error = side_prepare(client, &client->peer);
	if (error != 0)
		return error;
	STAGE_CALL(client, connect, &client->peer);
	sent = stage_send(stage, client, "abc", 3, 0);
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	revents = stage_poll(stage, client, POLLIN, STAGE_QUIET_MS);
	if ((revents & POLLERR) != 0)
		return observe(seen, "later: %s",
		    observed_errno(move_pending(client)));
	if (revents != 0)
		move_read(stage, client, STAGE_QUIET_MS, word);
	if (revents == 0 || strcmp(word, "nothing") == 0)
		return observe(seen, "nothing");
	return observe(seen, "recv: %s", word);
}

static const struct probe nobody_send_probe = {
	.id = "connect-nobody.send",
	.group = GROUP_CONNECT,
	.question = "A message to nobody: what is its sender told?",
	.cells = { .shapes = ON_DATAGRAM },
	.answers = (const char *const[]){ "nothing", "send: {errno}",
	    "later: {errno}", "later: ok", "recv: data", "recv: 0",
	    "recv: {errno}", NULL },
	.run = nobody_send,
};

/*
 * A connect() that does not block. Where it goes on in the background, it is
 * accepted meanwhile: some are made only then. Returns the negative errno of
 * the connection, or 1 where it is neither made nor refused in time; *went_on
 * tells whether it went on.
 */
static int
connect_in_background(struct stage *stage, struct side *client,
    const struct endpoint *to, struct side *listener, bool *went_on)
{
	struct side *accepted;
	int error = move_nonblocking(client);

	if (error == 0)
		error = STAGE_CALL(client, connect, to);
	*went_on = error == -EINPROGRESS;
	if (!*went_on)
		return error;
	if (listener != NULL)
		move_accept(stage, listener, STAGE_SURE_MS, &accepted);
	if (stage_poll(stage, client, POLLOUT, STAGE_SURE_MS) == 0)
		return 1;
	return move_pending(client);
}

static int
tell_background(struct observation *seen, int result, bool went_on)
{
	if (!went_on)
		return observe(seen, "%s", result == 0 ? "at once"
		    : observed_errno(result));
	return observe(seen, "EINPROGRESS, then %s", result == 1 ? "nothing"
	    : result == 0 ? "ready" : observed_errno(result));
}

#define BACKGROUND_WORDS                                                       \
	(const char *const[])                                                  \
	{                                                                      \
		"at once", "{errno}", "EINPROGRESS, then ready",               \
		    "EINPROGRESS, then {errno}", "EINPROGRESS, then nothing",  \
		    NULL                                                       \
	}

static int
begin_background(struct stage *stage, struct side **client,
    struct side **listener, struct endpoint *contact)
{
	int error = stage_listening(stage, 8, listener);

	if (error == 0)
		error = stage_contact(stage, *listener, contact);
	return error != 0 ? error : stage_client(stage, client);
}

static int
nonblocking(struct stage *stage, struct observation *seen)
{
	struct side *listener, *client;
	struct endpoint contact;
	bool went_on;
	int error = begin_background(stage, &client, &listener, &contact);

	if (error != 0)
		return error;
	error = connect_in_background(stage, client, &contact, listener,
	    &went_on);
	return tell_background(seen, error, went_on);
}

static const struct probe nonblocking_probe = {
	.id = "connect-nb",
	.group = GROUP_CONNECT,
	.question = "A connect() that does not block: how is it made?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = BACKGROUND_WORDS,
	.documents = (const struct document[]){
		{ .answer = "at once or EINPROGRESS, then ready",
		  .source = "POSIX.1-2017, connect()" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = nonblocking,
};

static int
nonblocking_refused(struct stage *stage, struct observation *seen)
{
	struct endpoint vacant;
	struct side *client;
	bool went_on;
	int error = stage_vacant(stage, &vacant);

	if (error == 0)
		error = stage_client(stage, &client);
	if (error != 0)
		return error;
	error = connect_in_background(stage, client, &vacant, NULL, &went_on);
	return tell_background(seen, error, went_on);
}

static const struct probe nonblocking_refused_probe = {
	.id = "connect-nb.refused",
	.group = GROUP_CONNECT,
	.question = "A connect() that does not block, to nobody: who tells it?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = BACKGROUND_WORDS,
	.documents = (const struct document[]){
		{ .answer =
		    "ECONNREFUSED or EINPROGRESS, then ECONNREFUSED",
		  .source = "connect(2), EINPROGRESS and ECONNREFUSED" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = nonblocking_refused,
};

/* connect() once more, when the first is through. */
static int
nonblocking_again(struct stage *stage, struct observation *seen)
{
	struct side *listener, *client;
	struct endpoint contact;
	bool went_on;
	int error = begin_background(stage, &client, &listener, &contact);
	int second;

	if (error != 0)
		return error;
	error = connect_in_background(stage, client, &contact, listener,
	    &went_on);
	if (error != 0)
		return observe(seen, "never connected");
	second = STAGE_CALL(client, connect, &contact);
	if (second != 0)
		return observe(seen, "%s", observed_errno(second));
	return observe(seen, "ok, then %s",
	    observed_errno(STAGE_CALL(client, connect, &contact)));
}

static const struct probe nonblocking_again_probe = {
	.id = "connect-nb.again",
	.group = GROUP_CONNECT,
	.question = "connect() again, when poll() says that it is made?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "{errno}", "ok, then {errno}",
	    "ok, then ok", "never connected", NULL },
	.documents = (const struct document[]){
		{ .answer = "EISCONN",
		  .source = "connect(2), POSIX.1-2017, connect()" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = nonblocking_again,
};

/* More connections than the listener has room for. */
static int
nonblocking_full(struct stage *stage, struct observation *seen)
{
	struct side *listener, *client;
	struct endpoint contact;
	int error = stage_listening(stage, 1, &listener);
	int first = 0;
	int next = 0;

	if (error == 0)
		error = stage_contact(stage, listener, &contact);
	for (int i = 0; i < 8 && error == 0 && next == first; i++) {
		error = stage_client(stage, &client);
		if (error == 0)
			error = move_nonblocking(client);
		if (error != 0)
			return error;
		next = STAGE_CALL(client, connect, &contact);
		first = i == 0 ? next : first;
	}
	return error != 0 ? error : observe(seen, "%s", observed_errno(next));
}

static const struct probe nonblocking_full_probe = {
	.id = "connect-nb.full",
	.group = GROUP_CONNECT,
	.question = "A connect() that does not block, and the queue is full?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EINPROGRESS",
		  .source = "POSIX.1-2017, connect()" },
		{ .answer = NULL },
	},
	.run = nonblocking_full,
};

const struct probe *const connecting_probes[] = {
	&nobody_probe,
	&not_listening_probe,
	&stale_probe,
	&nobody_send_probe,
	&nonblocking_probe,
	&nonblocking_refused_probe,
	&nonblocking_again_probe,
	&nonblocking_full_probe,
	NULL,
};
