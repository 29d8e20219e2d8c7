/* kcm_probes: what is asked of kcm only. */
#ifndef FAMILIES_KCM_PROBES_H
#define FAMILIES_KCM_PROBES_H

#include "probes/probe.h"

/* All of them, ended by NULL. */
extern const struct probe *const kcm_probes[];

#endif
