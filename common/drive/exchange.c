#include "drive/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "drive/run.h"
#include "drive/verdict.h"

/* What a side left for the parent, in the words of the run's end. */
static enum ending
ending_of(const struct run *run, int result)
{
	if (result == 0)
		return ENDING_DONE;
	if (result == -ECANCELED)
		return atomic_load(&run->meeting->stop) == STOP_CLIENT_DONE
		    ? ENDING_DONE : ENDING_CANCELED;
	return ENDING_FAILED;
}

/* Then nobody else is left to tidy up. */
static bool
parent_was_killed(const struct run *run, const struct side *side)
{
	return atomic_load(&run->meeting->stop) == STOP_NOT &&
	    side_wait(side, -1, 0, 1) == -ECANCELED;
}

/* What a side does, or NULL where there is no such side. */
static conversation_part *
part_of(const struct run *run, enum side_id id)
{
	if (run->hindered == VERDICT_WORKS)
		return shape_part(run->request->choice.row.shape, id);
	return id == SIDE_CLIENT ? hindered_client : NULL;
}

/* The life of a side's process. */
static _Noreturn void
live(struct run *run, enum side_id id, struct fault_plan *faults)
{
	const struct choice *choice = &run->request->choice;
	struct account *account = &run->meeting->account[id];
	struct conversation conversation = {
		.payload = run->payload,
		.request = run->request,
		.meeting = run->meeting,
		.account = account,
		.ready = run->ready[id == SIDE_CLIENT ? 0 : 1],
		.bind_to = run->bind_to[id],
		.fixed_port = run->request->port > 0,
	};
	struct side *side = &conversation.side;
	int result;

	/* Only the parent may hold the other ends of the pipes. */
	close(run->wake[1]);
	if (run->pid[SIDE_SERVER] != 0 || id == SIDE_SERVER)
		close(run->ready[id == SIDE_CLIENT ? 1 : 0]);
	signal(SIGPIPE, SIG_IGN);
	setup_enter(&run->setup, id);
	setup_settle(&run->setup);
	side_init(side, id, choice, &account->failure);
	side->recorder.trace = &run->meeting->trace[id];
	side->recorder.faults = faults->count != 0 ? faults : NULL;
	side->wake = run->wake[0];
	side->timeout_ns = run->request->timeout_ns;
	side->run = run->number;
	result = part_of(run, id)(&conversation);
	atomic_store(&account->ending, ending_of(run, result));
	if (side->bound && choice->family->release != NULL &&
	    parent_was_killed(run, side))
		choice->family->release(&side->self);
	free(conversation.scratch);
	payload_close(&conversation.payload);
	close(side->wake);
	if (conversation.ready >= 0)
		close(conversation.ready);
	_exit(0);
}

static int
start_side(struct run *run, enum side_id id)
{
	struct fault_plan faults = run->request->faults;
	pid_t pid;

	if (part_of(run, id) == NULL)
		return 0;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		live(run, id, &faults);
	run->pid[id] = pid;
	run->report->trace[id] = &run->meeting->trace[id];
	return 0;
}

static int
start(struct run *run)
{
	bool server = part_of(run, SIDE_SERVER) != NULL;
	int error = 0;

	if (pipe2(run->wake, O_CLOEXEC) != 0)
		return -errno;
	if (server && pipe2(run->ready, O_CLOEXEC) != 0)
		return -errno;
	error = start_side(run, SIDE_SERVER);
	if (error == 0)
		error = start_side(run, SIDE_CLIENT);
	run_close(&run->ready[0]);
	run_close(&run->ready[1]);
	run_close(&run->wake[0]);
	if (error != 0)
		run_stop(run, STOP_ABORT);
	return error;
}

/*
 * Whether a side's bind() took its address. One that was killed in the call may
 * have: a name that was made for this run is then released in any case, one
 * that the user gave may be somebody else's.
 */
static bool
was_bound(const struct run *run, enum side_id id)
{
	const struct event *event;

	for (size_t i = 0; (event = trace_at(&run->meeting->trace[id], i)) !=
	    NULL; i++)
		if (event->call == CALL_BIND)
			return event->end_ns != 0 ? event->result == 0
			    : run->request->host == NULL;
	return false;
}

static void
release(struct run *run)
{
	const struct family *family = run->request->choice.family;

	for (int id = 0; family->release != NULL && id < SIDE_COUNT; id++)
		if (was_bound(run, (enum side_id)id))
			family->release(&run->bind_to[id]);
}

