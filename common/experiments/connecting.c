#include "experiments/experiments.h"

const struct probe *const connecting_probes[] = {
	NULL,
};
