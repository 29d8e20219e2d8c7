/* llc_probes: what is asked of llc only. */
#ifndef FAMILIES_LLC_PROBES_H
#define FAMILIES_LLC_PROBES_H

#include "probes/probe.h"

/* All of them, ended by NULL. */
extern const struct probe *const llc_probes[];

extern const struct unsteady llc_unsteady[];

#endif