/* The verdict is there without a run. */
#define NO_RUN 1

static int
prepare(struct run *run, char *why, size_t room)
{
	run->meeting = mmap(NULL, sizeof(*run->meeting),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run->meeting == MAP_FAILED) {
		run->meeting = NULL;
		snprintf(why, room, "no memory for the trace: %s",
		    strerror(errno));
		return -ENOMEM;
	}
	run->report->meeting = run->meeting;
	if (run->request->choice.family->unsupported != NULL) {
		verdict_without_run(run->report, VERDICT_ABSENT, 0,
		    run->request->choice.family->unsupported);
		return NO_RUN;
	}
	return 0;
}

static void
hinder(struct run *run, enum verdict verdict, int error, const char *why)
{
	run->hindered = verdict;
	run->hindrance = -error;
	snprintf(run->hindered_by, sizeof(run->hindered_by), "%s", why);
}

/* Makes what the cell needs, where that is asked for. */
static void
surround(struct run *run, char *why, size_t room)
{
	int error;

	if (run->request->within != NULL)
		run->setup = *run->request->within;
	if (run->request->within != NULL || !run->request->setup) {
		if (run_is_apart(run) && run->setup.network[SIDE_SERVER] < 0)
			hinder(run, VERDICT_NO_DEVICE, 0, "its two sides are "
			    "in network namespaces of their own");
		return;
	}
	error = setup_begin(&run->setup, &run->request->choice,
	    run->request->keep_modules, &run->report->made,
	    &run->signals.awaited, why, room);
	if (error != 0)
		hinder(run, error == -EPERM ? VERDICT_DENIED
		    : VERDICT_NO_DEVICE, error == -EIO ? 0 : error, why);
}

/* Addresses and payload, once there is what they speak of. */
static int
settle(struct run *run, char *why, size_t room)
{
	int error = 0;

	if (run->hindered == VERDICT_WORKS)
		error = run_find_addresses(run, why, room);
	if (error == -ENODEV)
		hinder(run, VERDICT_NO_DEVICE, error, why);
	else if (error != 0) {
		run->report->unusable = true;
		return error;
	}
	error = payload_open(&run->payload, run->request, run->number, why,
	    room);
	run->meeting->chunk = run->payload.chunk;
	return error;
}

/* Runs both sides and judges, with the signals in hand. */
static int
run_sides(struct run *run, char *why, size_t room)
{
	int error = start(run);

	if (error != 0)
		snprintf(why, room, "cannot start the two sides: %s",
		    strerror(-error));
	run_supervise(run);
	release(run);
	run_sum_up(run);
	return error;
}

/* Takes away what was set up; says what could not be. */
static void
clear_away(struct run *run)
{
	char left[NOTE_MAX];

	if (run->request->within != NULL)
		return;
	setup_end(&run->setup, left, sizeof(left));
	if (left[0] != '\0')
		run_note(run, left);
}

int
exchange_run(const struct request *request, struct report *report, char *why,
    size_t room)
{
	struct run run = {
		.request = request,
		.report = report,
		.payload = { .fd = -1 },
		.number = 1 + arc4random_uniform(0xffffff),
		.setup = { .before = -1, .network = { -1, -1 } },
		.ready = { -1, -1 },
		.wake = { -1, -1 },
	};
	int error;

	memset(report, 0, sizeof(*report));
	report->request = request;
	error = prepare(&run, why, room);
	if (error == 0) {
		/* Until here, dying at once leaves nothing behind. */
		signals_take(&run.signals);
		surround(&run, why, room);
		error = settle(&run, why, room);
		if (error == 0)
			error = run_sides(&run, why, room);
		clear_away(&run);
		signals_give_back(&run.signals);
	}
	run_close(&run.wake[0]);
	run_close(&run.wake[1]);
	run_close(&run.ready[0]);
	run_close(&run.ready[1]);
	payload_close(&run.payload);
	if (error < 0)
		exchange_free(report);
	return error < 0 ? error : 0;
}

void
exchange_free(struct report *report)
{
	struct meeting *meeting;

	if (report->meeting == NULL)
		return;
	meeting = report->meeting;
	munmap(meeting, sizeof(*meeting));
	report->meeting = NULL;
	memset(report->trace, 0, sizeof(report->trace));
}
