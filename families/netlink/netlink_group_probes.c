/* Messages to a multicast group: who hears them, who may send them. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "netlink_probes.h"
#include "probes/control.h"
#include "shared/nobody.h"

#define USERS { .protocol = "usersock" }

/* Groups by their bits. */
#define ONE 0x1u
#define TWO 0x2u

/* The first byte of what waits, or a negative errno. */
static int
next(struct side *side)
{
	unsigned char data[8] = { 0 };
	ssize_t got = STAGE_CALL(side, recv, data, sizeof(data), MSG_DONTWAIT);

	return got < 0 ? (int)got : data[0];
}

static int
member(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	ssize_t sent;
	int got;
	int error = netlink_probes_member(stage, ONE, &server);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error != 0)
		return error;
	sent = netlink_probes_cast(stage, client, ONE, "a", 1);
	got = next(server);
	return observe(seen, got == 'a' ? "arrives, send: %s"
	    : "lost, send: %s", observed_errno(sent));
}

/* Behind the copies comes one to port 0, and there is no kernel's socket. */
const struct probe netlink_group_member = {
	.id = "group-other.member",
	.group = GROUP_MULTICAST,
	.question = "A message to a group: what do its member and the sender "
	    "get?",
	.cells = USERS,
	.answers = (const char *const[]){ "arrives, send: ok",
	    "arrives, send: {errno}", "lost, send: ok",
	    "lost, send: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "arrives, send: ok",
		  .source = "netlink(7), Address formats: nl_groups" },
		{ .answer = NULL },
	},
	.run = member,
};

/* A member sends, and then another: what does the first hear first? */
static int
own(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int got;
	int error = netlink_probes_member(stage, ONE, &server);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error != 0)
		return error;
	netlink_probes_cast(stage, server, ONE, "a", 1);
	netlink_probes_cast(stage, client, ONE, "b", 1);
	got = next(server);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	return observe(seen, got == 'a' ? "heard" : "not heard");
}

const struct probe netlink_group_own = {
	.id = "group-other.own",
	.group = GROUP_MULTICAST,
	.question = "Does a member hear what it sends to its group itself?",
	.cells = USERS,
	.answers = (const char *const[]){ "heard", "not heard",
	    "recv: {errno}", NULL },
	.run = own,
};

static int
two_groups(struct stage *stage, struct observation *seen)
{
	struct side *client, *first, *second;
	bool one, two;
	int error = netlink_probes_member(stage, ONE, &first);

	if (error == 0)
		error = netlink_probes_member(stage, TWO, &second);
	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error != 0)
		return error;
	netlink_probes_cast(stage, client, ONE | TWO, "a", 1);
	one = next(first) == 'a';
	two = next(second) == 'a';
	return observe(seen, one && two ? "both" : one ? "the first"
	    : two ? "the second" : "none");
}

const struct probe netlink_group_two = {
	.id = "group-other.two",
	.group = GROUP_MULTICAST,
	.question = "A message to two groups at once: which of them hears it?",
	.cells = USERS,
	.answers = (const char *const[]){ "both", "the first", "the second",
	    "none", NULL },
	.documents = (const struct document[]){
		{ .answer = "the first or the second or none",
		  .source = "netlink(7): no more to multiple groups" },
		{ .answer = NULL },
	},
	.run = two_groups,
};

static int
send_as_nobody(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	ssize_t sent;
	int error = netlink_probes_member(stage, ONE, &server);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error == 0 && geteuid() == 0)
		error = nobody_become(stage, NOBODY);
	if (error != 0)
		return error;
	sent = netlink_probes_cast(stage, client, ONE, "a", 1);
	return next(server) == 'a' ? observe(seen, "arrives")
	    : observe(seen, "send: %s", observed_errno(sent));
}

const struct probe netlink_group_send = {
	.id = "group-other.send",
	.group = GROUP_MULTICAST,
	.question = "May one without CAP_NET_ADMIN send to a group?",
	.cells = USERS,
	.answers = (const char *const[]){ "arrives", "send: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "send: {errno}", .source = "netlink(7): no groups "
		    "allow other users to send messages" },
		{ .answer = NULL },
	},
	.run = send_as_nobody,
};

static int
listen_as_nobody(struct stage *stage, struct observation *seen)
{
	struct side *side;
	int error = 0;

	if (geteuid() == 0)
		error = nobody_become(stage, NOBODY);
	if (error != 0)
		return error;
	error = netlink_probes_member(stage, ONE, &side);
	return observe(seen, "%s", observed_errno(error));
}

const struct probe netlink_group_listen = {
	.id = "group-other.listen",
	.group = GROUP_MULTICAST,
	.question = "May one without CAP_NET_ADMIN bind to a group?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = USERS, .answer = "{errno}",
		  .source = "netlink(7): only processes with CAP_NET_ADMIN" },
		{ .cells = { .protocol = "route" }, .answer = "ok",
		  .source = "netlink(7): these groups allow other users" },
		{ .cells = { .protocol = "generic" }, .answer = "ok",
		  .source = "netlink(7): these groups allow other users" },
		{ .answer = NULL },
	},
	.run = listen_as_nobody,
};

static int
pktinfo(struct stage *stage, struct observation *seen)
{
	struct control control = { .room = CONTROL_ROOM };
	struct side *client, *server;
	const struct nl_pktinfo *info;
	char data[8];
	size_t size;
	ssize_t got;
	int on = 1;
	int error = netlink_probes_member(stage, TWO, &server);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error == 0)
		error = STAGE_CALL(server, setsockopt, SOL_NETLINK,
		    NETLINK_PKTINFO, &on, sizeof(on));
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	netlink_probes_cast(stage, client, TWO, "a", 1);
	got = control_receive(server, data, sizeof(data), MSG_DONTWAIT,
	    &control);
	if (got < 0)
		return observe(seen, "%s", observed_errno(got));
	info = control_find(&control, SOL_NETLINK, NETLINK_PKTINFO, &size);
	return info == NULL ? observe(seen, "nothing")
	    : observe(seen, "group %u", info->group);
}

const struct probe netlink_pktinfo = {
	.id = "netlink-pktinfo",
	.group = GROUP_ANCILLARY,
	.question = "A message to the second group: what does NETLINK_PKTINFO "
	    "tell?",
	.cells = USERS,
	.answers = (const char *const[]){ "group {n}", "nothing", "{errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "group 2",
		  .source = "netlink(7), NETLINK_PKTINFO" },
		{ .answer = NULL },
	},
	.run = pktinfo,
};
