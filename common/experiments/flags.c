#include "experiments/experiments.h"

const struct probe *const flags_probes[] = {
	NULL,
};
