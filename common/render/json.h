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

/* {sysname, release, machine} of the running kernel; likewise. */
json_t *kernel_json(void);

#endif
