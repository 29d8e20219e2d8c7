/* What accept() gives: what it inherits, and to whom it goes. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiments/arrival.h"
#include "experiments/experiments.h"
#include "experiments/moves.h"

/* What a file descriptor's flags are: those of accept() itself are none. */
static int
accepted_flag(struct stage *stage, struct observation *seen, int set, int get,
    int flag)
{
	static struct stage_task task;
	struct side *listener, *server;
	int result;
	int error = arrival_of_one(stage, &task, &listener, &server);

	if (error != 0)
		return error;
	result = listener->calls->fcntl(&listener->recorder,
	    listener->listener, set, flag);
	if (result < 0)
		return observe(seen, "fcntl: %s", observed_errno(result));
	error = arrival_accept(listener, server, 0);
	if (error != 0)
		return observe(seen, "accept: %s", observed_errno(error));
	result = STAGE_CALL(server, fcntl, get, 0);
	if (result < 0)
		return observe(seen, "fcntl: %s", observed_errno(result));
	return observe(seen, (result & flag) != 0 ? "inherited"
	    : "not inherited");
}

#define INHERIT_FLAG_ANSWERS                                                   \
	(const char *const[]){ "inherited", "not inherited",                   \
	    "fcntl: {errno}", "accept: {errno}", NULL }

static int
nonblocking(struct stage *stage, struct observation *seen)
{
	return accepted_flag(stage, seen, F_SETFL, F_GETFL, O_NONBLOCK);
}

static const struct probe nonblocking_probe = {
	.id = "accept-inherit.nonblock",
	.group = GROUP_LIFECYCLE,
	.question = "Does an accepted socket inherit O_NONBLOCK?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = INHERIT_FLAG_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "not inherited",
		  .source = "accept(2): does not inherit file status flags" },
		{ .answer = NULL },
	},
	.run = nonblocking,
};

static int
close_on_exec(struct stage *stage, struct observation *seen)
{
	return accepted_flag(stage, seen, F_SETFD, F_GETFD, FD_CLOEXEC);
}

static const struct probe close_on_exec_probe = {
	.id = "accept-inherit.cloexec",
	.group = GROUP_LIFECYCLE,
	.question = "Does an accepted socket inherit FD_CLOEXEC?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = INHERIT_FLAG_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "not inherited",
		  .source = "accept(2): SOCK_CLOEXEC of accept4() sets it" },
		{ .answer = NULL },
	},
	.run = close_on_exec,
};

/* An option of SOL_SOCKET, and a value that is not its default. */
struct inherited {
	int option;
	const void *value;
	socklen_t length;
};

/* The option of the accepted socket, as the listener has it. */
static int
accepted_option(struct stage *stage, struct observation *seen,
    const struct inherited *asked)
{
	unsigned char had[64] = "", has[64] = "";
	socklen_t length[2] = { sizeof(had), sizeof(has) };
	struct side *listener, *client, *server;
	int fd;
	int error = stage_listening(stage, 8, &listener);

	if (error != 0)
		return error;
	fd = listener->listener;
	error = listener->calls->setsockopt(&listener->recorder, fd,
	    SOL_SOCKET, asked->option, asked->value, asked->length);
	if (error != 0)
		return observe(seen, "set: %s", observed_errno(error));
	error = listener->calls->getsockopt(&listener->recorder, fd,
	    SOL_SOCKET, asked->option, had, &length[0]);
	if (error != 0)
		return observe(seen, "get: %s", observed_errno(error));
	error = stage_join(stage, listener, &client, &server);
	if (error != 0)
		return error;
	error = STAGE_CALL(server, getsockopt, SOL_SOCKET, asked->option, has,
	    &length[1]);
	if (error != 0)
		return observe(seen, "get: %s", observed_errno(error));
	return observe(seen, length[0] == length[1] &&
	    memcmp(had, has, length[0]) == 0 ? "inherited"
	    : "not inherited");
}

