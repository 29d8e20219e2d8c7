/* A talk's messages: what was said, what came, and whose it was. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drive/step.h"
#include "talk/source.h"
#include "talk/talk.h"
#include "text/escape.h"

/* How often it is looked whether a peer has gone, where that is not told. */
#define LOOK_NS 200000000

struct words *
talk_words(struct talk *talk)
{
	return talk->reports ? &talk->aside : &talk->shown;
}

void
talk_show(struct talk *talk, const char *prefix, const void *bytes,
    size_t length)
{
	const char *text = bytes;
	char *words = NULL;
	size_t size = 0;
	FILE *line = open_memstream(&words, &size);

	if (line == NULL)
		return;
	if (length != 0 && text[length - 1] == '\n')
		length--;
	fprintf(line, "%s ", prefix);
	escape_print(line, text, length);
	fputc('\n', line);
	if (fclose(line) == 0)
		words_put(talk_words(talk), words, size);
	free(words);
}

bool
talk_is_connected(const struct talk *talk)
{
	return talk->choice.row.shape == SHAPE_CONNECTED;
}

bool
talk_has_packets(const struct talk *talk)
{
	return !talk_is_connected(talk) || talk->choice.row.wrap != NULL;
}

int
talk_was_end(struct talk *talk, int fd)
{
	struct pollfd polled = { .fd = fd, .events = POLLRDHUP };
	ssize_t got;
	char byte;

	if ((talk->choice.row.traits & TRAIT_EMPTY) == 0)
		return 1;
	if (poll(&polled, 1, 0) == 0)
		return 0;
	/* It has ended; but perhaps it had sent more before. */
	got = talk->side.calls->recv(&talk->side.recorder, fd, &byte, 1,
	    MSG_PEEK);
	if (got < 0 && got != -EAGAIN && got != -EINTR)
		return (int)got;
	return got <= 0 ? 1 : 0;
}

size_t
talk_cut(struct talk *talk, size_t got, const char *whom)
{
	if (got <= talk->record_room)
		return got;
	words_print(&talk->aside, "sockdemo: %s: a record of more than %zu "
	    "bytes was cut\n", whom, talk->record_room);
	return talk->record_room;
}

static const char *
name_of(const struct talk *talk, const struct endpoint *endpoint,
    char text[ENDPOINT_TEXT_MAX])
{
	return endpoint_format(talk->choice.family, endpoint, text,
	    ENDPOINT_TEXT_MAX);
}

/* Once in the report, and each time to who reads along. */
static void
tell_empty(struct talk *talk)
{
	static const char text[] = "recv returned 0: taken as an empty record, "
	    "though the end reads the same";
	struct report *report = &talk->report;

	words_print(&talk->aside, "%s\n", text);
	if (report->notes == 0)
		snprintf(report->note[report->notes++], NOTE_MAX, "%s", text);
}

ssize_t
talk_receive(struct talk *talk, void *bytes, size_t room, int64_t timeout_ns,
    bool *ended)
{
	struct side *side = &talk->side;
	char text[ENDPOINT_TEXT_MAX];
	ssize_t got = side_receive(side, bytes, room, timeout_ns);
	int end;

	*ended = false;
	if (got == 0) {
		end = talk_was_end(talk, side->fd);
		if (end < 0)
			return side_fail(side, CALL_RECV, -end, "%s", "");
		*ended = end == 1;
		if (end == 0)
			tell_empty(talk);
	}
	if (got > 0 && (talk->choice.row.traits & TRAIT_BOUNDARIES) != 0)
		got = (ssize_t)talk_cut(talk, (size_t)got,
		    name_of(talk, &side->peer, text));
	return got;
}

/* Of a client: whether somebody else than its server wrote to it. */
static bool
is_stranger(const struct talk *talk, const struct endpoint *from)
{
	return talk->side.id == SIDE_CLIENT &&
	    talk->choice.row.shape == SHAPE_DATAGRAM &&
	    !source_is(talk->choice.family, &talk->address, from);
}

/* Whether the connection below the socket has ended, of which it is not told. */
static bool
has_left(const struct side *side)
{
	struct pollfd polled = { .fd = side->below, .events = POLLRDHUP };

	return side->below >= 0 && poll(&polled, 1, 0) == 1;
}

ssize_t
talk_recvfrom(struct talk *talk, const void **bytes, uint64_t number,
    struct endpoint *from, int64_t timeout_ns)
{
	struct side *side = &talk->side;
	uint64_t end = step_end(timeout_ns);
	char text[ENDPOINT_TEXT_MAX];

	for (;;) {
		int64_t left = step_left(end);
		bool looks = talk->choice.row.endless &&
		    (left == 0 || left > LOOK_NS);
		ssize_t got = left < 0 ? -ETIMEDOUT : side_recvfrom(side,
		    bytes, number, from, looks ? LOOK_NS : left);

		if (got == -ETIMEDOUT && looks && !has_left(side))
			continue;
		if (got == -ETIMEDOUT && looks)
			return -EPIPE;
		if (got < 0)
			return got;
		if (!is_stranger(talk, from))
			return (ssize_t)talk_cut(talk, (size_t)got,
			    name_of(talk, from, text));
		side->ignored++;
	}
}

/*
 * Waits for the person, the peer's leaving, or a signal. A client that has
 * only ended its own half has not left a server; a server that has, has.
 */
static int
await_input(struct talk *talk)
{
	bool connected = talk_is_connected(talk);
	bool client = talk->side.id == SIDE_CLIENT;
	struct pollfd polled[] = {
		{ .fd = talk->input.fd, .events = POLLIN },
		{ .fd = talk->signals, .events = POLLIN },
		/* Hang-ups and errors are told in any case. */
		{ .fd = connected ? talk->side.fd : -1,
		  .events = client ? POLLRDHUP : 0 },
	};

	for (;;) {
		if (poll(polled, 3, -1) < 0) {
			if (errno != EINTR)
				return -errno;
			continue;
		}
		if (polled[1].revents != 0)
			return -ECANCELED;
		if (polled[0].revents != 0)
			return lines_read(&talk->input);
		if (polled[2].revents != 0)
			return -EPIPE;
	}
}

int
talk_ask(struct talk *talk, char **line, size_t *length)
{
	int result;

	words_print(talk_words(talk), "type message: ");
	while ((result = lines_next(&talk->input, line, length)) == -EAGAIN) {
		int error = await_input(talk);

		if (error != 0) {
			result = error;
			break;
		}
	}
	/* A terminal shows the Enter key; a pipe does not. */
	if (result != 1 || !isatty(talk->input.fd))
		words_print(talk_words(talk), "\n");
	return result;
}
