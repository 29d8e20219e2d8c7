/* rds_probes: what is asked of rds only. */
#ifndef FAMILIES_RDS_PROBES_H
#define FAMILIES_RDS_PROBES_H

#include "probes/probe.h"

/* All of them, ended by NULL. */
extern const struct probe *const rds_probes[];

#endif
