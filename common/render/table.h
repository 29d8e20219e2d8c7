/*
 * table: rows of cells that stand side by side, each wrapped in its column
 * (render/wrap.h).
 */
#ifndef RENDER_TABLE_H
#define RENDER_TABLE_H

#include <stddef.h>

#include "render/pen.h"

#define TABLE_COLUMNS_MAX 8

struct table {
	struct pen pen;
	size_t count;
	size_t width[TABLE_COLUMNS_MAX];	/* without the gaps */
};

/* What stands in a column; NULL: nothing. Of printable text. */
struct table_cell {
	const char *text;
	enum ink ink;
};

/*
 * Lays out columns in the style's width: the shares are parts of what the gaps
 * leave, a negative one is a width in columns.
 */
void table_init(struct table *table, FILE *out, const struct style *style,
    const int *shares, size_t count);

/* Draws a row of as many lines as its longest cell has. */
void table_row(const struct table *table, const struct table_cell *cells);

/* A rule across the table. */
void table_rule(const struct table *table);

#endif
