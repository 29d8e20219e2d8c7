#include "experiments/experiments.h"

const struct probe *const as_file_probes[] = {
	NULL,
};
