/* The names of sockets: which they have, and who gives them one. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/arrival.h"
#include "experiments/experiments.h"
#include "experiments/moves.h"
#include "experiments/packet.h"

/* What is in a name, behind its family. */
static const char *
describe(const struct endpoint *name)
{
	bool zero = true;

	if (name->length == 0)
		return "nothing at all";
	if (name->length <= sizeof(name->any.sa_family))
		return "the family alone";
	for (size_t i = sizeof(name->any.sa_family); i < name->length &&
	    i < sizeof(name->bytes); i++)
		zero = zero && name->bytes[i] == 0;
	return zero ? "zeros" : "not zeros";
}

#define NAMED_WORDS                                                            \
	"nothing at all", "the family alone", "zeros", "not zeros"

static int
fresh_name(struct stage *stage, struct observation *seen)
{
	struct side *side;
	struct endpoint name;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	error = STAGE_CALL(side, getsockname, &name);
	return observe(seen, "%s", error != 0 ? observed_errno(error)
	    : describe(&name));
}

static const struct probe fresh_name_probe = {
	.id = "unbound-name",
	.group = GROUP_NAMING,
	.question = "getsockname() of a fresh socket: what is in the name?",
	.applies = move_is_direct,
	.answers = (const char *const[]){ NAMED_WORDS, "{errno}", NULL },
	.run = fresh_name,
};

static int
fresh_peer(struct stage *stage, struct observation *seen)
{
	struct side *side;
	struct endpoint name;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	error = STAGE_CALL(side, getpeername, &name);
	return observe(seen, "%s", error != 0 ? observed_errno(error)
	    : describe(&name));
}

static const struct probe fresh_peer_probe = {
	.id = "unbound-name.peer",
	.group = GROUP_NAMING,
	.question = "getpeername() of a fresh socket?",
	.applies = move_is_direct,
	.answers = (const char *const[]){ NAMED_WORDS, "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ENOTCONN", .source = "getpeername(2)" },
		{ .answer = "ENOTCONN or EOPNOTSUPP",
		  .source = "POSIX.1-2017, getpeername()" },
		{ .answer = NULL },
	},
	.run = fresh_peer,
};

static int
listener_peer(struct stage *stage, struct observation *seen)
{
	struct side *side;
	struct endpoint name;
	int error = stage_listening(stage, 8, &side);

	if (error != 0)
		return error;
	error = side->calls->getpeername(&side->recorder, side->listener,
	    &name);
	return observe(seen, "%s", error != 0 ? observed_errno(error)
	    : describe(&name));
}

static const struct probe listener_peer_probe = {
	.id = "unbound-name.listener",
	.group = GROUP_NAMING,
	.question = "getpeername() of a listening socket?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ NAMED_WORDS, "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ENOTCONN",
		  .source = "getpeername(2); POSIX.1-2017, getpeername()" },
		{ .answer = NULL },
	},
	.run = listener_peer,
};

static int
own_and_peers(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct endpoint own, told;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = STAGE_CALL(client, getsockname, &own);
	if (error == 0)
		error = STAGE_CALL(server, getpeername, &told);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	return observe(seen, endpoint_equal(&own, &told) ? "the same"
	    : "another");
}

static const struct probe own_and_peers_probe = {
	.id = "peer-name",
	.group = GROUP_NAMING,
	.question = "Is a peer's getsockname() the same as our getpeername()?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "the same", "another", "{errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "the same",
		  .source = "getpeername(2): the address of the peer" },
		{ .answer = NULL },
	},
	.run = own_and_peers,
};

static int
gone_peer(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct endpoint before, after;
	char word[MOVE_WORD];
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = move_close(client);
	if (error != 0)
		return error;
	if (STAGE_CALL(server, getpeername, &before) != 0)
		return observe(seen, "none before");
	move_read(stage, server, move_leave_ms(stage), word);
	error = STAGE_CALL(server, getpeername, &after);
	return observe(seen, "%s", error != 0 ? observed_errno(error)
	    : endpoint_equal(&before, &after) ? "as before" : "another");
}

static const struct probe gone_peer_probe = {
	.id = "peer-name.gone",
	.group = GROUP_NAMING,
	.question = "getpeername() when the peer has closed?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "as before", "another",
	    "none before", "{errno}", NULL },
	.run = gone_peer,
};

/* What has become of the name of a fresh socket. */
static int
tell_change(struct side *side, const struct endpoint *fresh,
    struct observation *seen)
{
	struct endpoint name;
	int error = STAGE_CALL(side, getsockname, &name);

