#include "render/pen.h"

static const struct marks marks_utf8 = {
	.across = "─", .bar = "│", .cross = "┼", .bus = "║",
	.to_left = "◄", .to_right = "►", .top = "┬", .bottom = "┴",
};

static const struct marks marks_ascii = {
	.across = "-", .bar = "|", .cross = "+", .bus = "|",
	.to_left = "<", .to_right = ">", .top = "+", .bottom = "+",
};

/* Select Graphic Rendition (ECMA-48). */
static const char *const inks[] = {
	[INK_PLAIN] = "",
	[INK_BOLD] = "\033[1m",
	[INK_DIM] = "\033[2m",
	[INK_RED] = "\033[31m",
	[INK_GREEN] = "\033[32m",
	[INK_YELLOW] = "\033[33m",
};
#define RESET "\033[0m"

void
pen_init(struct pen *pen, FILE *out, const struct style *style)
{
	pen->out = out;
	pen->marks = style->utf8 ? &marks_utf8 : &marks_ascii;
	pen->color = style->color;
}

void
pen_text(const struct pen *pen, enum ink ink, const char *text, size_t bytes)
{
	bool painted = pen->color && ink != INK_PLAIN && bytes != 0;

	fprintf(pen->out, "%s%.*s%s", painted ? inks[ink] : "", (int)bytes,
	    text, painted ? RESET : "");
}

void
pen_put(const struct pen *pen, const char *text)
{
	fputs(text, pen->out);
}

void
pen_repeat(const struct pen *pen, const char *text, size_t times)
{
	while (times-- > 0)
		fputs(text, pen->out);
}

void
pen_begin_lines(const struct pen *pen)
{
	if (pen->color)
		fputs(inks[INK_DIM], pen->out);
}

void
pen_end_lines(const struct pen *pen)
{
	if (pen->color)
		fputs(RESET, pen->out);
}
