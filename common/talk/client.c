/* The client: sends what a person types, or a text, and shows the answers. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "text/escape.h"
#include "talk/talk.h"

/* A stream may come in any pieces. */
#define STREAM_BLOCK (64u * 1024)

/*
 * An answer that repeats the beginning of what was sent, and is shorter, is
 * waited for until it is whole: an echo of a long message comes in pieces. For
 * a short one a stream brings it in one.
 */
#define SURELY_IN_ONE_PIECE 1024u

struct answer {
	char *bytes;
	size_t room;
	size_t length;
};

static int
check_size(struct talk *talk, size_t length)
{
	uint64_t largest;
	int error = side_largest(&talk->side, &largest);

	if (error != 0 || length <= largest)
		return error;
	side_fail(&talk->side,
	    talk_has_packets(talk) ? CALL_SENDTO : CALL_SEND, EMSGSIZE,
	    "a message of %zu bytes is too large: this cell carries at most "
	    "%llu", length, (unsigned long long)largest);
	talk->failure.unusable = true;
	return -EMSGSIZE;
}

static int
send_line(struct talk *talk, const char *line, size_t length, uint64_t number)
{
	int error = length > SURELY_IN_ONE_PIECE ? check_size(talk, length)
						 : 0;

	if (error != 0)
		return error;
	talk->report.tally.sent++;
	if (talk_has_packets(talk))
		return side_sendto(&talk->side, line, length, number,
		    &talk->address);
	return side_sendall(&talk->side, line, length);
}

static int64_t
timeout(const struct talk *talk)
{
	return talk->patient ? 0 : talk->side.timeout_ns;
}

static int
no_answer(struct talk *talk)
{
	bool empty = (talk->choice.row.traits & TRAIT_EMPTY) != 0;

	return side_fail(&talk->side, CALL_RECV, 0,
	    "the server ended the connection without an answer%s", empty
	    ? " (or with an empty one, which reads the same)" : "");
}

/* Whether the answer so far is the beginning of an echo. */
static bool
more_to_come(const struct answer *answer, const char *line, size_t length)
{
	return length > SURELY_IN_ONE_PIECE && answer->length < length &&
	    memcmp(answer->bytes, line, answer->length) == 0;
}

static int
receive_connected(struct talk *talk, struct answer *answer, const char *line,
    size_t length)
{
	bool records = (talk->choice.row.traits & TRAIT_BOUNDARIES) != 0;
	size_t incomplete = 0;

	do {
		bool ended;
		ssize_t got = talk_receive(talk,
		    answer->bytes + answer->length,
		    answer->room - answer->length, timeout(talk), &ended);

		/* What came is an answer, if not the one that was expected. */
		if (answer->length != 0 && (ended || got == -ETIMEDOUT)) {
			talk->failure.happened = false;
			return 0;
		}
		if (got < 0)
			return (int)got;
		if (ended)
			return no_answer(talk);
		answer->length += (size_t)got;
		if (!records)
			incomplete = escape_incomplete(answer->bytes,
			    answer->length);
	} while (!records && answer->length < answer->room &&
	    (incomplete != 0 || more_to_come(answer, line, length)));
	return 0;
}

static int
receive_datagram(struct talk *talk, struct answer *answer, uint64_t number)
{
	const void *bytes;
	ssize_t got = talk_recvfrom(talk, &bytes, number, &talk->side.peer,
	    timeout(talk));

	if (got == -EPIPE)
		return no_answer(talk);
	if (got == -ETIMEDOUT)
		return side_fail(&talk->side, CALL_RECVFROM, ETIMEDOUT,
		    "%s answered within %g s", talk->side.ignored != 0
		    ? "only others than the server" : "nobody",
		    (double)timeout(talk) / 1e9);
	if (got < 0)
		return (int)got;
	answer->length = (size_t)got < answer->room ? (size_t)got
						     : answer->room;
	memcpy(answer->bytes, bytes, answer->length);
	return 0;
}

