/* Descriptors that are passed: more than once, and between other data. */
#include <string.h>

#include "probes/control.h"
#include "unix_probes.h"

#define RIGHTS SOL_SOCKET, SCM_RIGHTS

/* How often MSG_PEEK and then recvmsg() bring a descriptor. */
static int
peek(struct stage *stage, struct observation *seen)
{
	struct control control = { .room = CONTROL_ROOM };
	struct side *client, *server;
	char data[8];
	size_t size;
	int count = 0;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	control_send(stage, client, "x", 1, RIGHTS, &client->fd,
	    sizeof(client->fd));
	for (int i = 0; i < 3; i++) {
		ssize_t got = control_receive(server, data, sizeof(data),
		    MSG_DONTWAIT | (i < 2 ? MSG_PEEK : 0), &control);

		if (got < 0)
			return observe(seen, "%s", observed_errno(got));
		count += control_find(&control, RIGHTS, &size) != NULL;
	}
	return observe(seen, "%d of 3 times", count);
}

const struct probe unix_rights_peek = {
	.id = "scm-rights.peek",
	.group = GROUP_ANCILLARY,
	.question = "Two peeks and one receive: how often does it arrive?",
	.answers = (const char *const[]){ "{n} of 3 times", "{errno}", NULL },
	.run = peek,
};

/* One message with two SCM_RIGHTS of one descriptor each. */
static ssize_t
send_two(struct stage *stage, struct side *client)
{
	_Alignas(struct cmsghdr) unsigned char room[2 *
	    CMSG_SPACE(sizeof(int))] = { 0 };
	bool addressed = stage->choice->row.shape != SHAPE_CONNECTED;
	char byte = 'x';
	struct iovec vector = { &byte, 1 };
	struct msghdr message = {
		.msg_name = addressed ? &client->peer.storage : NULL,
		.msg_namelen = addressed ? client->peer.length : 0,
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	for (int i = 0; i < 2; i++) {
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &client->fd, sizeof(int));
		header = CMSG_NXTHDR(&message, header);
	}
	return STAGE_CALL(client, sendmsg, &message, stage_flags(stage, 0));
}

static int
twice(struct stage *stage, struct observation *seen)
{
	struct control control = { .room = CONTROL_ROOM };
	struct side *client, *server;
	char data[8];
	size_t size = 0;
	ssize_t result;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	result = send_two(stage, client);
	if (result < 0)
		return observe(seen, "send: %s", observed_errno(result));
	result = control_receive(server, data, sizeof(data), 0, &control);
	if (result < 0)
		return observe(seen, "recv: %s", observed_errno(result));
	control_find(&control, RIGHTS, &size);
	return observe(seen, size == 2 * sizeof(int) ? "put into one"
	    : size == sizeof(int) ? "not both" : "lost");
}

const struct probe unix_rights_twice = {
	.id = "scm-rights.twice",
	.group = GROUP_ANCILLARY,
	.question = "Two SCM_RIGHTS of one descriptor each in one sendmsg()?",
	.answers = (const char *const[]){ "put into one", "not both", "lost",
	    "send: {errno}", "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "send: {errno}",
		  .source = "unix(7): only one item of each type may be "
		      "included" },
		{ .answer = NULL },
	},
	.run = twice,
};

/* The manual's example: four bytes, one with a descriptor, four more. */
static int
barrier(struct stage *stage, struct observation *seen)
{
	struct control control = { .room = CONTROL_ROOM };
	struct side *client, *server;
	ssize_t first, second;
	char data[20];
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	control_send(stage, client, "aaaa", 4, RIGHTS, NULL, 0);
	control_send(stage, client, "b", 1, RIGHTS, &client->fd,
	    sizeof(client->fd));
	control_send(stage, client, "cccc", 4, RIGHTS, NULL, 0);
	first = control_receive(server, data, sizeof(data), MSG_DONTWAIT,
	    &control);
	second = control_receive(server, data, sizeof(data), MSG_DONTWAIT,
	    &control);
	if (first < 0 || second < 0)
		return observe(seen, "%zd, %s", first < 0 ? 0 : first,
		    observed_errno(first < 0 ? first : second));
	return observe(seen, "%zd, then %zd", first, second);
}

const struct probe unix_rights_barrier = {
	.id = "scm-rights.barrier",
	.group = GROUP_ANCILLARY,
	.question = "4 bytes, 1 with a descriptor, 4 more: how are they "
	    "received?",
	.cells = { .type = SOCK_STREAM },
	.answers = (const char *const[]){ "{n}, then {n}", "{n}, {errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "5, then 4",
		  .source = "unix(7): ancillary data forms a barrier" },
		{ .answer = NULL },
	},
	.run = barrier,
};
