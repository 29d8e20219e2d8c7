/* Connections that end before anybody has accepted them. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"

/*
 * A listener, and a client whose connection nobody has accepted. Where a
 * connection is made only when it is accepted, it cannot be.
 */
static int
early_client(struct stage *stage, struct side **listener,
    struct side **client)
{
	struct endpoint contact;
	int error = stage_listening(stage, 8, listener);

	if (error == 0)
		error = stage_contact(stage, *listener, &contact);
	if (error == 0)
		error = stage_client(stage, client);
	if (error == 0)
		error = move_nonblocking(*client);
	if (error != 0)
		return error;
	(*client)->peer = contact;
	error = STAGE_CALL(*client, connect, &contact);
	if (error == -EINPROGRESS) {
		/* Sooner than the listener knows of it, it is not made. */
		struct pollfd polled = {
			.fd = (*listener)->listener, .events = POLLIN
		};

		(*listener)->calls->poll(&(*listener)->recorder, &polled, 1,
		    STAGE_SURE_MS);
		if (stage_poll(stage, *client, POLLOUT, STAGE_QUIET_MS) == 0)
			return stage_cannot(stage, "a connection is made only "
			    "when it is accepted");
		error = move_pending(*client);
	}
	return error == 0 ? 0 : stage_cannot(stage, "its connect() says %s",
	    observed_errno(error));
}

/* What the server makes of the connection that is in its queue. */
static int
tell_accepted(struct stage *stage, struct side *listener,
    struct observation *seen)
{
	struct side *server;
	char first[MOVE_WORD];
	char second[MOVE_WORD];
	int error = move_accept(stage, listener, move_leave_ms(stage),
	    &server);

	if (error == -ETIMEDOUT)
		return observe(seen, "nothing to accept");
	if (error != 0)
		return observe(seen, "accept: %s", observed_errno(error));
	move_read(stage, server, move_leave_ms(stage), first);
	if (strcmp(first, "data") != 0)
		return observe(seen, "%s", first);
	move_read(stage, server, move_leave_ms(stage), second);
	return observe(seen, "data, then %s", second);
}

#define ACCEPTED_WORDS                                                         \
	(const char *const[])                                                  \
	{                                                                      \
		"0", "{errno}", "nothing", "data, then 0",                     \
		    "data, then {errno}", "data, then nothing",                \
		    "data, then data", "accept: {errno}",                      \
		    "nothing to accept", NULL                                  \
	}

static int
sends_and_leaves(struct stage *stage, struct observation *seen)
{
	struct side *listener, *client;
	ssize_t sent;
	int error = early_client(stage, &listener, &client);

	if (error != 0)
		return error;
	sent = stage_send(stage, client, "abc", 3, 0);
	if (sent < 0)
		return stage_cannot(stage, "its send() says %s",
		    observed_errno(sent));
	error = move_close(client);
	return error != 0 ? error : tell_accepted(stage, listener, seen);
}

static const struct probe sends_and_leaves_probe = {
	.id = "early-close",
	.group = GROUP_END,
	.question = "A client sends and closes before accept(): what is read?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = ACCEPTED_WORDS,
	.documents = (const struct document[]){
		{ .cells = { .with = TRAIT_RELIABLE },
		  .answer = "data, then 0",
		  .source = "POSIX.1-2017, recv(): orderly shutdown" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = sends_and_leaves,
};

/* The client takes its connection back: SO_LINGER of 0 seconds. */
static int
takes_back(struct stage *stage, struct observation *seen)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = 0 };
	struct side *listener, *client;
	int error = early_client(stage, &listener, &client);

	if (error != 0)
		return error;
	STAGE_CALL(client, setsockopt, SOL_SOCKET, SO_LINGER, &linger,
	    sizeof(linger));
	error = move_close(client);
	if (error != 0)
		return error;
	/* Nobody tells when the reset has arrived, which may take a moment. */
	side_wait(listener, -1, 0, (int64_t)STAGE_QUIET_MS * 1000000);
	return tell_accepted(stage, listener, seen);
}

static const struct probe takes_back_probe = {
	.id = "early-close.reset",
	.group = GROUP_END,
	.question = "A client resets before accept(): what is accepted?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = ACCEPTED_WORDS,
	.limit_ms = MOVE_LIMIT_MS,
	.run = takes_back,
};

static int
listener_leaves(struct stage *stage, struct observation *seen)
{
	struct side *listener, *client;
	char word[MOVE_WORD];
	int error = early_client(stage, &listener, &client);

	if (error == 0)
		error = side_close(listener);
	return error != 0 ? error : observe(seen, "%s", move_read(stage,
	    client, move_leave_ms(stage), word));
}

static const struct probe listener_leaves_probe = {
	.id = "early-close.listener",
	.group = GROUP_END,
	.question = "The listener closes before accept(): what is a client told?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ MOVE_READ_WORDS, NULL },
	.limit_ms = MOVE_LIMIT_MS,
	.run = listener_leaves,
};

const struct probe *const early_probes[] = {
	&sends_and_leaves_probe,
	&takes_back_probe,
	&listener_leaves_probe,
	NULL,
};