/* Shows what the kernel's answer says, if it is right. */
static int
show_verified(struct talk *talk, const struct answer *answer, const char *line,
    size_t length, uint64_t number)
{
	struct verification verification = {
		.question = line,
		.question_length = length,
		.answer = answer->bytes,
		.answer_length = answer->length,
	};
	int error = side_verify(&talk->side, number, &verification);
	char *rest = verification.text;
	char *text;

	if (error != 0)
		return error;
	while ((text = strsep(&rest, "\n")) != NULL)
		if (*text != '\0')
			talk_show(talk, "Received from server:", text,
			    strlen(text));
	return 0;
}

/* Sends one message and shows what comes back. */
static int
say(struct talk *talk, struct answer *answer, const char *line, size_t length,
    uint64_t number)
{
	struct tally *tally = &talk->report.tally;
	int error;

	answer->length = 0;
	error = send_line(talk, line, length, number);
	if (error == 0)
		error = talk_has_packets(talk)
		    ? receive_datagram(talk, answer, number)
		    : receive_connected(talk, answer, line, length);
	if (error != 0)
		return error;
	tally->round_trips++;
	tally->bytes += length + answer->length;
	if (talk->choice.row.verify != NULL)
		return show_verified(talk, answer, line, length, number);
	talk_show(talk, "Received from server:", answer->bytes,
	    answer->length);
	return 0;
}

/* A stream carries no empty message, and nothing would answer one. */
static bool
cannot_carry(struct talk *talk, size_t length)
{
	if (length != 0 || (talk->choice.row.traits & TRAIT_EMPTY) != 0)
		return false;
	words_print(&talk->aside, "sockdemo: %s %s carries no empty "
	    "message: nothing was sent\n", talk->choice.family->name,
	    type_name(talk->choice.row.type));
	return true;
}

static int
say_lines(struct talk *talk, struct answer *answer)
{
	uint64_t number = 1;
	char *line;
	size_t length;
	int result;

	while ((result = talk_ask(talk, &line, &length)) == 1) {
		if (!talk->input.continued && length == 1 && *line == 'q')
			return 0;
		if (cannot_carry(talk, length))
			continue;
		result = say(talk, answer, line, length, number++);
		if (result != 0)
			return result;
	}
	if (result == -EPIPE) {
		words_print(talk_words(talk),
		    "the server ended the connection\n");
		return 0;
	}
	return result;
}

/* The orderly end: the server reads it as 0 bytes. */
static int
finish(struct talk *talk)
{
	struct side *side = &talk->side;
	int error;

	if (!talk_is_connected(talk) ||
	    (talk->choice.row.traits & TRAIT_HALF_CLOSE) == 0)
		return 0;
	error = side->calls->shutdown(&side->recorder, side->fd, SHUT_WR);
	/* A server that has gone already has no need to be told. */
	if (error != 0 && error != -ENOTCONN)
		return side_fail(side, CALL_SHUTDOWN, -error, "%s", "");
	return 0;
}

int
talk_client(struct talk *talk)
{
	const char *text = talk->request.text;
	struct answer answer = {
		.room = (talk->choice.row.traits & TRAIT_BOUNDARIES) != 0
		    ? talk->record_room + 1 : STREAM_BLOCK,
	};
	int error = talk_connect(talk);

	if (error != 0)
		return error;
	/* An echo of the text has to fit. */
	if (text != NULL && strlen(text) > answer.room)
		answer.room = strlen(text);
	answer.bytes = malloc(answer.room);
	if (answer.bytes == NULL)
		return -ENOMEM;
	if (text == NULL)
		error = say_lines(talk, &answer);
	else if (!cannot_carry(talk, strlen(text)))
		error = say(talk, &answer, text, strlen(text), 1);
	if (error == 0)
		error = finish(talk);
	free(answer.bytes);
	return error;
}
