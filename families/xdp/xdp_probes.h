/* xdp_probes: what is asked of xdp only. */
#ifndef FAMILIES_XDP_PROBES_H
#define FAMILIES_XDP_PROBES_H

#include "probes/probe.h"

/* All of them, ended by NULL. */
extern const struct probe *const xdp_probes[];

#endif
