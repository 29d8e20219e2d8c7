/*
 * The fault runner: on seven cells, each call that an exchange makes is made to
 * fail, at each of its occurrences, with each errno that its man page names;
 * and to send or receive short. Each time: a right verdict or a correct
 * recovery, a reason that names the call and the errno, the end in time, and
 * nothing left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "drive/exchange.h"
#include "record/errno.h"
#include "witness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define TIMEOUT_NS 300000000
/* For what is certain to end with it. */
#define SHORT_TIMEOUT_NS 50000000
/* The time-out, what a stuck side is granted, and a busy machine. */
#define LIMIT_NS 3000000000u

/* What is to become of an exchange that meets a fault. */
enum outcome {
	RECOVERS = VERDICT_WORKS,
	REFUSED = VERDICT_REFUSED,
	ABSENT = VERDICT_ABSENT,
	DENIED = VERDICT_DENIED,
	NO_DEVICE = VERDICT_NO_DEVICE,
	BROKEN = VERDICT_BROKEN,
};

/* The families whose man pages name an errno. */
enum { IP = 1, UNIX = 2, ALL = IP | UNIX };

struct named_errno {
	int error;
	enum outcome outcome;
	unsigned where;
};

/* socket(2), ip(7), unix(7). */
static const struct named_errno of_socket[] = {
	{ EACCES, DENIED, ALL }, { EPERM, DENIED, ALL },
	{ EAFNOSUPPORT, ABSENT, ALL }, { EINVAL, REFUSED, ALL },
	{ EMFILE, BROKEN, ALL }, { ENFILE, BROKEN, ALL },
	{ ENOBUFS, BROKEN, ALL }, { ENOMEM, BROKEN, ALL },
	{ EPROTONOSUPPORT, REFUSED, ALL }, { ESOCKTNOSUPPORT, REFUSED, ALL },
	{ EPROTOTYPE, REFUSED, ALL }, { 0, 0, 0 },
};

/* bind(2), ip(7), unix(7). */
static const struct named_errno of_bind[] = {
	{ EACCES, DENIED, ALL }, { EADDRINUSE, BROKEN, ALL },
	{ EBADF, BROKEN, ALL }, { EINVAL, BROKEN, ALL },
	{ ENOTSOCK, BROKEN, ALL }, { EADDRNOTAVAIL, NO_DEVICE, IP },
	{ EFAULT, BROKEN, ALL }, { ELOOP, BROKEN, UNIX },
	{ ENAMETOOLONG, BROKEN, UNIX }, { ENOMEM, BROKEN, ALL },
	{ ENOTDIR, BROKEN, UNIX }, { EROFS, BROKEN, UNIX },
	{ ENOENT, BROKEN, UNIX },
	{ 0, 0, 0 },
};

/* listen(2). */
static const struct named_errno of_listen[] = {
	{ EADDRINUSE, BROKEN, ALL }, { EBADF, BROKEN, ALL },
	{ ENOTSOCK, BROKEN, ALL }, { EOPNOTSUPP, BROKEN, ALL },
	{ 0, 0, 0 },
};

/* accept(2): what "Error handling" names is to be tried again. */
static const struct named_errno of_accept[] = {
	{ EAGAIN, RECOVERS, ALL }, { EINTR, RECOVERS, ALL },
	{ ECONNABORTED, RECOVERS, ALL }, { ENETDOWN, RECOVERS, ALL },
	{ EPROTO, RECOVERS, ALL }, { ENOPROTOOPT, RECOVERS, ALL },
	{ EHOSTDOWN, RECOVERS, ALL }, { ENONET, RECOVERS, ALL },
	{ EHOSTUNREACH, RECOVERS, ALL }, { EOPNOTSUPP, RECOVERS, ALL },
	{ ENETUNREACH, RECOVERS, ALL }, { EBADF, BROKEN, ALL },
	{ EFAULT, BROKEN, ALL }, { EINVAL, BROKEN, ALL },
	{ EMFILE, BROKEN, ALL }, { ENFILE, BROKEN, ALL },
	{ ENOBUFS, BROKEN, ALL }, { ENOMEM, BROKEN, ALL },
	{ ENOTSOCK, BROKEN, ALL }, { EPERM, DENIED, ALL },
	{ ENOSR, BROKEN, ALL }, { ETIMEDOUT, BROKEN, ALL },
	{ 0, 0, 0 },
};

