#include "talk/talk.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "drive/verdict.h"
#include "family/resolve.h"

#define DEFAULT_PORT 12345

/* The signals that end a talk; those that are ignored stay so (nohup). */
static int
take_signals(struct talk *talk)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;
	sigset_t signals;

	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		if (sigaction(ending[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&signals, ending[i]);
	sigprocmask(SIG_BLOCK, &signals, &talk->before);
	signal(SIGPIPE, SIG_IGN);
	talk->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return talk->signals >= 0 ? 0 : -errno;
}

/* The address of the server, or with to_contact false the client's own. */
static int
find_address(struct talk *talk, enum side_id side, bool to_contact,
    struct endpoint *out, char *why, size_t room)
{
	const struct request *request = &talk->request;
	const struct variant *variant = talk->choice.variant;
	char tag[24];
	char port[24];
	struct wish wish = {
		.side = side,
		.to_contact = to_contact,
		.cell = &talk->choice.row,
		.variant = variant,
		.host = request->host,
		.port = request->port != PORT_UNSET ? request->port
						    : DEFAULT_PORT,
		.port_given = request->port != PORT_UNSET,
		.tag = tag,
		.run = 1 + (unsigned)getpid() % 0xffffff,
	};

	snprintf(tag, sizeof(tag), "%d", (int)getpid());
	/* A word that both know: they meet where nobody has told them. */
	snprintf(port, sizeof(port), "%ld", wish.port);
	return resolve_wish(talk->choice.family, &wish, port, out, why, room);
}

static int
keep_trace(struct talk *talk)
{
	talk->trace = mmap(NULL, sizeof(*talk->trace), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (talk->trace == MAP_FAILED) {
		talk->trace = NULL;
		return -ENOMEM;
	}
	return 0;
}

/* What is missing may be the family itself: socket() tells. */
static void
judge_missing(struct talk *talk, const char *why)
{
	struct report *report = &talk->report;

	if (side_socket(&talk->side, false) == 0)
		verdict_without_run(report, VERDICT_NO_DEVICE, ENODEV, why);
	else
		verdict_judge(&talk->choice, &talk->failure, report);
	if (report->verdict == VERDICT_NO_DEVICE)
		verdict_add_commands(&talk->choice, report);
}

int
talk_begin(struct talk *talk, enum side_id id, char *why, size_t room)
{
	int error;

	side_init(&talk->side, id, &talk->choice, &talk->failure);
	talk->signals = -1;
	talk->input.fd = STDIN_FILENO;
	talk->side.nonblocking = true;
	talk->side.timeout_ns = talk->request.timeout_ns;
	talk->report.request = &talk->request;
	talk->record_room = RECORD_MAX;
	if (talk->request.text != NULL &&
	    strlen(talk->request.text) > RECORD_MAX)
		talk->record_room = strlen(talk->request.text);
	if (talk->choice.row.largest.kind != LIMIT_BYTES)
		talk->side.expects = talk->record_room;
	talk->request.choice = talk->choice;
	if (talk->choice.row.shape == SHAPE_KERNEL && id == SIDE_SERVER) {
		snprintf(why, room, "the kernel is the server of %s %s: try "
		    "sockdemo client", talk->choice.family->name,
		    talk->choice.protocol);
		error = -EOPNOTSUPP;
	} else if (talk->choice.row.shape == SHAPE_NONE) {
		error = 0;	/* socket() will tell */
	} else {
		error = find_address(talk, SIDE_SERVER, id == SIDE_CLIENT,
		    &talk->address, why, room);
		if (error >= 0 && id == SIDE_CLIENT)
			error = find_address(talk, SIDE_CLIENT, false,
			    &talk->own, why, room);
	}
	if (error == -ENODEV) {
		judge_missing(talk, why);
		return error;
	}
	if (error < 0) {
		talk->report.unusable = true;
		return error;
	}
	error = take_signals(talk);
	if (error == 0)
		error = keep_trace(talk);
	if (error != 0)
		snprintf(why, room, "cannot start: %s", strerror(-error));
	else
		talk->side.recorder.trace = talk->trace;
	talk->side.wake = talk->signals;
	words_begin(&talk->aside, stderr, talk->signals);
	words_begin(&talk->shown, stdout, talk->signals);
	return error;
}

/*
 * The signal that ended the talk, or 0. From here on, signals end the program
 * as they did before: what is left to do is to print.
 */
static int
give_signals_back(struct talk *talk)
{
	struct signalfd_siginfo caught;
	int first = 0;

	if (talk->signals < 0)
		return 0;
	while (read(talk->signals, &caught, sizeof(caught)) == sizeof(caught))
		if (first == 0)
			first = (int)caught.ssi_signo;
	close(talk->signals);
	talk->signals = -1;
	sigprocmask(SIG_SETMASK, &talk->before, NULL);
	return first;
}

/* What failed without a call of the socket's being at fault. */
static void
note_failure(struct talk *talk, int result)
{
	if (result >= 0 || result == -ECANCELED || talk->failure.happened)
		return;
	talk->failure.happened = true;
	talk->failure.error = -result;
}

/* From the first event to the end of the last. */
static uint64_t
elapsed(const struct trace *trace)
{
	const struct event *first = trace != NULL ? trace_at(trace, 0) : NULL;
	const struct event *last = first != NULL
	    ? trace_at(trace, trace_kept(trace) - 1) : NULL;

	return last != NULL && last->end_ns > first->t_ns
	    ? last->end_ns - first->t_ns : 0;
}

int
talk_end(struct talk *talk, int result)
{
	const struct family *family = talk->choice.family;

	side_close(&talk->side);
	if (talk->side.bound && family->release != NULL)
		family->release(&talk->side.self);
	note_failure(talk, result);
	if (!talk->report.unusable &&
	    talk->report.verdict == VERDICT_WORKS) {
		verdict_judge(&talk->choice, &talk->failure, &talk->report);
		verdict_compare(&talk->choice, &talk->report);
	}
	talk->report.elapsed_ns = elapsed(talk->trace);
	talk->report.variant = report_variant(&talk->choice, &talk->address);
	talk->report.contact = talk->address;
	talk->report.trace[talk->side.id] = talk->trace;
	talk->report.tally.ignored = talk->side.ignored;
	lines_free(&talk->input);
	words_end(&talk->shown);
	words_end(&talk->aside);
	talk->report.signal = give_signals_back(talk);
	return talk->report.signal;
}

void
talk_free(struct talk *talk)
{
	if (talk->trace != NULL)
		munmap(talk->trace, sizeof(*talk->trace));
	free(talk);
}

int
talk_listen(struct talk *talk, int backlog)
{
	struct side *side = &talk->side;
	char text[ENDPOINT_TEXT_MAX];
	int error = side_socket(side, talk->request.port != 0);

	if (error == 0 && talk->choice.row.shape == SHAPE_NONE)
		return side_fail(side, CALL_SOCKET, 0,
		    "socket() succeeded, and no way to use it is known");
	if (error == 0)
		error = side_bind(side, &talk->address);
	if (error == 0 && !talk_is_connected(talk))
		error = side_prepare(side, NULL);
	if (error == 0 && (talk_is_connected(talk) ||
	    talk->choice.row.listens))
		error = side_listen(side, backlog);
	if (error != 0)
		return error;
	words_print(&talk->aside, "listening on %s\n",
	    endpoint_format(talk->choice.family,
		talk->choice.family->bound_unnamed ? &talk->address
						   : &side->self, text,
		sizeof(text)));
	return 0;
}

int
talk_connect(struct talk *talk)
{
	struct side *side = &talk->side;
	int error = side_socket(side, false);

	if (error != 0)
		return error;
	if (talk->choice.row.shape == SHAPE_NONE)
		return side_fail(side, CALL_SOCKET, 0,
		    "socket() succeeded, and no way to use it is known");
	if (talk->own.length != 0)
		error = side_bind(side, &talk->own);
	if (error == 0 && talk_is_connected(talk))
		error = side_connect(side, &talk->address);
	if (error == 0)
		error = side_prepare(side, &talk->address);
	return error;
}

int
talk_accept(struct talk *talk)
{
	int error = side_accept(&talk->side, 0);

	return error == 0 ? side_prepare(&talk->side, &talk->side.peer)
			  : error;
}

int
talk_close_peer(struct talk *talk)
{
	struct side *side = &talk->side;
	int listener = side->listener;
	int error;

	side->listener = -1;
	error = side_close(side);
	side->listener = listener;
	return error;
}
