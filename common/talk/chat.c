/*
 * server --chat: a person answers. One peer at a time; a stream's bytes are a
 * message as they come, for there is no framing.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "text/escape.h"
#include "talk/talk.h"

#define BACKLOG 16
/* A stream may come in any pieces. */
#define STREAM_BLOCK (64u * 1024)

/* What came of one message. */
enum turn { TURN_NEXT, TURN_INPUT_ENDED, TURN_PEER_LEFT };

struct chat {
	struct talk *talk;
	size_t block_size;
	char *block;		/* and room for the start of a character */
	size_t begun;		/* bytes of a character that is not complete */
	struct endpoint from;	/* of the last datagram */
};

static void
announce(struct chat *chat, const char *what, const struct endpoint *peer)
{
	char text[ENDPOINT_TEXT_MAX];

	words_print(talk_words(chat->talk), "%s%s\n", what,
	    endpoint_format(chat->talk->choice.family, peer, text,
		sizeof(text)));
}

/* Shows what came; the start of a character waits for its end. */
static void
show_message(struct chat *chat, const char *bytes, size_t length, bool whole)
{
	size_t kept = whole ? 0 : escape_incomplete(bytes, length);

	talk_show(chat->talk, "from connected user:", bytes, length - kept);
	memmove(chat->block, bytes + length - kept, kept);
	chat->begun = kept;
}

static void
count(struct talk *talk, size_t length)
{
	talk->report.tally.sent++;
	talk->report.tally.bytes += length;
}

/* The next message of a connection: 1; 0 at the end; or an error. */
static ssize_t
receive_connected(struct chat *chat)
{
	struct talk *talk = chat->talk;
	bool records = (talk->choice.row.traits & TRAIT_BOUNDARIES) != 0;
	bool ended;
	ssize_t got = talk_receive(talk, chat->block + chat->begun,
	    chat->block_size, 0, &ended);

	if (got < 0)
		return got;
	if (!ended) {
		count(talk, (size_t)got);
		show_message(chat, chat->block, chat->begun + (size_t)got,
		    records);
		return 1;
	}
	/* The rest of the character will not come. */
	if (chat->begun != 0)
		show_message(chat, chat->block, chat->begun, true);
	return 0;
}

static ssize_t
receive_datagram(struct chat *chat)
{
	struct talk *talk = chat->talk;
	const void *bytes;
	ssize_t got = talk_recvfrom(talk, &bytes, 0, &chat->from, 0);

	if (got == -EPIPE)
		return 0;
	if (got < 0)
		return got;
	if (!talk_is_connected(talk) &&
	    !endpoint_equal(&chat->from, &talk->side.peer)) {
		talk->side.peer = chat->from;
		announce(chat, "connection request from: ", &chat->from);
	}
	chat->begun = 0;
	count(talk, (size_t)got);
	show_message(chat, bytes, (size_t)got, true);
	return 1;
}

static ssize_t
receive(struct chat *chat)
{
	return talk_has_packets(chat->talk) ? receive_datagram(chat)
					    : receive_connected(chat);
}

static int
answer(struct chat *chat, const char *line, size_t length)
{
	struct side *side = &chat->talk->side;

	if (talk_has_packets(chat->talk))
		return side_sendto(side, line, length, 0, &chat->from);
	/* Nothing is sent for an empty line on a stream; records can be. */
	if (length == 0 &&
	    (chat->talk->choice.row.traits & TRAIT_EMPTY) == 0)
		return 0;
	return side_sendall(side, line, length);
}

/* What fails for one peer is told, and is no failure of the server. */
static void
tell_unanswered(struct chat *chat, int error)
{
	struct talk *talk = chat->talk;
	char text[ENDPOINT_TEXT_MAX];

	words_print(&talk->aside, "sockdemo: cannot answer %s: %s\n",
	    endpoint_format(talk->choice.family, &chat->from, text,
		sizeof(text)),
	    talk->failure.text[0] != '\0' ? talk->failure.text
					  : strerror(-error));
	talk->failure.happened = false;
}

