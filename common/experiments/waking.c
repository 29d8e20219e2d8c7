/* Calls that wait on a socket which another thread closes or shuts down. */
#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "experiments/arrival.h"
#include "experiments/experiments.h"
#include "experiments/moves.h"
#include "experiments/packet.h"

static long
receive_it(struct stage_task *task)
{
	static char data[PACKET_MAX];

	return STAGE_CALL(task->side, recv, data, sizeof(data), 0);
}

static long
accept_it(struct stage_task *task)
{
	struct side *side = task->side;

	return side->calls->accept(&side->recorder, side->listener, NULL,
	    SOCK_CLOEXEC);
}

/* Some cells are set so that their calls do not wait: these are to wait. */
static int
without_limit(struct side *side)
{
	const struct timeval never = { .tv_sec = 0 };
	const struct setting *row = side->choice->row.settings;
	int fd = side->fd >= 0 ? side->fd : side->listener;

	for (; row != NULL && row->sides != 0; row++)
		if (row->level == SOL_SOCKET && row->name == SO_RCVTIMEO)
			return side->calls->setsockopt(&side->recorder, fd,
			    SOL_SOCKET, SO_RCVTIMEO, &never, sizeof(never));
	return 0;
}

/* A call blocks on the side, in a thread; *beside is for what is done to it. */
static int
block(struct stage *stage, struct side *side,
    long (*work)(struct stage_task *task), struct stage_task *task,
    struct side **beside)
{
	int error;

	*beside = arrival_beside(stage, side);
	if (*beside == NULL)
		return -ENOTSUP;
	*task = (struct stage_task){
		.stage = stage, .side = side, .work = work,
	};
	error = without_limit(side);
	if (error == 0)
		error = stage_begin(task);
	if (error == 0 && stage_await_sleep(task) != 0)
		error = stage_cannot(stage, "the call does not block");
	return error;
}

static const char *
received(long result)
{
	return result > 0 ? "data" : result == 0 ? "0"
	    : observed_errno(result);
}

/*
 * close() under a recv(). What comes afterwards shows whether the call was
 * still there.
 */
static int
close_under_receive(struct stage *stage, struct observation *seen)
{
	static struct stage_task task;
	struct side *client, *server, *beside;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = block(stage, server, receive_it, &task, &beside);
	if (error == 0)
		error = STAGE_CALL(beside, close);
	if (error != 0)
		return error;
	if (stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    0) < 0)
		observe_note(seen, "the peer cannot send any more");
	if (!stage_ended(&task, STAGE_SURE_MS))
		return observe(seen, "waits on");
	return observe(seen, "%s", task.result > 0 ? "waits on for data"
	    : received(task.result));
}

static const struct probe close_under_receive_probe = {
	.id = "close-wakes",
	.group = GROUP_LIFECYCLE,
	.question = "close() by another thread: does it end a waiting recv()?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_received,
	.answers = (const char *const[]){ "waits on for data", "waits on", "0",
	    "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "waits on for data or waits on",
		  .source = "close(2), Multithreaded processes and close()" },
		{ .answer = NULL },
	},
	.run = close_under_receive,
};

/* "0", or "0, though ENOTCONN" where the call that ended it failed. */
static int
tell_end(struct observation *seen, const struct stage_task *task, int error,
    bool ended)
{
	const char *word = ended ? received(task->result) : "waits on";

	return error == 0 ? observe(seen, "%s", word)
	    : observe(seen, "%s, though %s", word, observed_errno(error));
}

#define WAKING_ANSWERS                                                         \
	(const char *const[]){ "0", "data", "{errno}", "waits on",             \
	    "0, though {errno}", "data, though {errno}",                       \
	    "{errno}, though {errno}", "waits on, though {errno}", NULL }

/*
 * Whether the call has ended: what was taken may take a while; what was refused
 * wakes it at once or not at all.
 */
static bool
has_ended(struct stage_task *task, int error)
{
	return error == 0 ? stage_ended(task, STAGE_SURE_MS)
	    : !stage_sleeps_on(task);
}

