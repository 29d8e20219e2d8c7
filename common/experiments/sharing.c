/* One name for many: the queue of a listener, and names that are shared. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"
#include "experiments/packet.h"

/* More clients than a backlog of two lets in where it counts at all. */
#define CLIENTS_MAX 4

/*
 * Another connection, from its beginning to its end: when it is made, one that
 * was begun before would be, too. On a busy machine no time says as much.
 */
static int
connect_elsewhere(struct stage *stage)
{
	struct side *listener, *client, *server;
	int error = stage_listening(stage, 1, &listener);

	return error != 0 ? error
	    : stage_join(stage, listener, &client, &server);
}

/* A client that connects without waiting: 0, 1 where it has to wait, -errno. */
static int
knock(struct stage *stage, struct side *listener)
{
	struct side *client;
	int error = stage_client(stage, &client);

	if (error == 0)
		error = stage_contact(stage, listener, &client->peer);
	if (error == 0)
		error = move_nonblocking(client);
	if (error != 0)
		return error;
	error = STAGE_CALL(client, connect, &client->peer);
	if (error != -EINPROGRESS)
		return error;
	if (stage_poll(stage, client, POLLOUT, STAGE_QUIET_MS) == 0) {
		error = connect_elsewhere(stage);
		if (error != 0)
			return error;
		if (stage_poll(stage, client, POLLOUT, 0) == 0)
			return 1;
	}
	return move_pending(client);
}

struct queue {
	int refused;		/* listen() itself, with a negative errno */
	int let_in;
	int end;		/* of the next: as knock() returned it */
};

/*
 * Takes in who came: some kernels never forget a connection that was not
 * accepted, nor the name that it has.
 */
static void
let_go(struct side *listener)
{
	int accepted;

	if (move_nonblocking(listener) != 0)
		return;
	do {
		accepted = STAGE_CALL(listener, accept, NULL, SOCK_CLOEXEC);
		if (accepted >= 0)
			listener->calls->close(&listener->recorder, accepted);
	} while (accepted >= 0);
}

/* How many clients are let in before anybody is accepted. */
static int
fill(struct stage *stage, int backlog, struct queue *queue)
{
	struct side *listener;
	int error = stage_bound(stage, SIDE_SERVER, &listener);

	*queue = (struct queue){ .let_in = 0 };
	if (error != 0)
		return error;
	queue->refused = STAGE_CALL(listener, listen, backlog);
	while (error == 0 && queue->refused == 0 && queue->end == 0 &&
	    queue->let_in < CLIENTS_MAX) {
		queue->end = knock(stage, listener);
		queue->let_in += queue->end == 0;
		if (stage->failure->happened)
			error = queue->end;
	}
	if (queue->let_in != 0)
		let_go(listener);
	return error;
}

static int
tell_queue(struct stage *stage, struct observation *seen, int backlog)
{
	struct queue queue;
	int error = fill(stage, backlog, &queue);

	if (error != 0)
		return error;
	if (queue.refused != 0)
		return observe(seen, "listen: %s",
		    observed_errno(queue.refused));
	if (queue.end == 0)
		return observe(seen, "%d at least", CLIENTS_MAX);
	return observe(seen, "%d, then %s", queue.let_in, queue.end > 0
	    ? "they wait" : observed_errno(queue.end));
}

#define QUEUE_ANSWERS                                                          \
	(const char *const[]){ "{n}, then they wait", "{n}, then {errno}",     \
	    "{n} at least", "listen: {errno}", NULL }

static int
two_wait(struct stage *stage, struct observation *seen)
{
	return tell_queue(stage, seen, 2);
}

