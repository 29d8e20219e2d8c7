/*
 * survey: asks the sockets of a cell for every option of its levels, in every
 * state that the cell has: what it is, whether it can be set, and what it is
 * then.
 */
#ifndef OPTIONS_SURVEY_H
#define OPTIONS_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drive/report.h"
#include "options/reading.h"

/* The states of a socket, as bind(), listen() and connect() make them. */
enum socket_state {
	STATE_FRESH,
	STATE_BOUND,
	STATE_LISTENING,
	STATE_CONNECTED,
	STATE_COUNT
};

/* "fresh", "bound" … */
const char *state_name(enum socket_state state);

/* What is asked for. */
struct surveying {
	struct choice choice;
	const char *host;	/* NULL: the family's default */
	bool setup;		/* make what the cell needs */
	bool keep_modules;
	/* A call that takes longer is stuck; 0: five seconds. */
	int64_t limit_ns;
};

/* One call on an option, in each state. */
struct tries {
	bool made[STATE_COUNT];
	int error[STATE_COUNT];	/* positive errno; 0: it was allowed */
};

/* What became of one option. Plain data: it is filled in by another process. */
struct surveyed {
	const struct option_level *level;
	const struct option_name *option;
	struct tries get;
	struct tries set;
	/* The value before, as tried, and after, in the first state that has
	 * it; empty: there was none. */
	char value[READING_MAX];
	char tried[READING_MAX];
	char read_back[READING_MAX];
	bool stuck;		/* a call on it did not return in time */
};

struct survey {
	const struct surveying *surveying;
	/*
	 * The exchange that came first: where its verdict is not `works`, there
	 * is nothing to be asked, and its reason tells why.
	 */
	struct request request;
	struct report exchange;
	bool has[STATE_COUNT];	/* the states that the cell has */
	struct surveyed *surveyed;	/* `count` of them, level by level */
	size_t count;
	bool isolated;		/* in a network namespace of its own */
	struct made made;
	char left[NOTE_MAX];	/* what could not be taken away; or empty */
	int signal;		/* the run was ended by it; 0 if not */
	void *shared;		/* private: what it all stands in */
	size_t shared_size;
};

/*
 * Asks a cell, as probes_run() probes one: in a process with a deadline, and in
 * a network namespace of its own where that is permitted. Returns 0, also where
 * the cell does not work; or a negative errno with a sentence in why. The
 * survey is released by survey_free() in the first case.
 */
int survey_run(const struct surveying *surveying, struct survey *survey,
    char *why, size_t room);

void survey_free(struct survey *survey);

/* Whether the call was allowed in one of the states at least. */
bool tries_succeeded(const struct tries *tries);

/* The errno, where it was refused in every state and with one; else 0. */
int tries_refused(const struct tries *tries);

/* Whether it was made in any state. */
bool tries_made(const struct tries *tries);

/*
 * What is worth saying about an option on a kernel of this release: what it
 * needs, which Linux has it. Empty where nothing is.
 */
void surveyed_note(const struct surveyed *surveyed, const char *release,
    char *text, size_t room);

/* The exit status of the program: 0, 1 or 77. */
int survey_status(const struct survey *survey);

/* Whether the sockets of a cell have the level. */
bool level_is_of(const struct option_level *level, const struct cell *cell);

/*
 * Visits every option of a cell, SOL_SOCKET first. Returns the first non-zero
 * that visit returned, or 0.
 */
int options_each(const struct choice *choice,
    int (*visit)(const struct option_level *level,
    const struct option_name *option, void *context), void *context);

/* The same for the options of one level. */
int options_every(const struct option_level *level,
    int (*visit)(const struct option_level *level,
    const struct option_name *option, void *context), void *context);

#endif
