/* Two descriptors of one socket: dup(), and what ends with which of them. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/arrival.h"
#include "experiments/experiments.h"
#include "experiments/moves.h"

/* A pair, and a second descriptor of the client's socket. */
static int
pair_of_two(struct stage *stage, struct side **client, struct side **server,
    struct side **second)
{
	int error = stage_pair(stage, client, server);

	*second = error == 0 ? arrival_beside(stage, *client) : NULL;
	if (error == 0 && *second == NULL)
		error = -ENOTSUP;
	if (error != 0)
		return error;
	(*second)->peer = (*client)->peer;
	error = STAGE_CALL(*client, dup);
	if (error < 0)
		return stage_cannot(stage, "its dup() says %s",
		    observed_errno(error));
	(*second)->fd = error;
	return 0;
}

/*
 * One of two descriptors is closed. A message behind that shows that there was
 * no end before it: nobody waits for what should not come.
 */
static int
last_descriptor(struct stage *stage, struct observation *seen)
{
	struct side *client, *server, *second;
	char first[MOVE_WORD], word[MOVE_WORD];
	int error = pair_of_two(stage, &client, &server, &second);

	if (error == 0)
		error = move_close(client);
	if (error != 0)
		return error;
	if (strcmp(move_sent(stage, second, word), "ok") != 0)
		return observe(seen, "send: %s", word);
	move_read(stage, server, STAGE_SURE_MS, first);
	if (strcmp(first, "data") != 0)
		return observe(seen, "%s", first);
	move_close(second);
	return observe(seen, "data, then %s", move_read(stage, server,
	    move_leave_ms(stage), word));
}

static const struct probe last_descriptor_probe = {
	.id = "dup-close",
	.group = GROUP_LIFECYCLE,
	.question = "One of two descriptors is closed, a send, the other: "
	    "recv()?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "data, then 0", "data, then data",
	    "data, then {errno}", "data, then nothing", "0", "nothing",
	    "{errno}", "send: {errno}", "send: {errno} and SIGPIPE", NULL },
	.documents = (const struct document[]){
		{ .answer = "data, then 0",
		  .source = "dup(2): both refer to the same open file; "
		      "close(2): freed with the last reference" },
		{ .answer = NULL },
	},
	.run = last_descriptor,
};

/* shutdown() is of the socket, not of the descriptor. */
static int
shut_through_one(struct stage *stage, struct observation *seen)
{
	struct side *client, *server, *second;
	char word[MOVE_WORD];
	int error = pair_of_two(stage, &client, &server, &second);

	if (error != 0)
		return error;
	error = STAGE_CALL(second, shutdown, SHUT_WR);
	if (error != 0)
		return observe(seen, "shutdown: %s", observed_errno(error));
	return observe(seen, "%s", move_sent(stage, client, word));
}

static const struct probe shut_through_one_probe = {
	.id = "dup-close.shutdown",
	.group = GROUP_LIFECYCLE,
	.question = "shutdown(SHUT_WR) of one descriptor, send() on its twin?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ MOVE_SENT_WORDS,
	    "shutdown: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EPIPE or EPIPE and SIGPIPE",
		  .source = "dup(2): both refer to the same open file; "
		      "shutdown(2)" },
		{ .answer = NULL },
	},
	.run = shut_through_one,
};

/* A listener that is closed, of which there is another descriptor. */
static int
listener_twin(struct stage *stage, struct observation *seen)
{
	static struct stage_task task;
	struct side *listener, *twin, *server;
	int error = stage_listening(stage, 8, &listener);

	if (error != 0)
		return error;
	twin = arrival_beside(stage, listener);
	server = stage_side(stage, SIDE_SERVER);
	if (twin == NULL || server == NULL)
		return -ENOTSUP;
	twin->listener = listener->calls->dup(&listener->recorder,
	    listener->listener);
	if (twin->listener < 0)
		return stage_cannot(stage, "its dup() fails");
	error = side_close(listener);
	if (error == 0)
		error = arrival_begin(stage, listener, &task);
	if (error != 0)
		return error;
	error = arrival_accept(twin, server, SOCK_CLOEXEC);
	if (error == -ETIMEDOUT && stage_ended(&task, 0))
		return observe(seen, "connect: %s",
		    observed_errno(task.result));
	return observe(seen, "%s", error == 0 ? "accepts"
	    : error == -ETIMEDOUT ? "nobody comes" : observed_errno(error));
}

static const struct probe listener_twin_probe = {
	.id = "dup-close.listener",
	.group = GROUP_LIFECYCLE,
	.question = "A listener is closed, but not its dup(): who connects?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "accepts", "nobody comes",
	    "connect: ok", "connect: {errno}", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "accepts",
		  .source = "dup(2): both refer to the same open file" },
		{ .answer = NULL },
	},
	.run = listener_twin,
};

const struct probe *const twins_probes[] = {
	&last_descriptor_probe,
	&shut_through_one_probe,
	&listener_twin_probe,
	NULL,
};
