/*
 * frame: draws a ladder, whatever its lines mean: two lanes of text with a bar
 * between them, rules above and below, and a rung where something crosses.
 *
 * A line is: the time (on wide terminals), the client's lane, two columns for
 * the rung, the bar, two columns for the rung, the server's lane. A frame of a
 * single lane has neither bar nor rungs.
 */
#ifndef RENDER_FRAME_H
#define RENDER_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "family/family.h"
#include "render/pen.h"
#include "render/phrase.h"
#include "render/render.h"

/* What crosses the bar at an entry, seen from its side. */
struct rung {
	enum { RUNG_NONE, RUNG_IN, RUNG_OUT } direction;
	char label[COUNT_MAX];	/* left out where it does not fit */
};

/* Text in the lane of a side, of less than PHRASE_MAX bytes. */
struct entry {
	enum side_id side;
	enum ink ink;
	const char *text;
	bool remark;		/* on the entry above: indented, without time */
	uint64_t elapsed_ns;	/* since the first entry; not of a remark */
	struct rung rung;
};

struct frame {
	struct pen pen;
	bool single;
	bool bus;		/* the bar is a bus: both ends hear it */
	size_t width;
	size_t time;		/* columns for the time, or 0 */
	size_t lane;		/* columns of a lane */
	size_t indent;		/* of what is wrapped in a lane */
};

/* Lays a frame out for that style; out stays the caller's. */
void frame_init(struct frame *frame, FILE *out, const struct style *style,
    bool single, bool bus);

/*
 * Each draws whole lines, wrapped where they are too long (render/wrap.h), and
 * returns nothing: whether the writing worked is in ferror(out).
 */

/* Text across the whole width, outside of the lanes. */
void frame_paragraph(const struct frame *frame, enum ink ink,
    const char *text);

/* The lanes' names side by side; of a single lane, server is empty. */
void frame_heading(const struct frame *frame, const char *client,
    const char *server);

/* The rule that the bar hangs from, and the one that it stands on. */
void frame_top(const struct frame *frame);
void frame_bottom(const struct frame *frame);

void frame_entry(const struct frame *frame, const struct entry *entry);

#endif
