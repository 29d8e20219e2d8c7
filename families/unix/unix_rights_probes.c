/* Descriptors that are passed: what arrives. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "probes/control.h"
#include "unix_probes.h"

#define RIGHTS SOL_SOCKET, SCM_RIGHTS

/* So many copies of one descriptor, with a byte. What sendmsg() returns. */
static ssize_t
pass(struct stage *stage, struct side *from, int fd, size_t count)
{
	int copies[300];

	for (size_t i = 0; i < count; i++)
		copies[i] = fd;
	return control_send(stage, from, "x", 1, RIGHTS, copies,
	    count * sizeof(fd));
}

/* One descriptor is passed, and received with these flags: its number. */
static int
pass_one(struct stage *stage, struct side *client, struct side *server,
    int fd, int flags)
{
	struct control control = { .room = CONTROL_ROOM };
	const void *found;
	char data[8];
	size_t size;
	ssize_t result = pass(stage, client, fd, 1);
	int received;

	if (result == 1)
		result = control_receive(server, data, sizeof(data), flags,
		    &control);
	if (result < 0)
		return (int)result;
	found = control_find(&control, RIGHTS, &size);
	if (found == NULL || size < sizeof(received))
		return -ENOMSG;
	memcpy(&received, found, sizeof(received));
	return received;
}

static int
prepare(struct stage *stage, struct side **client, struct side **server,
    int parcel[2])
{
	int error = stage_pair(stage, client, server);

	return error != 0 ? error
	    : unix_probes_parcel(stage, *client, parcel);
}

/* A flag of the open file is set by one name, and asked for by the other. */
static int
copy(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int parcel[2], passed;
	int error = prepare(stage, &client, &server, parcel);

	if (error != 0)
		return error;
	passed = pass_one(stage, client, server, parcel[0], 0);
	if (passed < 0)
		return observe(seen, "%s", observed_errno(passed));
	server->calls->fcntl(&server->recorder, passed, F_SETFL, O_NONBLOCK);
	error = client->calls->fcntl(&client->recorder, parcel[0], F_GETFL, 0);
	return observe(seen, (error & O_NONBLOCK) != 0 ? "the same open file"
	    : "another open file");
}

const struct probe unix_rights_copy = {
	.id = "scm-rights.copy",
	.group = GROUP_ANCILLARY,
	.question = "A descriptor is passed: is it the same open file?",
	.answers = (const char *const[]){ "the same open file",
	    "another open file", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "the same open file",
		  .source = "unix(7), SCM_RIGHTS: an open file description" },
		{ .answer = NULL },
	},
	.run = copy,
};

static int
closed(struct stage *stage, struct observation *seen)
{
	struct control control = { .room = CONTROL_ROOM };
	struct side *client, *server;
	char data[8];
	int parcel[2];
	ssize_t got;
	size_t size;
	int error = prepare(stage, &client, &server, parcel);

	if (error != 0)
		return error;
	got = pass(stage, client, parcel[0], 1);
	client->calls->close(&client->recorder, parcel[0]);
	if (unix_probes_alone(client, parcel[1]))
		return observe(seen, "closed");
	if (got == 1)
		got = control_receive(server, data, sizeof(data), 0, &control);
	if (got < 0)
		return observe(seen, "%s", observed_errno(got));
	return observe(seen, control_find(&control, RIGHTS, &size) != NULL
	    ? "open" : "nothing arrives");
}

const struct probe unix_rights_closed = {
	.id = "scm-rights.closed",
	.group = GROUP_ANCILLARY,
	.question = "The sender closes what it has passed: is it still open?",
	.answers = (const char *const[]){ "open", "closed",
	    "nothing arrives", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "open",
		  .source = "unix(7), SCM_RIGHTS: as dup(2) does" },
		{ .answer = NULL },
	},
	.run = closed,
};

/* The most that is sent, and what the next one meets. */
static int
most(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int parcel[2];
	size_t count = 252;
	ssize_t sent;
	int error = prepare(stage, &client, &server, parcel);

	if (error != 0)
		return error;
	do {
		char data[8];

		sent = pass(stage, client, parcel[0], count + 1);
		if (sent == 1)
			STAGE_CALL(server, recv, data, sizeof(data), 0);
		count += sent == 1;
	} while (sent == 1 && count < 257);
	return observe(seen, "%zu, then %s", count, observed_errno(sent));
}

const struct probe unix_rights_most = {
	.id = "scm-rights.most",
	.group = GROUP_ANCILLARY,
	.question = "How many descriptors fit into one message?",
	.answers = (const char *const[]){ "{n}, then {errno}", "{n}, then ok",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "253, then EINVAL",
		  .source = "unix(7), SCM_RIGHTS: SCM_MAX_FD" },
		{ .answer = NULL },
	},
	.run = most,
};

static int
bad(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	sent = pass(stage, client, 9999, 1);
	return observe(seen, "%s", observed_errno(sent));
}

const struct probe unix_rights_bad = {
	.id = "scm-rights.bad",
	.group = GROUP_ANCILLARY,
	.question = "A number is passed that is no open descriptor?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EBADF", .source = "unix(7), ERRORS: EBADF" },
		{ .answer = NULL },
	},
	.run = bad,
};

static int
cloexec(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int parcel[2], plain, flagged;
	int error = prepare(stage, &client, &server, parcel);

	if (error != 0)
		return error;
	plain = pass_one(stage, client, server, parcel[0], 0);
	flagged = pass_one(stage, client, server, parcel[0],
	    MSG_CMSG_CLOEXEC);
	if (plain < 0 || flagged < 0)
		return observe(seen, "%s", observed_errno(plain < 0 ? plain
		    : flagged));
	plain = server->calls->fcntl(&server->recorder, plain, F_GETFD, 0);
	flagged = server->calls->fcntl(&server->recorder, flagged, F_GETFD, 0);
	return observe(seen, plain == flagged ? plain == 0 ? "never"
	    : "always" : flagged != 0 ? "with MSG_CMSG_CLOEXEC"
	    : "without MSG_CMSG_CLOEXEC");
}

const struct probe unix_rights_cloexec = {
	.id = "scm-rights.cloexec",
	.group = GROUP_ANCILLARY,
	.question = "When is a received descriptor closed by exec()?",
	.answers = (const char *const[]){ "with MSG_CMSG_CLOEXEC", "never",
	    "always", "without MSG_CMSG_CLOEXEC", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "with MSG_CMSG_CLOEXEC",
		  .source = "recvmsg(2), MSG_CMSG_CLOEXEC" },
		{ .answer = NULL },
	},
	.run = cloexec,
};
