#include "experiments/arrival.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

static long
arrive(struct stage_task *task)
{
	return STAGE_CALL(task->side, connect, &task->side->peer);
}

int
arrival_connect(struct stage *stage, struct side *client,
    struct stage_task *task)
{
	*task = (struct stage_task){
		.stage = stage, .side = client, .work = arrive,
	};
	return stage_begin(task);
}

int
arrival_begin(struct stage *stage, struct side *listener,
    struct stage_task *task)
{
	struct side *client;
	int error = stage_client(stage, &client);

	if (error == 0)
		error = stage_contact(stage, listener, &client->peer);
	return error != 0 ? error : arrival_connect(stage, client, task);
}

int
arrival_of_one(struct stage *stage, struct stage_task *task,
    struct side **listener, struct side **server)
{
	int error = stage_listening(stage, 8, listener);

	*server = error == 0 ? stage_side(stage, SIDE_SERVER) : NULL;
	if (error == 0 && *server == NULL)
		error = -ENOTSUP;
	return error != 0 ? error : arrival_begin(stage, *listener, task);
}

int
arrival_accept(struct side *listener, struct side *server, int flags)
{
	struct pollfd polled = { .fd = listener->listener, .events = POLLIN };
	int result = server->calls->poll(&server->recorder, &polled, 1,
	    STAGE_SURE_MS);

	if (result <= 0)
		return result < 0 ? result : -ETIMEDOUT;
	result = server->calls->accept(&server->recorder, listener->listener,
	    &server->peer, flags);
	if (result < 0)
		return result;
	server->fd = result;
	server->self = listener->self;
	return 0;
}

struct side *
arrival_beside(struct stage *stage, const struct side *side)
{
	struct side *beside = stage_side(stage, side->id);

	if (beside == NULL)
		return NULL;
	beside->fd = side->fd;
	beside->listener = side->listener;
	return beside;
}
