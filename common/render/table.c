#include "render/table.h"

#include <stdbool.h>

#include "render/wrap.h"
#include "text/escape.h"

#define GAP 2

void
table_init(struct table *table, FILE *out, const struct style *style,
    const int *shares, size_t count)
{
	size_t left = style->width - GAP * (count - 1);
	size_t parts = 0;

	pen_init(&table->pen, out, style);
	table->count = count;
	for (size_t i = 0; i < count; i++) {
		if (shares[i] < 0)
			left -= (size_t)-shares[i];
		else
			parts += (size_t)shares[i];
	}
	for (size_t i = 0; i < count; i++) {
		size_t share = (size_t)(shares[i] < 0 ? -shares[i] : shares[i]);

		if (shares[i] > 0) {
			/* What does not divide goes to those behind. */
			table->width[i] = left * share / parts;
			left -= table->width[i];
			parts -= share;
		} else {
			table->width[i] = share;
		}
	}
}

/* One line of each cell; whether there was anything left to draw. */
static bool
draw_line(const struct table *table, const struct table_cell *cells,
    const char *rest[TABLE_COLUMNS_MAX])
{
	size_t behind = 0;
	bool more = false;

	for (size_t i = 0; i < table->count; i++) {
		const char *text = rest[i];
		size_t bytes = wrap_line(text, table->width[i], &rest[i]);

		more = more || rest[i][0] != '\0';
		/* No blanks at the end of a line. */
		if (bytes != 0) {
			pen_repeat(&table->pen, " ", behind);
			pen_text(&table->pen, cells[i].ink, text, bytes);
			behind = 0;
		}
		behind += table->width[i] + GAP -
		    (escape_columns(text) - escape_columns(text + bytes));
	}
	pen_put(&table->pen, "\n");
	return more;
}

void
table_row(const struct table *table, const struct table_cell *cells)
{
	const char *rest[TABLE_COLUMNS_MAX];

	for (size_t i = 0; i < table->count; i++)
		rest[i] = cells[i].text != NULL ? cells[i].text : "";
	while (draw_line(table, cells, rest))
		;
}

void
table_rule(const struct table *table)
{
	size_t width = GAP * (table->count - 1);

	for (size_t i = 0; i < table->count; i++)
		width += table->width[i];
	pen_begin_lines(&table->pen);
	pen_repeat(&table->pen, table->pen.marks->across, width);
	pen_end_lines(&table->pen);
	pen_put(&table->pen, "\n");
}
