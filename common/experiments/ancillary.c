#include "experiments/experiments.h"

const struct probe *const ancillary_probes[] = {
	NULL,
};
