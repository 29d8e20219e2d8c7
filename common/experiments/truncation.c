#include "experiments/experiments.h"

const struct probe *const truncation_probes[] = {
	NULL,
};
