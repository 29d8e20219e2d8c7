/* Sockets that have no peer: fresh ones, listening ones, and their own. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"

static int
fresh_send(struct stage *stage, struct observation *seen)
{
	struct side *client;
	char word[MOVE_WORD];
	unsigned before = stage_sigpipes();
	ssize_t sent;
	int error = stage_socket(stage, SIDE_CLIENT, &client);

	if (error != 0)
		return error;
	sent = STAGE_CALL(client, send, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    stage_flags(stage, MSG_DONTWAIT) & ~MSG_NOSIGNAL);
	strlcpy(word, observed_errno(sent), sizeof(word));
	return observe(seen, "%s%s", word,
	    stage_sigpipes() != before ? " and SIGPIPE" : "");
}

static const struct probe fresh_send_probe = {
	.id = "unconnected-io.send",
	.group = GROUP_CONNECT,
	.question = "send() on a fresh socket, to nobody in particular?",
	.cells = { .shapes = ON_PAIRS },
	.applies = move_is_direct,
	.answers = (const char *const[]){ MOVE_SENT_WORDS, NULL },
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_CONNECTED }, .answer = "ENOTCONN",
		  .source = "POSIX.1-2017, send(); send(2)" },
		{ .cells = { .shapes = ON_CONNECTED },
		  .answer = "ENOTCONN or EPIPE or EPIPE and SIGPIPE",
		  .source = "send(2), BUGS" },
		{ .cells = { .shapes = ON_DATAGRAM, .type = SOCK_DGRAM },
		  .answer = "EDESTADDRREQ",
		  .source = "POSIX.1-2017, send(); send(2)" },
		{ .answer = NULL },
	},
	.run = fresh_send,
};

static int
fresh_receive(struct stage *stage, struct observation *seen)
{
	struct side *client;
	char data[16];
	ssize_t got;
	int error = stage_socket(stage, SIDE_CLIENT, &client);

	if (error != 0)
		return error;
	got = STAGE_CALL(client, recv, data, sizeof(data), MSG_DONTWAIT);
	return observe(seen, "%s", got >= 0 ? got == 0 ? "0" : "data"
	    : observed_errno(got));
}

static const struct probe fresh_receive_probe = {
	.id = "unconnected-io.recv",
	.group = GROUP_CONNECT,
	.question = "recv() with MSG_DONTWAIT on a fresh socket?",
	.cells = { .shapes = ON_PAIRS },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "data", "0", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_CONNECTED }, .answer = "ENOTCONN",
		  .source = "POSIX.1-2017, recv(); recv(2)" },
		{ .cells = { .shapes = ON_DATAGRAM, .type = SOCK_DGRAM },
		  .answer = "EAGAIN", .source = "recv(2), MSG_DONTWAIT" },
		{ .answer = NULL },
	},
	.run = fresh_receive,
};

static int
fresh_shutdown(struct stage *stage, struct observation *seen)
{
	struct side *client;
	int error = stage_socket(stage, SIDE_CLIENT, &client);

	return error != 0 ? error : observe(seen, "%s",
	    observed_errno(STAGE_CALL(client, shutdown, SHUT_RDWR)));
}

static const struct probe fresh_shutdown_probe = {
	.id = "unconnected-io.shutdown",
	.group = GROUP_CONNECT,
	.question = "shutdown() of a socket that is not connected?",
	.cells = { .shapes = ON_PAIRS },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ENOTCONN",
		  .source = "POSIX.1-2017, shutdown(); shutdown(2)" },
		{ .answer = NULL },
	},
	.run = fresh_shutdown,
};

static int
fresh_poll(struct stage *stage, struct observation *seen)
{
	struct side *client;
	char word[MOVE_WORD];
	int error = stage_socket(stage, SIDE_CLIENT, &client);
	int revents;

	if (error != 0)
		return error;
	revents = stage_poll(stage, client, POLLIN | POLLOUT, 0);
	return observe(seen, "%s", revents < 0 ? observed_errno(revents)
	    : stage_poll_words(revents, word, sizeof(word)));
}

static const struct probe fresh_poll_probe = {
	.id = "unconnected-io.poll",
	.group = GROUP_CONNECT,
	.question = "poll() of a fresh socket, for POLLIN and POLLOUT?",
	.cells = { .shapes = ON_PAIRS },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "none", "POLLIN", "POLLOUT",
	    "POLLIN|POLLOUT", "POLLERR", "POLLIN|POLLERR", "POLLOUT|POLLERR",
	    "POLLIN|POLLOUT|POLLERR", "POLLHUP", "POLLIN|POLLHUP",
	    "POLLOUT|POLLHUP", "POLLIN|POLLOUT|POLLHUP", "POLLERR|POLLHUP",
	    "POLLIN|POLLERR|POLLHUP", "POLLOUT|POLLERR|POLLHUP",
	    "POLLIN|POLLOUT|POLLERR|POLLHUP", "{errno}", NULL },
	.run = fresh_poll,
};

/* Says what a socket that is connected to itself hears. */
static int
hear_itself(struct stage *stage, struct side *side, struct observation *seen)
{
	char word[MOVE_WORD];
	const char *sent = move_sent(stage, side, word);

	if (strcmp(sent, "ok") != 0)
		return observe(seen, "ok, then send: %s", sent);
	if (strcmp(move_read(stage, side, STAGE_SURE_MS, word), "data") == 0)
		return observe(seen, "talks to itself");
	return observe(seen, "ok, then recv: %s", word);
}

