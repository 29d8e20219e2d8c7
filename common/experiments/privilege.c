/* What a process may do without any capability. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"

/* A port of those that ip(7) and vsock(7) call privileged. */
#define LOW_PORT 997

static int
open_without(struct stage *stage, struct observation *seen)
{
	const struct choice *choice = stage->choice;
	struct side *side = stage_side(stage, SIDE_CLIENT);
	int error = side != NULL ? stage_drop_privileges(stage) : -ENOTSUP;

	if (error != 0)
		return error;
	error = side->calls->socket(&side->recorder, choice->family->domain,
	    choice->row.type | SOCK_CLOEXEC, choice->passed);
	return observe(seen, "%s", observed_errno(error));
}

static const struct probe open_without_probe = {
	.id = "priv-name",
	.group = GROUP_NAMING,
	.question = "socket() of a process without any capability?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ok or EACCES",
		  .source = "socket(2); POSIX.1-2017, socket()" },
		{ .answer = NULL },
	},
	.run = open_without,
};

static bool
has_server(const struct choice *choice)
{
	return choice->row.shape != SHAPE_KERNEL && move_is_direct(choice) &&
	    !choice->row.joins && !choice->row.binds_itself;
}

static int
bind_low(struct stage *stage, struct observation *seen)
{
	struct endpoint name;
	struct side *side = NULL;
	int error = stage_numbered(stage, LOW_PORT, &name);

	if (error == 0)
		error = stage_socket(stage, SIDE_SERVER, &side);
	if (error == 0)
		error = stage_drop_privileges(stage);
	return error != 0 ? error : observe(seen, "%s",
	    observed_errno(STAGE_CALL(side, bind, &name)));
}

static const struct probe bind_low_probe = {
	.id = "priv-name.port",
	.group = GROUP_NAMING,
	.question = "bind() to port 997, without any capability?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = has_server,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ok or EACCES",
		  .source = "bind(2), EACCES: the address is protected" },
		{ .answer = NULL },
	},
	.run = bind_low,
};

/* Opened and bound with privileges, and used without. */
static int
use_without(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char word[MOVE_WORD];
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = stage_drop_privileges(stage);
	if (error != 0)
		return error;
	sent = stage_send(stage, client, "abc", 3, 0);
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	if (server == NULL)
		return observe(seen, "sends");
	return observe(seen, "sends; recv: %s",
	    move_read(stage, server, STAGE_SURE_MS, word));
}

static const struct probe use_without_probe = {
	.id = "priv-name.kept",
	.group = GROUP_NAMING,
	.question = "Every capability is dropped: is the socket still of use?",
	.cells = { .shapes = ON_PAIRS },
	.answers = (const char *const[]){ "sends; recv: data", "sends; recv: 0",
	    "sends; recv: nothing", "sends; recv: {errno}", "sends",
	    "send: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "sends; recv: data",
		  .source = "capabilities(7); open(2): permission is asked for "
		      "when it is opened" },
		{ .answer = NULL },
	},
	.run = use_without,
};

/* A socket option that privileges are needed for. */
static int
set_without(struct stage *stage, struct observation *seen, int option,
    int value)
{
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error == 0)
		error = stage_drop_privileges(stage);
	return error != 0 ? error : observe(seen, "%s",
	    observed_errno(STAGE_CALL(side, setsockopt, SOL_SOCKET, option,
	    &value, (socklen_t)sizeof(value))));
}

#define PRIVILEGED(name, topic, asked, option, value, ...)                     \
	static int name(struct stage *stage, struct observation *seen)         \
	{                                                                      \
		return set_without(stage, seen, option, value);                \
	}                                                                      \
	static const struct probe name##_probe = {                             \
		.id = "option-priv." topic, .group = GROUP_OPTIONS,            \
		.question = asked, .applies = move_is_direct,                  \
		.answers = (const char *const[]){ "ok", "{errno}", NULL },     \
		.documents = (const struct document[]){                        \
			__VA_ARGS__, { .answer = NULL },                       \
		},                                                             \
		.run = name,                                                   \
	}

PRIVILEGED(usual_priority, "priority-6",
    "SO_PRIORITY of 6, without any capability?", SO_PRIORITY, 6,
    { .answer = "ok", .source = "socket(7), SO_PRIORITY: 0 to 6" });
PRIVILEGED(high_priority, "priority-7",
    "SO_PRIORITY of 7, without any capability?", SO_PRIORITY, 7,
    { .answer = "{errno}",
      .source = "socket(7), SO_PRIORITY: CAP_NET_ADMIN beyond 6" });
PRIVILEGED(mark, "mark", "SO_MARK without any capability?", SO_MARK, 1,
    { .answer = "{errno}", .source = "socket(7), SO_MARK: CAP_NET_ADMIN" });
PRIVILEGED(force, "force", "SO_RCVBUFFORCE without any capability?",
    SO_RCVBUFFORCE, 65536,
    { .answer = "{errno}",
      .source = "socket(7), SO_RCVBUFFORCE: CAP_NET_ADMIN" });

static int
debug(struct stage *stage, struct observation *seen)
{
	return geteuid() == 0 ? set_without(stage, seen, SO_DEBUG, 1)
	    : stage_cannot(stage, "the effective user id is not 0");
}

static const struct probe debug_probe = {
	.id = "option-priv.debug",
	.group = GROUP_OPTIONS,
	.question = "SO_DEBUG with user id 0, but without any capability?",
	.applies = move_is_direct,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ok", .source = "socket(7), SO_DEBUG: "
		      "CAP_NET_ADMIN or an effective user ID of 0" },
		{ .answer = NULL },
	},
	.run = debug,
};

const struct probe *const privilege_probes[] = {
	&open_without_probe,
	&bind_low_probe,
	&use_without_probe,
	&usual_priority_probe,
	&high_priority_probe,
	&mark_probe,
	&force_probe,
	&debug_probe,
	NULL,
};
