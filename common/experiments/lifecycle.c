#include "experiments/experiments.h"

const struct probe *const lifecycle_probes[] = {
	NULL,
};
