/* options: what the options of a cell are, as a table or JSON. */
#ifndef RENDER_OPTIONS_H
#define RENDER_OPTIONS_H

#include <stdio.h>

#include "options/survey.h"
#include "render/render.h"

/* By level: the value, what was tried and read back, in which states. */
void render_options_table(FILE *out, const struct survey *survey,
    const struct style *style);

/* The exchange's object, and in it `options`. */
void render_options_json(FILE *out, const struct survey *survey,
    const struct style *style);

/*
 * The options of all families, or of one cell (choice not NULL), that are
 * known: level, name, number, kind, and since when. Asks the kernel nothing.
 */
void render_options_known(FILE *out, const struct choice *choice,
    const struct style *style);
void render_options_known_json(FILE *out, const struct choice *choice);

#endif
