#include "experiments/experiments.h"

const struct probe *const buffers_probes[] = {
	NULL,
};
