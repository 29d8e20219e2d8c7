/* tipc_probes: what is asked of tipc only. */
#ifndef FAMILIES_TIPC_PROBES_H
#define FAMILIES_TIPC_PROBES_H

#include "probes/probe.h"

/* All of them, ended by NULL. */
extern const struct probe *const tipc_probes[];

/* tipc_option_probes.c */
extern const struct probe tipc_reserved;
extern const struct probe tipc_importance;

#endif
