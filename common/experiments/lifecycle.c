/* How sockets come to be: what socket() and socketpair() take. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"

/* A bit that is neither a type nor one of its flags. */
#define STRANGE_FLAG 0x10

/* A protocol that is far beyond those of any family. */
#define STRANGE_PROTOCOL 1000000

/* A domain that Linux has no family for. */
#define STRANGE_DOMAIN 1000

/* socket() of the cell, but for what differs. */
static int
open_other(struct stage *stage, int domain, int type, int protocol,
    struct side **out)
{
	struct side *side = stage_side(stage, SIDE_CLIENT);

	*out = side;
	if (side == NULL)
		return -ENOTSUP;
	side->fd = side->calls->socket(&side->recorder, domain, type,
	    protocol);
	return side->fd;
}

static int
tell_opened(struct stage *stage, struct observation *seen, int domain,
    int type, int protocol)
{
	struct side *side;
	int result = open_other(stage, domain, type, protocol, &side);

	return side == NULL ? result
	    : observe(seen, "%s", observed_errno(result));
}

#define OPENED_ANSWERS (const char *const[]){ "ok", "{errno}", NULL }

/* The first type that the family has nothing of; 0: there is none. */
static int
missing_type(const struct choice *choice)
{
	for (const struct type_name *row = type_names; row->name != NULL;
	    row++) {
		const struct cell *cell = choice->family->cells;

		while (cell->type != 0 && cell->type != row->type)
			cell++;
		if (cell->type == 0)
			return row->type;
	}
	return 0;
}

/* A question to a family is put to its first cell. */
static bool
is_first(const struct choice *choice)
{
	const struct cell *first = choice->family->cells;

	return choice->row.type == first->type &&
	    choice->row.protocol == first->protocol;
}

static bool
lacks_a_type(const struct choice *choice)
{
	return is_first(choice) && missing_type(choice) != 0;
}

static int
open_type(struct stage *stage, struct observation *seen)
{
	const struct choice *choice = stage->choice;

	return tell_opened(stage, seen, choice->family->domain,
	    missing_type(choice) | SOCK_CLOEXEC, 0);
}

static const struct probe open_type_probe = {
	.id = "sock-types",
	.group = GROUP_LIFECYCLE,
	.question = "socket() of a type that the family does not have?",
	.applies = lacks_a_type,
	.answers = OPENED_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "EPROTOTYPE",
		  .source = "POSIX.1-2017, socket(): type not supported by "
		      "the protocol" },
		{ .answer = "EPROTONOSUPPORT",
		  .source = "socket(2): protocol type not supported within "
		      "this domain" },
		{ .answer = NULL },
	},
	.differences = (const struct difference[]){
		{ .answer = "ESOCKTNOSUPPORT",
		  .text = "Linux has an errno for it that POSIX has not",
		  .source = "errno(3), ESOCKTNOSUPPORT: socket type not "
		      "supported" },
		{ .answer = NULL },
	},
	/* The kernel first runs modprobe for it, twice for some families. */
	.limit_ms = 10000,
	.run = open_type,
};

static int
open_protocol(struct stage *stage, struct observation *seen)
{
	const struct choice *choice = stage->choice;

	return tell_opened(stage, seen, choice->family->domain,
	    choice->row.type | SOCK_CLOEXEC, STRANGE_PROTOCOL);
}

static const struct probe open_protocol_probe = {
	.id = "sock-types.protocol",
	.group = GROUP_LIFECYCLE,
	.question = "socket() with protocol 1000000?",
	.answers = OPENED_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "EPROTONOSUPPORT or EINVAL",
		  .source = "socket(2)" },
		{ .answer = "EPROTONOSUPPORT",
		  .source = "POSIX.1-2017, socket()" },
		{ .answer = NULL },
	},
	.differences = (const struct difference[]){
		{ .answer = "EINVAL", .since = "4.4",
		  .text = "a number beyond those of IP is not looked up",
		  .source = "Linux commit 79462ad02e86, inet_create()" },
		{ .answer = NULL },
	},
	.run = open_protocol,
};

static int
open_flag(struct stage *stage, struct observation *seen)
{
	const struct choice *choice = stage->choice;

	return tell_opened(stage, seen, choice->family->domain,
	    choice->row.type | STRANGE_FLAG, choice->passed);
}

static const struct probe open_flag_probe = {
	.id = "sock-types.flag",
	.group = GROUP_LIFECYCLE,
	.question = "socket() with a flag in the type that means nothing?",
	.applies = is_first,
	.answers = OPENED_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "EINVAL",
		  .source = "socket(2): invalid flags in type" },
		{ .answer = NULL },
	},
	.run = open_flag,
};