/* connect(2), ip(7), unix(7). An interrupted one goes on being made. */
static const struct named_errno of_connect[] = {
	{ EACCES, DENIED, ALL }, { EPERM, DENIED, ALL },
	{ EADDRINUSE, BROKEN, ALL }, { EADDRNOTAVAIL, NO_DEVICE, IP },
	{ EAFNOSUPPORT, BROKEN, ALL }, { EALREADY, BROKEN, ALL },
	{ EBADF, BROKEN, ALL }, { ECONNREFUSED, BROKEN, ALL },
	{ EFAULT, BROKEN, ALL }, { EINPROGRESS, RECOVERS, ALL },
	{ EINTR, RECOVERS, ALL }, { EISCONN, BROKEN, ALL },
	{ ENETUNREACH, NO_DEVICE, IP }, { EHOSTUNREACH, NO_DEVICE, IP },
	{ ENOTSOCK, BROKEN, ALL }, { EPROTOTYPE, BROKEN, UNIX },
	{ ETIMEDOUT, BROKEN, ALL }, { ENOENT, BROKEN, UNIX },
	{ EINVAL, BROKEN, ALL }, { EAGAIN, RECOVERS, ALL },
	{ 0, 0, 0 },
};

/* send(2), ip(7), udp(7), unix(7). */
static const struct named_errno of_send[] = {
	{ EAGAIN, RECOVERS, ALL }, { EINTR, RECOVERS, ALL },
	{ EACCES, DENIED, ALL }, { EPERM, DENIED, IP },
	{ EALREADY, BROKEN, ALL }, { EBADF, BROKEN, ALL },
	{ ECONNRESET, BROKEN, ALL }, { EDESTADDRREQ, BROKEN, ALL },
	{ EFAULT, BROKEN, ALL }, { EINVAL, BROKEN, ALL },
	{ EISCONN, BROKEN, ALL }, { EMSGSIZE, BROKEN, ALL },
	{ ENOBUFS, BROKEN, ALL }, { ENOMEM, BROKEN, ALL },
	{ ENOTCONN, BROKEN, ALL }, { ENOTSOCK, BROKEN, ALL },
	{ EOPNOTSUPP, BROKEN, ALL }, { EPIPE, BROKEN, ALL },
	{ ECONNREFUSED, BROKEN, ALL }, { EHOSTUNREACH, NO_DEVICE, IP },
	{ ENETUNREACH, NO_DEVICE, IP }, { 0, 0, 0 },
};

/* recv(2), ip(7), tcp(7), udp(7), unix(7). */
static const struct named_errno of_recv[] = {
	{ EAGAIN, RECOVERS, ALL }, { EINTR, RECOVERS, ALL },
	{ EBADF, BROKEN, ALL }, { ECONNREFUSED, BROKEN, ALL },
	{ ECONNRESET, BROKEN, ALL }, { EFAULT, BROKEN, ALL },
	{ EINVAL, BROKEN, ALL }, { ENOMEM, BROKEN, ALL },
	{ ENOTCONN, BROKEN, ALL }, { ENOTSOCK, BROKEN, ALL },
	{ ETIMEDOUT, BROKEN, IP }, { EHOSTUNREACH, NO_DEVICE, IP },
	{ 0, 0, 0 },
};

/* getsockname(2). */
static const struct named_errno of_getsockname[] = {
	{ EBADF, BROKEN, ALL }, { EFAULT, BROKEN, ALL },
	{ EINVAL, BROKEN, ALL }, { ENOBUFS, BROKEN, ALL },
	{ ENOTSOCK, BROKEN, ALL }, { 0, 0, 0 },
};

/* getsockopt(2) and setsockopt(2). */
static const struct named_errno of_option[] = {
	{ EBADF, BROKEN, ALL }, { EFAULT, BROKEN, ALL },
	{ EINVAL, BROKEN, ALL }, { ENOPROTOOPT, BROKEN, ALL },
	{ ENOTSOCK, BROKEN, ALL }, { 0, 0, 0 },
};

/* close(2): after EINTR the descriptor is closed all the same. */
static const struct named_errno of_close[] = {
	{ EINTR, RECOVERS, ALL }, { EBADF, BROKEN, ALL },
	{ EIO, BROKEN, ALL }, { ENOSPC, BROKEN, ALL },
	{ EDQUOT, BROKEN, ALL }, { 0, 0, 0 },
};

