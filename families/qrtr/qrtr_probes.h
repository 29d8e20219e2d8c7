/* qrtr_probes: what is asked of qrtr only. */
#ifndef FAMILIES_QRTR_PROBES_H
#define FAMILIES_QRTR_PROBES_H

#include "probes/probe.h"

/* All of them, ended by NULL. */
extern const struct probe *const qrtr_probes[];

#endif
