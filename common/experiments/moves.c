#include "experiments/moves.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "drive/step.h"

/* A pause before it is asked again. */
#define PAUSE_NS 10000000

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

ssize_t
move_receive(struct stage *stage, struct side *to, void *data, size_t room,
    int ms)
{
	uint64_t end = step_end((int64_t)ms * 1000000);

	for (;;) {
		int64_t left = ms > 0 ? step_left(end) / 1000000 : 0;
		ssize_t got = stage_receive(stage, to, data, room,
		    MSG_DONTWAIT, left > 0 ? (int)left : 0);

		/* Where poll() promises too much, it is asked again. */
		if (got != -EAGAIN || left <= 0)
			return got == -EAGAIN ? -ETIMEDOUT : got;
		side_wait(to, -1, 0, PAUSE_NS);
	}
}

const char *
move_read(struct stage *stage, struct side *to, int ms, char word[MOVE_WORD])
{
	char data[64];
	ssize_t got = move_receive(stage, to, data, sizeof(data), ms);

	if (got == -ETIMEDOUT)
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
	uint64_t end = step_end((int64_t)ms * 1000000);
	struct side *const sides[] = { one, other };
	char word[MOVE_WORD];

	for (int64_t left; (left = step_left(end)) > 0;) {
		struct pollfd polled[] = {
			{ .fd = one->fd, .events = POLLIN },
			{ .fd = other->fd, .events = POLLIN },
		};

		one->calls->poll(&one->recorder, polled, 2,
		    (int)(left / 1000000));
		for (int i = 0; i < 2; i++)
			if (polled[i].revents != 0 && strcmp(move_read(stage,
			    sides[i], 0, word), "data") == 0)
				return sides[i];
		side_wait(one, -1, 0, PAUSE_NS);
	}
	return NULL;
}

bool
move_is_direct(const struct choice *choice)
{
	return choice->row.carrier == NULL;
}
