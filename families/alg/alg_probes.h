/* alg_probes: what is asked of alg only. */
#ifndef FAMILIES_ALG_PROBES_H
#define FAMILIES_ALG_PROBES_H

#include "probes/probe.h"

/* All of them, ended by NULL. */
extern const struct probe *const alg_probes[];

/* alg_cipher_probes.c */
extern const struct probe alg_no_operation;
extern const struct probe alg_no_key;
extern const struct probe alg_late_key;
extern const struct probe alg_unknown;

#endif