static const struct named_errno *const errnos[CALL_COUNT] = {
	[CALL_SOCKET] = of_socket,
	[CALL_BIND] = of_bind,
	[CALL_LISTEN] = of_listen,
	[CALL_ACCEPT4] = of_accept,
	[CALL_CONNECT] = of_connect,
	[CALL_SEND] = of_send,
	[CALL_SENDTO] = of_send,
	[CALL_RECV] = of_recv,
	[CALL_RECVFROM] = of_recv,
	[CALL_GETSOCKNAME] = of_getsockname,
	[CALL_SETSOCKOPT] = of_option,
	[CALL_GETSOCKOPT] = of_option,
	[CALL_CLOSE] = of_close,
};

/* The cells; two again for calls that only some requests bring about. */
static const struct cell_row {
	const char *name, *family, *type;
	uint64_t size;		/* SIZE_UNSET, or so large that it is asked */
	bool fixed_port;
} cells[] = {
	{ "inet stream", "inet", "stream", SIZE_UNSET, false },
	{ "inet dgram", "inet", "dgram", SIZE_UNSET, false },
	{ "inet6 stream", "inet6", "stream", SIZE_UNSET, false },
	{ "inet6 dgram", "inet6", "dgram", SIZE_UNSET, false },
	{ "unix stream", "unix", "stream", SIZE_UNSET, false },
	{ "unix dgram", "unix", "dgram", SIZE_UNSET, false },
	{ "unix seqpacket", "unix", "seqpacket", SIZE_UNSET, false },
	{ "inet stream, a port", "inet", "stream", SIZE_UNSET, true },
	{ "inet6 stream, a port", "inet6", "stream", SIZE_UNSET, true },
	{ "unix dgram, 5000 bytes", "unix", "dgram", 5000, false },
	{ "unix seqpacket, 5000 bytes", "unix", "seqpacket", 5000, false },
};

/* A call of one side, and how often the clean run made it: one test each. */
struct target {
	const struct cell_row *cell;
	enum side_id side;
	enum call call;
	unsigned occurrences;
	char name[80];
};

static struct target targets[512];
static size_t target_count;
static unsigned injected;	/* faults in all */

static struct request
make_request(const struct cell_row *cell, int64_t timeout_ns)
{
	struct request request = {
		.port = cell->fixed_port ? 20000 + getpid() % 10000
					 : PORT_UNSET,
		.messages = 2,
		.size = cell->size,
		.timeout_ns = timeout_ns,
	};
	char why[256] = "";

	if (cell_choose(family_find(cell->family), cell->type, NULL,
	    &request.choice, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	return request;
}

static bool
was_injected(const struct report *report)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct trace *trace = report->trace[side];

		for (size_t i = 0; i < trace_kept(trace); i++)
			if (trace_at(trace, i)->injected)
				return true;
	}
	return false;
}

/* What a fault is called when a test complains. */
static const char *
fault_text(const struct target *target, const struct fault *fault)
{
	static char text[160];
	char name[NAME_MAX_TEXT];

	snprintf(text, sizeof(text), "%s, no. %u, %s%zu", target->name,
	    fault->occurrence, fault->error != 0
	    ? errno_name(fault->error, name) : "at most ", fault->at_most);
	return text;
}

/* One run that meets a fault; the caller frees the report. */
static void
run_with(const struct target *target, const struct fault *fault,
    int64_t timeout_ns, struct request *request, struct report *report)
{
	struct witness witness;
	char why[256] = "";
	const char *left;

	*request = make_request(target->cell, timeout_ns);
	request->faults.faults[request->faults.count++] = *fault;
	witness_begin(&witness);
	if (exchange_run(request, report, why, sizeof(why)) != 0)
		fail_msg("%s: %s", fault_text(target, fault), why);
	left = witness_end(&witness, LIMIT_NS);
	if (left != NULL)
		fail_msg("%s: %s", fault_text(target, fault), left);
	if (!was_injected(report))
		fail_msg("%s: never met", fault_text(target, fault));
	injected++;
}

static void
check_verdict(const struct target *target, const struct fault *fault,
    const struct report *report, enum outcome outcome)
{
	static const int statuses[VERDICT_COUNT] = {
		[VERDICT_WORKS] = 0, [VERDICT_REFUSED] = 77,
		[VERDICT_ABSENT] = 77, [VERDICT_DENIED] = 77,
		[VERDICT_NO_DEVICE] = 77, [VERDICT_BROKEN] = 1,
	};

	if ((int)report->verdict != (int)outcome)
		fail_msg("%s: %s, not %s: %s %s",
		    fault_text(target, fault), verdict_name(report->verdict),
		    verdict_name((enum verdict)outcome),
		    report->reason.call != NULL ? report->reason.call : "",
		    report->reason.text);
	assert_int_equal(report_status(report), statuses[outcome]);
	/* These cells are on every kernel: a refusal contradicts the table. */
	assert_int_equal(report->contradiction[0] != '\0',
	    outcome == REFUSED);
}

