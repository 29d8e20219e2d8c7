/*
 * ground: where a cell is tried by more than its exchange: what it needs is
 * made, or a network namespace of its own; and the exchange comes first, since
 * it tells whether there is anything to be tried.
 */
#ifndef PROBES_GROUND_H
#define PROBES_GROUND_H

#include <stdbool.h>
#include <stddef.h>

#include "drive/report.h"
#include "drive/signals.h"
#include "probes/errand.h"
#include "setup/setup.h"

struct ground {
	/* What is asked for; the caller's. */
	const struct choice *choice;
	const char *host;	/* NULL: the family's default */
	bool wants_setup;	/* make what the cell needs */
	bool keep_modules;
	/* What came of it. */
	bool isolated;		/* nobody else is in the network namespace */
	struct made made;
	char left[NOTE_MAX];	/* what could not be taken away; or empty */
	/* Private. */
	struct setup setup;
	struct signals signals;
	bool within;		/* the setup is made */
	bool again;		/* it could not be: the exchange tells why */
};

/*
 * Takes the signals that end a run, makes what the cell needs (or, where it
 * needs nothing and nothing outside is meant, a network of its own, if that is
 * permitted), and puts the cell through its exchange, whose request and report
 * are filled. Returns as exchange_run(); ground_end() is called in any case.
 */
int ground_begin(struct ground *ground, struct request *request,
    struct report *report, char *why, size_t room);

/* Where errands are done, between begin and end. */
struct errand_terms ground_terms(const struct ground *ground);

/* Takes away what was made, and gives the signals back. */
void ground_end(struct ground *ground);

#endif
