/* What came of a run: the verdict, the figures, the notes of both sides. */
#include <stdio.h>
#include <string.h>

#include "drive/run.h"
#include "drive/verdict.h"
#include "text/escape.h"

/* From the first event to the end of the last. */
static uint64_t
elapsed(const struct run *run)
{
	uint64_t start_ns = UINT64_MAX;
	uint64_t end_ns = 0;

	for (int id = 0; id < SIDE_COUNT; id++) {
		const struct trace *trace = &run->meeting->trace[id];
		const struct event *last = run_last_event(run, (enum side_id)id);

		if (last == NULL)
			continue;
		if (trace_at(trace, 0)->t_ns < start_ns)
			start_ns = trace_at(trace, 0)->t_ns;
		if (last->end_ns > end_ns)
			end_ns = last->end_ns;
	}
	return end_ns > start_ns ? end_ns - start_ns : 0;
}

/* A side that did not come to its end, and could not say why. */
static bool
is_unfinished(const struct run *run, enum side_id id)
{
	return run->report->trace[id] != NULL &&
	    atomic_load(&run->meeting->account[id].ending) != ENDING_DONE;
}

/* The failure that came first; one that did not happen if none did. */
static const struct failure *
first_failure(const struct run *run)
{
	static const struct failure unfinished = {
		.happened = true,
		.text = "a side was ended before it had finished",
	};
	const struct failure *client =
	    &run->meeting->account[SIDE_CLIENT].failure;
	const struct failure *server =
	    &run->meeting->account[SIDE_SERVER].failure;

	if (!client->happened && !server->happened &&
	    (is_unfinished(run, SIDE_CLIENT) ||
	     is_unfinished(run, SIDE_SERVER)))
		return &unfinished;
	if (!client->happened || !server->happened)
		return client->happened ? client : server;
	return client->t_ns < server->t_ns ? client : server;
}

void
run_note(struct run *run, const char *note)
{
	struct report *report = run->report;

	for (size_t i = 0; i < report->notes; i++)
		if (strcmp(report->note[i], note) == 0)
			return;
	if (report->notes < NOTES_MAX)
		/* It may hold what others chose: the name of an interface. */
		escape_text(note, strlen(note), report->note[report->notes++],
		    NOTE_MAX);
}

void
run_sum_up(struct run *run)
{
	struct report *report = run->report;
	const struct choice *choice = &run->request->choice;

	verdict_judge(choice, first_failure(run), report);
	if (report->verdict == VERDICT_WORKS &&
	    run->hindered != VERDICT_WORKS)
		verdict_without_run(report, run->hindered, run->hindrance,
		    run->hindered_by);
	if (report->verdict == VERDICT_NO_DEVICE && !run->request->setup)
		verdict_add_commands(choice, report);
	verdict_compare(choice, report);
	report->tally = run->meeting->account[SIDE_CLIENT].tally;
	report->tally.bytes +=
	    run->meeting->account[SIDE_SERVER].tally.bytes;
	report->elapsed_ns = elapsed(run);
	report->contact = run->meeting->contact;
	report->variant = report_variant(choice,
	    &run->bind_to[SIDE_SERVER]);
	for (int id = 0; id < SIDE_COUNT; id++) {
		const struct account *account = &run->meeting->account[id];

		for (size_t i = 0; i < account->notes; i++)
			run_note(run, account->note[i]);
	}
}
