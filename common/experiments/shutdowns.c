/* shutdown(): one direction of a connection ends. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"

/* A pair, and what shutdown() of the client's returns. */
static int
halve(struct stage *stage, struct side **client, struct side **server, int how,
    int *result)
{
	int error = stage_pair(stage, client, server);

	if (error == 0)
		error = move_attach(stage, *client);
	if (error == 0)
		*result = STAGE_CALL(*client, shutdown, how);
	return error;
}

static int
tell_refusal(struct observation *seen, int result)
{
	return observe(seen, "shutdown: %s", observed_errno(result));
}

static int
peer_reads(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char word[MOVE_WORD];
	int result;
	int error = halve(stage, &client, &server, SHUT_WR, &result);

	if (error != 0)
		return error;
	if (result != 0)
		return tell_refusal(seen, result);
	return observe(seen, "%s", move_read(stage, server,
	    move_leave_ms(stage), word));
}

static const struct probe peer_reads_probe = {
	.id = "shut-wr",
	.group = GROUP_END,
	.question = "shutdown(SHUT_WR): what does the peer's recv() say?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ MOVE_READ_WORDS,
	    "shutdown: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "0",
		  .source = "POSIX.1-2017, recv(); recv(2): orderly shutdown" },
		{ .answer = NULL },
	},
	.run = peer_reads,
};

static int
peer_polls(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char word[MOVE_WORD];
	int revents;
	int result;
	int error = halve(stage, &client, &server, SHUT_WR, &result);

	if (error != 0)
		return error;
	if (result != 0)
		return tell_refusal(seen, result);
	revents = stage_poll(stage, server, POLLIN | POLLRDHUP,
	    move_leave_ms(stage));
	return observe(seen, "%s",
	    stage_poll_words(revents, word, sizeof(word)));
}

static const struct probe peer_polls_probe = {
	.id = "shut-wr.poll",
	.group = GROUP_END,
	.question = "shutdown(SHUT_WR): what does the peer's poll() tell?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ MOVE_POLL_WORDS,
	    "shutdown: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .type = SOCK_STREAM,
		      .with = TRAIT_HALF_CLOSE },
		  .answer = "POLLIN|POLLRDHUP",
		  .source = "poll(2), POLLRDHUP: the peer shut down writing" },
		{ .answer = NULL },
	},
	.run = peer_polls,
};

/* The other direction, when this one has ended. */
static int
other_direction(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char word[MOVE_WORD];
	int result;
	int error = halve(stage, &client, &server, SHUT_WR, &result);

	if (error != 0)
		return error;
	if (result != 0)
		return tell_refusal(seen, result);
	move_read(stage, server, move_leave_ms(stage), word);
	if (strcmp(move_sent(stage, server, word), "ok") != 0)
		return observe(seen, "send: %s", word);
	return observe(seen, "recv: %s", move_read(stage, client,
	    STAGE_SURE_MS, word));
}

static const struct probe other_direction_probe = {
	.id = "shut-wr.reverse",
	.group = GROUP_END,
	.question = "shutdown(SHUT_WR): does the other direction still work?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ "recv: data", "recv: 0",
	    "recv: {errno}", "recv: nothing", "send: {errno}",
	    "send: {errno} and SIGPIPE", "shutdown: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .with = TRAIT_HALF_CLOSE },
		  .answer = "recv: data",
		  .source = "shutdown(2), SHUT_WR" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = other_direction,
};

static int
own_send(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char word[MOVE_WORD];
	int result;
	int error = halve(stage, &client, &server, SHUT_WR, &result);

	if (error != 0)
		return error;
	if (result != 0)
		return tell_refusal(seen, result);
	/* What is still under way may be another answer. */
	move_read(stage, server, move_leave_ms(stage), word);
	return observe(seen, "%s", move_sent(stage, client, word));
}

static const struct probe own_send_probe = {
	.id = "shut-wr.own",
	.group = GROUP_END,
	.question = "shutdown(SHUT_WR), and send() all the same?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = move_is_direct,
	.answers = (const char *const[]){ MOVE_SENT_WORDS,
	    "shutdown: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_CONNECTED },
		  .answer = "EPIPE or EPIPE and SIGPIPE",
		  .source = "POSIX.1-2017, send(): shut down for writing" },
		{ .cells = { .shapes = ON_DATAGRAM, .type = SOCK_DGRAM },
		  .answer = "EPIPE",
		  .source = "POSIX.1-2017, send(): shut down for writing" },
		{ .cells = { .shapes = ON_CONNECTED },
		  .answer = "EPIPE and SIGPIPE",
		  .source = "socket(7), Signals; send(2), EPIPE" },
		{ .answer = NULL },
	},
	.run = own_send,
};

