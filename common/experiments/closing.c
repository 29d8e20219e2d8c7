/* close(), and what becomes of what is still under way. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"

/* Sends three bytes, and waits until they are there. */
static int
leave_unread(struct stage *stage, struct side *from, struct side *to)
{
	if (stage_send(stage, from, "abc", 3, 0) != 3 ||
	    stage_poll(stage, to, POLLIN, STAGE_SURE_MS) == 0)
		return stage_cannot(stage, "three bytes do not arrive");
	return 0;
}

static int
unread(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char word[MOVE_WORD];
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = leave_unread(stage, client, server);
	if (error == 0)
		error = move_close(server);
	return error != 0 ? error : observe(seen, "%s", move_read(stage,
	    client, move_leave_ms(stage), word));
}

static const struct probe unread_probe = {
	.id = "close-unread",
	.group = GROUP_END,
	.question = "The peer closes and has not read all: what is told?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ MOVE_READ_WORDS, NULL },
	.run = unread,
};

/* The same, when the peer had said something itself before. */
static int
unread_answer(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char first[MOVE_WORD];
	char second[MOVE_WORD];
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = leave_unread(stage, client, server);
	if (error == 0)
		error = leave_unread(stage, server, client);
	if (error == 0)
		error = move_close(server);
	if (error != 0)
		return error;
	/* It is known when poll() says so: the reset is behind the data. */
	stage_poll(stage, client, POLLRDHUP, move_leave_ms(stage));
	move_read(stage, client, STAGE_QUIET_MS, first);
	move_read(stage, client, STAGE_QUIET_MS, second);
	return observe(seen, "%s, then %s", first, second);
}

static const struct probe unread_answer_probe = {
	.id = "close-unread.answer",
	.group = GROUP_END,
	.question = "The same, and it had answered: is the answer still read?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ "data, then 0", "data, then {errno}",
	    "data, then nothing", "0, then 0", "0, then {errno}",
	    "0, then nothing", "{errno}, then 0", "{errno}, then data",
	    "{errno}, then {errno}", "{errno}, then nothing",
	    "nothing, then 0", "nothing, then {errno}",
	    "nothing, then nothing", NULL },
	.limit_ms = MOVE_LIMIT_MS,
	.run = unread_answer,
};

static int
set_linger(struct side *side, int seconds)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = seconds };

	return STAGE_CALL(side, setsockopt, SOL_SOCKET, SO_LINGER, &linger,
	    sizeof(linger));
}

static int
linger_zero(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char word[MOVE_WORD];
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = set_linger(server, 0);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = move_close(server);
	return error != 0 ? error : observe(seen, "%s", move_read(stage,
	    client, move_leave_ms(stage), word));
}

static const struct probe linger_zero_probe = {
	.id = "linger.zero",
	.group = GROUP_END,
	.question = "SO_LINGER of 0 seconds and close(): what is the peer told?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ MOVE_READ_WORDS,
	    "setsockopt: {errno}", NULL },
	.run = linger_zero,
};

/* The receiver holds so little that the sender is left with most of it. */
#define LITTLE 4096
#define MUCH 65536
#define PIECE 1000
#define PIECES_MAX 2000
#define PIECES_BEHIND 64

/* Longer than any experiment takes. */
#define LINGER_SECONDS 10

static int
set_buffer(struct side *side, int fd, int name, int size)
{
	return side->calls->setsockopt(&side->recorder, fd, SOL_SOCKET, name,
	    &size, sizeof(size));
}

/*
 * A pair whose buffers are full: the client has sent what the server has not
 * read, and where the room of a receiver counts, the client still has some of
 * it. The server's room is that of the socket that listens: what was promised
 * to a peer is not taken back. *sent is how many bytes.
 */
static int
full_pair(struct stage *stage, struct side **client, struct side **server,
    size_t *sent)
{
	struct side *listener;
	int error = stage_listening(stage, 8, &listener);

	if (error == 0)
		error = set_buffer(listener, listener->listener, SO_RCVBUF,
		    LITTLE);
	if (error == 0)
		error = stage_join(stage, listener, client, server);
	if (error == 0)
		error = set_buffer(*client, (*client)->fd, SO_SNDBUF, MUCH);
	if (error != 0)
		return error;
	*sent = PIECE * stage_flood(stage, *client, PIECE, PIECES_MAX, &error);
	return error == -EAGAIN ? 0 : stage_cannot(stage,
	    "its buffers are not to be filled: %s", observed_errno(error));
}

static long
close_it(struct stage_task *task)
{
	return STAGE_CALL(task->side, close);
}

/*
 * close() in a task, which may outlive whoever called this: 1 where it does not
 * come back by itself, 0 where it has, or a negative errno.
 */
