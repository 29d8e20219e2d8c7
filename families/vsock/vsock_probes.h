/* vsock_probes: what is asked of vsock only. */
#ifndef FAMILIES_VSOCK_PROBES_H
#define FAMILIES_VSOCK_PROBES_H

#include "probes/probe.h"

/* All of them, ended by NULL. */
extern const struct probe *const vsock_probes[];

#endif
