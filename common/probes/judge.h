/* judge: holds an observation against what the documents say. */
#ifndef PROBES_JUDGE_H
#define PROBES_JUDGE_H

#include "probes/run.h"

/*
 * Fills in the documents that speak of the cell, whether the observation
 * differs from each, and what explains it on a kernel of this release
 * ("6.1.0-49-amd64").
 */
void judge_probed(const struct choice *choice, const char *release,
    struct probed *probed);

/* Whether a release is of the version ("5.15") or of a later one. */
bool release_reaches(const char *release, const char *version);

#endif
