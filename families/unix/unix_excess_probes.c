/* Descriptors that are passed: what is cut off, and lost. */
#include <errno.h>
#include <string.h>

#include "probes/control.h"
#include "unix_probes.h"

#define RIGHTS SOL_SOCKET, SCM_RIGHTS

/* The parcel, and what has been made of it. */
struct passing {
	struct side *client, *server;
	int parcel[2];
	ssize_t sent;
};

/*
 * A message of so many bytes with two descriptors of the parcel's one end,
 * which is then closed at the sender's.
 */
static int
pass_two(struct stage *stage, struct passing *passing, size_t length)
{
	int copies[2];
	int error = stage_pair(stage, &passing->client, &passing->server);

	if (error == 0)
		error = unix_probes_parcel(stage, passing->client,
		    passing->parcel);
	if (error != 0)
		return error;
	copies[0] = copies[1] = passing->parcel[0];
	passing->sent = control_send(stage, passing->client, "x", length,
	    RIGHTS, copies, sizeof(copies));
	passing->client->calls->close(&passing->client->recorder,
	    passing->parcel[0]);
	return 0;
}

/* How many descriptors are in it; each is closed again. */
static size_t
take(struct side *side, struct control *control)
{
	size_t size;
	const void *found = control_find(control, RIGHTS, &size);
	size_t count = found != NULL ? size / sizeof(int) : 0;

	for (size_t i = 0; i < count; i++) {
		int fd;

		memcpy(&fd, (const char *)found + i * sizeof(fd), sizeof(fd));
		side->calls->close(&side->recorder, fd);
	}
	return count;
}

/*
 * Two descriptors are sent, and there is room for less: how many arrive, and
 * whether all the others are closed.
 */
static int
squeeze(struct stage *stage, struct observation *seen, size_t room)
{
	struct control control = { .room = room };
	struct passing passing;
	const char *flag;
	char data[8];
	size_t count;
	ssize_t got;
	int error = pass_two(stage, &passing, 1);

	if (error != 0)
		return error;
	got = passing.sent < 0 ? passing.sent : control_receive(passing.server,
	    data, sizeof(data), 0, &control);
	if (got < 0)
		return observe(seen, "%s", observed_errno(got));
	count = take(passing.server, &control);
	flag = (control.message.msg_flags & MSG_CTRUNC) != 0 ? "MSG_CTRUNC"
							     : "no flag";
	if (!unix_probes_alone(passing.client, passing.parcel[1]))
		return observe(seen, "%zu, %s, one left open", count, flag);
	return observe(seen, "%zu, %s", count, flag);
}

#define SQUEEZED                                                               \
	(const char *const[]){ "{n}, MSG_CTRUNC", "{n}, no flag",              \
	    "{n}, MSG_CTRUNC, one left open", "{n}, no flag, one left open",   \
	    "{errno}", NULL }

static int
excess(struct stage *stage, struct observation *seen)
{
	return squeeze(stage, seen, CMSG_LEN(sizeof(int)));
}

const struct probe unix_rights_excess = {
	.id = "scm-rights.excess",
	.group = GROUP_ANCILLARY,
	.question = "Two descriptors, and CMSG_LEN() room for one: how many "
	    "arrive?",
	.answers = SQUEEZED,
	.documents = (const struct document[]){
		{ .answer = "1, MSG_CTRUNC",
		  .source = "unix(7): truncated, the excess is closed" },
		{ .answer = NULL },
	},
	.run = excess,
};

static int
space(struct stage *stage, struct observation *seen)
{
	return squeeze(stage, seen, CMSG_SPACE(sizeof(int)));
}

/* CMSG_SPACE() counts the padding, and another int fits into it. */
const struct probe unix_rights_space = {
	.id = "scm-rights.space",
	.group = GROUP_ANCILLARY,
	.question = "Two descriptors, and CMSG_SPACE() room for one: how "
	    "many arrive?",
	.answers = SQUEEZED,
	.run = space,
};

static int
no_room(struct stage *stage, struct observation *seen)
{
	return squeeze(stage, seen, 0);
}

const struct probe unix_rights_no_room = {
	.id = "scm-rights.no-room",
	.group = GROUP_ANCILLARY,
	.question = "Two descriptors, and no room for control data: what "
	    "becomes of them?",
	.answers = SQUEEZED,
	.documents = (const struct document[]){
		{ .answer = "0, MSG_CTRUNC",
		  .source = "unix(7): discarded, the excess is closed" },
		{ .answer = NULL },
	},
	.run = no_room,
};

static int
plain_recv(struct stage *stage, struct observation *seen)
{
	struct passing passing;
	char data[8];
	ssize_t got;
	int error = pass_two(stage, &passing, 1);

	if (error != 0)
		return error;
	got = passing.sent < 0 ? passing.sent : STAGE_CALL(passing.server,
	    recv, data, sizeof(data), 0);
	if (got < 0)
		return observe(seen, "%s", observed_errno(got));
	return observe(seen, unix_probes_alone(passing.client,
	    passing.parcel[1]) ? "closed" : "left open");
}

const struct probe unix_rights_recv = {
	.id = "scm-rights.recv",
	.group = GROUP_ANCILLARY,
	.question = "recv() of a message with descriptors: what becomes of "
	    "them?",
	.answers = (const char *const[]){ "closed", "left open", "{errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "closed",
		  .source = "unix(7), SCM_RIGHTS: the buffer is absent" },
		{ .answer = NULL },
	},
	.run = plain_recv,
};

static int
no_data(struct stage *stage, struct observation *seen)
{
	struct control control = { .room = CONTROL_ROOM };
	struct passing passing;
	char data[8];
	ssize_t got;
	int error = pass_two(stage, &passing, 0);

	if (error != 0)
		return error;
	if (passing.sent < 0)
		return observe(seen, "send: %s", observed_errno(passing.sent));
	got = control_receive(passing.server, data, sizeof(data), MSG_DONTWAIT,
	    &control);
	if (got >= 0)
		return observe(seen, "%zu arrive", take(passing.server,
		    &control));
	return observe(seen, unix_probes_alone(passing.client,
	    passing.parcel[1]) ? "closed, %s" : "left open, %s",
	    observed_errno(got));
}

const struct probe unix_rights_no_data = {
	.id = "scm-rights.no-data",
	.group = GROUP_ANCILLARY,
	.question = "Two descriptors with no byte of data: do they arrive?",
	.answers = (const char *const[]){ "{n} arrive", "closed, {errno}",
	    "left open, {errno}", "send: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .type = SOCK_STREAM },
		  .answer = "closed, EAGAIN or send: {errno}",
		  .source = "unix(7): a stream takes one byte of real data" },
		{ .cells = { .type = SOCK_DGRAM }, .answer = "2 arrive",
		  .source = "unix(7): not necessary for a datagram socket" },
		{ .answer = NULL },
	},
	.run = no_data,
};
