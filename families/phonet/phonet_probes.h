/* phonet_probes: what is asked of phonet only. */
#ifndef FAMILIES_PHONET_PROBES_H
#define FAMILIES_PHONET_PROBES_H

#include "probes/probe.h"

/* All of them, ended by NULL. */
extern const struct probe *const phonet_probes[];

#endif