static int
twice(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int result;
	int error = halve(stage, &client, &server, SHUT_WR, &result);

	if (error != 0)
		return error;
	return result != 0 ? tell_refusal(seen, result)
	    : observe(seen, "%s", observed_errno(STAGE_CALL(client, shutdown,
		SHUT_WR)));
}

static const struct probe twice_probe = {
	.id = "shut-wr.twice",
	.group = GROUP_END,
	.question = "shutdown(SHUT_WR) a second time?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "ok", "{errno}",
	    "shutdown: {errno}", NULL },
	.run = twice,
};

static int
own_receive(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char data[16];
	ssize_t got;
	int result;
	int error = halve(stage, &client, &server, SHUT_RD, &result);

	if (error != 0)
		return error;
	if (result != 0)
		return tell_refusal(seen, result);
	got = STAGE_CALL(client, recv, data, sizeof(data), MSG_DONTWAIT);
	return observe(seen, "%s", got == 0 ? "0" : got > 0 ? "data"
	    : got == -EAGAIN ? "nothing" : observed_errno(got));
}

static const struct probe own_receive_probe = {
	.id = "shut-rd",
	.group = GROUP_END,
	.question = "shutdown(SHUT_RD), and recv() all the same?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = move_is_direct,
	.answers = (const char *const[]){ MOVE_READ_WORDS,
	    "shutdown: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_CONNECTED },
		  .answer = "0 or {errno}",
		  .source = "shutdown(2), SHUT_RD" },
		{ .answer = NULL },
	},
	.run = own_receive,
};

/*
 * What the peer sends when nothing shall be received any more. A first message
 * may be taken before the peer has heard of it.
 */
static int
then_written(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char word[MOVE_WORD];
	unsigned signals = 0;
	int result;
	int error = halve(stage, &client, &server, SHUT_RD, &result);

	if (error != 0)
		return error;
	if (result != 0)
		return tell_refusal(seen, result);
	for (int i = 0; i < 2; i++) {
		long sent = move_send(stage, server, &signals);

		if (sent < 0 && signals != 0)
			observe_note(seen, "with SIGPIPE");
		if (sent < 0)
			return observe(seen, "send: %s", observed_errno(sent));
		/* The end is read at once; what was sent, a little later. */
		move_read(stage, client, STAGE_QUIET_MS, word);
		if (strcmp(word, "data") == 0)
			break;
		stage_poll(stage, server, 0, STAGE_QUIET_MS);
	}
	return observe(seen, "recv: %s", word);
}

static const struct probe then_written_probe = {
	.id = "shut-rd.then-write",
	.group = GROUP_END,
	.question = "shutdown(SHUT_RD), and the peer sends: does it come?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "recv: data", "recv: 0",
	    "recv: {errno}", "recv: nothing", "send: {errno}",
	    "shutdown: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "recv: 0 or recv: {errno} or send: {errno}",
		  .source = "shutdown(2), SHUT_RD" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = then_written,
};

/* What was there before. */
static int
waiting_data(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char word[MOVE_WORD];
	int result;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	if (stage_send(stage, server, "abc", 3, 0) != 3 ||
	    stage_poll(stage, client, POLLIN, STAGE_SURE_MS) == 0)
		return stage_cannot(stage, "three bytes do not arrive");
	result = STAGE_CALL(client, shutdown, SHUT_RD);
	return result != 0 ? tell_refusal(seen, result)
	    : observe(seen, "recv: %s", move_read(stage, client,
		STAGE_QUIET_MS, word));
}

static const struct probe waiting_data_probe = {
	.id = "shut-rd.waiting",
	.group = GROUP_END,
	.question = "shutdown(SHUT_RD): is what had come before still read?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "recv: data", "recv: 0",
	    "recv: {errno}", "recv: nothing", "shutdown: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "recv: 0 or recv: {errno}",
		  .source = "POSIX.1-2017, shutdown()" },
		{ .answer = NULL },
	},
	.run = waiting_data,
};

const struct probe *const shutdowns_probes[] = {
	&peer_reads_probe,
	&peer_polls_probe,
	&other_direction_probe,
	&own_send_probe,
	&twice_probe,
	&own_receive_probe,
	&then_written_probe,
	&waiting_data_probe,
	NULL,
};
