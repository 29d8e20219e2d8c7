#include "probes/judge.h"

#include <stdlib.h>
#include <string.h>

static void
add(struct probed *probed, const struct document *document)
{
	if (probed->document_count < DOCUMENTS_MAX)
		probed->documents[probed->document_count++] = document;
}

/* The family's own word on this probe and cell; whether it stands alone. */
static bool
add_own(const struct choice *choice, struct probed *probed)
{
	const struct document *row = choice->family->documents;
	bool alone = false;

	for (; row != NULL && row->answer != NULL; row++) {
		if (strcmp(row->probe, probed->probe->id) != 0 ||
		    !scope_holds(&row->cells, choice))
			continue;
		add(probed, row);
		alone = alone || row->instead;
	}
	return alone;
}

static const struct difference *
explanation_in(const struct difference *row, const char *id,
    const struct choice *choice, const char *release, const char *answer)
{
	for (; row != NULL && row->answer != NULL; row++) {
		if ((row->probe != NULL && strcmp(row->probe, id) != 0) ||
		    !scope_holds(&row->cells, choice) ||
		    !answer_fits(row->answer, answer))
			continue;
		if (row->since != NULL && !release_reaches(release, row->since))
			continue;
		if (row->until == NULL || !release_reaches(release, row->until))
			return row;
	}
	return NULL;
}

static const char *
unsteady_because(const struct choice *choice, const struct probe *probe)
{
	const struct unsteady *row = choice->family->unsteady;

	for (; row != NULL && row->probe != NULL; row++)
		if (strcmp(row->probe, probe->id) == 0 &&
		    scope_holds(&row->cells, choice))
			return row->why;
	return probe->unsteady;
}

void
judge_probed(const struct choice *choice, const char *release,
    struct probed *probed)
{
	const struct probe *probe = probed->probe;
	const struct document *row = probe->documents;

	probed->document_count = 0;
	probed->finding = false;
	probed->explained = NULL;
	probed->unsteady = unsteady_because(choice, probe);
	if (!add_own(choice, probed))
		for (; row != NULL && row->answer != NULL; row++)
			if (scope_holds(&row->cells, choice))
				add(probed, row);
	if (!probed->completed)
		return;
	for (size_t i = 0; i < probed->document_count; i++) {
		probed->differs[i] = !answer_fits(
		    probed->documents[i]->answer, probed->seen.answer);
		probed->finding = probed->finding || probed->differs[i];
	}
	if (!probed->finding)
		return;
	probed->explained = explanation_in(choice->family->differences,
	    probe->id, choice, release, probed->seen.answer);
	if (probed->explained == NULL)
		probed->explained = explanation_in(probe->differences,
		    probe->id, choice, release, probed->seen.answer);
}

bool
release_reaches(const char *release, const char *version)
{
	while (*version != '\0') {
		char *release_end;
		char *version_end;
		long have = strtol(release, &release_end, 10);
		long want = strtol(version, &version_end, 10);

		if (have != want)
			return have > want;
		release = release_end + (*release_end == '.');
		version = version_end + (*version_end == '.');
		/* A version is digits and dots: what else ends it. */
		if (version == version_end && *version != '\0')
			break;
	}
	return true;
}