	if (error != 0)
		return observe(seen, "getsockname: %s", observed_errno(error));
	return observe(seen, endpoint_equal(fresh, &name) ? "as it was"
	    : "has a name");
}

#define CHANGE_WORDS "as it was", "has a name", "getsockname: {errno}"

static int
named_by_connect(struct stage *stage, struct observation *seen)
{
	static struct stage_task task;
	struct side *listener, *server;
	struct endpoint fresh;
	struct side *client;
	int error = stage_listening(stage, 8, &listener);

	if (error == 0)
		error = stage_socket(stage, SIDE_CLIENT, &client);
	if (error == 0)
		error = stage_contact(stage, listener, &client->peer);
	server = error == 0 ? stage_side(stage, SIDE_SERVER) : NULL;
	if (server == NULL)
		return error != 0 ? error : -ENOTSUP;
	error = STAGE_CALL(client, getsockname, &fresh);
	if (error != 0)
		return observe(seen, "getsockname: %s", observed_errno(error));
	error = arrival_connect(stage, client, &task);
	if (error != 0)
		return error;
	arrival_accept(listener, server, SOCK_CLOEXEC);
	if (!stage_ended(&task, STAGE_SURE_MS))
		return observe(seen, "connect: ETIMEDOUT");
	return task.result != 0 ? observe(seen, "connect: %s",
	    observed_errno(task.result)) : tell_change(client, &fresh, seen);
}

static const struct probe named_by_connect_probe = {
	.id = "auto-name.connect",
	.group = GROUP_NAMING,
	.question = "Does connect() give a socket without a name one?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ CHANGE_WORDS, "connect: {errno}",
	    NULL },
	.run = named_by_connect,
};

/* A fresh socket, and one that is bound, which it can send to. */
static int
fresh_and_bound(struct stage *stage, struct side **client,
    struct side **server)
{
	int error = stage_bound(stage, SIDE_SERVER, server);

	if (error == 0)
		error = stage_socket(stage, SIDE_CLIENT, client);
	return error != 0 ? error
	    : stage_contact(stage, *server, &(*client)->peer);
}

static int
named_by_send(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct endpoint fresh;
	ssize_t sent;
	int error = fresh_and_bound(stage, &client, &server);

	if (error != 0)
		return error;
	error = STAGE_CALL(client, getsockname, &fresh);
	if (error != 0)
		return observe(seen, "getsockname: %s", observed_errno(error));
	sent = packet_send(client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    stage_flags(stage, MSG_DONTWAIT));
	return sent < 0 ? observe(seen, "sendto: %s", observed_errno(sent))
	    : tell_change(client, &fresh, seen);
}

/* sendto() without a bind() before. */
static bool
sends_to(const struct choice *choice)
{
	return packet_plain_message(choice) && !choice->row.unaddressed &&
	    !choice->row.listens && choice->row.prepare == NULL;
}

static const struct probe named_by_send_probe = {
	.id = "auto-name.send",
	.group = GROUP_NAMING,
	.question = "Does sendto() give a socket without a name one?",
	.cells = { .shapes = ON_DATAGRAM },
	.applies = sends_to,
	.answers = (const char *const[]){ CHANGE_WORDS, "sendto: {errno}",
	    NULL },
	.run = named_by_send,
};

static int
named_by_listen(struct stage *stage, struct observation *seen)
{
	struct side *side;
	struct endpoint fresh;
	int error = stage_socket(stage, SIDE_SERVER, &side);

	if (error != 0)
		return error;
	error = STAGE_CALL(side, getsockname, &fresh);
	if (error != 0)
		return observe(seen, "getsockname: %s", observed_errno(error));
	error = STAGE_CALL(side, listen, 8);
	return error != 0 ? observe(seen, "listen: %s", observed_errno(error))
	    : tell_change(side, &fresh, seen);
}

static const struct probe named_by_listen_probe = {
	.id = "auto-name.listen",
	.group = GROUP_NAMING,
	.question = "listen() without a bind(): is the socket given a name?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ CHANGE_WORDS, "listen: {errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "has a name or listen: EDESTADDRREQ",
		  .source = "POSIX.1-2017, listen(): EDESTADDRREQ where the "
		      "protocol cannot" },
		{ .answer = NULL },
	},
	.run = named_by_listen,
};

const struct probe *const naming_probes[] = {
	&fresh_name_probe,
	&fresh_peer_probe,
	&listener_peer_probe,
	&own_and_peers_probe,
	&gone_peer_probe,
	&named_by_connect_probe,
	&named_by_send_probe,
	&named_by_listen_probe,
	NULL,
};