static int
begin_closing(struct stage *stage, struct side *side)
{
	static struct stage_task task;
	int error;

	task = (struct stage_task){
		.stage = stage, .side = side, .work = close_it,
	};
	error = stage_begin(&task);
	if (error != 0)
		return error;
	/* A call that is only about to end may sleep for a moment, too. */
	if (stage_await_sleep(&task) == 0 &&
	    !stage_ended(&task, STAGE_QUIET_MS))
		return 1;
	return stage_ended(&task, STAGE_SURE_MS) ? (int)task.result : 1;
}

/* Whether close() comes back at once, with data that nobody takes. */
static int
closing_waits(struct stage *stage, struct observation *seen,
    bool lingering, bool blocking)
{
	struct side *client, *server;
	size_t sent;
	int error = full_pair(stage, &client, &server, &sent);

	if (error == 0 && !blocking)
		error = move_nonblocking(client);
	if (error != 0)
		return error;
	if (lingering)
		error = set_linger(client, LINGER_SECONDS);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = begin_closing(stage, client);
	return observe(seen, "%s", error == 1 ? "blocks"
	    : error == 0 ? "at once" : observed_errno(error));
}

static int
linger_off(struct stage *stage, struct observation *seen)
{
	return closing_waits(stage, seen, false, true);
}

static int
linger_blocking(struct stage *stage, struct observation *seen)
{
	return closing_waits(stage, seen, true, true);
}

static int
linger_nonblocking(struct stage *stage, struct observation *seen)
{
	return closing_waits(stage, seen, true, false);
}

#define LINGER_WORDS                                                           \
	(const char *const[])                                                  \
	{                                                                      \
		"blocks", "at once", "{errno}", "setsockopt: {errno}", NULL    \
	}

static const struct probe linger_off_probe = {
	.id = "linger.off",
	.group = GROUP_END,
	.question = "No SO_LINGER, data that nobody takes: does close() wait?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = LINGER_WORDS,
	.documents = (const struct document[]){
		{ .answer = "at once",
		  .source = "socket(7), SO_LINGER: it returns immediately" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = linger_off,
};

static const struct probe linger_blocking_probe = {
	.id = "linger",
	.group = GROUP_END,
	.question = "SO_LINGER, and data that nobody takes: does close() wait?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = LINGER_WORDS,
	.limit_ms = MOVE_LIMIT_MS,
	.run = linger_blocking,
};

static const struct probe linger_nonblocking_probe = {
	.id = "linger.nonblock",
	.group = GROUP_END,
	.question = "The same with O_NONBLOCK: does close() wait?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = LINGER_WORDS,
	.limit_ms = MOVE_LIMIT_MS,
	.run = linger_nonblocking,
};

/* Reads to the end; *last is what ended it. */
static size_t
read_all(struct stage *stage, struct side *side, int ms, ssize_t *last)
{
	char data[4096];
	size_t bytes = 0;

	while ((*last = move_receive(stage, side, data, sizeof(data), ms)) > 0)
		bytes += (size_t)*last;
	return bytes;
}

/* close() right behind what was sent; and then it is read. */
static int
background(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	size_t sent, got;
	ssize_t last;
	int error = stage_pair(stage, &client, &server);
	int stopped;

	if (error != 0)
		return error;
	sent = PIECE * stage_flood(stage, client, PIECE, PIECES_BEHIND,
	    &stopped);
	/* It may not come back before all has been read. */
	error = begin_closing(stage, client);
	if (error < 0)
		return error;
	got = read_all(stage, server, STAGE_SURE_MS, &last);
	return observe(seen, "%s, then %s", got >= sent ? "all" : "a part",
	    last == 0 ? "0" : last == -ETIMEDOUT ? "nothing"
	    : observed_errno(last));
}

static const struct probe background_probe = {
	.id = "linger.background",
	.group = GROUP_END,
	.question = "close() right after much was sent: does it all come?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "all, then 0", "all, then {errno}",
	    "all, then nothing", "a part, then 0", "a part, then {errno}",
	    "a part, then nothing", NULL },
	.limit_ms = MOVE_LIMIT_MS,
	.documents = (const struct document[]){
		{ .cells = { .with = TRAIT_RELIABLE },
		  .answer = "all, then 0",
		  .source = "socket(7), SO_LINGER: closing is done in the "
		      "background" },
		{ .answer = NULL },
	},
	.run = background,
};

const struct probe *const closing_probes[] = {
	&unread_probe,
	&unread_answer_probe,
	&linger_off_probe,
	&linger_blocking_probe,
	&linger_nonblocking_probe,
	&linger_zero_probe,
	&background_probe,
	NULL,
};
