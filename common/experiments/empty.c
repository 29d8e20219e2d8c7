#include "experiments/experiments.h"

const struct probe *const empty_probes[] = {
	NULL,
};
