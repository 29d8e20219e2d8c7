/*
 * trace: where one side's events are kept, in memory that is shared with the
 * parent.
 *
 * A trace never grows and never blocks: it holds the first TRACE_HEAD events
 * and the last TRACE_TAIL, and counts those that fell out between. One side
 * writes; the parent may read at any time what was finished.
 */
#ifndef RECORD_TRACE_H
#define RECORD_TRACE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "record/event.h"

#define TRACE_HEAD 1536
#define TRACE_TAIL 512

struct trace {
	_Atomic uint64_t begun;		/* events begun since the start */
	struct event events[TRACE_HEAD + TRACE_TAIL];
};

/* The slot for the next event, zeroed. It counts as begun. */
struct event *trace_next(struct trace *trace);

/* How many events are kept, and how many fell out. */
size_t trace_kept(const struct trace *trace);
uint64_t trace_missing(const struct trace *trace);

/*
 * The i-th kept event, from 0, oldest first; the missing ones lie between
 * TRACE_HEAD - 1 and TRACE_HEAD. NULL when i is out of range.
 */
const struct event *trace_at(const struct trace *trace, size_t i);

/* One row of a merged view: an event, or (event NULL) a gap. */
struct trace_row {
	const struct event *event;
	uint64_t missing;	/* of a gap: how many events */
	enum side_id side;
};

/*
 * Merges both sides' events by time into *rows (malloc'd, *count rows; the
 * caller frees). Either trace may be NULL. Returns 0 or -ENOMEM.
 */
int trace_merge(const struct trace *client, const struct trace *server,
    struct trace_row **rows, size_t *count);

#endif