static int
connect_itself(struct stage *stage, struct observation *seen)
{
	struct side *side;
	struct endpoint own;
	int error = stage_bound(stage, SIDE_SERVER, &side);

	if (error == 0)
		error = stage_contact(stage, side, &own);
	if (error == 0)
		error = move_nonblocking(side);
	if (error != 0)
		return error;
	side->peer = own;
	error = STAGE_CALL(side, connect, &own);
	if (error == -EINPROGRESS) {
		if (stage_poll(stage, side, POLLOUT, STAGE_SURE_MS) == 0)
			return observe(seen, "no answer");
		error = move_pending(side);
	}
	return error != 0 ? observe(seen, "%s", observed_errno(error))
			  : hear_itself(stage, side, seen);
}

static const struct probe connect_itself_probe = {
	.id = "connect-self",
	.group = GROUP_CONNECT,
	.question = "connect() of a bound socket to its own name?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "talks to itself", "{errno}",
	    "no answer", "ok, then send: {errno}",
	    "ok, then send: {errno} and SIGPIPE", "ok, then recv: 0",
	    "ok, then recv: {errno}", "ok, then recv: nothing", NULL },
	.limit_ms = MOVE_LIMIT_MS,
	.run = connect_itself,
};

static int
listener_connects(struct stage *stage, struct observation *seen)
{
	struct side *listener, *other;
	struct endpoint contact;
	int fd;
	int error = stage_listening(stage, 8, &listener);

	if (error == 0)
		error = stage_listening(stage, 8, &other);
	if (error == 0)
		error = stage_contact(stage, other, &contact);
	if (error != 0)
		return error;
	fd = listener->listener;
	error = listener->calls->fcntl(&listener->recorder, fd, F_SETFL,
	    O_NONBLOCK);
	if (error == 0)
		error = listener->calls->connect(&listener->recorder, fd,
		    &contact);
	return observe(seen, "%s", observed_errno(error));
}

static const struct probe listener_connects_probe = {
	.id = "connect-listener",
	.group = GROUP_CONNECT,
	.question = "connect() of a socket that listens?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EOPNOTSUPP",
		  .source = "POSIX.1-2017, connect(), \"may fail\"" },
		{ .answer = NULL },
	},
	.run = listener_connects,
};

/* Whether connect() to no family takes the listening away. */
static int
listener_dissolved(struct stage *stage, struct observation *seen)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct endpoint nowhere;
	struct side *listener;
	int listens = 0;
	socklen_t length = sizeof(listens);
	int error = stage_listening(stage, 8, &listener);

	if (error != 0)
		return error;
	endpoint_set(&nowhere, &none, sizeof(none));
	error = listener->calls->connect(&listener->recorder,
	    listener->listener, &nowhere);
	if (error != 0)
		return observe(seen, "refused: %s", observed_errno(error));
	error = listener->calls->getsockopt(&listener->recorder,
	    listener->listener, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length);
	return error != 0 ? error : observe(seen, "%s", listens != 0
	    ? "ok, still listens" : "listens no more");
}

static const struct probe listener_dissolved_probe = {
	.id = "disconnect.listener",
	.group = GROUP_CONNECT,
	.question = "connect() to AF_UNSPEC: what becomes of a listener?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "listens no more",
	    "ok, still listens", "refused: {errno}", NULL },
	.run = listener_dissolved,
};

const struct probe *const unconnected_probes[] = {
	&connect_itself_probe,
	&listener_connects_probe,
	&listener_dissolved_probe,
	&fresh_send_probe,
	&fresh_receive_probe,
	&fresh_shutdown_probe,
	&fresh_poll_probe,
	NULL,
};