static void
check_reason(const struct target *target, const struct fault *fault,
    const struct report *report)
{
	const struct reason *reason = &report->reason;

	if (reason->call == NULL ||
	    strcmp(reason->call, call_name(fault->call)) != 0 ||
	    reason->error != fault->error || reason->text[0] == '\0')
		fail_msg("%s: the reason is %s, %d, '%s'",
		    fault_text(target, fault),
		    reason->call != NULL ? reason->call : "no call",
		    reason->error, reason->text);
}

static void
check_recovery(const struct target *target, const struct fault *fault,
    const struct report *report)
{
	if (report->tally.round_trips != 2 || report->tally.lost != 0 ||
	    report->reason.text[0] != '\0')
		fail_msg("%s: %llu round trips, %llu lost, '%s'",
		    fault_text(target, fault),
		    (unsigned long long)report->tally.round_trips,
		    (unsigned long long)report->tally.lost,
		    report->reason.text);
}

/* Every occurrence with every errno. */
static void
test_errnos(void **state)
{
	const struct target *target = *state;
	unsigned here = strcmp(target->cell->family, "unix") == 0 ? UNIX : IP;

	for (unsigned nth = 1; nth <= target->occurrences; nth++)
		for (const struct named_errno *row = errnos[target->call];
		     row->error != 0; row++) {
			struct fault fault = { target->side, target->call,
				nth, row->error, 0 };
			struct request request;
			struct report report;

			if ((row->where & here) == 0)
				continue;
			run_with(target, &fault, TIMEOUT_NS, &request, &report);
			check_verdict(target, &fault, &report, row->outcome);
			if (row->outcome == RECOVERS)
				check_recovery(target, &fault, &report);
			else
				check_reason(target, &fault, &report);
			exchange_free(&report);
		}
}

/* A message that was cut is noticed by whoever sent it or received it. */
static void
check_cut(const struct target *target, const struct fault *fault,
    const struct report *report)
{
	const char *call = report->reason.call;

	check_verdict(target, fault, report, BROKEN);
	if (call == NULL || (strncmp(call, "send", 4) != 0 &&
	    strncmp(call, "recv", 4) != 0))
		fail_msg("%s: %s", fault_text(target, fault),
		    report->reason.text);
}

/* Short, once and every time: a stream goes on, a message is broken. */
static void
test_short(void **state)
{
	static const size_t lengths[] = { 1, 7 };
	const struct target *target = *state;

	for (unsigned nth = 0; nth <= target->occurrences; nth++)
		for (size_t i = 0; i < COUNT(lengths); i++) {
			struct fault fault = { target->side, target->call,
				nth, 0, lengths[i] };
			struct request request;
			struct report report;
			bool whole;

			/* The end of a connection cannot be cut. */
			whole = target->call == CALL_RECV && nth == 3;
			run_with(target, &fault, TIMEOUT_NS, &request, &report);
			if (whole || strcmp(target->cell->type, "stream") == 0)
				check_recovery(target, &fault, &report);
			else
				check_cut(target, &fault, &report);
			exchange_free(&report);
		}
}

/* What passes, but never does: the end comes with the deadline. */
static void
test_for_ever(void **state)
{
	static const int passing[] = { EINTR, EAGAIN };
	const struct target *target = *state;

	for (size_t i = 0; i < COUNT(passing); i++) {
		struct fault fault = { target->side, target->call, 0,
			passing[i], 0 };
		struct request request;
		struct report report;

		run_with(target, &fault, SHORT_TIMEOUT_NS, &request, &report);
		check_verdict(target, &fault, &report, BROKEN);
		if (report.reason.call == NULL)
			fail_msg("no call is named: %s", report.reason.text);
		exchange_free(&report);
	}
}

/* accept(2): try again; but not without end. */
static void
test_aborted_for_ever(void **state)
{
	const struct target *target = *state;
	struct fault fault = { target->side, target->call, 0, ECONNABORTED,
		0 };
	struct request request;
	struct report report;

	run_with(target, &fault, TIMEOUT_NS, &request, &report);
	check_verdict(target, &fault, &report, BROKEN);
	check_reason(target, &fault, &report);
	exchange_free(&report);
}

