#include "render/frame.h"

#include <stdio.h>

#include "render/wrap.h"
#include "text/escape.h"

#define GUTTER 2		/* beside the bar */
#define INDENT 2		/* of what is wrapped */
#define INDENT_NARROW 1		/* the same in a narrow lane */
#define NARROW 24
#define TIME_COLUMNS 11
#define TIME_FROM_WIDTH 100	/* narrower terminals have no time column */
#define LANE_MOST 60		/* longer rungs are hard to follow */

static const struct rung no_rung = { .direction = RUNG_NONE };

/* A line of an entry. */
struct segment {
	const struct entry *entry;
	const struct rung *rung;
	const char *text;
	size_t bytes;		/* of text */
	size_t indent;
};

static void
lay_out_columns(struct frame *frame)
{
	size_t lane;

	if (frame->width >= TIME_FROM_WIDTH)
		frame->time = TIME_COLUMNS;
	lane = frame->width - frame->time;
	if (!frame->single)
		lane = (lane - 2 * GUTTER - 1) / 2;
	frame->lane = lane < LANE_MOST || frame->single ? lane : LANE_MOST;
	frame->indent = frame->lane < NARROW ? INDENT_NARROW : INDENT;
}

void
frame_init(struct frame *frame, FILE *out, const struct style *style,
    bool single, bool bus)
{
	*frame = (struct frame){
		.single = single,
		.bus = bus,
		.width = style->width,
	};
	pen_init(&frame->pen, out, style);
	lay_out_columns(frame);
}

/* Half of a rung: across the lane of the side that has no text here. */
static void
draw_span(const struct frame *frame, const char *label, const char *head_left,
    const char *head_right)
{
	const struct pen *pen = &frame->pen;
	const char *across = pen->marks->across;
	size_t length = escape_columns(label) + 2;
	size_t line = GUTTER + frame->lane - escape_columns(head_left) -
	    escape_columns(head_right);

	pen_begin_lines(pen);
	pen_put(pen, head_left);
	if (length + 2 <= line) {
		pen_repeat(pen, across, (line - length) / 2);
		fprintf(pen->out, " %s ", label);
		pen_repeat(pen, across, line - length - (line - length) / 2);
	} else
		pen_repeat(pen, across, line);
	pen_put(pen, head_right);
	pen_end_lines(pen);
}

/* Between the client's text and the bar. */
static void
draw_left_gutter(const struct frame *frame, const struct rung *rung,
    size_t columns)
{
	const struct pen *pen = &frame->pen;
	const struct marks *marks = pen->marks;

	if (rung->direction == RUNG_NONE) {
		pen_repeat(pen, " ", columns);
		return;
	}
	pen_begin_lines(pen);
	pen_put(pen, " ");
	if (rung->direction == RUNG_IN)
		pen_put(pen, marks->to_left);
	pen_repeat(pen, marks->across, columns - 2);
	if (rung->direction == RUNG_OUT)
		pen_put(pen, frame->bus ? marks->to_right : marks->across);
	pen_end_lines(pen);
}

/* Between the bar and the server's text. */
static void
draw_right_gutter(const struct frame *frame, const struct rung *rung)
{
	const struct pen *pen = &frame->pen;
	const struct marks *marks = pen->marks;

	if (rung->direction == RUNG_NONE) {
		pen_repeat(pen, " ", GUTTER);
		return;
	}
	pen_begin_lines(pen);
	if (rung->direction == RUNG_IN)
		pen_put(pen, marks->to_right);
	else
		pen_put(pen, frame->bus ? marks->to_left : marks->across);
	pen_put(pen, " ");
	pen_end_lines(pen);
}

static void
draw_bar(const struct frame *frame, const struct rung *rung)
{
	const struct pen *pen = &frame->pen;
	const struct marks *marks = pen->marks;
	const char *bar = rung->direction == RUNG_NONE ? marks->bar
						       : marks->cross;

	pen_begin_lines(pen);
	pen_put(pen, frame->bus ? marks->bus : bar);
	pen_end_lines(pen);
}

static void
draw_text(const struct frame *frame, const struct segment *segment)
{
	const struct pen *pen = &frame->pen;

	pen_repeat(pen, " ", segment->indent);
	pen_text(pen, segment->entry->ink, segment->text, segment->bytes);
}

static size_t
segment_columns(const struct segment *segment)
{
	char text[PHRASE_MAX];

	snprintf(text, sizeof(text), "%.*s", (int)segment->bytes,
	    segment->text);
	return segment->indent + escape_columns(text);
}

