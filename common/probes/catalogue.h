/* catalogue: every probe there is, the generic ones and those of families. */
#ifndef PROBES_CATALOGUE_H
#define PROBES_CATALOGUE_H

#include "probes/probe.h"

/*
 * Visits the probes that are questions to a cell, by group; within one the
 * generic ones first. Returns the first non-zero that visit returned, or 0.
 */
int probes_each(const struct choice *choice,
    int (*visit)(const struct probe *probe, void *context), void *context);

/*
 * Whether a word of the command line names the probe: its id, or its topic.
 */
bool probe_is_named(const struct probe *probe, const char *word);

/* The same for all probes of all families. */
int probes_every(int (*visit)(const struct probe *probe,
    const struct family *family, void *context), void *context);

#endif
