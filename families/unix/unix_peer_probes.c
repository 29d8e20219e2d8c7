/* Who is at the other end: SO_PEERCRED, and when it was asked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/nobody.h"
#include "unix_probes.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59	/* since Linux 4.13 */
#endif

/* Users that nobody needs to be, one for each moment. */
enum { LISTENING = 1001, CONNECTING, ACCEPTING, LATER };

static int
ask(struct side *side, struct ucred *ucred)
{
	socklen_t length = sizeof(*ucred);

	memset(ucred, 0, sizeof(*ucred));
	return STAGE_CALL(side, getsockopt, SOL_SOCKET, SO_PEERCRED, ucred,
	    &length);
}

/* Each step of a connection is another user's. */
static int
connect_as(struct stage *stage, struct side **client, struct side **accepted)
{
	struct side *listener;
	struct endpoint address;
	int error = stage_bound(stage, SIDE_SERVER, &listener);

	if (error == 0)
		error = stage_contact(stage, listener, &address);
	if (error == 0)
		error = nobody_become(stage, LISTENING);
	if (error == 0)
		error = side_listen(listener, 1);
	if (error == 0)
		error = stage_socket(stage, SIDE_CLIENT, client);
	if (error == 0)
		error = nobody_become(stage, 0);
	if (error == 0)
		error = nobody_become(stage, CONNECTING);
	if (error == 0)
		error = STAGE_CALL(*client, connect, &address);
	if (error == 0)
		error = nobody_become(stage, 0);
	if (error == 0)
		error = nobody_become(stage, ACCEPTING);
	if (error != 0)
		return error;
	*accepted = stage_side(stage, SIDE_SERVER);
	(*accepted)->fd = (*accepted)->calls->accept(&(*accepted)->recorder,
	    listener->listener, &(*accepted)->peer, SOCK_CLOEXEC);
	error = nobody_become(stage, 0);
	return error != 0 ? error : nobody_become(stage, LATER);
}

static int
moment(struct stage *stage, struct observation *seen, bool of_server)
{
	struct side *client, *accepted;
	struct ucred ucred;
	int error = connect_as(stage, &client, &accepted);

	if (error != 0)
		return error;
	error = ask(of_server ? client : accepted, &ucred);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	switch (ucred.uid) {
	case LISTENING:
		return observe(seen, "when it called listen()");
	case CONNECTING:
		return observe(seen, "at connect()");
	case ACCEPTING:
		return observe(seen, "when it called accept()");
	case LATER:
		return observe(seen, "now");
	default:
		return observe(seen, "nobody's");
	}
}

#define MOMENTS                                                                \
	(const char *const[]){ "at connect()", "when it called listen()",      \
	    "when it called accept()", "now", "nobody's", "{errno}", NULL }
#define AT_CONNECT                                                             \
	(const struct document[]){                                             \
		{ .answer = "at connect()", .source = "unix(7), SO_PEERCRED: " \
		    "at the time of the call to connect(2)" },                 \
		{ .answer = NULL },                                            \
	}

static int
of_client(struct stage *stage, struct observation *seen)
{
	return moment(stage, seen, false);
}

/* A path may not be open to all of these users. */
const struct probe unix_peer_connect = {
	.id = "creds.peercred-client",
	.group = GROUP_ANCILLARY,
	.question = "SO_PEERCRED at the server: the client's user of which "
	    "moment?",
	.cells = { .shapes = ON_CONNECTED, .variant = "abstract" },
	.answers = MOMENTS,
	.documents = AT_CONNECT,
	.run = of_client,
};

static int
of_listener(struct stage *stage, struct observation *seen)
{
	return moment(stage, seen, true);
}

const struct probe unix_peer_listen = {
	.id = "creds.peercred-server",
	.group = GROUP_ANCILLARY,
	.question = "SO_PEERCRED at the client: the server's user of which "
	    "moment?",
	.cells = { .shapes = ON_CONNECTED, .variant = "abstract" },
	.answers = MOMENTS,
	.documents = AT_CONNECT,
	.run = of_listener,
};

static int
tell(struct side *side, struct observation *seen)
{
	struct ucred ucred;
	int error = ask(side, &ucred);

	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	return observe(seen, ucred.pid == getpid() && ucred.uid == geteuid()
	    ? "its pid and uid" : ucred.pid == 0 && ucred.uid == (uid_t)-1
	    ? "pid 0, uid -1" : "another's");
}

#define TOLD                                                                   \
	(const char *const[]){ "its pid and uid", "pid 0, uid -1",             \
	    "another's", "{errno}", NULL }

static int
of_dgram(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = STAGE_CALL(client, connect, &client->peer);
	return error != 0 ? error : tell(client, seen);
}

const struct probe unix_peer_dgram = {
	.id = "creds.peercred-dgram",
	.group = GROUP_ANCILLARY,
	.question = "SO_PEERCRED of a datagram socket that has called "
	    "connect()?",
	.cells = { .shapes = ON_DATAGRAM },
	.answers = TOLD,
	.documents = (const struct document[]){
		{ .answer = "pid 0, uid -1 or {errno}",
		  .source = "unix(7), SO_PEERCRED: stream, or socketpair(2)" },
		{ .answer = NULL },
	},
	.run = of_dgram,
};

static int
of_pair(struct stage *stage, struct observation *seen)
{
	struct side *side = stage_side(stage, SIDE_CLIENT);
	int pair[2];
	int error = side->calls->socketpair(&side->recorder, AF_UNIX,
	    stage->choice->row.type | SOCK_CLOEXEC, 0, pair);

	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	side->fd = pair[0];
	return tell(side, seen);
}

const struct probe unix_peer_pair = {
	.id = "creds.peercred-pair",
	.group = GROUP_ANCILLARY,
	.question = "SO_PEERCRED of one of socketpair()?",
	.answers = TOLD,
	.documents = (const struct document[]){
		{ .answer = "its pid and uid",
		  .source = "unix(7), SO_PEERCRED: socketpair(2)" },
		{ .answer = NULL },
	},
	.run = of_pair,
};

/* The peer is this very process. */
static int
groups(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	gid_t mine[1024], told[1024];
	socklen_t length = sizeof(told);
	int count = getgroups(1024, mine);
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = STAGE_CALL(server, getsockopt, SOL_SOCKET, SO_PEERGROUPS, told,
	    &length);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	return observe(seen, count >= 0 && length == (size_t)count *
	    sizeof(gid_t) && memcmp(mine, told, length) == 0
	    ? "those it has" : "others");
}

const struct probe unix_peer_groups = {
	.id = "creds.peergroups",
	.group = GROUP_ANCILLARY,
	.question = "SO_PEERGROUPS: are the peer's groups told?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ "those it has", "others", "{errno}",
	    NULL },
	.run = groups,
};
