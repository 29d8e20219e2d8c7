/*
 * signals: those that end a run, held back until it is tidied up.
 */
#ifndef DRIVE_SIGNALS_H
#define DRIVE_SIGNALS_H

#include <signal.h>

struct signals {
	sigset_t awaited;	/* SIGCHLD, and those that end the run */
	sigset_t before;	/* the caller's mask */
};

/*
 * Blocks the signals that end a run, so that it can be tidied up first; those
 * that the caller ignores stay ignored.
 */
void signals_take(struct signals *signals);

/* A signal that came too late to end the run ends the caller all the same. */
void signals_give_back(const struct signals *signals);

#endif
