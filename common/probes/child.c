#include "probes/child.h"

#include <errno.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive/step.h"
#include "family/resolve.h"
#include "probes/stage.h"

/* How long a process that was killed may take to go. */
#define GONE_NS 2000000000

enum { MEETING_RUNNING, MEETING_OBSERVED, MEETING_FAILED };

/* What the experiment's process leaves for its parent. */
struct probed_meeting {
	_Atomic int state;
	int error;
	struct observation seen;
	struct failure failure;
	struct trace trace[SIDE_COUNT];
};

static volatile sig_atomic_t sigpipes;

unsigned
stage_sigpipes(void)
{
	return (unsigned)sigpipes;
}

static void
count_sigpipe(int number)
{
	(void)number;
	sigpipes++;
}

/* Others of the run may be heard with the same number: 24 bits, not 0. */
static unsigned
new_run(void)
{
	return 1 + arc4random_uniform(0xffffff);
}

/* The life of the experiment's process. */
static _Noreturn void
live(const struct child_terms *terms, const struct probe *probe,
    struct probed_meeting *meeting, const char *directory)
{
	struct setup setup;
	struct stage stage = {
		.choice = terms->choice,
		.setup = terms->setup != NULL ? &setup : NULL,
		.host = terms->host,
		.directory = directory,
		.run = new_run(),
		.trace = { &meeting->trace[SIDE_CLIENT],
		    &meeting->trace[SIDE_SERVER] },
		.failure = &meeting->failure,
	};
	struct sigaction counting = { .sa_handler = count_sigpipe };
	sigset_t none;

	setpgid(0, 0);
	if (terms->setup != NULL) {
		const struct surroundings *made = terms->setup->surroundings;

		/* Only two networks have to be entered; the rest is inherited. */
		setup = *terms->setup;
		if (made == NULL || made->where != SURROUNDINGS_TWO_NAMESPACES)
			setup_settle(&setup);
	}
	sigemptyset(&none);
	sigaction(SIGPIPE, &counting, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	meeting->error = probe->run(&stage, &meeting->seen);
	atomic_store(&meeting->state, meeting->error == 0
	    ? MEETING_OBSERVED : MEETING_FAILED);
	_exit(0);
}

static int
remove_one(const char *path, const struct stat *status, int kind,
    struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	remove(path);
	return 0;
}

/* Waits for the child until it is time: 0, the signal that came, or -1. */
static int
await(const struct child_terms *terms, pid_t pid, int64_t limit_ns)
{
	uint64_t end = step_end(limit_ns);

	for (;;) {
		int64_t left = step_left(end);
		struct timespec rest = {
			.tv_sec = left > 0 ? left / 1000000000 : 0,
			.tv_nsec = left > 0 ? left % 1000000000 : 0,
		};
		int got;

		if (waitpid(pid, NULL, WNOHANG) == pid)
			return 0;
		if (left < 0)
			return -1;
		got = sigtimedwait(&terms->signals->awaited, NULL, &rest);
		if (got > 0 && got != SIGCHLD)
			return got;
	}
}

/* Ends the child and whatever it has started. */
static void
end_group(const struct child_terms *terms, pid_t pid, bool running)
{
	kill(-pid, SIGKILL);
	if (!running)
		return;
	kill(pid, SIGKILL);
	await(terms, pid, GONE_NS);
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

/* Starts the experiment, waits for it, and takes what it left. */
static int
experiment(const struct child_terms *terms, struct probed *probed,
    struct probed_meeting *meeting, const char *directory)
{
	unsigned limit_ms = probed->probe->limit_ms != 0
	    ? probed->probe->limit_ms : PROBE_LIMIT_MS;
	uint64_t began = side_now();
	pid_t pid = fork();
	int ended;

	if (pid == 0)
		live(terms, probed->probe, meeting, directory);
	if (pid < 0) {
		give_reason(probed, "fork", errno, "no process");
		return 0;
	}
	setpgid(pid, pid);
	ended = await(terms, pid, (int64_t)limit_ms * 1000000);
	end_group(terms, pid, ended != 0);
	probed->elapsed_ns = side_now() - began;
	if (ended < 0 && atomic_load(&meeting->state) == MEETING_RUNNING)
		tell_late(probed, meeting, limit_ms);
	else if (ended <= 0)
		take(probed, meeting);
	return ended > 0 ? ended : 0;
}

int
child_probe(const struct child_terms *terms, struct probed *probed)
{
	char directory[512];
	struct probed_meeting *meeting = mmap(NULL, sizeof(*meeting),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE,
	    -1, 0);
	int result;

	if (meeting == MAP_FAILED) {
		give_reason(probed, "mmap", errno, "no memory for the trace");
		return 0;
	}
	snprintf(directory, sizeof(directory), "%s/sockdemo-XXXXXX",
	    resolve_directory());
	if (mkdtemp(directory) == NULL) {
		give_reason(probed, "mkdir", errno, directory);
		munmap(meeting, sizeof(*meeting));
		return 0;
	}
	result = experiment(terms, probed, meeting, directory);
	nftw(directory, remove_one, 4, FTW_DEPTH | FTW_PHYS);
	if (!terms->keep_events) {
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
