#include "probes/catalogue.h"

#include <string.h>

#include "experiments/experiments.h"

static const struct probe *const *const generic[] = {
	lifecycle_probes,
	inherit_probes,
	twins_probes,
	waking_probes,
	as_file_probes,
	naming_probes,
	binding_probes,
	privilege_probes,
	connecting_probes,
	unconnected_probes,
	peers_probes,
	strangers_probes,
	boundaries_probes,
	truncation_probes,
	largest_probes,
	empty_probes,
	flags_probes,
	buffers_probes,
	flow_probes,
	drops_probes,
	readiness_probes,
	ending_probes,
	closing_probes,
	early_probes,
	shutdowns_probes,
	errors_probes,
	urgent_probes,
	urgent_order_probes,
	options_probes,
	option_values_probes,
	ancillary_probes,
	timestamps_probes,
	filters_probes,
	sharing_probes,
};

#define GENERIC (sizeof(generic) / sizeof(generic[0]))

struct visit {
	int (*probe)(const struct probe *probe, void *context);
	void *context;
	const struct choice *choice;
};

static int
visit_applicable(const struct probe *const *row, enum probe_group group,
    const struct visit *visit)
{
	int result = 0;

	for (; row != NULL && *row != NULL && result == 0; row++)
		if ((*row)->group == group &&
		    probe_applies(*row, visit->choice))
			result = visit->probe(*row, visit->context);
	return result;
}

int
probes_each(const struct choice *choice,
    int (*visit)(const struct probe *probe, void *context), void *context)
{
	const struct visit all = { visit, context, choice };
	int result = 0;

	for (int group = 0; group < GROUP_COUNT && result == 0; group++) {
		for (size_t i = 0; i < GENERIC && result == 0; i++)
			result = visit_applicable(generic[i],
			    (enum probe_group)group, &all);
		if (result == 0)
			result = visit_applicable(choice->family->probes,
			    (enum probe_group)group, &all);
	}
	return result;
}

/* Whether a family that stands before this one has the probe as well. */
static bool
is_shared(size_t family, const struct probe *probe)
{
	for (size_t i = 0; i < family; i++) {
		const struct probe *const *row = families[i]->probes;

		for (; row != NULL && *row != NULL; row++)
			if (*row == probe)
				return true;
	}
	return false;
}

int
probes_every(int (*visit)(const struct probe *probe,
    const struct family *family, void *context), void *context)
{
	int result = 0;

	for (size_t i = 0; i < GENERIC; i++)
		for (const struct probe *const *row = generic[i];
		     *row != NULL && result == 0; row++)
			result = visit(*row, NULL, context);
	for (size_t i = 0; families[i] != NULL; i++) {
		const struct probe *const *row = families[i]->probes;

		for (; row != NULL && *row != NULL && result == 0; row++)
			if (!is_shared(i, *row))
				result = visit(*row, families[i], context);
	}
	return result;
}

bool
probe_is_named(const struct probe *probe, const char *word)
{
	size_t length = strlen(word);

	return strncmp(probe->id, word, length) == 0 &&
	    (probe->id[length] == '\0' || probe->id[length] == '.');
}
