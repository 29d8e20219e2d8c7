#include "probes/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "drive/exchange.h"
#include "probes/catalogue.h"
#include "probes/child.h"
#include "probes/ground.h"
#include "probes/judge.h"

/* The exit status where this kernel or machine cannot. */
#define PROBES_CANNOT 77

/* One run of the probes of a cell. */
struct probes_run {
	const struct probing *probing;
	struct probed_report *report;
	struct ground ground;
	size_t room;		/* of report->probed */
};

static bool
is_wanted(const struct probing *probing, const struct probe *probe)
{
	for (size_t i = 0; i < probing->named_count; i++)
		if (probe_is_named(probe, probing->named[i]))
			return true;
	return probing->named_count == 0;
}

static int
add(const struct probe *probe, void *context)
{
	struct probes_run *run = context;
	struct probed_report *report = run->report;

	if (!is_wanted(run->probing, probe))
		return 0;
	if (report->count == run->room) {
		size_t room = 2 * run->room + 32;
		struct probed *probed = reallocarray(report->probed, room,
		    sizeof(*probed));

		if (probed == NULL)
			return -ENOMEM;
		report->probed = probed;
		run->room = room;
	}
	report->probed[report->count++] = (struct probed){ .probe = probe };
	return 0;
}

static void
probe_one(struct probes_run *run, struct probed *probed, const char *release)
{
	const struct errand_terms terms = ground_terms(&run->ground);

	run->report->signal = child_probe(&terms, run->probing->keep_events,
	    probed);
	judge_probed(&run->probing->choice, release, probed);
	run->report->completed += probed->completed;
	run->report->findings += probed->finding;
}

static int
probe_all(struct probes_run *run)
{
	struct probed_report *report = run->report;
	struct utsname kernel;
	int error = probes_each(&run->probing->choice, add, run);

	if (uname(&kernel) != 0)
		kernel.release[0] = '\0';
	for (size_t i = 0; error == 0 && i < report->count &&
	    report->signal == 0; i++)
		probe_one(run, &report->probed[i], kernel.release);
	return error;
}

int
probes_run(const struct probing *probing, struct probed_report *report,
    char *why, size_t room)
{
	struct probes_run run = {
		.probing = probing,
		.report = report,
		.ground = {
			.choice = &probing->choice,
			.host = probing->host,
			.wants_setup = probing->setup,
			.keep_modules = probing->keep_modules,
		},
	};
	int error;

	memset(report, 0, sizeof(*report));
	report->probing = probing;
	error = ground_begin(&run.ground, &report->request, &report->exchange,
	    why, room);
	if (error == 0 && report->exchange.verdict == VERDICT_WORKS &&
	    report->exchange.signal == 0)
		error = probe_all(&run);
	if (report->signal == 0)
		report->signal = report->exchange.signal;
	ground_end(&run.ground);
	report->isolated = run.ground.isolated;
	report->made = run.ground.made;
	strlcpy(report->left, run.ground.left, sizeof(report->left));
	if (error != 0)
		probes_free(report);
	return error;
}

void
probes_free(struct probed_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		child_free(&report->probed[i]);
	free(report->probed);
	report->probed = NULL;
	report->count = 0;
	exchange_free(&report->exchange);
}

int
probes_status(const struct probed_report *report)
{
	if (report->exchange.verdict != VERDICT_WORKS)
		return report_status(&report->exchange);
	/* Who names a probe wants its answer. */
	return report->probing->named_count != 0 && report->completed == 0
	    ? PROBES_CANNOT : 0;
}
