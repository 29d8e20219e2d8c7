/* The largest message of a cell that keeps messages, found by trying. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "experiments/experiments.h"
#include "experiments/packet.h"

/* Nobody carries a message of so many bytes; else it is said. */
#define TOO_MANY (1024u * 1024)

/* What the kernel keeps for itself of SO_SNDBUF, at most. */
#define OVERHEAD_MAX 1024

#define SMALL_BUFFER 16384

/* More than one protocol carries so much, and not a byte more. */
#define USUAL 66000

static char long_message[TOO_MANY];

struct search {
	struct stage *stage;
	struct side *from;
	struct side *to;
	size_t largest;
	int error;		/* of one that is a byte longer */
};

/* On a bus a long message takes seconds, in many frames. */
static bool
has_limit(const struct choice *choice)
{
	return packet_plain_message(choice) &&
	    choice->row.largest.kind != LIMIT_NONE;
}

/* One message of that length. Returns 0 or the negative errno. */
static int
carry(struct search *search, size_t length)
{
	char data[8];
	ssize_t sent = packet_send(search->from, long_message, length,
	    stage_flags(search->stage, 0));

	if (sent < 0)
		return (int)sent;
	/* It is out of the way of the next. */
	stage_receive(search->stage, search->to, data, sizeof(data),
	    MSG_DONTWAIT, STAGE_SURE_MS);
	return sent == (ssize_t)length ? 0 : -EMSGSIZE;
}

/* The next length to try, between one that is carried and one that is not. */
static size_t
next_length(const size_t likely[], size_t count, size_t low, size_t high)
{
	for (size_t i = 0; i < count; i++) {
		if (likely[i] > low && likely[i] < high)
			return likely[i];
		if (likely[i] == low)
			return low + 1;
	}
	return low + (high - low) / 2;
}

/*
 * Halves what lies between. What the documents say, the option's value and what
 * is usual are tried first: each is the answer, or a bound that is nearer.
 */
static void
find(struct search *search)
{
	long value = packet_get(search->from, SO_SNDBUF);
	size_t likely[] = { 0, value > 0 ? (size_t)value : 0, USUAL };
	size_t low = 0, high = TOO_MANY;
	uint64_t documented = 0;

	side_largest(search->from, &documented);
	likely[0] = documented < TOO_MANY ? (size_t)documented : 0;
	search->error = 0;
	while (high - low > 1) {
		size_t length = next_length(likely, 3, low, high);
		int error = carry(search, length);

		if (error == 0) {
			low = length;
		} else {
			high = length;
			search->error = error;
		}
	}
	search->largest = low;
}

/* A pair that gives up rather than wait for ever. */
static int
prepare(struct stage *stage, struct search *search)
{
	const struct timeval limit = { .tv_sec = 1 };
	int error = stage_pair(stage, &search->from, &search->to);

	search->stage = stage;
	if (error != 0)
		return error;
	STAGE_CALL(search->from, setsockopt, SOL_SOCKET, SO_SNDTIMEO, &limit,
	    (socklen_t)sizeof(limit));
	return 0;
}

static int
largest(struct stage *stage, struct observation *seen)
{
	struct search search;
	int error = prepare(stage, &search);

	if (error != 0)
		return error;
	find(&search);
	if (search.error == 0)
		return observe(seen, "1 MiB and more");
	return observe(seen, "%zu, then %s", search.largest,
	    observed_errno(search.error));
}

static const struct probe largest_probe = {
	.id = "max-message",
	.group = GROUP_BOUNDARIES,
	.question = "How long may a message be, and what refuses a longer one?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = has_limit,
	.answers = (const char *const[]){ "{n}, then {errno}",
	    "1 MiB and more", NULL },
	.documents = (const struct document[]){
		{ .answer = "{n}, then EMSGSIZE",
		  .source = "send(2), EMSGSIZE" },
		{ .answer = NULL },
	},
	.limit_ms = 6000,
	.run = largest,
};

/* The bound in words, of the option's value. */
static int
tell_bound(struct observation *seen, size_t bound, size_t value)
{
	size_t half = value / 2;

	if (bound > value)
		return observe(seen, "it does not");
	if (value - bound < OVERHEAD_MAX)
		return observe(seen, "its value less %zu", value - bound);
	if (bound <= half && half - bound < OVERHEAD_MAX)
		return observe(seen, "half its value less %zu", half - bound);
	return observe(seen, "otherwise");
}

static int
send_buffer(struct stage *stage, struct observation *seen)
{
	struct search search;
	long value;
	int error = prepare(stage, &search);

	if (error != 0)
		return error;
	error = packet_set(search.from, SO_SNDBUF, SMALL_BUFFER);
	value = packet_get(search.from, SO_SNDBUF);
	if (error < 0 || value < 0)
		return observe(seen, "no SO_SNDBUF: %s",
		    observed_errno(error < 0 ? error : value));
	find(&search);
	if (search.error == 0)
		return observe(seen, "it does not");
	return tell_bound(seen, search.largest, (size_t)value);
}

static const struct probe send_buffer_probe = {
	.id = "max-message.sndbuf",
	.group = GROUP_BOUNDARIES,
	.question = "Does SO_SNDBUF bound the largest message?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = has_limit,
	.answers = (const char *const[]){ "its value less {n}",
	    "half its value less {n}", "it does not", "otherwise",
	    "no SO_SNDBUF: {errno}", NULL },
	.documents = (const struct document[]){ { .answer = NULL } },
	.limit_ms = 6000,
	.run = send_buffer,
};

const struct probe *const largest_probes[] = {
	&largest_probe,
	&send_buffer_probe,
	NULL,
};