#define INHERIT(name, topic, asked, optname, type, ...)                        \
	static int name(struct stage *stage, struct observation *seen)         \
	{                                                                      \
		const type value = __VA_ARGS__;                                \
		const struct inherited option = {                              \
			optname, &value, sizeof(value),                        \
		};                                                             \
                                                                               \
		return accepted_option(stage, seen, &option);                  \
	}                                                                      \
	static const struct probe name##_probe = {                             \
		.id = "accept-inherit." topic,                                 \
		.group = GROUP_LIFECYCLE, .question = asked,                   \
		.cells = { .shapes = ON_CONNECTED },                           \
		.applies = move_is_direct,                                     \
		.answers = (const char *const[]){ "inherited",                 \
		    "not inherited", "set: {errno}", "get: {errno}", NULL },   \
		.run = name,                                                   \
	}

INHERIT(keepalive, "keepalive",
    "Does an accepted socket inherit SO_KEEPALIVE?", SO_KEEPALIVE, int, 1);
INHERIT(receive_buffer, "rcvbuf",
    "Does an accepted socket inherit SO_RCVBUF?", SO_RCVBUF, int, 16384);
INHERIT(receive_timeout, "rcvtimeo",
    "Does an accepted socket inherit SO_RCVTIMEO?", SO_RCVTIMEO,
    struct timeval, { .tv_sec = 7 });
INHERIT(lingering, "linger", "Does an accepted socket inherit SO_LINGER?",
    SO_LINGER, struct linger, { .l_onoff = 1, .l_linger = 7 });

/* The child's part: takes one connection of the listener that it inherited. */
static _Noreturn void
accept_in_child(struct side *listener, struct side *server)
{
	int error;

	server->recorder.pid = getpid();
	error = arrival_accept(listener, server, SOCK_CLOEXEC);
	_exit(error != 0 ? -error : 0);
}

/*
 * A child accepts one of two connections, and ends; then the parent accepts:
 * the other one, and there is no third.
 */
static int
two_processes(struct stage *stage, struct observation *seen)
{
	static struct stage_task tasks[2];
	struct side *listener, *server;
	int status = 0;
	int error = arrival_of_one(stage, &tasks[0], &listener, &server);
	pid_t child;

	if (error != 0)
		return error;
	/* They share a lane: one begins when the other is in its call. */
	stage_await_sleep(&tasks[0]);
	error = arrival_begin(stage, listener, &tasks[1]);
	if (error != 0)
		return error;
	stage_await_sleep(&tasks[1]);
	listener->calls->fcntl(&listener->recorder, listener->listener,
	    F_SETFL, O_NONBLOCK);
	child = fork();
	if (child == 0)
		accept_in_child(listener, server);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return stage_cannot(stage, "no process: %s", strerror(errno));
	if (WEXITSTATUS(status) != 0)
		return observe(seen, "the child: %s",
		    observed_errno(-WEXITSTATUS(status)));
	error = arrival_accept(listener, server, SOCK_CLOEXEC);
	if (error != 0)
		return observe(seen, "the parent: %s", observed_errno(error));
	error = listener->calls->accept(&listener->recorder,
	    listener->listener, NULL, SOCK_CLOEXEC);
	if (error >= 0)
		return observe(seen, "one more than there are");
	return error == -EAGAIN ? observe(seen, "one each")
	    : observe(seen, "one each, then %s", observed_errno(error));
}

static const struct probe two_processes_probe = {
	.id = "fork-accept",
	.group = GROUP_SHARING,
	.question = "Two clients, two processes, one listener: who gets whom?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "one each", "one each, then {errno}",
	    "one more than there are", "the child: {errno}",
	    "the parent: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "one each", .source = "accept(2): it extracts the "
		      "first connection of the queue" },
		{ .answer = NULL },
	},
	.run = two_processes,
};

const struct probe *const inherit_probes[] = {
	&nonblocking_probe,
	&close_on_exec_probe,
	&keepalive_probe,
	&receive_buffer_probe,
	&receive_timeout_probe,
	&lingering_probe,
	&two_processes_probe,
	NULL,
};