static int
shut_under_receive(struct stage *stage, struct observation *seen)
{
	static struct stage_task task;
	struct side *client, *server, *beside;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = block(stage, server, receive_it, &task, &beside);
	if (error != 0)
		return error;
	error = STAGE_CALL(beside, shutdown, SHUT_RDWR);
	return tell_end(seen, &task, error, has_ended(&task, error));
}

static const struct probe shut_under_receive_probe = {
	.id = "close-wakes.shutdown",
	.group = GROUP_LIFECYCLE,
	.question = "shutdown() by another thread: does it end a waiting "
	    "recv()?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = packet_received,
	.answers = WAKING_ANSWERS,
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_CONNECTED }, .answer = "0",
		  .source = "shutdown(2): further receptions are disallowed" },
		{ .answer = NULL },
	},
	.run = shut_under_receive,
};

/* close() under accept(); then a client comes. */
static int
close_under_accept(struct stage *stage, struct observation *seen)
{
	static struct stage_task task, client;
	struct side *listener, *beside;
	int error = stage_listening(stage, 8, &listener);

	if (error == 0)
		error = block(stage, listener, accept_it, &task, &beside);
	if (error == 0)
		error = side_close(beside);
	if (error == 0)
		error = arrival_begin(stage, listener, &client);
	if (error != 0)
		return error;
	if (!stage_ended(&client, STAGE_SURE_MS))
		return observe(seen, "connect() waits");
	if (client.result == 0 && stage_ended(&task, STAGE_SURE_MS) &&
	    task.result >= 0)
		return observe(seen, "waits on, and accepts");
	if (stage_ended(&task, 0))
		return observe(seen, "%s", observed_errno(task.result));
	return observe(seen, "waits on; connect: %s",
	    observed_errno(client.result));
}

static const struct probe close_under_accept_probe = {
	.id = "close-wakes.accept",
	.group = GROUP_LIFECYCLE,
	.question = "close() of a listener under a waiting accept(): does it "
	    "end?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "waits on, and accepts", "{errno}",
	    "ok", "waits on; connect: ok", "waits on; connect: {errno}",
	    "connect() waits", NULL },
	.documents = (const struct document[]){
		{ .answer = "waits on, and accepts",
		  .source = "close(2), Multithreaded processes and close()" },
		{ .answer = NULL },
	},
	.run = close_under_accept,
};

static int
shut_under_accept(struct stage *stage, struct observation *seen)
{
	static struct stage_task task;
	struct side *listener, *beside;
	bool ended;
	int error = stage_listening(stage, 8, &listener);

	if (error == 0)
		error = block(stage, listener, accept_it, &task, &beside);
	if (error != 0)
		return error;
	error = beside->calls->shutdown(&beside->recorder, beside->listener,
	    SHUT_RDWR);
	ended = has_ended(&task, error);
	return error != 0 ? observe(seen, "%s, though %s",
	    ended ? observed_errno(task.result) : "waits on",
	    observed_errno(error))
	    : observe(seen, "%s", ended ? observed_errno(task.result)
	    : "waits on");
}

static const struct probe shut_under_accept_probe = {
	.id = "close-wakes.listener",
	.group = GROUP_LIFECYCLE,
	.question = "shutdown() of a listener: does it end a waiting accept()?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "ok", "{errno}", "waits on",
	    "ok, though {errno}", "{errno}, though {errno}",
	    "waits on, though {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "waits on, though ENOTCONN or "
		      "ok, though ENOTCONN or {errno}, though ENOTCONN",
		  .source = "shutdown(2), ENOTCONN: it is not connected" },
		{ .answer = NULL },
	},
	.run = shut_under_accept,
};

const struct probe *const waking_probes[] = {
	&close_under_receive_probe,
	&shut_under_receive_probe,
	&close_under_accept_probe,
	&shut_under_accept_probe,
	NULL,
};
