/*
 * ladder: both sides' calls in two lanes, in the order of time, and a rung
 * wherever bytes crossed from one to the other.
 */
#include <stdlib.h>
#include <string.h>

#include "record/describe.h"
#include "record/trace.h"
#include "render/frame.h"
#include "render/phrase.h"
#include "render/render.h"

/* What of a payload is quoted: what lets send() and recv() fit in a line. */
#define CALL_COLUMNS 17
#define DATA_LEAST 10
#define DATA_MOST 32

struct ladder {
	const struct report *report;
	struct frame frame;
	struct phrasing phrasing;
	uint64_t start_ns;
};

/* What crosses when nothing does: the end, or an empty message. */
static const char *
empty_label(const struct cell *cell)
{
	if (cell->shape != SHAPE_CONNECTED)
		return "0 bytes";
	return (cell->traits & TRAIT_EMPTY) != 0 ? "end or empty" : "end";
}

static struct rung
find_rung(const struct ladder *ladder, const struct event *event)
{
	const struct cell *cell = &ladder->report->request->choice.row;
	bool alone = ladder->report->trace[SIDE_CLIENT] == NULL ||
	    ladder->report->trace[SIDE_SERVER] == NULL;
	bool bus = ladder->frame.bus;
	bool connects = cell->shape == SHAPE_CONNECTED;
	struct rung rung = { .direction = RUNG_NONE };

	if (event->end_ns == 0 || event->result < 0)
		return rung;
	/* What was sent is drawn where it arrived, if that is known. */
	if (call_receives(event->call) ||
	    (event->call == CALL_ACCEPT4 && connects))
		rung.direction = RUNG_IN;
	else if ((call_sends(event->call) && (alone || bus)) ||
	    (event->call == CALL_CONNECT && connects && alone))
		rung.direction = RUNG_OUT;
	if (!call_receives(event->call) && !call_sends(event->call))
		strlcpy(rung.label, "connection", sizeof(rung.label));
	else if (event->result == 0)
		strlcpy(rung.label, empty_label(cell), sizeof(rung.label));
	else
		phrase_count((uint64_t)event->result,
		    call_counts(event->call), rung.label);
	return rung;
}

/* Calls that a conversation needs and that say little about it. */
static const bool housekeeping[CALL_COUNT] = {
	[CALL_SETSOCKOPT] = true,
	[CALL_GETSOCKOPT] = true,
	[CALL_CLOSE] = true,
};

static enum ink
event_ink(const struct event *event)
{
	if (event->end_ns == 0)
		return INK_PLAIN;
	if (event->result < 0 && !errno_passes(event->error))
		return INK_RED;
	if (event->result < 0 || housekeeping[event->call])
		return INK_DIM;
	return INK_PLAIN;
}

/* A sentence in a side's lane, below a call. */
static void
draw_remark(const struct ladder *ladder, enum side_id side, const char *text)
{
	struct entry entry = {
		.side = side,
		.ink = INK_DIM,
		.text = text,
		.remark = true,
	};

	frame_entry(&ladder->frame, &entry);
}

static void
draw_note(const struct ladder *ladder, const struct event *event)
{
	char note[NOTE_MAX];

	describe_note(event, note, sizeof(note));
	/* That nothing more comes is said on the rung. */
	if (call_receives(event->call) && event->result == 0 &&
	    event->end_ns != 0)
		return;
	if (note[0] != '\0')
		draw_remark(ladder, event->side, note);
}

static void
draw_event(const struct ladder *ladder, const struct event *event)
{
	char text[PHRASE_MAX];
	struct entry entry = {
		.side = event->side,
		.ink = event_ink(event),
		.text = phrase_event(ladder->report->request->choice.family,
		    event, &ladder->phrasing, text),
		.elapsed_ns = event->t_ns - ladder->start_ns,
		.rung = find_rung(ladder, event),
	};

	frame_entry(&ladder->frame, &entry);
	draw_note(ladder, event);
}

static void
draw_gap(const struct ladder *ladder, const struct trace_row *row)
{
	char text[PHRASE_MAX];
	char count[COUNT_MAX];

	snprintf(text, sizeof(text), "%s %s missing",
	    ladder->phrasing.utf8 ? "…" : "...",
	    phrase_count(row->missing, "event", count));
	draw_remark(ladder, row->side, text);
}

