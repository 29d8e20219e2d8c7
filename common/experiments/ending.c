/* What a side learns of its peer's end, and what writing to it does. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"

/* A pair, the client connected to its peer; and the peer closes. */
static int
left_alone(struct stage *stage, struct side **client)
{
	struct side *server;
	int error = stage_pair(stage, client, &server);

	if (error == 0)
		error = move_attach(stage, *client);
	return error != 0 ? error : move_close(server);
}

static int
end(struct stage *stage, struct observation *seen)
{
	struct side *client;
	char word[MOVE_WORD];
	int error = left_alone(stage, &client);

	return error != 0 ? error : observe(seen, "%s", move_read(stage,
	    client, move_leave_ms(stage), word));
}

static const struct probe end_probe = {
	.id = "eof",
	.group = GROUP_END,
	.question = "The peer has closed its socket: what does recv() say?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.answers = (const char *const[]){ MOVE_READ_WORDS, NULL },
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_CONNECTED }, .answer = "0",
		  .source = "POSIX.1-2017, recv(); recv(2)" },
		{ .answer = NULL },
	},
	.run = end,
};

static int
end_again(struct stage *stage, struct observation *seen)
{
	struct side *client;
	char first[MOVE_WORD];
	char second[MOVE_WORD];
	int error = left_alone(stage, &client);

	if (error != 0)
		return error;
	move_read(stage, client, move_leave_ms(stage), first);
	move_read(stage, client, STAGE_QUIET_MS, second);
	return observe(seen, "%s, then %s", first, second);
}

static const struct probe end_again_probe = {
	.id = "eof.again",
	.group = GROUP_END,
	.question = "recv() once more at the end: the same?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ "0, then 0", "0, then {errno}",
	    "0, then nothing", "{errno}, then 0", "{errno}, then {errno}",
	    "{errno}, then nothing", "nothing, then 0",
	    "nothing, then {errno}", "nothing, then nothing", NULL },
	.limit_ms = MOVE_LIMIT_MS,
	.run = end_again,
};

/* What poll() tells, when it tells anything. */
static int
tell_events(struct stage *stage, struct side *side, struct observation *seen)
{
	char word[MOVE_WORD];
	int revents = stage_poll(stage, side, POLLIN | POLLRDHUP,
	    move_leave_ms(stage));

	return observe(seen, "%s", revents < 0 ? observed_errno(revents)
	    : stage_poll_words(revents, word, sizeof(word)));
}

static int
end_poll(struct stage *stage, struct observation *seen)
{
	struct side *client;
	int error = left_alone(stage, &client);

	return error != 0 ? error : tell_events(stage, client, seen);
}

static const struct probe end_poll_probe = {
	.id = "eof.poll",
	.group = GROUP_END,
	.question = "The peer has closed its socket: what does poll() tell?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ MOVE_POLL_WORDS, "{errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .type = SOCK_STREAM },
		  .answer = "POLLIN|POLLRDHUP or POLLIN|POLLRDHUP|POLLHUP",
		  .source = "poll(2), POLLRDHUP: the peer closed" },
		{ .answer = "POLLIN|POLLHUP or POLLIN|POLLRDHUP|POLLHUP",
		  .source = "socket(7), I/O events: POLLHUP" },
		{ .answer = NULL },
	},
	.run = end_poll,
};

/* What was sent before the end is not lost. */
static int
end_data(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char first[MOVE_WORD];
	char second[MOVE_WORD];
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	if (stage_send(stage, server, "abc", 3, 0) != 3)
		return stage_cannot(stage, "three bytes are not sent");
	error = move_close(server);
	if (error != 0)
		return error;
	move_read(stage, client, STAGE_SURE_MS, first);
	move_read(stage, client, move_leave_ms(stage), second);
	return observe(seen, "%s, then %s", first, second);
}

