/* probes: what the probes of a cell have seen, as a table, ladders or JSON. */
#ifndef RENDER_PROBES_H
#define RENDER_PROBES_H

#include <stdio.h>

#include "probes/run.h"
#include "render/render.h"

/* Question, observation, document and source of each; findings are marked. */
void render_probes_table(FILE *out, const struct probed_report *report,
    const struct style *style);

/* The calls that prove each observation, where the events were kept. */
void render_probes_ladders(FILE *out, const struct probed_report *report,
    const struct style *style);

/* The exchange's object, and in it `probes`. */
void render_probes_json(FILE *out, const struct probed_report *report,
    const struct style *style);

/*
 * The list of all probes, or of those that are questions to a cell (choice not
 * NULL): id and question, by group.
 */
void render_probes_list(FILE *out, const struct choice *choice,
    const struct style *style);

#endif
