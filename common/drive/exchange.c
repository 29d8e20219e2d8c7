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

/* A server whose client is in another network has a port that is known. */
#define KNOWN_PORT 12345

static bool
is_apart(const struct run *run)
{
	const struct surroundings *surroundings =
	    setup_of(&run->request->choice);

	return surroundings != NULL &&
	    surroundings->where == SURROUNDINGS_TWO_NAMESPACES;
}

/*
 * The host that an address is made from: the user's, or the variant's, whose
 * percent sign becomes the run's tag.
 */
static const char *
host_of(const struct run *run, enum side_id side, bool to_contact,
    const char *tag, char *text, size_t room)
{
	const struct variant *variant = run->request->choice.variant;
	const char *host = run->request->host;
	const char *percent;

	if (host != NULL || variant == NULL)
		return host;
	host = variant->host;
	if (side == SIDE_CLIENT && !to_contact && variant->client_host != NULL)
		host = variant->client_host;
	if (host == NULL || (percent = strchr(host, '%')) == NULL)
		return host;
	snprintf(text, room, "%.*s%s%s", (int)(percent - host), host, tag,
	    percent + 1);
	return text;
}

/* Asks the family for one address of the run. */
static int
find_address(struct run *run, enum side_id side, bool to_contact,
    struct endpoint *out, char *why, size_t room)
{
	const struct request *request = run->request;
	const char *directory = getenv("TMPDIR");
	char tag[24];
	char host[512];
	long port = is_apart(run) && (side == SIDE_SERVER || to_contact)
	    ? KNOWN_PORT : 0;
	struct wish wish = {
		.side = side,
		.to_contact = to_contact,
		.both_sides = true,
		.cell = &request->choice.row,
		.variant = request->choice.variant,
		.port = request->port != PORT_UNSET ? request->port : port,
		.port_given = request->port != PORT_UNSET,
		.directory = directory != NULL && directory[0] != '\0'
		    ? directory : "/tmp",
		.tag = tag,
		.run = run->number,
	};
	int error;

	snprintf(tag, sizeof(tag), "%d-%06x", (int)getpid(), run->number);
	wish.host = host_of(run, side, to_contact, tag, host, sizeof(host));
	/* Interfaces are those of the network that the address is used in. */
	error = setup_enter(&run->setup, to_contact ? SIDE_CLIENT : side);
	if (error != 0) {
		snprintf(why, room, "entering a network namespace: %s",
		    strerror(-error));
		return error;
	}
	return resolve_endpoint(request->choice.family, &wish, out, why, room);
}

static int
find_addresses(struct run *run, char *why, size_t room)
{
	enum shape shape = run->request->choice.row.shape;
	int result = 0;

	if (shape == SHAPE_NONE)
		return 0;
	if (shape != SHAPE_KERNEL)
		result = find_address(run, SIDE_SERVER, false,
		    &run->bind_to[SIDE_SERVER], why, room);
	/* Else the server tells, when it is bound. */
	if (result >= 0 && (shape == SHAPE_KERNEL || is_apart(run)))
		result = find_address(run, SIDE_SERVER, true,
		    &run->meeting->contact, why, room);
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
	if (choice->family->variant != NULL && bound->length != 0)
		report->variant = choice->family->variant(bound);
	else if (choice->family->variant == NULL && choice->variant != NULL)
		report->variant = choice->variant->name;
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

	if (!run->request->setup) {
		if (is_apart(run))
			hinder(run, VERDICT_NO_DEVICE, 0, "its two sides are "
			    "in network namespaces of their own");
		return;
	}
	error = setup_begin(&run->setup, &run->request->choice,
	    run->request->keep_modules, &run->report->made, &run->awaited, why, room);
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
		error = find_addresses(run, why, room);
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
	sum_up(run);
	return error;
}

/* Takes away what was set up; says what could not be. */
static void
clear_away(struct run *run)
{
	char left[NOTE_MAX];

	setup_end(&run->setup, left, sizeof(left));
	if (left[0] != '\0')
		add_note(run->report, left);
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
		run_take_signals(&run);
		surround(&run, why, room);
		error = settle(&run, why, room);
		if (error == 0)
			error = run_sides(&run, why, room);
		clear_away(&run);
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
