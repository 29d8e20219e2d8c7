#include "experiments/experiments.h"

const struct probe *const options_probes[] = {
	NULL,
};
