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
#include "family/resolve.h"

/* Asks the family for one address of the run. */
static int
find_address(struct run *run, enum side_id side, bool to_contact,
    struct endpoint *out, char *why, size_t room)
{
	const struct request *request = run->request;
	const char *directory = getenv("TMPDIR");
	char tag[24];
	struct wish wish = {
		.side = side,
		.to_contact = to_contact,
		.both_sides = true,
		.cell = &request->choice.row,
		.host = request->host,
		.port = request->port != PORT_UNSET ? request->port : 0,
		.port_given = request->port != PORT_UNSET,
		.directory = directory != NULL && directory[0] != '\0'
		    ? directory : "/tmp",
		.tag = tag,
	};

	snprintf(tag, sizeof(tag), "%d-%06x", (int)getpid(), run->number);
	return resolve_endpoint(request->choice.family, &wish, out, why, room);
}

static int
find_addresses(struct run *run, char *why, size_t room)
{
	bool kernel = run->request->choice.row.shape == SHAPE_KERNEL;
	int result;

	if (run->request->choice.row.shape == SHAPE_NONE)
		return 0;
	result = find_address(run, SIDE_SERVER, kernel, kernel
	    ? &run->meeting->contact : &run->bind_to[SIDE_SERVER], why, room);
	if (result >= 0)
		result = find_address(run, SIDE_CLIENT, false,
		    &run->bind_to[SIDE_CLIENT], why, room);
	return result < 0 ? result : 0;
}

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
	side_init(side, id, choice, &account->failure);
	side->recorder.trace = &run->meeting->trace[id];
	side->recorder.faults = faults->count != 0 ? faults : NULL;
	side->wake = run->wake[0];
	side->timeout_ns = run->request->timeout_ns;
	side->run = run->number;
	result = shape_part(choice->row.shape, id)(&conversation);
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

	if (shape_part(run->request->choice.row.shape, id) == NULL)
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
	bool server = shape_part(run->request->choice.row.shape,
	    SIDE_SERVER) != NULL;
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

/* Both sides may have noticed the same. */
static void
add_note(struct report *report, const char *note)
{
	for (size_t i = 0; i < report->notes; i++)
		if (strcmp(report->note[i], note) == 0)
			return;
	if (report->notes < NOTES_MAX)
		snprintf(report->note[report->notes++], NOTE_MAX, "%s", note);
}

static void
sum_up(struct run *run)
{
	struct report *report = run->report;
	const struct choice *choice = &run->request->choice;
	const struct endpoint *bound = &run->bind_to[SIDE_SERVER];

	verdict_judge(choice, first_failure(run), report);
	verdict_compare(choice, report);
	report->tally = run->meeting->account[SIDE_CLIENT].tally;
	report->tally.bytes +=
	    run->meeting->account[SIDE_SERVER].tally.bytes;
	report->elapsed_ns = elapsed(run);
	report->contact = run->meeting->contact;
	if (choice->family->variant != NULL && bound->length != 0)
		report->variant = choice->family->variant(bound);
	for (int id = 0; id < SIDE_COUNT; id++) {
		const struct account *account = &run->meeting->account[id];

		for (size_t i = 0; i < account->notes; i++)
			add_note(report, account->note[i]);
	}
}

/* The verdict is there without a run. */
#define NO_RUN 1

static int
prepare(struct run *run, char *why, size_t room)
{
	int error;

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
	error = find_addresses(run, why, room);
	if (error == -ENODEV) {
		verdict_without_run(run->report, VERDICT_NO_DEVICE, ENODEV,
		    why);
		return NO_RUN;
	}
	if (error != 0) {
		run->report->unusable = true;
		return error;
	}
	error = payload_open(&run->payload, run->request, run->number, why,
	    room);
	run->meeting->chunk = run->payload.chunk;
	return error;
}

int
exchange_run(const struct request *request, struct report *report, char *why,
    size_t room)
{
	struct run run = {
		.request = request,
		.report = report,
		.payload = { .fd = -1 },
		.number = arc4random() & 0xffffff,
		.ready = { -1, -1 },
		.wake = { -1, -1 },
	};
	int error;

	memset(report, 0, sizeof(*report));
	report->request = request;
	error = prepare(&run, why, room);
	if (error == 0) {
		/* Until here, dying at once leaves nothing behind. */
		run_take_signals(&run);
		error = start(&run);
		if (error != 0)
			snprintf(why, room, "cannot start the two sides: %s",
			    strerror(-error));
		run_supervise(&run);
		release(&run);
		sum_up(&run);
		run_give_signals_back(&run);
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
