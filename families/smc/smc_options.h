/* smc_options: the options of SMC, ended by constant NULL. */
#ifndef FAMILIES_SMC_OPTIONS_H
#define FAMILIES_SMC_OPTIONS_H

#include "family/family.h"

/* From net/smc/smc.h: no header for programs has them. */
#define SMCPROTO_SMC 0
#define SMCPROTO_SMC6 1

extern const struct option_level smc_levels[];

#endif
