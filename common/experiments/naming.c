#include "experiments/experiments.h"

const struct probe *const naming_probes[] = {
	NULL,
};
