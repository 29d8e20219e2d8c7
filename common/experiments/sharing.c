#include "experiments/experiments.h"

const struct probe *const sharing_probes[] = {
	NULL,
};
