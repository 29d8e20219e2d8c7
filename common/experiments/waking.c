/* Descriptors that are closed while another, or a call, still holds them. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/arrival.h"
#include "experiments/experiments.h"
#include "experiments/moves.h"
#include "experiments/packet.h"

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
	return tell_end(seen, &task, error,
	    stage_ended(&task, move_leave_ms(stage)));
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
	ended = stage_ended(&task, STAGE_QUIET_MS * 2);
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
	&last_descriptor_probe,
	&shut_through_one_probe,
	&listener_twin_probe,
	&close_under_receive_probe,
	&shut_under_receive_probe,
	&close_under_accept_probe,
	&shut_under_accept_probe,
	NULL,
};
