/* Out-of-band data: what becomes of an urgent byte when more comes. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "probes/stage.h"

/*
 * Bytes without boundaries: where urgent ones can have a place. That half a
 * connection can be closed shows when all of them are there.
 */
static bool
is_stream(const struct choice *choice)
{
	return choice->row.transmit == NULL && choice->row.receive == NULL &&
	    choice->row.shape == SHAPE_CONNECTED &&
	    (choice->row.traits & TRAIT_BOUNDARIES) == 0;
}

/* What was sent, a letter at a time: "xA" is x, and A with MSG_OOB. */
static ssize_t
send_letters(const struct stage *stage, struct side *from, const char *letters)
{
	ssize_t sent = 0;

	for (; *letters != '\0' && sent >= 0; letters++)
		sent = STAGE_CALL(from, send, letters, 1, stage_flags(stage,
		    *letters >= 'A' && *letters <= 'Z' ? MSG_OOB : 0));
	return sent;
}

/*
 * A pair whose client has sent the letters, one of them a call, and has ended:
 * all of it is there. 1: they were refused, and that is the answer.
 */
static int
told_all(struct stage *stage, struct observation *seen, const char *letters,
    struct side **server)
{
	struct side *client;
	ssize_t sent;
	int error = stage_pair(stage, &client, server);

	if (error != 0)
		return error;
	sent = send_letters(stage, client, letters);
	if (sent < 0) {
		observe(seen, "send: %s", observed_errno(sent));
		return 1;
	}
	STAGE_CALL(client, shutdown, SHUT_WR);
	if ((stage_poll(stage, *server, POLLRDHUP, STAGE_SURE_MS) &
	    POLLRDHUP) != 0)
		return 0;
	observe(seen, "no end comes");
	return 1;
}

/* All that recv() gives until the end. */
static void
read_to_end(struct side *side, char *text, size_t room)
{
	size_t filled = 0;
	ssize_t got;

	do {
		got = STAGE_CALL(side, recv, text + filled, room - 1 - filled,
		    MSG_DONTWAIT);
		filled += got > 0 ? (size_t)got : 0;
	} while (got > 0 && filled < room - 1);
	text[filled] = '\0';
}

static const char *
where(char letter, char urgent, const char *in_line)
{
	return letter == urgent ? "urgent"
	    : strchr(in_line, letter) != NULL ? "in line" : "lost";
}

/* Where A and B are found. */
static int
find_both(struct stage *stage, struct observation *seen, const char *letters)
{
	struct side *server;
	char in_line[16];
	char urgent = '\0';
	int error = told_all(stage, seen, letters, &server);

	if (error != 0)
		return error < 0 ? error : 0;
	STAGE_CALL(server, recv, &urgent, 1, MSG_OOB | MSG_DONTWAIT);
	read_to_end(server, in_line, sizeof(in_line));
	return observe(seen, "first %s, second %s",
	    where('A', urgent, in_line), where('B', urgent, in_line));
}

#define ORDER_ANSWERS                                                          \
	(const char *const[]){ "first in line, second urgent",                 \
	    "first lost, second urgent", "first urgent, second in line",       \
	    "first in line, second in line", "first urgent, second lost",      \
	    "first in line, second lost", "first lost, second in line",        \
	    "first lost, second lost", "send: {errno}", "no end comes", NULL }

static int
nothing_before(struct stage *stage, struct observation *seen)
{
	return find_both(stage, seen, "AB");
}

static const struct probe nothing_before_probe = {
	.id = "oob.second",
	.group = GROUP_ERRORS,
	.question = "Two urgent bytes, one after the other: where are they?",
	.cells = { .with = TRAIT_HALF_CLOSE },
	.applies = is_stream,
	.answers = ORDER_ANSWERS,
	.run = nothing_before,
};

static int
unread_before(struct stage *stage, struct observation *seen)
{
	return find_both(stage, seen, "xAB");
}

static const struct probe unread_before_probe = {
	.id = "oob.second-behind",
	.group = GROUP_ERRORS,
	.question =
	    "Two urgent bytes behind one that is not read yet: where are they?",
	.cells = { .with = TRAIT_HALF_CLOSE },
	.applies = is_stream,
	.answers = ORDER_ANSWERS,
	.run = unread_before,
};

static int
passed(struct stage *stage, struct observation *seen)
{
	struct side *server;
	char in_line[16];
	char urgent;
	ssize_t got;
	int error = told_all(stage, seen, "xAy", &server);

	if (error != 0)
		return error < 0 ? error : 0;
	read_to_end(server, in_line, sizeof(in_line));
	got = STAGE_CALL(server, recv, &urgent, 1, MSG_OOB | MSG_DONTWAIT);
	return got < 0 ? observe(seen, "%s", observed_errno(got))
	    : observe(seen, got == 1 && urgent == 'A' ? "still there"
	    : "the end");
}

static const struct probe passed_probe = {
	.id = "oob.passed",
	.group = GROUP_ERRORS,
	.question = "Bytes behind the urgent one are read: is it still there?",
	.cells = { .with = TRAIT_HALF_CLOSE },
	.applies = is_stream,
	.answers = (const char *const[]){ "still there", "{errno}", "the end",
	    "send: {errno}", "no end comes", NULL },
	.run = passed,
};

static int
stops(struct stage *stage, struct observation *seen)
{
	struct side *server;
	char data[8];
	ssize_t got;
	int error = told_all(stage, seen, "xAy", &server);

	if (error != 0)
		return error < 0 ? error : 0;
	got = STAGE_CALL(server, recv, data, sizeof(data), MSG_DONTWAIT);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	return observe(seen, got == 1 ? "stops at the mark" : "reads across");
}

static const struct probe stops_probe = {
	.id = "oob.across",
	.group = GROUP_ERRORS,
	.question = "Does one recv() read across an urgent byte?",
	.cells = { .with = TRAIT_HALF_CLOSE },
	.applies = is_stream,
	.answers = (const char *const[]){ "stops at the mark", "reads across",
	    "recv: {errno}", "send: {errno}", "no end comes", NULL },
	.run = stops,
};

const struct probe *const urgent_order_probes[] = {
	&nothing_before_probe,
	&unread_before_probe,
	&stops_probe,
	&passed_probe,
	NULL,
};
