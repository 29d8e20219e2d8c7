/*
 * scripted: families that are written for a test of the driver, and runs of
 * them. Their sockets are those of unix(7), with names that the kernel chooses,
 * or paths.
 */
#ifndef UNIT_SCRIPTED_H
#define UNIT_SCRIPTED_H

#include <stdatomic.h>
#include <stdbool.h>

#include "drive/exchange.h"

#define SCRIPTED_TIMEOUT_NS 200000000
/* The same where a message is lost, and where none is. */
#define SCRIPTED_LOST_NS 600000000
#define SCRIPTED_ANSWER_NS 5000000000
/* The time-out, what a stuck side is granted, and a busy machine. */
#define SCRIPTED_LIMIT_NS 3000000000u

/* What the processes of a run tell the test; zeroed before each run. */
struct scripted {
	_Atomic unsigned released;
	struct endpoint last;		/* the one that was released last */
	char log[SIDE_COUNT][256];	/* words, each with a space behind it */
};
extern struct scripted *scripted;

/* Adds a word to a side's log. */
void scripted_log(enum side_id side, const char *word);

/* One family with one cell, a request, and what is to become of it. */
struct scripted_row {
	const char *name;
	struct cell cell;
	struct family family;	/* what differs from scripted_family() */
	const struct variant *variant;
	uint64_t messages;	/* 0: one */
	uint64_t size;		/* 0: as it comes, but where empty */
	bool empty;		/* messages of no bytes */
	bool setup;
	struct fault fault;	/* call 0, socket, with occurrence 0: none */
	enum verdict verdict;
	const char *call;	/* of the reason, or NULL */
	int error;
	const char *text;	/* part of the reason's, or NULL */
	bool whole;		/* it is all of it */
	struct tally tally;
	int status;
	unsigned released;
	bool contradicts;
	/* What a side called, its log, the only note; NULL: not looked at. */
	const char *calls[SIDE_COUNT];
	const char *log[SIDE_COUNT];
	const char *note;
};

/* Sent, round trips, bytes; and more, by name. */
#define TALLY(sends, turns, ...)                                               \
	{ .sent = (sends), .round_trips = (turns), .bytes = __VA_ARGS__ }

/* How far it came is chance: it is not looked at. */
#define ANY_TALLY { .sent = UINT64_MAX }

/* A test of cmocka, whose state is a struct scripted_row. */
void scripted_test(void **state);

/* The family of a row, and what asks for its cell. */
struct family scripted_family(const struct family *differs);
struct request scripted_request(const struct family *family,
    const struct cell *cell);

/* Runs it, and looks whether anything was left; the caller frees the report. */
void scripted_run(const struct request *request, struct report *report);

/* The names of the calls in a trace, parted by spaces; "" for no trace. */
const char *scripted_calls(const struct trace *trace);

/* address(): a name that the kernel chooses, of each side that needs one. */
int scripted_auto(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);
/* One name for both: who sends to it hears itself, as from a kernel. */
int scripted_mirror(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);
/* A path of each side's own; release() then counts, and removes it. */
int scripted_path(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);

/* An address of unix(7); returns 1, as address() does. */
int scripted_name(struct endpoint *out, const char *name, size_t length);

int scripted_release(const struct endpoint *endpoint);

/* Puts all of a payload into a packet. */
ssize_t scripted_put(const void *bytes, size_t length, size_t *taken,
    void *packet);

/* A group setup and teardown of cmocka. */
int scripted_begin(void **state);
int scripted_end(void **state);

#endif
