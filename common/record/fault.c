#include "record/fault.h"

const struct fault *
fault_take(struct fault_plan *plan, enum side_id side, enum call call)
{
	unsigned nth = ++plan->seen[call];

	for (size_t i = 0; i < plan->count; i++) {
		const struct fault *fault = &plan->faults[i];

		if (fault->side == side && fault->call == call &&
		    (fault->occurrence == 0 || fault->occurrence == nth))
			return fault;
	}
	return NULL;
}
