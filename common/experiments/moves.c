#include "experiments/moves.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int
move_nonblocking(struct side *side)
{
	return STAGE_CALL(side, fcntl, F_SETFL, O_NONBLOCK);
}

int
move_pending(struct side *side)
{
	int status = 0;
	socklen_t length = sizeof(status);
	int error = STAGE_CALL(side, getsockopt, SOL_SOCKET, SO_ERROR, &status,
	    &length);

	return error != 0 ? error : -status;
}

static long
connect_it(struct stage_task *task)
{
	return STAGE_CALL(task->side, connect,
	    (const struct endpoint *)task->argument);
}

long
move_connect(struct stage *stage, struct side *side, const struct endpoint *to)
{
	/* It may outlive the caller, and even the experiment. */
	static struct endpoint address;
	static struct stage_task task;
	int error;

	address = *to;
	task = (struct stage_task){
		.stage = stage, .side = side, .work = connect_it,
		.argument = &address,
	};
	error = stage_begin(&task);
	if (error != 0)
		return error;
	return stage_ended(&task, STAGE_SURE_MS) ? task.result : 1;
}

int
move_attach(struct stage *stage, struct side *client)
{
	int error;

	if (stage->choice->row.shape == SHAPE_CONNECTED)
		return 0;
	error = STAGE_CALL(client, connect, &client->peer);
	return error == 0 ? 0 : stage_cannot(stage,
	    "its connect() says %s", observed_errno(error));
}

int
move_accept(struct stage *stage, struct side *listener, int ms,
    struct side **out)
{
	struct pollfd polled = { .fd = listener->listener, .events = POLLIN };
	struct side *side = stage_side(stage, SIDE_SERVER);
	int result;

	*out = side;
	if (side == NULL)
		return -ENOTSUP;
	result = listener->calls->poll(&listener->recorder, &polled, 1, ms);
	if (result <= 0)
		return result < 0 ? result : -ETIMEDOUT;
	result = listener->calls->accept(&listener->recorder,
	    listener->listener, &side->peer, SOCK_CLOEXEC);
	if (result < 0)
		return result;
	side->fd = result;
	side->self = listener->self;
	return 0;
}

long
move_send(struct stage *stage, struct side *from, unsigned *signals)
{
	unsigned before = stage_sigpipes();
	int flags = stage_flags(stage, 0) & ~MSG_NOSIGNAL;
	ssize_t packed = stage_pack(stage, from, "abc", 3);
	ssize_t sent;

	if (packed < 0)
		return packed;
	sent = STAGE_CALL(from, send, from->packet, (size_t)packed, flags);
	*signals = stage_sigpipes() - before;
	return sent;
}

const char *
move_sent(struct stage *stage, struct side *from, char word[MOVE_WORD])
{
	unsigned signals = 0;
	long sent = move_send(stage, from, &signals);

	snprintf(word, MOVE_WORD, "%s%s", observed_errno(sent),
	    signals != 0 ? " and SIGPIPE" : "");
	return word;
}

const char *
move_read(struct stage *stage, struct side *to, int ms, char word[MOVE_WORD])
{
	char data[64];
	ssize_t got = stage_receive(stage, to, data, sizeof(data),
	    MSG_DONTWAIT, ms);

	if (got == -EAGAIN || got == -ETIMEDOUT)
		strlcpy(word, "nothing", MOVE_WORD);
	else
		strlcpy(word, got < 0 ? observed_errno(got)
		    : got == 0 ? "0" : "data", MOVE_WORD);
	return word;
}

int
move_close(struct side *side)
{
	int error;

	if (side->below >= 0 || side->prepared)
		return side_close(side);
	error = STAGE_CALL(side, close);
	side->fd = -1;
	return error;
}

int
move_leave_ms(const struct stage *stage)
{
	const struct cell *cell = &stage->choice->row;

	return cell->shape == SHAPE_CONNECTED && !cell->endless
	    ? STAGE_SURE_MS : STAGE_QUIET_MS;
}

struct side *
move_which(struct stage *stage, struct side *one, struct side *other, int ms)
{
	struct pollfd polled[] = {
		{ .fd = one->fd, .events = POLLIN },
		{ .fd = other->fd, .events = POLLIN },
	};

	(void)stage;
	if (one->calls->poll(&one->recorder, polled, 2, ms) <= 0)
		return NULL;
	return polled[0].revents != 0 ? one : other;
}

bool
move_is_direct(const struct choice *choice)
{
	return choice->row.carrier == NULL;
}
