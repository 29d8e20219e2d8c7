/* A sender that is asked for its credentials; its process as a descriptor. */
#include "probes/control.h"
#include "unix_name.h"
#include "unix_probes.h"

/* Newer than the C library of some systems: since Linux 6.5. */
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
#define SCM_IS_PIDFD 0x04	/* SCM_PIDFD of linux/socket.h */

static int
autobind(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct endpoint before, after;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = stage_socket(stage, SIDE_CLIENT, &client);
	if (error == 0)
		error = stage_contact(stage, server, &client->peer);
	if (error == 0)
		error = unix_probes_enable(client, SO_PASSCRED);
	if (error == 0)
		error = STAGE_CALL(client, getsockname, &before);
	if (error != 0)
		return error;
	stage_send(stage, client, "x", 1, 0);
	error = STAGE_CALL(client, getsockname, &after);
	return error != 0 ? error : observe(seen, before.length >
	    UNIX_NAME_OFFSET ? "at once" : after.length > UNIX_NAME_OFFSET
	    ? "when it sends" : "never");
}

const struct probe unix_creds_autobind = {
	.id = "creds.autobind",
	.group = GROUP_NAMING,
	.question = "When does an unbound sender with SO_PASSCRED get a name?",
	.cells = { .shapes = ON_DATAGRAM },
	.answers = (const char *const[]){ "at once", "when it sends", "never",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "at once or when it sends",
		  .source = "unix(7), SO_PASSCRED: a unique name" },
		{ .answer = NULL },
	},
	.run = autobind,
};

static int
pidfd(struct stage *stage, struct observation *seen)
{
	struct control control = { .room = CONTROL_ROOM };
	struct side *client, *server;
	char data[8];
	size_t size;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = unix_probes_enable(server, SO_PASSPIDFD);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	stage_send(stage, client, "x", 1, 0);
	control_receive(server, data, sizeof(data), MSG_DONTWAIT, &control);
	return observe(seen, control_find(&control, SOL_SOCKET, SCM_IS_PIDFD,
	    &size) != NULL ? "a descriptor" : "none");
}

const struct probe unix_creds_pidfd = {
	.id = "creds.pidfd",
	.group = GROUP_ANCILLARY,
	.question = "SO_PASSPIDFD: does a message bring the sender's process?",
	.answers = (const char *const[]){ "a descriptor", "none", "{errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "a descriptor",
		  .source = "Linux, commit 5e2ff6704a27 (SCM_PIDFD)" },
		{ .answer = NULL },
	},
	.differences = (const struct difference[]){
		{ .answer = "ENOPROTOOPT", .until = "6.5",
		  .text = "SO_PASSPIDFD came with Linux 6.5.",
		  .source = "Linux, commit 5e2ff6704a27" },
		{ .answer = NULL },
	},
	.run = pidfd,
};

/* What the option brings is a descriptor; it is closed again. */
static int
peer_pidfd(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int fd = -1;
	socklen_t length = sizeof(fd);
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = STAGE_CALL(server, getsockopt, SOL_SOCKET, SO_PEERPIDFD, &fd,
	    &length);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	return observe(seen, client->calls->close(&client->recorder, fd) == 0
	    ? "a descriptor" : "none");
}

const struct probe unix_peer_pidfd = {
	.id = "creds.peer-pidfd",
	.group = GROUP_ANCILLARY,
	.question = "SO_PEERPIDFD: is the peer's process to be had?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ "a descriptor", "none", "{errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "a descriptor",
		  .source = "Linux, commit 7b26952a91cf (SO_PEERPIDFD)" },
		{ .answer = NULL },
	},
	.differences = (const struct difference[]){
		{ .answer = "ENOPROTOOPT", .until = "6.5",
		  .text = "SO_PEERPIDFD came with Linux 6.5.",
		  .source = "Linux, commit 7b26952a91cf" },
		{ .answer = NULL },
	},
	.run = peer_pidfd,
};
