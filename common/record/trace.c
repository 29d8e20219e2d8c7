#include "record/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t
slot_of(uint64_t i)
{
	if (i < TRACE_HEAD)
		return (size_t)i;
	return TRACE_HEAD + (size_t)((i - TRACE_HEAD) % TRACE_TAIL);
}

struct event *
trace_next(struct trace *trace)
{
	uint64_t i = atomic_load_explicit(&trace->begun, memory_order_relaxed);
	struct event *event = &trace->events[slot_of(i)];

	/* Untouched shared memory is zero; only a reused slot needs clearing. */
	if (i >= TRACE_HEAD + TRACE_TAIL)
		memset(event, 0, sizeof(*event));
	atomic_store_explicit(&trace->begun, i + 1, memory_order_release);
	return event;
}

static uint64_t
begun(const struct trace *trace)
{
	return atomic_load_explicit(&trace->begun, memory_order_acquire);
}

size_t
trace_kept(const struct trace *trace)
{
	return (size_t)(begun(trace) - trace_missing(trace));
}

uint64_t
trace_missing(const struct trace *trace)
{
	uint64_t count = begun(trace);

	return count > TRACE_HEAD + TRACE_TAIL
	    ? count - (TRACE_HEAD + TRACE_TAIL) : 0;
}

const struct event *
trace_at(const struct trace *trace, size_t i)
{
	if (i >= trace_kept(trace))
		return NULL;
	if (i < TRACE_HEAD)
		return &trace->events[i];
	return &trace->events[slot_of(i + trace_missing(trace))];
}

/* Reads one trace row by row; a gap is a row of its own. */
struct cursor {
	const struct trace *trace;
	enum side_id side;
	size_t next;
	bool gap_told;
};

static bool
cursor_row(const struct cursor *cursor, struct trace_row *row)
{
	if (cursor->trace == NULL)
		return false;
	memset(row, 0, sizeof(*row));
	row->side = cursor->side;
	if (cursor->next == TRACE_HEAD && !cursor->gap_told) {
		row->missing = trace_missing(cursor->trace);
		if (row->missing != 0)
			return true;
	}
	row->missing = 0;
	row->event = trace_at(cursor->trace, cursor->next);
	return row->event != NULL;
}

static void
cursor_step(struct cursor *cursor, const struct trace_row *taken)
{
	if (taken->event == NULL)
		cursor->gap_told = true;
	else
		cursor->next++;
}

static bool
goes_first(const struct trace_row *a, const struct trace_row *b)
{
	if (a->event == NULL)
		return true;
	if (b->event == NULL)
		return false;
	return a->event->t_ns <= b->event->t_ns;
}

int
trace_merge(const struct trace *client, const struct trace *server,
    struct trace_row **rows, size_t *count)
{
	struct cursor cursors[SIDE_COUNT] = {
		[SIDE_CLIENT] = { .trace = client, .side = SIDE_CLIENT },
		[SIDE_SERVER] = { .trace = server, .side = SIDE_SERVER },
	};
	struct trace_row row[SIDE_COUNT];
	size_t room = 2;

	room += client != NULL ? trace_kept(client) : 0;
	room += server != NULL ? trace_kept(server) : 0;
	*count = 0;
	*rows = calloc(room, sizeof(**rows));
	if (*rows == NULL)
		return -ENOMEM;
	while (*count < room) {
		bool has_client = cursor_row(&cursors[SIDE_CLIENT],
		    &row[SIDE_CLIENT]);
		bool has_server = cursor_row(&cursors[SIDE_SERVER],
		    &row[SIDE_SERVER]);
		enum side_id first;

		if (!has_client && !has_server)
			break;
		if (has_client && has_server)
			first = goes_first(&row[SIDE_CLIENT],
			    &row[SIDE_SERVER]) ? SIDE_CLIENT : SIDE_SERVER;
		else
			first = has_client ? SIDE_CLIENT : SIDE_SERVER;
		(*rows)[(*count)++] = row[first];
		cursor_step(&cursors[first], &row[first]);
	}
	return 0;
}
