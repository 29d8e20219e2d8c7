#include "probes/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "drive/exchange.h"
#include "drive/signals.h"
#include "probes/catalogue.h"
#include "probes/child.h"
#include "probes/judge.h"

/* The exit status where this kernel or machine cannot. */
#define PROBES_CANNOT 77

/* One run of the probes of a cell. */
struct probes_run {
	const struct probing *probing;
	struct probed_report *report;
	struct setup setup;
	struct signals signals;
	bool within;		/* the setup is made */
	bool again;		/* it could not be: the exchange tells why */
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

/*
 * Makes what the cell needs; or, where it needs nothing and no address outside
 * is meant, a network of its own, if that is permitted.
 */
static int
surround(struct probes_run *run, char *why, size_t room)
{
	const struct probing *probing = run->probing;
	const struct surroundings *needed = setup_of(&probing->choice);
	int error = 0;

	/* A family that has one namespace only would be missed in another. */
	if (needed != NULL || probing->host != NULL ||
	    probing->choice.row.shape == SHAPE_NONE) {
		if (!probing->setup)
			return 0;
		error = setup_begin(&run->setup, &probing->choice,
		    probing->keep_modules, &run->report->made,
		    &run->signals.awaited, why, room);
		run->report->isolated = error == 0 && needed != NULL &&
		    needed->where != SURROUNDINGS_INITIAL;
		run->within = true;
		return error;
	}
	error = setup_isolate(&run->setup, &run->report->made,
	    &run->signals.awaited, why, room);
	run->within = true;
	run->report->isolated = error == 0;
	return error == -EINTR ? error : 0;
}

/* Whether there is anything to be probed: the exchange tells. */
static int
try_exchange(struct probes_run *run, char *why, size_t room)
{
	struct request *request = &run->report->request;

	*request = (struct request){
		.choice = run->probing->choice,
		.host = run->probing->host,
		.port = PORT_UNSET,
		.messages = 1,
		.size = SIZE_UNSET,
		.timeout_ns = 5000000000,
		.setup = run->again,
		.within = run->within ? &run->setup : NULL,
	};
	return exchange_run(request, &run->report->exchange, why, room);
}

static void
probe_one(struct probes_run *run, struct probed *probed, const char *release)
{
	const struct child_terms terms = {
		.choice = &run->probing->choice,
		.host = run->probing->host,
		.setup = run->within ? &run->setup : NULL,
		.signals = &run->signals,
		.keep_events = run->probing->keep_events,
	};

	run->report->signal = child_probe(&terms, probed);
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

static void
clear_away(struct probes_run *run)
{
	if (run->within)
		setup_end(&run->setup, run->report->left,
		    sizeof(run->report->left));
	run->within = false;
}

int
probes_run(const struct probing *probing, struct probed_report *report,
    char *why, size_t room)
{
	struct probes_run run = { .probing = probing, .report = report };
	int error;

	memset(report, 0, sizeof(*report));
	report->probing = probing;
	signals_take(&run.signals);
	error = surround(&run, why, room);
	if (error != 0 && error != -EINTR) {
		/* The exchange makes it again, and says what is missing. */
		clear_away(&run);
		run.again = true;
	}
	error = try_exchange(&run, why, room);
	if (error == 0 && report->exchange.verdict == VERDICT_WORKS &&
	    report->exchange.signal == 0)
		error = probe_all(&run);
	if (report->signal == 0)
		report->signal = report->exchange.signal;
	clear_away(&run);
	signals_give_back(&run.signals);
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
