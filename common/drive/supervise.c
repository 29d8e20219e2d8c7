#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "drive/run.h"

/* How long a side that was told to stop may take to do so. */
#define STOP_GRACE_NS 250000000
/* How much longer than its time-out a call may run before it is ended. */
#define STUCK_GRACE_NS 250000000
/* And how much longer than that nothing may move: machines can be busy. */
#define STILL_GRACE_NS 2000000000
/* How often progress is told, and a call that does not return looked for. */
#define TICK_NS 100000000

void
run_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
run_stop(struct run *run, enum stop why)
{
	if (run->wake[1] < 0 && why != STOP_ABORT)
		return;
	atomic_store(&run->meeting->stop, why);
	run_close(&run->wake[1]);
	if (run->kill_at == 0 || run->kill_at > side_now() + STOP_GRACE_NS)
		run->kill_at = side_now() + STOP_GRACE_NS;
}

const struct event *
run_last_event(const struct run *run, enum side_id id)
{
	const struct trace *trace = &run->meeting->trace[id];
	size_t kept = trace_kept(trace);

	return kept != 0 ? trace_at(trace, kept - 1) : NULL;
}

/*
 * Writes down a failure that the side could not tell itself. It happened in
 * its last call or after it: before all that the other side suffered from it.
 * Only for a side that is no more, and so writes nothing any more.
 */
static void
blame(struct run *run, enum side_id id, int status)
{
	struct failure *failure = &run->meeting->account[id].failure;
	const struct event *last = run_last_event(run, id);
	const char *name = id == SIDE_CLIENT ? "client" : "server";
	char *text = failure->text;
	size_t room = sizeof(failure->text);

	if (failure->happened)
		return;
	switch (run->ended[id]) {
	case ENDED_LATE:
		return;
	case ENDED_STUCK:
		failure->named = true;
		failure->call = (enum call)last->call;
		failure->error = ETIMEDOUT;
		snprintf(text, room, "it had not returned after %g s",
		    (double)run->request->timeout_ns / 1e9);
		break;
	case ENDED_UNTOLD:
		snprintf(text, room, "the %s was not told that the other side "
		    "had ended", name);
		break;
	case ENDED_STILL:
		snprintf(text, room, "nothing moved any more: a side was "
		    "stopped, or hangs outside of a call");
		break;
	case ENDED_NOT:
		snprintf(text, room, "the process of the %s died: %s", name,
		    WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
					: "it left early");
		break;
	}
	failure->t_ns = last != NULL ? last->t_ns : 0;
	failure->happened = true;
}

static void
end_side(struct run *run, enum side_id id, enum ended why)
{
	if (run->ended[id] == ENDED_NOT)
		run->ended[id] = why;
	kill(run->pid[id], SIGKILL);
}

/* Whether both sides stand still for longer than either would wait. */
static bool
nothing_moves(struct run *run, uint64_t now, uint64_t limit)
{
	uint64_t moves = 0;

	for (int id = 0; id < SIDE_COUNT; id++)
		moves += trace_kept(&run->meeting->trace[id]) +
		    trace_missing(&run->meeting->trace[id]) +
		    atomic_load(&run->meeting->account[id].done);
	if (moves != run->moves || run->moved_at == 0) {
		run->moves = moves;
		run->moved_at = now;
	}
	return now > run->moved_at + limit;
}

/* Looks for what lasts longer than any wait may. */
static void
end_stuck(struct run *run)
{
	uint64_t limit = (uint64_t)run->request->timeout_ns + STUCK_GRACE_NS;
	uint64_t now = side_now();
	bool still = nothing_moves(run, now, limit + STILL_GRACE_NS) &&
	    run->kill_at == 0;
	bool untold = atomic_load(&run->meeting->stop) == STOP_NOT;

	if (still)
		run_stop(run, STOP_ABORT);
	for (int id = 0; id < SIDE_COUNT; id++) {
		const struct event *event;

		if (run->pid[id] == 0)
			continue;
		event = run_last_event(run, (enum side_id)id);
		if (event != NULL && event->end_ns == 0 &&
		    event->t_ns != 0 && now > event->t_ns + limit)
			end_side(run, (enum side_id)id, ENDED_STUCK);
		else if (still)
			run->ended[id] = ENDED_STILL;
		else if (run->kill_at != 0 && now >= run->kill_at)
			end_side(run, (enum side_id)id,
			    untold ? ENDED_UNTOLD : ENDED_LATE);
	}
}

/* What the end of one side means for the other. */
static void
side_ended(struct run *run, enum side_id id, int status)
{
	struct account *account = &run->meeting->account[id];
	int ending = atomic_load(&account->ending);
	const struct cell *cell = &run->request->choice.row;
	uint64_t limit = side_now() + (uint64_t)run->request->timeout_ns +
	    STUCK_GRACE_NS;

	run->pid[id] = 0;
	if (ending == ENDING_NONE || run->ended[id] != ENDED_NOT)
		blame(run, id, status);
	if (ending != ENDING_DONE) {
		run_stop(run, STOP_ABORT);
	} else if (id == SIDE_CLIENT &&
	    (cell->shape != SHAPE_CONNECTED || cell->endless)) {
		run_stop(run, STOP_CLIENT_DONE);
		/* It has waited for this, and closes only now. */
		if (cell->close_drops && atomic_load(&run->meeting->stop) ==
		    STOP_CLIENT_DONE)
			run->kill_at = limit;
	} else if (id == SIDE_CLIENT && run->kill_at == 0) {
		/* The server is told by the end of the connection. */
		run->kill_at = limit;
	}
}

static void
reap(struct run *run)
{
	for (int id = 0; id < SIDE_COUNT; id++) {
		int status;

		if (run->pid[id] != 0 &&
		    waitpid(run->pid[id], &status, WNOHANG) == run->pid[id])
			side_ended(run, (enum side_id)id, status);
	}
}

static void
tell_progress(const struct run *run)
{
	const struct request *request = run->request;
	uint64_t done = 0;
	uint64_t total = 0;

	if (request->progress == NULL)
		return;
	for (int id = 0; id < SIDE_COUNT; id++)
		done += atomic_load(&run->meeting->account[id].done);
	if (request->payload == PAYLOAD_FILE)
		total = 2 * run->payload.file_size;
	else
		total = (uint64_t)(2.0 *
		    (double)payload_messages(&run->payload) *
		    (double)payload_largest(&run->payload));
	request->progress(done, total, request->progress_context);
}

void
run_supervise(struct run *run)
{
	const struct timespec tick = { .tv_nsec = TICK_NS };

	while (run->pid[SIDE_CLIENT] != 0 || run->pid[SIDE_SERVER] != 0) {
		int got = sigtimedwait(&run->signals.awaited, NULL, &tick);

		if (got > 0 && got != SIGCHLD) {
			run->report->signal = got;
			run_stop(run, STOP_ABORT);
		}
		reap(run);
		/* However many signals there are. */
		end_stuck(run);
		if (got < 0)
			tell_progress(run);
	}
}