/* Whether the rung goes on in the other lane; on a bus it ends at the bar. */
static bool
spans(const struct frame *frame, const struct rung *rung)
{
	return rung->direction != RUNG_NONE && !frame->bus;
}

static void
draw_client(const struct frame *frame, const struct segment *segment)
{
	const struct rung *rung = segment->rung;
	bool out = rung->direction == RUNG_OUT;

	draw_text(frame, segment);
	draw_left_gutter(frame, rung,
	    frame->lane + GUTTER - segment_columns(segment));
	draw_bar(frame, rung);
	if (spans(frame, rung))
		draw_span(frame, rung->label, "",
		    out ? frame->pen.marks->to_right : "");
}

static void
draw_server(const struct frame *frame, const struct segment *segment)
{
	const struct pen *pen = &frame->pen;
	const struct rung *rung = segment->rung;
	bool out = rung->direction == RUNG_OUT;

	if (spans(frame, rung))
		draw_span(frame, rung->label,
		    out ? pen->marks->to_left : "", "");
	else
		pen_repeat(pen, " ", frame->lane + GUTTER);
	draw_bar(frame, rung);
	draw_right_gutter(frame, rung);
	draw_text(frame, segment);
}

static void
draw_segment(const struct frame *frame, const struct segment *segment)
{
	const struct pen *pen = &frame->pen;

	if (frame->single)
		draw_text(frame, segment);
	else if (segment->entry->side == SIDE_CLIENT)
		draw_client(frame, segment);
	else
		draw_server(frame, segment);
	pen_put(pen, "\n");
}

static void
draw_time(const struct frame *frame, const struct entry *entry, bool first)
{
	const struct pen *pen = &frame->pen;

	if (frame->time == 0)
		return;
	if (entry->remark || !first)
		pen_repeat(pen, " ", frame->time);
	else
		fprintf(pen->out, "%*.3f  ", TIME_COLUMNS - 2,
		    (double)entry->elapsed_ns / 1e6);
}

/* The time and the rung are on the entry's first line. */
void
frame_entry(const struct frame *frame, const struct entry *entry)
{
	const char *text = entry->text;
	struct segment segment = {
		.entry = entry,
		.rung = &entry->rung,
		.indent = entry->remark ? frame->indent : 0,
	};

	do {
		segment.text = text;
		segment.bytes = wrap_line(text, frame->lane - segment.indent,
		    &text);
		draw_time(frame, entry, segment.text == entry->text);
		draw_segment(frame, &segment);
		segment.indent = frame->indent;
		segment.rung = &no_rung;
	} while (*text != '\0');
}

static void
draw_rule(const struct frame *frame, const char *tee)
{
	const struct pen *pen = &frame->pen;
	const char *across = pen->marks->across;

	pen_begin_lines(pen);
	pen_repeat(pen, across, frame->time + frame->lane);
	if (!frame->single) {
		pen_repeat(pen, across, GUTTER);
		pen_put(pen, tee);
		pen_repeat(pen, across, GUTTER + frame->lane);
	}
	pen_end_lines(pen);
	pen_put(pen, "\n");
}

void
frame_top(const struct frame *frame)
{
	draw_rule(frame, frame->pen.marks->top);
}

void
frame_bottom(const struct frame *frame)
{
	draw_rule(frame, frame->pen.marks->bottom);
}

void
frame_paragraph(const struct frame *frame, enum ink ink, const char *text)
{
	const struct pen *pen = &frame->pen;
	size_t indent = 0;

	do {
		const char *line = text;
		size_t bytes = wrap_line(line, frame->width - indent, &text);

		pen_repeat(pen, " ", indent);
		pen_text(pen, ink, line, bytes);
		pen_put(pen, "\n");
		indent = INDENT;
	} while (*text != '\0');
}

void
frame_heading(const struct frame *frame, const char *client,
    const char *server)
{
	const struct pen *pen = &frame->pen;
	const char *left = client, *right = server;

	while (*left != '\0' || *right != '\0') {
		const char *line = left;
		size_t bytes = wrap_line(line, frame->lane, &left);
		size_t pad = frame->lane + 2 * GUTTER + 1 - bytes;

		fprintf(pen->out, "%*s", (int)frame->time,
		    line == client && frame->time != 0 ? "ms  " : "");
		pen_text(pen, INK_BOLD, line, bytes);
		line = right;
		bytes = wrap_line(line, frame->lane, &right);
		if (bytes != 0)
			pen_repeat(pen, " ", pad);
		pen_text(pen, INK_BOLD, line, bytes);
		pen_put(pen, "\n");
	}
}
