/* Names in another network, names that the kernel chooses, and its queue. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "unix_name.h"
#include "unix_probes.h"

static int
another_network(struct stage *stage, struct observation *seen)
{
	struct side *server;
	struct endpoint address;
	int error = stage->choice->row.shape == SHAPE_CONNECTED
	    ? stage_listening(stage, 1, &server)
	    : stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = stage_contact(stage, server, &address);
	if (error != 0)
		return error;
	if (unshare(CLONE_NEWNET) != 0)
		return stage_cannot(stage, "a network namespace is made by "
		    "root");
	error = unix_probes_reach(stage, &address);
	return observe(seen, "%s", error == 0 ? "reached"
	    : observed_errno(error));
}

const struct probe unix_abstract_netns = {
	.id = "abstract-netns",
	.group = GROUP_NAMING,
	.question = "Is a name known in another network namespace?",
	.answers = (const char *const[]){ "reached", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .variant = "abstract" },
		  .answer = "ECONNREFUSED",
		  .source = "network_namespaces(7): abstract names are "
		      "isolated" },
		{ .cells = { .variant = "autobind" },
		  .answer = "ECONNREFUSED",
		  .source = "network_namespaces(7): abstract names are "
		      "isolated" },
		{ .answer = NULL },
	},
	.run = another_network,
};

static int
chosen_name(struct stage *stage, struct observation *seen)
{
	struct side *server;
	const char *name;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error != 0)
		return error;
	name = (const char *)server->self.bytes + UNIX_NAME_OFFSET;
	if (server->self.length == UNIX_NAME_OFFSET)
		return observe(seen, "no name");
	return observe(seen, server->self.length == UNIX_NAME_OFFSET + 6 &&
	    name[0] == '\0' && strspn(name + 1, "0123456789abcdef") >= 5
	    ? "NUL and 5 hex digits" : "another name");
}

const struct probe unix_autobind = {
	.id = "unix-autobind",
	.group = GROUP_NAMING,
	.question = "What does the kernel call a socket that is bound to no "
	    "name?",
	.cells = { .variant = "autobind" },
	.answers = (const char *const[]){ "NUL and 5 hex digits",
	    "another name", "no name", NULL },
	.documents = (const struct document[]){
		{ .answer = "NUL and 5 hex digits",
		  .source = "unix(7), Autobind feature" },
		{ .answer = NULL },
	},
	.run = chosen_name,
};

#define QUEUE "/proc/sys/net/unix/max_dgram_qlen"

/* What the sysctl of this network says. */
static int
read_limit(struct stage *stage, struct side *side, size_t *limit)
{
	char text[32];
	int fd = side->calls->open(&side->recorder, QUEUE,
	    O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? fd : side->calls->read(&side->recorder, fd,
	    text, sizeof(text) - 1);

	if (got < 0)
		return stage_cannot(stage, QUEUE ": %s", observed_errno(got));
	text[got] = '\0';
	*limit = strtoul(text, NULL, 10);
	return 0;
}

static int
queue(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	size_t limit = 0;
	size_t sent;
	int refused;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = read_limit(stage, client, &limit);
	if (error != 0)
		return error;
	sent = stage_flood(stage, client, 1, limit + 50, &refused);
	if (refused == 0)
		return observe(seen, "no limit");
	return observe(seen, "%s, then %s", sent == limit ? "as many"
	    : sent == limit + 1 ? "one more" : sent < limit ? "fewer"
	    : "more", observed_errno(refused));
}

const struct probe unix_qlen = {
	.id = "ux-qlen",
	.group = GROUP_BUFFERS,
	.question = "How many messages wait, beside what max_dgram_qlen says?",
	.cells = { .shapes = ON_DATAGRAM },
	.answers = (const char *const[]){ "as many, then {errno}",
	    "one more, then {errno}", "fewer, then {errno}",
	    "more, then {errno}", "no limit", NULL },
	.documents = (const struct document[]){
		{ .answer = "as many, then EAGAIN",
		  .source = "Linux, admin-guide/sysctl/net.rst: max number "
		      "of datagrams queued" },
		{ .answer = NULL },
	},
	.run = queue,
};
