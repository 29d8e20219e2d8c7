#include "experiments/experiments.h"

const struct probe *const shutdowns_probes[] = {
	NULL,
};
