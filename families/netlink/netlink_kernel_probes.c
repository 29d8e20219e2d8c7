/* Port ids, and what the kernel answers to a request. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "netlink_probes.h"

static unsigned
port_of(const struct side *side)
{
	return ((const struct sockaddr_nl *)(const void *)
	    &side->self.storage)->nl_pid;
}

static int
ports(struct stage *stage, struct observation *seen)
{
	struct side *first, *second;
	int error = stage_bound(stage, SIDE_CLIENT, &first);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &second);
	if (error != 0)
		return error;
	if (port_of(first) == port_of(second))
		return observe(seen, "both the same");
	return observe(seen, port_of(first) == (unsigned)getpid()
	    ? "the process ID, then another" : "none is the process ID");
}

const struct probe netlink_port = {
	.id = "netlink-port",
	.group = GROUP_NAMING,
	.question = "Which port ids does the kernel choose for two sockets?",
	.answers = (const char *const[]){ "the process ID, then another",
	    "none is the process ID", "both the same", NULL },
	.documents = (const struct document[]){
		{ .answer = "the process ID, then another",
		  .source = "netlink(7), Address formats: nl_pid" },
		{ .answer = NULL },
	},
	.run = ports,
};

/* More than any kind of request that there is. */
#define UNKNOWN 0x7fff

/* A request without contents, and what comes back. */
static int
request(struct stage *stage, struct observation *seen, unsigned short type,
    unsigned short flags)
{
	struct nlmsghdr header = { .nlmsg_len = sizeof(header),
		.nlmsg_type = type, .nlmsg_flags = flags, .nlmsg_seq = 1 };
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
	} answer = { .header = { 0 } };
	struct side *client, *server;
	ssize_t got;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	got = STAGE_CALL(client, sendto, &header, sizeof(header),
	    stage_flags(stage, 0), &client->peer);
	if (got < 0)
		return observe(seen, "send: %s", observed_errno(got));
	got = STAGE_CALL(client, recv, &answer, sizeof(answer), MSG_DONTWAIT);
	if (got < 0)
		return observe(seen, "no answer");
	if (got < (ssize_t)sizeof(answer) ||
	    answer.header.nlmsg_type != NLMSG_ERROR)
		return observe(seen, "another message");
	if (answer.error.error == 0)
		return observe(seen, "NLMSG_ERROR, 0");
	return observe(seen, "NLMSG_ERROR, %s",
	    observed_errno(answer.error.error));
}

#define ANSWERS                                                                \
	(const char *const[]){ "NLMSG_ERROR, 0", "NLMSG_ERROR, {errno}",       \
	    "another message", "no answer", "send: {errno}", NULL }

static int
ack(struct stage *stage, struct observation *seen)
{
	return request(stage, seen, NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK);
}

const struct probe netlink_ack = {
	.id = "netlink-answer.ack",
	.group = GROUP_ERRORS,
	.question = "NLM_F_ACK: how is a message acknowledged?",
	.cells = { .shapes = ON_KERNEL },
	.answers = ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "NLMSG_ERROR, 0", .source = "netlink(7): an "
		    "acknowledgement has the error field set to 0" },
		{ .answer = NULL },
	},
	.run = ack,
};

static int
unknown(struct stage *stage, struct observation *seen)
{
	return request(stage, seen, UNKNOWN, NLM_F_REQUEST);
}

const struct probe netlink_unknown = {
	.id = "netlink-answer.unknown",
	.group = GROUP_ERRORS,
	.question = "A request of a type that there is not, and no NLM_F_ACK?",
	.cells = { .shapes = ON_KERNEL },
	.answers = ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "NLMSG_ERROR, {errno}", .source = "netlink(7): "
		    "for every failed packet" },
		{ .answer = NULL },
	},
	.run = unknown,
};

static int
no_request(struct stage *stage, struct observation *seen)
{
	return request(stage, seen, UNKNOWN, NLM_F_ACK);
}

const struct probe netlink_no_request = {
	.id = "netlink-answer.no-request",
	.group = GROUP_ERRORS,
	.question = "The same with NLM_F_ACK, but without NLM_F_REQUEST?",
	.cells = { .shapes = ON_KERNEL },
	.answers = ANSWERS,
	.run = no_request,
};