/* One message and its answer; an error only where the server must end. */
static int
take_turn(struct chat *chat, enum turn *turn)
{
	struct talk *talk = chat->talk;
	bool connected = talk_is_connected(talk);
	ssize_t got = receive(chat);
	char *line;
	size_t length;
	int result;

	*turn = TURN_PEER_LEFT;
	if (got == -ECANCELED || (got < 0 && !connected))
		return (int)got;
	if (got <= 0)
		return 0;
	result = talk_ask(talk, &line, &length);
	if (result == -ECANCELED)
		return result;
	if (result == 0) {
		*turn = TURN_INPUT_ENDED;
		return 0;
	}
	if (result < 0)
		return result == -EPIPE ? 0 : result;
	result = answer(chat, line, length);
	if (result == -ECANCELED)
		return result;
	if (result == 0) {
		talk->report.tally.round_trips++;
		talk->report.tally.bytes += length;
	} else if (!connected) {
		tell_unanswered(chat, result);
	}
	if (result == 0 || !connected)
		*turn = TURN_NEXT;
	return 0;
}

/* The person is done: the peer is told, and may say what it still has. */
static int
say_goodbye(struct chat *chat)
{
	struct talk *talk = chat->talk;
	struct side *side = &talk->side;
	ssize_t got;

	if (!talk_is_connected(chat->talk))
		return 0;
	if (talk->choice.row.traits & TRAIT_HALF_CLOSE) {
		int error = side->calls->shutdown(&side->recorder, side->fd,
		    SHUT_WR);

		if (error != 0 && error != -ENOTCONN)
			return side_fail(side, CALL_SHUTDOWN, -error, "%s",
			    "");
	}
	do
		got = receive(chat);
	while (got > 0);
	return got == -ECANCELED ? -ECANCELED : 0;
}

/* What went wrong with one peer is told, and is no failure of the server. */
static void
peer_left(struct chat *chat)
{
	struct talk *talk = chat->talk;

	if (!talk_is_connected(chat->talk))
		return;
	announce(chat, talk->failure.happened ? "connection lost: "
					      : "connection ended: ",
	    &talk->side.peer);
	talk->failure.happened = false;
}

/* All turns with one peer (or, with datagrams, with all peers). */
static int
converse(struct chat *chat, bool *input_ended)
{
	enum turn turn = TURN_NEXT;
	int error = 0;

	while (error == 0 && turn == TURN_NEXT)
		error = take_turn(chat, &turn);
	*input_ended = error == 0 && turn == TURN_INPUT_ENDED;
	if (*input_ended)
		error = say_goodbye(chat);
	if (error == 0)
		peer_left(chat);
	return error;
}

static int
close_peer(struct chat *chat)
{
	chat->begun = 0;
	return talk_is_connected(chat->talk) ? talk_close_peer(chat->talk)
					     : 0;
}

/*
 * Waits for the next peer. Once one has been there, the end of the input is
 * the end of the server: nobody would answer the next one. Returns 1 then.
 */
static int
await_peer(struct chat *chat, bool first)
{
	struct talk *talk = chat->talk;
	struct side *side = &talk->side;
	struct lines *input = &talk->input;

	for (;;) {
		bool ended = input->ended && lines_left(input) == 0;
		bool reads = !first && !input->ended &&
		    lines_left(input) < LINE_MAX_BYTES;
		struct pollfd polled[] = {
			{ .fd = side->listener, .events = POLLIN },
			{ .fd = talk->signals, .events = POLLIN },
			{ .fd = reads ? input->fd : -1, .events = POLLIN },
		};

		if (ended && !first)
			return 1;
		if (poll(polled, 3, -1) < 0 && errno != EINTR)
			return -errno;
		if (polled[0].revents != 0 || polled[1].revents != 0)
			return talk_accept(talk);
		if (polled[2].revents != 0) {
			int error = lines_read(input);

			if (error != 0)
				return error;
		}
	}
}

int
talk_chat(struct talk *talk)
{
	struct chat chat = { .talk = talk };
	bool input_ended = false;
	bool first = true;
	int error = talk_listen(talk, BACKLOG);

	if (error != 0)
		return error;
	chat.block_size = (talk->choice.row.traits & TRAIT_BOUNDARIES) != 0
	    ? talk->record_room + 1 : STREAM_BLOCK;
	chat.block = malloc(chat.block_size + 4);
	if (chat.block == NULL)
		return -ENOMEM;
	while (error == 0 && !input_ended) {
		if (talk_is_connected(talk)) {
			error = await_peer(&chat, first);
			if (error != 0)
				break;
			first = false;
			announce(&chat, "connection request from: ",
			    &talk->side.peer);
		}
		error = converse(&chat, &input_ended);
		close_peer(&chat);
	}
	free(chat.block);
	return error < 0 ? error : 0;
}