/* Who is in a lane, and its process. */
static void
name_lane(const struct ladder *ladder, enum side_id side, char *text,
    size_t room)
{
	static const char *const names[SIDE_COUNT] = { "client", "server" };
	const struct report *report = ladder->report;
	const struct trace *trace = report->trace[side];
	const struct event *first = trace != NULL ? trace_at(trace, 0) : NULL;

	if (first != NULL)
		snprintf(text, room, "%s (pid %d)", names[side], first->pid);
	else if (trace != NULL)
		snprintf(text, room, "%s (made no call)", names[side]);
	else if (report->request->choice.row.shape == SHAPE_KERNEL)
		snprintf(text, room, "kernel");
	else
		snprintf(text, room, "%s (elsewhere)", names[side]);
}

static void
draw_heading(const struct ladder *ladder)
{
	char client[PHRASE_MAX], server[PHRASE_MAX];
	const char *only = ladder->report->trace[SIDE_CLIENT] != NULL
	    ? client : server;

	name_lane(ladder, SIDE_CLIENT, client, sizeof(client));
	name_lane(ladder, SIDE_SERVER, server, sizeof(server));
	if (ladder->frame.single)
		frame_heading(&ladder->frame, only, "");
	else
		frame_heading(&ladder->frame, client, server);
}

static void
draw_conclusion(const struct ladder *ladder)
{
	static const enum ink inks[] = {
		[TONE_PLAIN] = INK_PLAIN,
		[TONE_GOOD] = INK_GREEN,
		[TONE_CANNOT] = INK_YELLOW,
		[TONE_BAD] = INK_RED,
	};
	struct conclusion conclusion;

	phrase_conclusion(ladder->report, &conclusion);
	for (size_t i = 0; i < conclusion.count; i++)
		frame_paragraph(&ladder->frame, inks[conclusion.line[i].tone],
		    conclusion.line[i].text);
}

static void
draw_rows(struct ladder *ladder, const struct trace_row *rows, size_t count)
{
	if (count == 0)
		return;
	ladder->start_ns = rows[0].event->t_ns;
	draw_heading(ladder);
	frame_top(&ladder->frame);
	for (size_t i = 0; i < count; i++)
		if (rows[i].event != NULL)
			draw_event(ladder, rows[i].event);
		else
			draw_gap(ladder, &rows[i]);
	frame_bottom(&ladder->frame);
}

/* One lane where nothing can cross: a refusal, by the only side that ran. */
static bool
is_single(const struct report *report)
{
	return report->request->choice.row.shape == SHAPE_NONE &&
	    (report->trace[SIDE_CLIENT] == NULL ||
		report->trace[SIDE_SERVER] == NULL);
}

/* How much of a payload is quoted in a lane. */
static size_t
data_columns(size_t lane)
{
	if (lane < CALL_COLUMNS + DATA_LEAST)
		return DATA_LEAST;
	if (lane > CALL_COLUMNS + DATA_MOST)
		return DATA_MOST;
	return lane - CALL_COLUMNS;
}

static void
init(struct ladder *ladder, FILE *out, const struct report *report,
    const struct style *style, bool single)
{
	*ladder = (struct ladder){
		.report = report,
		.phrasing = { .utf8 = style->utf8 },
	};
	frame_init(&ladder->frame, out, style, single,
	    report->request->choice.row.shape == SHAPE_BUS);
	ladder->phrasing.data_columns = data_columns(ladder->frame.lane);
}

static void
draw_events(struct ladder *ladder)
{
	const struct report *report = ladder->report;
	struct trace_row *rows;
	size_t count;

	if (trace_merge(report->trace[SIDE_CLIENT], report->trace[SIDE_SERVER],
	    &rows, &count) != 0)
		return;
	draw_rows(ladder, rows, count);
	free(rows);
}

void
render_rungs(FILE *out, const struct report *report, const struct style *style)
{
	struct ladder ladder;

	init(&ladder, out, report, style, report->trace[SIDE_CLIENT] == NULL ||
	    report->trace[SIDE_SERVER] == NULL);
	draw_events(&ladder);
}

void
render_ladder(FILE *out, const struct report *report,
    const struct style *style)
{
	struct ladder ladder;
	char title[PHRASE_MAX];

	init(&ladder, out, report, style, is_single(report));
	frame_paragraph(&ladder.frame, INK_BOLD, phrase_title(report, title));
	fputc('\n', out);
	draw_events(&ladder);
	draw_conclusion(&ladder);
}
