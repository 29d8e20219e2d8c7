/* child: one experiment, in a process group of its own (probes/errand.h). */
#ifndef PROBES_CHILD_H
#define PROBES_CHILD_H

#include "probes/errand.h"
#include "probes/run.h"

/*
 * Makes the experiment of probed->probe, and fills in what was seen or why it
 * could not be. Returns 0, or the signal that ends the run.
 */
int child_probe(const struct errand_terms *terms, bool keep_events,
    struct probed *probed);

/* Releases the events that were kept. */
void child_free(struct probed *probed);

#endif
