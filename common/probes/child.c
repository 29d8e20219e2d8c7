#include "probes/child.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "probes/stage.h"

enum { MEETING_RUNNING, MEETING_OBSERVED, MEETING_FAILED };

/* What the experiment's process leaves for its parent. */
struct probed_meeting {
	_Atomic int state;
	int error;
	struct observation seen;
	struct failure failure;
	struct trace trace[SIDE_COUNT];
};

/* What the process does. */
struct task {
	const struct probe *probe;
	struct probed_meeting *meeting;
};

static void
work(struct stage *stage, void *context)
{
	const struct task *task = context;
	struct probed_meeting *meeting = task->meeting;

	meeting->error = task->probe->run(stage, &meeting->seen);
	atomic_store(&meeting->state, meeting->error == 0
	    ? MEETING_OBSERVED : MEETING_FAILED);
}

static void
give_reason(struct probed *probed, const char *call, int error,
    const char *text)
{
	probed->reason.call = call;
	probed->reason.error = error;
	strlcpy(probed->reason.text, text, sizeof(probed->reason.text));
}

/* The call that has not returned, or NULL. */
static const struct event *
pending_call(const struct probed_meeting *meeting)
{
	for (int id = 0; id < SIDE_COUNT; id++) {
		const struct trace *trace = &meeting->trace[id];
		size_t kept = trace_kept(trace);
		const struct event *last = kept != 0
		    ? trace_at(trace, kept - 1) : NULL;

		if (last != NULL && last->end_ns == 0)
			return last;
	}
	return NULL;
}

static void
tell_late(struct probed *probed, const struct probed_meeting *meeting,
    unsigned limit_ms)
{
	const struct event *event = pending_call(meeting);
	char text[REASON_MAX];

	snprintf(text, sizeof(text), "the experiment did not end within %g s",
	    limit_ms / 1e3);
	give_reason(probed, event != NULL ? call_name(event->call) : NULL,
	    ETIMEDOUT, text);
}

static bool
is_a_word(const struct probe *probe, const char *answer)
{
	for (const char *const *word = probe->answers; *word != NULL; word++)
		if (answer_fits(*word, answer))
			return true;
	return false;
}

static void
take(struct probed *probed, const struct probed_meeting *meeting)
{
	const struct failure *failure = &meeting->failure;
	char text[REASON_MAX];

	switch (atomic_load(&meeting->state)) {
	case MEETING_OBSERVED:
		probed->seen = meeting->seen;
		probed->completed = is_a_word(probed->probe,
		    meeting->seen.answer);
		if (!probed->completed) {
			snprintf(text, sizeof(text), "it answered \"%s\", "
			    "which is none of its words",
			    meeting->seen.answer);
			give_reason(probed, NULL, 0, text);
		}
		break;
	case MEETING_FAILED:
		give_reason(probed, failure->named ? call_name(failure->call)
		    : NULL, failure->happened ? failure->error
		    : -meeting->error, failure->text);
		break;
	default:
		give_reason(probed, NULL, 0,
		    "the experiment's process died");
	}
}

/* Makes the experiment, and takes what it left. */
static int
experiment(const struct errand_terms *terms, struct probed *probed,
    struct probed_meeting *meeting)
{
	unsigned limit_ms = probed->probe->limit_ms != 0
	    ? probed->probe->limit_ms : PROBE_LIMIT_MS;
	struct task task = { probed->probe, meeting };
	const struct errand errand = {
		.terms = terms,
		.limit_ns = (int64_t)limit_ms * 1000000,
		.trace = { &meeting->trace[SIDE_CLIENT],
		    &meeting->trace[SIDE_SERVER] },
		.failure = &meeting->failure,
		.work = work,
		.context = &task,
	};
	uint64_t began = side_now();
	enum errand_end end;
	int number = errand_run(&errand, &end);

	probed->elapsed_ns = side_now() - began;
	if (number != 0)
		return number;
	if (end == ERRAND_UNMADE)
		give_reason(probed, NULL, meeting->failure.error,
		    meeting->failure.text);
	else if (end == ERRAND_LATE &&
	    atomic_load(&meeting->state) == MEETING_RUNNING)
		tell_late(probed, meeting, limit_ms);
	else
		take(probed, meeting);
	return 0;
}

int
child_probe(const struct errand_terms *terms, bool keep_events,
    struct probed *probed)
{
	struct probed_meeting *meeting = mmap(NULL, sizeof(*meeting),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE,
	    -1, 0);
	int result;

	if (meeting == MAP_FAILED) {
		give_reason(probed, "mmap", errno, "no memory for the trace");
		return 0;
	}
	result = experiment(terms, probed, meeting);
	if (!keep_events) {
		munmap(meeting, sizeof(*meeting));
		return result;
	}
	probed->meeting = meeting;
	for (int id = 0; id < SIDE_COUNT; id++)
		if (trace_kept(&meeting->trace[id]) != 0)
			probed->trace[id] = &meeting->trace[id];
	return result;
}

void
child_free(struct probed *probed)
{
	if (probed->meeting != NULL)
		munmap(probed->meeting, sizeof(*probed->meeting));
	probed->meeting = NULL;
}