static const struct probe two_wait_probe = {
	.id = "backlog",
	.group = GROUP_SHARING,
	.question = "A backlog of 2, and no accept(): how many clients connect?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = QUEUE_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "2, then they wait or 2, then ECONNREFUSED or "
		      "2, then EAGAIN",
		  .source = "listen(2): the maximum length of the queue; "
		      "connect(2), EAGAIN" },
		{ .answer = NULL },
	},
	.differences = (const struct difference[]){
		{ .answer = "3, then they wait or 3, then {errno}",
		  .since = "2.6.21",
		  .text = "Linux lets one more in, so that listen(0) takes one",
		  .source = "Linux commit 64a146513f8f, sk_acceptq_is_full()" },
		{ .answer = NULL },
	},
	.run = two_wait,
};

static int
none_wait(struct stage *stage, struct observation *seen)
{
	return tell_queue(stage, seen, 0);
}

static const struct probe none_wait_probe = {
	.id = "backlog.zero",
	.group = GROUP_SHARING,
	.question = "A backlog of 0, and no accept(): how many clients connect?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = QUEUE_ANSWERS,
	.run = none_wait,
};

static int
negative(struct stage *stage, struct observation *seen)
{
	struct queue zero, less;
	int error = fill(stage, 0, &zero);

	if (error == 0)
		error = fill(stage, -1, &less);
	if (error != 0)
		return error;
	if (zero.refused != 0 || less.refused != 0)
		return observe(seen, "listen: %s", observed_errno(
		    zero.refused != 0 ? zero.refused : less.refused));
	return observe(seen, less.let_in == zero.let_in ? "as many"
	    : less.let_in > zero.let_in ? "more" : "fewer");
}

static const struct probe negative_probe = {
	.id = "backlog.negative",
	.group = GROUP_SHARING,
	.question = "A backlog of -1: does it let in as many as one of 0?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "as many", "more", "fewer",
	    "listen: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "as many", .source = "POSIX.1-2017, listen(): less "
		      "than 0 is as 0" },
		{ .answer = NULL },
	},
	.run = negative,
};

/* Names are taken with bind(), and by nothing else. */
static bool
binds(const struct choice *choice)
{
	return move_is_direct(choice) && !choice->row.joins &&
	    !choice->row.binds_itself;
}

/* Two sockets that both have set the option ask for one name. */
static int
share(struct stage *stage, struct observation *seen, int option)
{
	struct side *first, *second;
	int error = stage_socket(stage, SIDE_SERVER, &first);
	int set;

	if (error != 0)
		return error;
	set = packet_set(first, option, 1);
	if (set != 0)
		return observe(seen, "set: %s", observed_errno(set));
	error = stage_name(stage, first);
	if (error == 0)
		error = stage_socket(stage, SIDE_SERVER, &second);
	if (error != 0)
		return error;
	set = packet_set(second, option, 1);
	if (set != 0)
		return observe(seen, "set: %s", observed_errno(set));
	return observe(seen, "%s", observed_errno(STAGE_CALL(second, bind,
	    stage->choice->family->bound_unnamed
	    ? &((struct stage_side *)first)->asked : &first->self)));
}

#define SHARE_ANSWERS                                                          \
	(const char *const[]){ "ok", "{errno}", "set: {errno}", NULL }

static int
share_address(struct stage *stage, struct observation *seen)
{
	return share(stage, seen, SO_REUSEADDR);
}

static const struct probe share_address_probe = {
	.id = "share-name.reuseaddr",
	.group = GROUP_SHARING,
	.question = "Two sockets with SO_REUSEADDR: may they have one name?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = binds,
	.answers = SHARE_ANSWERS,
	.run = share_address,
};

static int
share_port(struct stage *stage, struct observation *seen)
{
	return share(stage, seen, SO_REUSEPORT);
}

static const struct probe share_port_probe = {
	.id = "share-name.reuseport",
	.group = GROUP_SHARING,
	.question = "Two sockets with SO_REUSEPORT: may they have one name?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = binds,
	.answers = SHARE_ANSWERS,
	.run = share_port,
};

const struct probe *const sharing_probes[] = {
	&two_wait_probe,
	&none_wait_probe,
	&negative_probe,
	&share_address_probe,
	&share_port_probe,
	NULL,
};
