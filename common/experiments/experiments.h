/*
 * experiments: the generic probes. Each file has a list of them, ended by NULL;
 * probes/catalogue.c knows the lists.
 */
#ifndef EXPERIMENTS_EXPERIMENTS_H
#define EXPERIMENTS_EXPERIMENTS_H

#include "probes/probe.h"

extern const struct probe *const lifecycle_probes[];
extern const struct probe *const inherit_probes[];
extern const struct probe *const twins_probes[];
extern const struct probe *const waking_probes[];
extern const struct probe *const as_file_probes[];
extern const struct probe *const naming_probes[];
extern const struct probe *const binding_probes[];
extern const struct probe *const privilege_probes[];
extern const struct probe *const connecting_probes[];
extern const struct probe *const unconnected_probes[];
extern const struct probe *const peers_probes[];
extern const struct probe *const strangers_probes[];
extern const struct probe *const boundaries_probes[];
extern const struct probe *const truncation_probes[];
extern const struct probe *const largest_probes[];
extern const struct probe *const empty_probes[];
extern const struct probe *const flags_probes[];
extern const struct probe *const buffers_probes[];
extern const struct probe *const flow_probes[];
extern const struct probe *const drops_probes[];
extern const struct probe *const readiness_probes[];
extern const struct probe *const ending_probes[];
extern const struct probe *const closing_probes[];
extern const struct probe *const early_probes[];
extern const struct probe *const shutdowns_probes[];
extern const struct probe *const errors_probes[];
extern const struct probe *const urgent_probes[];
extern const struct probe *const urgent_order_probes[];
extern const struct probe *const options_probes[];
extern const struct probe *const option_values_probes[];
extern const struct probe *const ancillary_probes[];
extern const struct probe *const timestamps_probes[];
extern const struct probe *const filters_probes[];
extern const struct probe *const sharing_probes[];

#endif
