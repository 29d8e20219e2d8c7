/*
 * child: one experiment in a process group of its own: started, awaited until
 * its deadline, and cleared away with all that it started.
 */
#ifndef PROBES_CHILD_H
#define PROBES_CHILD_H

#include "drive/signals.h"
#include "probes/run.h"
#include "setup/setup.h"

struct child_terms {
	const struct choice *choice;
	const char *host;
	const struct setup *setup;	/* NULL: nothing was made */
	const struct signals *signals;	/* that the caller has blocked */
	bool keep_events;
};

/*
 * Makes the experiment of probed->probe, and fills in what was seen or why it
 * could not be. Returns 0, or the signal that ends the run.
 */
int child_probe(const struct child_terms *terms, struct probed *probed);

/* Releases the events that were kept. */
void child_free(struct probed *probed);

#endif
