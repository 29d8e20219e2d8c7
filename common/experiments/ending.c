#include "experiments/experiments.h"

const struct probe *const ending_probes[] = {
	NULL,
};