static int
open_domain(struct stage *stage, struct observation *seen)
{
	return tell_opened(stage, seen, STRANGE_DOMAIN,
	    stage->choice->row.type | SOCK_CLOEXEC, 0);
}

static const struct probe open_domain_probe = {
	.id = "sock-types.domain",
	.group = GROUP_LIFECYCLE,
	.question = "socket() of a family that does not exist?",
	.applies = is_first,
	.answers = OPENED_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "EAFNOSUPPORT",
		  .source = "socket(2); POSIX.1-2017, socket()" },
		{ .answer = NULL },
	},
	.run = open_domain,
};

static int
open_flags(struct stage *stage, struct observation *seen)
{
	const struct choice *choice = stage->choice;
	struct side *side;
	int descriptor, status;
	bool on_exec, nonblocking;
	int error = open_other(stage, choice->family->domain,
	    choice->row.type | SOCK_CLOEXEC | SOCK_NONBLOCK, choice->passed,
	    &side);

	if (side == NULL)
		return error;
	if (error < 0)
		return observe(seen, "%s", observed_errno(error));
	descriptor = STAGE_CALL(side, fcntl, F_GETFD, 0);
	status = STAGE_CALL(side, fcntl, F_GETFL, 0);
	if (descriptor < 0 || status < 0)
		return observe(seen, "fcntl: %s",
		    observed_errno(descriptor < 0 ? descriptor : status));
	on_exec = (descriptor & FD_CLOEXEC) != 0;
	nonblocking = (status & O_NONBLOCK) != 0;
	return observe(seen, on_exec && nonblocking ? "both" : on_exec
	    ? "FD_CLOEXEC only" : nonblocking ? "O_NONBLOCK only"
	    : "neither");
}

static const struct probe open_flags_probe = {
	.id = "sock-types.flags",
	.group = GROUP_LIFECYCLE,
	.question = "Does socket() set what SOCK_NONBLOCK and SOCK_CLOEXEC say?",
	.answers = (const char *const[]){ "both", "FD_CLOEXEC only",
	    "O_NONBLOCK only", "neither", "{errno}", "fcntl: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "both", .source = "socket(2)" },
		{ .answer = NULL },
	},
	.run = open_flags,
};

/* Two sockets of one call; in *error what it returned. */
static int
open_two(struct stage *stage, struct side *pair[2], int *error)
{
	const struct choice *choice = stage->choice;
	int fd[2] = { -1, -1 };

	pair[0] = stage_side(stage, SIDE_CLIENT);
	pair[1] = stage_side(stage, SIDE_SERVER);
	if (pair[0] == NULL || pair[1] == NULL)
		return -ENOTSUP;
	*error = pair[0]->calls->socketpair(&pair[0]->recorder,
	    choice->family->domain, choice->row.type | SOCK_CLOEXEC,
	    choice->passed, fd);
	pair[0]->fd = fd[0];
	pair[1]->fd = fd[1];
	return 0;
}

static int
talk_of_two(struct stage *stage, struct observation *seen)
{
	struct side *pair[2];
	char data[16];
	ssize_t result;
	int refused;
	int error = open_two(stage, pair, &refused);

	if (error != 0 || refused != 0)
		return error != 0 ? error : observe(seen, "%s",
		    observed_errno(refused));
	result = STAGE_CALL(pair[0], send, STAGE_MESSAGE,
	    STAGE_MESSAGE_LENGTH, stage_flags(stage, MSG_DONTWAIT));
	if (result < 0)
		return observe(seen, "send: %s", observed_errno(result));
	if (stage_poll(stage, pair[1], POLLIN, STAGE_SURE_MS) == 0)
		return observe(seen, "nothing comes");
	result = STAGE_CALL(pair[1], recv, data, sizeof(data), MSG_DONTWAIT);
	if (result < 0)
		return observe(seen, "recv: %s", observed_errno(result));
	return observe(seen, result == STAGE_MESSAGE_LENGTH
	    ? "they talk" : "another message");
}

static const struct probe talk_of_two_probe = {
	.id = "socketpair",
	.group = GROUP_LIFECYCLE,
	.question = "Does socketpair() make two sockets that talk?",
	.answers = (const char *const[]){ "they talk", "another message",
	    "nothing comes", "{errno}", "send: {errno}", "recv: {errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "EOPNOTSUPP", .source = "socketpair(2), NOTES: "
		      "only two families have it" },
		{ .answer = NULL },
	},
	.run = talk_of_two,
};

const struct probe *const lifecycle_probes[] = {
	&open_type_probe,
	&open_protocol_probe,
	&open_flag_probe,
	&open_domain_probe,
	&open_flags_probe,
	&talk_of_two_probe,
	NULL,
};
