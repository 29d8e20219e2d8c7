/* smc_probes: what is asked of smc only. */
#ifndef FAMILIES_SMC_PROBES_H
#define FAMILIES_SMC_PROBES_H

#include "probes/probe.h"

/* All of them, ended by NULL. */
extern const struct probe *const smc_probes[];

#endif
