#include "experiments/experiments.h"

const struct probe *const peers_probes[] = {
	NULL,
};