/* connect() goes on in the background; how it went cannot be asked. */
static void
test_connect_then_getsockopt(void **state)
{
	const struct target *target = *state;

	for (const struct named_errno *row = of_option; row->error != 0;
	     row++) {
		struct target asked = *target;
		struct fault fault = { SIDE_CLIENT, CALL_GETSOCKOPT, 1,
			row->error, 0 };
		struct request request = make_request(target->cell,
		    TIMEOUT_NS);
		struct report report;
		char why[256] = "";

		asked.call = CALL_GETSOCKOPT;
		request.faults.count = 2;
		request.faults.faults[0] = (struct fault){ SIDE_CLIENT,
			CALL_CONNECT, 1, EINTR, 0 };
		request.faults.faults[1] = fault;
		assert_int_equal(exchange_run(&request, &report, why,
		    sizeof(why)), 0);
		check_verdict(&asked, &fault, &report, row->outcome);
		check_reason(&asked, &fault, &report);
		exchange_free(&report);
		injected++;
	}
}

static struct CMUnitTest tests[2048];
static char names[COUNT(tests)][96];
static size_t test_count;

static void
add_test(const char *what, struct target *target, CMUnitTestFunction function)
{
	if (test_count == COUNT(tests))
		abort();
	snprintf(names[test_count], sizeof(names[0]), "%s: %s", target->name,
	    what);
	tests[test_count] = (struct CMUnitTest){
		.name = names[test_count],
		.test_func = function,
		.initial_state = target,
	};
	test_count++;
}

/* Whether a cell is there for this call only; others have done the rest. */
static bool
left_out(const struct cell_row *cell, enum call call)
{
	if (cell->fixed_port)
		return call != CALL_SETSOCKOPT;
	return cell->size != SIZE_UNSET && call != CALL_GETSOCKOPT;
}

static void
add_target(const struct cell_row *cell, enum side_id side, enum call call,
    unsigned occurrences)
{
	struct target *target = &targets[target_count];

	if (occurrences == 0 || left_out(cell, call))
		return;
	if (target_count == COUNT(targets) || errnos[call] == NULL)
		abort();
	target_count++;
	*target = (struct target){ cell, side, call, occurrences, "" };
	snprintf(target->name, sizeof(target->name), "%s: %s %s", cell->name,
	    side == SIDE_CLIENT ? "client" : "server", call_name(call));
	add_test("each errno", target, test_errnos);
	if (call_sends(call) || call_receives(call)) {
		add_test("short", target, test_short);
		add_test("for ever", target, test_for_ever);
	} else if (call == CALL_ACCEPT4) {
		add_test("for ever", target, test_for_ever);
		add_test("aborted for ever", target, test_aborted_for_ever);
	} else if (call == CALL_CONNECT) {
		add_test("interrupted, then getsockopt", target,
		    test_connect_then_getsockopt);
	}
}

/* A clean run tells which calls there are, and how often. */
static bool
learn(const struct cell_row *cell)
{
	struct request request = make_request(cell, TIMEOUT_NS);
	struct report report;
	char why[256] = "";

	if (exchange_run(&request, &report, why, sizeof(why)) != 0 ||
	    report.verdict != VERDICT_WORKS) {
		printf("%s: %s%s\n", cell->name, why, report.reason.text);
		return false;
	}
	for (int side = 0; side < SIDE_COUNT; side++) {
		unsigned seen[CALL_COUNT] = { 0 };
		const struct trace *trace = report.trace[side];

		for (size_t i = 0; i < trace_kept(trace); i++)
			seen[trace_at(trace, i)->call]++;
		for (int call = 0; call < CALL_COUNT; call++)
			add_target(cell, (enum side_id)side, (enum call)call,
			    seen[call]);
	}
	exchange_free(&report);
	return true;
}

int
main(void)
{
	int failed;

	if (witness_make_folder(NULL) != 0)
		return 1;
	for (size_t i = 0; i < COUNT(cells); i++)
		if (!learn(&cells[i])) {
			witness_remove_folder(NULL);
			return 1;
		}
	failed = _cmocka_run_group_tests("faults", tests, test_count, NULL,
	    NULL);
	printf("%u faults injected, into %zu calls\n", injected, target_count);
	if (witness_remove_folder(NULL) != 0 || injected <= 500)
		failed++;
	return failed;
}
