/*
 * terminal: what the output can show. Decided once, from the stream, the
 * environment (NO_COLOR, TERM, COLUMNS) and the locale.
 */
#ifndef RENDER_TERMINAL_H
#define RENDER_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "render/render.h"

enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/*
 * Fills style for a stream. Width: COLUMNS if it is a number, else the
 * terminal's, else 80; at least 40, at most 200. No call of setlocale() is needed.
 */
void terminal_style(FILE *out, enum color_choice color, struct style *style);

#endif
