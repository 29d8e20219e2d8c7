#include "experiments/experiments.h"

const struct probe *const readiness_probes[] = {
	NULL,
};
