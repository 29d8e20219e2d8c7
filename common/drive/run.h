/*
 * run: one exchange in progress, as the parent sees it: exchange.c starts it,
 * addresses.c finds where, supervise.c watches it, outcome.c judges it.
 */
#ifndef DRIVE_RUN_H
#define DRIVE_RUN_H

#include <stdint.h>
#include <sys/types.h>

#include "drive/payload.h"
#include "drive/shapes.h"
#include "drive/signals.h"
#include "setup/setup.h"

/* Why the parent ended a side, if it did. */
enum ended {
	ENDED_NOT,
	ENDED_LATE,	/* it was told to stop, and did not in time */
	ENDED_STUCK,	/* a call did not return */
	ENDED_UNTOLD,	/* it did not learn that the other had ended */
	ENDED_STILL,	/* neither side moved */
};

/* The state of one run. */
struct run {
	const struct request *request;
	struct report *report;
	struct meeting *meeting;	/* kept by the report */
	struct payload payload;
	uint32_t number;
	struct setup setup;
	/*
	 * Why the conversation cannot take place although the kernel may well
	 * have the cell: socket() alone is tried then. VERDICT_WORKS: it can.
	 */
	enum verdict hindered;
	int hindrance;		/* positive errno */
	char hindered_by[REASON_MAX];
	struct endpoint bind_to[SIDE_COUNT];
	int ready[2];		/* closes when the server can be contacted */
	int wake[2];		/* closes when the sides should stop */
	pid_t pid[SIDE_COUNT];	/* 0: no such side, or it has ended */
	enum ended ended[SIDE_COUNT];
	struct signals signals;	/* that the parent waits for */
	uint64_t moved_at;	/* when a side was last seen to move */
	uint64_t moves;		/* events begun until then */
	uint64_t kill_at;	/* when patience with a stop ends; 0: not yet */
};

/* Closes a descriptor once; it is then -1. */
void run_close(int *fd);

/* The last event that a side has begun, or NULL. */
const struct event *run_last_event(const struct run *run, enum side_id id);

/* Wakes the sides from what they wait for, and says why. */
void run_stop(struct run *run, enum stop why);

/* Whether the two sides are in networks of their own. */
bool run_is_apart(const struct run *run);

/*
 * Finds what each side is bound to, and what the client contacts where the
 * server does not tell. Returns 0 or a negative errno with a sentence in why;
 * -ENODEV where an interface is missing.
 */
int run_find_addresses(struct run *run, char *why, size_t room);

/* Fills the report when both sides have ended. */
void run_sum_up(struct run *run);

/* Adds a note to the report, unless it is there: both sides may notice it. */
void run_note(struct run *run, const char *note);

/*
 * Waits until both sides have ended, whatever happens: stops the one when the
 * other fails, and ends what does not return in time.
 */
void run_supervise(struct run *run);

#endif
