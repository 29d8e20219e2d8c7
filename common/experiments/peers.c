/* Whom a socket talks to: what connect() sets, changes and dissolves. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"

/* connect() where no connection is made. */
static int
sets_peer(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char word[MOVE_WORD];
	const char *sent;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = STAGE_CALL(client, connect, &client->peer);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	sent = move_sent(stage, client, word);
	if (strcmp(sent, "ok") != 0)
		return observe(seen, "ok, then send: %s", sent);
	return observe(seen, "%s", strcmp(move_read(stage, server,
	    STAGE_SURE_MS, word), "data") == 0 ? "set" : "ok, then lost");
}

static bool
has_addresses(const struct choice *choice)
{
	return !choice->row.joins && !choice->row.binds_itself;
}

static const struct probe sets_peer_probe = {
	.id = "connect-peer",
	.group = GROUP_CONNECT,
	.question = "No connections here: does connect() tell send() where to?",
	.cells = { .shapes = ON_DATAGRAM | ON_BUS },
	.applies = has_addresses,
	.answers = (const char *const[]){ "set", "{errno}",
	    "ok, then send: {errno}", "ok, then send: {errno} and SIGPIPE",
	    "ok, then lost", NULL },
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_DATAGRAM, .type = SOCK_DGRAM },
		  .answer = "set",
		  .source = "POSIX.1-2017, connect(); connect(2)" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = sets_peer,
};

/* Another server, to be told from the first. */
static int
another(struct stage *stage, struct side **other, struct endpoint *contact)
{
	bool listens = stage->choice->row.shape == SHAPE_CONNECTED ||
	    stage->choice->row.listens;
	int error = listens ? stage_listening(stage, 8, other)
			    : stage_bound(stage, SIDE_SERVER, other);

	if (error == 0)
		error = side_prepare(*other, NULL);
	return error != 0 ? error : stage_contact(stage, *other, contact);
}

/* Which of two servers gets what the client sends. */
static int
tell_receiver(struct stage *stage, struct observation *seen,
    struct side *first, struct side *second)
{
	const struct side *got = move_which(stage, first, second,
	    STAGE_SURE_MS);

	return observe(seen, "%s", got == second ? "the second"
	    : got == first ? "still the first" : "ok, then lost");
}

static int
reconnect(struct stage *stage, struct observation *seen)
{
	struct side *client, *server, *other;
	struct endpoint contact;
	char word[MOVE_WORD];
	long result;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = move_attach(stage, client);
	if (error == 0)
		error = another(stage, &other, &contact);
	if (error != 0)
		return error;
	result = move_connect(stage, client, &contact);
	if (result != 0)
		return observe(seen, "%s", result == 1 ? "no answer"
		    : observed_errno(result));
	client->peer = contact;
	if (strcmp(move_sent(stage, client, word), "ok") != 0)
		return observe(seen, "ok, then send: %s", word);
	/* A connected one that listens has nothing to be read. */
	return stage->choice->row.shape == SHAPE_CONNECTED
	    ? observe(seen, "ok") : tell_receiver(stage, seen, server, other);
}

static const struct probe reconnect_probe = {
	.id = "reconnect",
	.group = GROUP_CONNECT,
	.question = "connected, and connect() to another: who is the peer then?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "the second", "still the first",
	    "ok", "{errno}", "no answer", "ok, then lost",
	    "ok, then send: {errno}", "ok, then send: {errno} and SIGPIPE",
	    NULL },
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_CONNECTED }, .answer = "EISCONN",
		  .source = "POSIX.1-2017, connect(); connect(2)" },
		{ .cells = { .shapes = ON_DATAGRAM, .type = SOCK_DGRAM },
		  .answer = "the second",
		  .source = "POSIX.1-2017, connect()" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = reconnect,
};

/*
 * A pair, the client connected; and then connect() to no family. Returns 0, or
 * a negative errno as an experiment; *result is what connect() returned.
 */
static int
dissolve(struct stage *stage, struct side **client, struct side **server,
    int *result)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct endpoint nowhere;
	int error = stage_pair(stage, client, server);

	if (error == 0)
		error = move_attach(stage, *client);
	if (error != 0)
		return error;
	endpoint_set(&nowhere, &none, sizeof(none));
	*result = STAGE_CALL(*client, connect, &nowhere);
	return 0;
}