static const struct probe end_data_probe = {
	.id = "eof.data-first",
	.group = GROUP_END,
	.question = "The peer sends and closes: does it all come, and the end?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ "data, then 0", "data, then {errno}",
	    "data, then nothing", "0, then 0", "0, then {errno}",
	    "0, then nothing", "{errno}, then 0", "{errno}, then {errno}",
	    "{errno}, then data", "{errno}, then nothing", "nothing, then 0",
	    "nothing, then {errno}", "nothing, then nothing", NULL },
	.documents = (const struct document[]){
		{ .answer = "data, then 0",
		  .source = "POSIX.1-2017, recv(): orderly shutdown" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = end_data,
};

/* How often it is sent to a peer that is gone, where nothing is refused. */
#define SENDS_MAX 5

/*
 * Sends to a peer that is gone until that is refused. In between, poll() tells
 * by POLLERR or POLLHUP, which it does unasked, that the first message was
 * answered. Returns how many were taken; word is the refusal.
 */
static int
send_until_refused(struct stage *stage, struct side *client, int flags,
    char word[MOVE_WORD])
{
	unsigned before = stage_sigpipes();
	int taken = 0;
	ssize_t sent;

	stage_poll(stage, client, POLLIN | POLLRDHUP, move_leave_ms(stage));
	do {
		if (taken > 0)
			stage_poll(stage, client, 0, STAGE_QUIET_MS);
		sent = STAGE_CALL(client, send, "abc", 3, flags);
	} while (sent >= 0 && ++taken < SENDS_MAX);
	strlcpy(word, observed_errno(sent), MOVE_WORD);
	if (stage_sigpipes() != before)
		strlcat(word, " and SIGPIPE", MOVE_WORD);
	return taken;
}

static int
write_closed(struct stage *stage, struct observation *seen)
{
	struct side *client;
	char word[MOVE_WORD];
	int taken;
	int error = left_alone(stage, &client);

	if (error != 0)
		return error;
	taken = send_until_refused(stage, client,
	    stage_flags(stage, 0) & ~MSG_NOSIGNAL, word);
	return observe(seen, "%s%s", taken > 0 ? "ok, then " : "", word);
}

static const struct probe write_closed_probe = {
	.id = "write-closed",
	.group = GROUP_END,
	.question = "The peer has closed: what does send() do, and once more?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "{errno}", "{errno} and SIGPIPE",
	    "ok, then {errno}", "ok, then {errno} and SIGPIPE", "ok, then ok",
	    NULL },
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_CONNECTED },
		  .answer = "EPIPE and SIGPIPE or ok, then EPIPE and SIGPIPE",
		  .source = "POSIX.1-2017, send(); socket(7), Signals" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = write_closed,
};

/* The same, and the signal is not wanted. */
static int
write_quietly(struct stage *stage, struct observation *seen)
{
	struct side *client;
	char word[MOVE_WORD];
	int error = left_alone(stage, &client);

	if (error != 0)
		return error;
	send_until_refused(stage, client, stage_flags(stage, MSG_NOSIGNAL),
	    word);
	return observe(seen, "%s", word);
}

static bool
takes_nosignal(const struct choice *choice)
{
	return (choice->row.send_flags & MSG_NOSIGNAL) != 0 &&
	    move_is_direct(choice);
}

static const struct probe write_quietly_probe = {
	.id = "write-closed.nosignal",
	.group = GROUP_END,
	.question = "The peer has closed: does MSG_NOSIGNAL keep SIGPIPE away?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = takes_nosignal,
	.answers = (const char *const[]){ MOVE_SENT_WORDS, NULL },
	.documents = (const struct document[]){
		{ .answer = "EPIPE", .source = "send(2), MSG_NOSIGNAL; "
		      "POSIX.1-2017, send()" },
		{ .answer = NULL },
	},
	.run = write_quietly,
};

const struct probe *const ending_probes[] = {
	&end_probe,
	&end_again_probe,
	&end_poll_probe,
	&end_data_probe,
	&write_closed_probe,
	&write_quietly_probe,
	NULL,
};
