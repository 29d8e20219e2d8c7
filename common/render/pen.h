/*
 * pen: what text and lines look like in a style: which characters lines are
 * drawn with, and which colors.
 */
#ifndef RENDER_PEN_H
#define RENDER_PEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "render/render.h"

/* Each takes one column. */
struct marks {
	const char *across, *bar, *cross, *bus;
	const char *to_left, *to_right;
	const char *top, *bottom;	/* where a bar meets a rule */
};

enum ink {
	INK_PLAIN,
	INK_BOLD,
	INK_DIM,
	INK_RED,
	INK_GREEN,
	INK_YELLOW,
};

struct pen {
	FILE *out;	/* stays the caller's */
	const struct marks *marks;
	bool color;	/* if not, every ink is plain */
};

void pen_init(struct pen *pen, FILE *out, const struct style *style);

/* So many bytes of text in that ink. */
void pen_text(const struct pen *pen, enum ink ink, const char *text,
    size_t bytes);

/* A text or a mark as it is. */
void pen_put(const struct pen *pen, const char *text);
void pen_repeat(const struct pen *pen, const char *text, size_t times);

/* What is put in between is a part of a drawing's lines: dim. */
void pen_begin_lines(const struct pen *pen);
void pen_end_lines(const struct pen *pen);

#endif