static int
disconnect(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct endpoint peer;
	int result;
	int error = dissolve(stage, &client, &server, &result);

	if (error != 0)
		return error;
	if (result != 0)
		return observe(seen, "%s", observed_errno(result));
	error = STAGE_CALL(client, getpeername, &peer);
	if (error == -ENOTCONN)
		return observe(seen, "dissolved");
	if (error != 0)
		return observe(seen, "ok, then getpeername: %s",
		    observed_errno(error));
	return observe(seen, "%s", endpoint_equal(&peer, &client->peer)
	    ? "ok, still connected" : "ok, another peer");
}

static const struct probe disconnect_probe = {
	.id = "disconnect",
	.group = GROUP_CONNECT,
	.question = "connect() to AF_UNSPEC: does it dissolve the association?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "dissolved", "{errno}",
	    "ok, still connected", "ok, another peer",
	    "ok, then getpeername: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_DATAGRAM, .type = SOCK_DGRAM },
		  .answer = "dissolved",
		  .source = "POSIX.1-2017, connect(): the peer is reset" },
		{ .answer = NULL },
	},
	.run = disconnect,
};

static int
disconnect_peer(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char word[MOVE_WORD];
	int result;
	int error = dissolve(stage, &client, &server, &result);

	if (error != 0)
		return error;
	if (result != 0)
		return observe(seen, "refused: %s", observed_errno(result));
	return observe(seen, "recv: %s", move_read(stage, server,
	    move_leave_ms(stage), word));
}

static const struct probe disconnect_peer_probe = {
	.id = "disconnect.peer",
	.group = GROUP_CONNECT,
	.question = "What does the peer see of a connect() to AF_UNSPEC?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "recv: data", "recv: 0",
	    "recv: {errno}", "recv: nothing", "refused: {errno}", NULL },
	.run = disconnect_peer,
};

static int
disconnect_again(struct stage *stage, struct observation *seen)
{
	struct side *client, *server, *other;
	struct endpoint contact;
	long again;
	int result;
	int error = dissolve(stage, &client, &server, &result);

	if (error != 0)
		return error;
	if (result != 0)
		return observe(seen, "refused: %s", observed_errno(result));
	error = another(stage, &other, &contact);
	if (error != 0)
		return error;
	again = move_connect(stage, client, &contact);
	return observe(seen, "%s", again == 1 ? "no answer"
	    : observed_errno(again));
}

static const struct probe disconnect_again_probe = {
	.id = "disconnect.again",
	.group = GROUP_CONNECT,
	.question = "Dissolved: can the socket be connected to another?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "ok", "{errno}", "no answer",
	    "refused: {errno}", NULL },
	.limit_ms = MOVE_LIMIT_MS,
	.run = disconnect_again,
};

/* sendto() with another's address, on a connected socket. */
static int
other_address(struct stage *stage, struct observation *seen)
{
	struct side *client, *server, *other;
	struct endpoint contact;
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);
	const struct side *got;

	if (error == 0)
		error = move_attach(stage, client);
	if (error == 0)
		error = another(stage, &other, &contact);
	if (error != 0)
		return error;
	sent = STAGE_CALL(client, sendto, "abc", 3, stage_flags(stage, 0),
	    &contact);
	if (sent < 0)
		return observe(seen, "%s", observed_errno(sent));
	got = move_which(stage, server, other, STAGE_SURE_MS);
	return observe(seen, "%s", got == server ? "to the peer"
	    : got == other ? "to the address" : "ok, then lost");
}

static const struct probe other_address_probe = {
	.id = "sendto-connected",
	.group = GROUP_CONNECT,
	.question = "connected, and sendto() to another: who gets it?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "to the peer", "to the address",
	    "{errno}", "ok, then lost", NULL },
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_CONNECTED },
		  .answer = "to the peer",
		  .source = "POSIX.1-2017, sendto(): dest_addr is ignored" },
		{ .cells = { .shapes = ON_CONNECTED },
		  .answer = "to the peer or EISCONN", .source = "send(2)" },
		{ .cells = { .shapes = ON_DATAGRAM, .type = SOCK_DGRAM },
		  .answer = "to the address or EISCONN",
		  .source = "POSIX.1-2017, sendto()" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = other_address,
};

const struct probe *const peers_probes[] = {
	&sets_peer_probe,
	&reconnect_probe,
	&disconnect_probe,
	&disconnect_peer_probe,
	&disconnect_again_probe,
	&other_address_probe,
	NULL,
};
