/*
 * errand: something done on a stage in a process group of its own, which is
 * started, awaited until its deadline, and cleared away with all that it
 * started.
 */
#ifndef PROBES_ERRAND_H
#define PROBES_ERRAND_H

#include <stdint.h>

#include "drive/signals.h"
#include "probes/stage.h"
#include "setup/setup.h"

/* Where errands of a cell are done. */
struct errand_terms {
	const struct choice *choice;
	const char *host;
	const struct setup *setup;	/* NULL: nothing was made */
	const struct signals *signals;	/* that the caller has blocked */
};

struct errand {
	const struct errand_terms *terms;
	int64_t limit_ns;
	/* In shared memory; a trace may be NULL: nothing is kept. */
	struct trace *trace[SIDE_COUNT];
	struct failure *failure;
	/* What is done; what it finds it leaves in shared memory. */
	void (*work)(struct stage *stage, void *context);
	void *context;
};

/* How an errand came to its end. */
enum errand_end {
	ERRAND_ENDED,		/* its process has, as it may */
	ERRAND_LATE,		/* it was killed when its time was up */
	ERRAND_UNMADE,		/* there was no process: `failure` says why */
};

/* Does it. Returns 0, or the signal that ends the run. */
int errand_run(const struct errand *errand, enum errand_end *end);

#endif
