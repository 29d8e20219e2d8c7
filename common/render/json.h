/*
 * json: a report as the object of --format json, for whoever puts it into a
 * larger one. Its fields are a contract: they are added, never renamed.
 */
#ifndef RENDER_JSON_H
#define RENDER_JSON_H

#include <jansson.h>

#include "drive/report.h"

/* What --format json prints, a new reference; NULL where memory ran out. */
json_t *report_json(const struct report *report);

/* The events of both traces, of which either may be NULL; likewise. */
json_t *events_json(const struct family *family,
    const struct trace *const trace[SIDE_COUNT], uint64_t *missing);

/* {call, errno, text}; likewise. */
json_t *reason_json(const struct reason *reason);

/* What was set up, in order, as it would be made by hand; likewise. */
json_t *made_json(const struct made *made);

/* {sysname, release, machine} of the running kernel; likewise. */
json_t *kernel_json(void);

#endif
