#include "experiments/experiments.h"

const struct probe *const errors_probes[] = {
	NULL,
};
