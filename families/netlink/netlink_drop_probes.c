/* Messages that find no room: who is told. */
#include <errno.h>

#include "netlink_probes.h"

#define GROUP 0x1u

/* More than the smallest buffer holds. */
#define MESSAGES 50

/* A group's message is not waited for: what finds no room is lost. */
static int
overrun(struct stage *stage, struct observation *seen, bool untold)
{
	const char data[200] = { 0 };
	struct side *client, *server;
	char byte;
	ssize_t got;
	int smallest = 1, count = 0;
	int error = netlink_probes_member(stage, GROUP, &server);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error == 0)
		error = STAGE_CALL(server, setsockopt, SOL_SOCKET, SO_RCVBUF,
		    &smallest, sizeof(smallest));
	if (error == 0 && untold)
		error = STAGE_CALL(server, setsockopt, SOL_NETLINK,
		    NETLINK_NO_ENOBUFS, &smallest, sizeof(smallest));
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	for (int i = 0; i < MESSAGES; i++)
		netlink_probes_cast(stage, client, GROUP, data, sizeof(data));
	while ((got = STAGE_CALL(server, recv, &byte, 1, MSG_DONTWAIT)) >= 0)
		count++;
	if (count == MESSAGES)
		return observe(seen, "nothing is lost");
	return observe(seen, got == -EAGAIN ? "nothing is told"
	    : count == 0 ? "recv: %s, at once" : "recv: %s, behind the rest",
	    observed_errno(got));
}

#define TOLD                                                                   \
	(const char *const[]){ "recv: {errno}, at once",                       \
	    "recv: {errno}, behind the rest", "nothing is told",               \
	    "nothing is lost", "setsockopt: {errno}", NULL }

static int
told(struct stage *stage, struct observation *seen)
{
	return overrun(stage, seen, false);
}

const struct probe netlink_drop_told = {
	.id = "drop-counter.enobufs",
	.group = GROUP_BUFFERS,
	.question = "The receive buffer overflows: how does the receiver "
	    "learn of it?",
	.cells = { .protocol = "usersock" },
	.answers = TOLD,
	.documents = (const struct document[]){
		{ .answer = "recv: ENOBUFS, at once or "
		    "recv: ENOBUFS, behind the rest",
		  .source = "netlink(7): the ENOBUFS error of recvmsg(2)" },
		{ .answer = NULL },
	},
	.run = told,
};

static int
not_told(struct stage *stage, struct observation *seen)
{
	return overrun(stage, seen, true);
}

const struct probe netlink_drop_untold = {
	.id = "drop-counter.no-enobufs",
	.group = GROUP_BUFFERS,
	.question = "And with NETLINK_NO_ENOBUFS?",
	.cells = { .protocol = "usersock" },
	.answers = TOLD,
	.documents = (const struct document[]){
		{ .answer = "nothing is told",
		  .source = "netlink(7), NETLINK_NO_ENOBUFS" },
		{ .answer = NULL },
	},
	.run = not_told,
};
