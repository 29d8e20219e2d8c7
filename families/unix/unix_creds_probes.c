/* Credentials that come with a message. */
#include <string.h>
#include <unistd.h>

#include "probes/control.h"
#include "shared/nobody.h"
#include "unix_probes.h"

#define CREDENTIALS SOL_SOCKET, SCM_CREDENTIALS

/* More than any pid_max. */
#define NO_PROCESS 0x3fffffff

/* Receives a message, and tells whose credentials are with it. */
static int
tell(struct side *server, struct observation *seen)
{
	struct control control = { .room = CONTROL_ROOM };
	const void *found;
	struct ucred ucred;
	char data[8];
	size_t size;
	ssize_t got = control_receive(server, data, sizeof(data), MSG_DONTWAIT,
	    &control);

	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	found = control_find(&control, CREDENTIALS, &size);
	if (found == NULL || size < sizeof(ucred))
		return observe(seen, "none");
	memcpy(&ucred, found, sizeof(ucred));
	if (ucred.pid == getpid() && ucred.uid == getuid() &&
	    ucred.gid == getgid())
		return observe(seen, "pid, uid and gid");
	return observe(seen, ucred.pid == 0 && ucred.uid == NOBODY
	    ? "pid 0, nobody" : "another's");
}

#define TOLD                                                                   \
	(const char *const[]){ "pid, uid and gid", "none", "pid 0, nobody",    \
	    "another's", "recv: {errno}", "send: {errno}", NULL }

/* A message without control data, with SO_PASSCRED set before or after. */
static int
plain(struct stage *stage, struct observation *seen, bool before, bool after)
{
	struct side *client, *server;
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error == 0 && before)
		error = unix_probes_enable(server, SO_PASSCRED);
	if (error != 0)
		return error;
	sent = stage_send(stage, client, "x", 1, 0);
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	if (after)
		error = unix_probes_enable(server, SO_PASSCRED);
	return error != 0 ? error : tell(server, seen);
}

static int
by_default(struct stage *stage, struct observation *seen)
{
	return plain(stage, seen, true, false);
}

const struct probe unix_creds_default = {
	.id = "creds.passcred",
	.group = GROUP_ANCILLARY,
	.question = "SO_PASSCRED is set: what does a plain message bring?",
	.answers = TOLD,
	.documents = (const struct document[]){
		{ .answer = "pid, uid and gid",
		  .source = "unix(7), SO_PASSCRED: a default" },
		{ .answer = NULL },
	},
	.run = by_default,
};

static int
turned_off(struct stage *stage, struct observation *seen)
{
	return plain(stage, seen, false, false);
}

const struct probe unix_creds_off = {
	.id = "creds.off",
	.group = GROUP_ANCILLARY,
	.question = "And without SO_PASSCRED?",
	.answers = TOLD,
	.documents = (const struct document[]){
		{ .answer = "none", .source = "unix(7), SCM_CREDENTIALS: "
		    "SO_PASSCRED must be enabled" },
		{ .answer = NULL },
	},
	.run = turned_off,
};

static int
late(struct stage *stage, struct observation *seen)
{
	return plain(stage, seen, false, true);
}

const struct probe unix_creds_late = {
	.id = "creds.late",
	.group = GROUP_ANCILLARY,
	.question = "And where it is set when the message waits already?",
	.answers = TOLD,
	.documents = (const struct document[]){
		{ .answer = "pid, uid and gid", .source = "unix(7), "
		    "SO_PASSCRED: each subsequently received message" },
		{ .answer = NULL },
	},
	.run = late,
};

/* Sends credentials with another pid: as nobody, or as it is. */
static int
forge(struct stage *stage, struct observation *seen, bool nobody, int pid)
{
	struct ucred ucred = { pid, geteuid(), getegid() };
	struct side *client, *server;
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = unix_probes_enable(server, SO_PASSCRED);
	if (error == 0 && (!nobody || geteuid() == 0))
		error = nobody_become(stage, nobody ? NOBODY : 0);
	if (error != 0)
		return error;
	sent = control_send(stage, client, "x", 1, CREDENTIALS, &ucred,
	    sizeof(ucred));
	return observe(seen, "%s", sent < 0 ? observed_errno(sent) : "taken");
}

static int
forge_pid(struct stage *stage, struct observation *seen)
{
	return forge(stage, seen, true, 1);
}

const struct probe unix_creds_forge = {
	.id = "creds.forge",
	.group = GROUP_ANCILLARY,
	.question = "One who is not root sends another's process ID: is it "
	    "taken?",
	.answers = (const char *const[]){ "taken", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EPERM", .source = "unix(7), ERRORS: EPERM" },
		{ .answer = NULL },
	},
	.run = forge_pid,
};

static int
forge_gone(struct stage *stage, struct observation *seen)
{
	return forge(stage, seen, false, NO_PROCESS);
}

const struct probe unix_creds_gone = {
	.id = "creds.gone",
	.group = GROUP_ANCILLARY,
	.question = "Root sends the ID of no process: is it taken?",
	.answers = (const char *const[]){ "taken", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ESRCH", .source = "unix(7), ERRORS: ESRCH" },
		{ .answer = NULL },
	},
	.run = forge_gone,
};
