/*
 * Faults in the calls that a cell's own operations make: each of them, at each
 * of its occurrences, fails with several errnos, and sends or receives short.
 * Each time: the verdict and the reason name it, and nothing is left.
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
#include <linux/bpf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "record/calls.h"
#include "record/errno.h"
#include "scripted.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define SURE (TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED)
#define PAGE 4096

/* What the mapping is of: there before the sides are. */
static int shared;

/* What one side has made besides its socket. */
struct extra {
	int map;		/* -1: none */
	void *memory;		/* MAP_FAILED: none */
};

/* A BPF map; -EPERM where that is not allowed, and it is then done without. */
static int
make_map(struct channel *channel)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.map_type = BPF_MAP_TYPE_ARRAY;
	attributes.key_size = attributes.value_size = 4;
	attributes.max_entries = 1;
	return channel->calls->bpf(channel->recorder, BPF_MAP_CREATE,
	    &attributes, sizeof(attributes));
}

/* Called again, it goes on where it was. */
static int
prepare(struct channel *channel)
{
	struct extra *made = channel->state;
	int waiting;
	int error = 0;

	if (made == NULL) {
		made = malloc(sizeof(*made));
		if (made == NULL)
			return -ENOMEM;
		*made = (struct extra){ -1, MAP_FAILED };
		channel->state = made;
	}
	if (made->map < 0) {
		made->map = make_map(channel);
		if (made->map < 0 && made->map != -EPERM) {
			snprintf(channel->why, sizeof(channel->why),
			    "no BPF map");
			return made->map;
		}
	}
	if (made->memory == MAP_FAILED)
		error = channel->calls->mmap(channel->recorder, shared, 0,
		    PAGE, &made->memory);
	if (error == 0)
		error = channel->calls->ioctl(channel->recorder, channel->fd,
		    FIONREAD, &waiting);
	return error;
}

/* Both are undone, whatever of them was made. */
static void
finish(struct channel *channel)
{
	struct extra *made = channel->state;

	if (made == NULL)
		return;
	if (made->memory != MAP_FAILED)
		channel->calls->munmap(channel->recorder, made->memory, PAGE);
	if (made->map >= 0)
		channel->calls->close(channel->recorder, made->map);
	free(made);
	scripted_log(channel->side, "finished");
}

static ssize_t
transmit(struct channel *channel, const void *packet, size_t length)
{
	struct iovec part = {
		.iov_base = (void *)(uintptr_t)packet, .iov_len = length,
	};
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	return channel->calls->sendmsg(channel->recorder, channel->fd,
	    &message, MSG_NOSIGNAL);
}

static ssize_t
receive(struct channel *channel, void *packet, size_t room)
{
	struct iovec part = { .iov_base = packet, .iov_len = room };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	return channel->calls->recvmsg(channel->recorder, channel->fd,
	    &message, 0);
}

static ssize_t
wrap(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	(void)envelope;
	(void)room;
	return scripted_put(payload, length, taken, packet);
}

static const struct cell connected = {
	.type = SOCK_SEQPACKET, .shape = SHAPE_CONNECTED, .traits = SURE,
	.unaddressed = true, .wrap = wrap, .prepare = prepare,
	.finish = finish, .transmit = transmit, .receive = receive,
};
static const struct cell joining = {
	.type = SOCK_DGRAM, .shape = SHAPE_KERNEL, .traits = SURE,
	.unaddressed = true, .prepare = prepare, .finish = finish,
	.transmit = transmit, .receive = receive,
};

/* The kernel's cell sends to itself. */
static int
prepare_self(struct channel *channel)
{
	int error = 0;

	if (channel->state == NULL)
		error = channel->calls->connect(channel->recorder, channel->fd,
		    channel->self);
	return error != 0 ? error : prepare(channel);
}

/* A call of one side, and how often the clean run made it. */
struct target {
	const struct cell *cell;
	enum side_id side;
	enum call call;
	unsigned occurrences;
	char name[80];
};
static struct target targets[64];
static size_t target_count;
static unsigned injected;

/* What may be injected, and what becomes of it. */
static const struct {
	int error;
	enum verdict verdict;
	bool passes;		/* of what moves packets: it is made again */
} errnos[] = {
	{ EIO, VERDICT_BROKEN, false }, { ENOMEM, VERDICT_BROKEN, false },
	{ ENOBUFS, VERDICT_BROKEN, false }, { EPERM, VERDICT_DENIED, false },
	{ EINVAL, VERDICT_BROKEN, false }, { EBADF, VERDICT_BROKEN, false },
	{ ENODEV, VERDICT_NO_DEVICE, false }, { EINTR, VERDICT_BROKEN, true },
	{ EAGAIN, VERDICT_BROKEN, true },
};

static void
run_with(const struct target *target, const struct fault *fault,
    struct report *report)
{
	static struct family family;
	static struct request request;
	struct cell cell = *target->cell;

	family = scripted_family(&(struct family){
		.address = cell.shape == SHAPE_KERNEL ? scripted_mirror
						      : scripted_path });
	if (cell.shape == SHAPE_KERNEL)
		cell.prepare = prepare_self;
	request = scripted_request(&family, &cell);
	request.messages = 2;
	if (fault != NULL) {
		request.faults.faults[0] = *fault;
		request.faults.count = 1;
	}
	scripted_run(&request, report);
	if (fault == NULL)
		return;
	injected++;
	/* What bind() took is released, and nothing else. */
	assert_int_equal(scripted->released,
	    cell.shape == SHAPE_CONNECTED ? 1 : 0);
}

/* What a failure of it means: finish() goes on, whatever fails there. */
static bool
is_of_finish(const struct target *target, unsigned nth)
{
	return target->call == CALL_MUNMAP ||
	    (target->call == CALL_CLOSE && nth == 1 &&
		target->occurrences > (target->side == SIDE_SERVER &&
		    target->cell->shape == SHAPE_CONNECTED ? 2u : 1u));
}

static bool
is_of_prepare(enum call call)
{
	return call == CALL_BPF || call == CALL_MMAP || call == CALL_IOCTL;
}

static void
check(const struct target *target, unsigned nth, size_t i,
    const struct report *report)
{
	bool moves = call_sends(target->call) || call_receives(target->call);
	bool works = (moves && errnos[i].passes) ||
	    is_of_finish(target, nth) ||
	    /* prepare() is called again. */
	    (errnos[i].error == EAGAIN && is_of_prepare(target->call)) ||
	    /* Done without (prepare()); closed all the same (close(2)). */
	    (target->call == CALL_BPF && errnos[i].error == EPERM) ||
	    (target->call == CALL_CLOSE && errnos[i].error == EINTR);
	enum verdict verdict = works ? VERDICT_WORKS : errnos[i].verdict;
	char name[NAME_MAX_TEXT];

	if (report->verdict != verdict)
		fail_msg("no. %u, %s: %s, not %s: %s", nth,
		    errno_name(errnos[i].error, name),
		    verdict_name(report->verdict), verdict_name(verdict),
		    report->reason.text);
	if (works) {
		assert_int_equal(report->tally.round_trips, 2);
		return;
	}
	assert_string_equal(report->reason.call, call_name(target->call));
	assert_int_equal(report->reason.error, errnos[i].error);
	if (target->call == CALL_BPF)
		assert_int_equal(strncmp(report->reason.text, "no BPF map: ",
		    12), 0);
}

/* Each side that called prepare() has called finish(), and closed all. */
static void
check_undone(const struct report *report)
{
	for (int id = 0; id < SIDE_COUNT; id++) {
		const struct trace *trace = report->trace[id];
		int made = 0;
		bool prepared = false;
		const struct event *event;

		for (size_t i = 0; trace != NULL &&
		    (event = trace_at(trace, i)) != NULL; i++) {
			prepared = prepared || event->call == CALL_BPF;
			if ((event->call == CALL_SOCKET ||
			    event->call == CALL_ACCEPT4 ||
			    event->call == CALL_BPF ||
			    event->call == CALL_MMAP) && event->result >= 0)
				made++;
			if (event->call == CALL_CLOSE ||
			    event->call == CALL_MUNMAP)
				made--;
		}
		if (made != 0)
			fail_msg("%d were not undone: %s", made,
			    scripted_calls(trace));
		assert_string_equal(scripted->log[id],
		    prepared ? "finished " : "");
	}
}

static void
test_errnos(void **state)
{
	const struct target *target = *state;

	for (unsigned nth = 1; nth <= target->occurrences; nth++)
		for (size_t i = 0; i < COUNT(errnos); i++) {
			struct fault fault = { target->side, target->call,
				nth, errnos[i].error, 0 };
			struct report report;

			/* An interrupted connect() goes on (faults_test). */
			if (target->call == CALL_CONNECT && errnos[i].passes)
				continue;
			/* It was accepted at the second try, likewise. */
			if (target->call == CALL_ACCEPT4 && errnos[i].passes)
				continue;
			run_with(target, &fault, &report);
			check(target, nth, i, &report);
			check_undone(&report);
			exchange_free(&report);
		}
}

/* A packet that was cut is noticed by whoever sent or received it. */
static void
test_short(void **state)
{
	const struct target *target = *state;

	for (unsigned nth = 0; nth <= target->occurrences; nth++) {
		struct fault fault = { target->side, target->call, nth, 0, 7 };
		struct report report;

		run_with(target, &fault, &report);
		assert_int_equal(report.verdict, VERDICT_BROKEN);
		assert_non_null(report.reason.call);
		assert_non_null(strstr(report.reason.call, "msg"));
		check_undone(&report);
		exchange_free(&report);
	}
}

static struct CMUnitTest tests[2 * COUNT(targets)];
static char names[COUNT(tests)][96];
static size_t test_count;

static void
add_test(const char *what, struct target *target, CMUnitTestFunction function)
{
	snprintf(names[test_count], sizeof(names[0]), "%s: %s", target->name,
	    what);
	tests[test_count] = (struct CMUnitTest){
		.name = names[test_count],
		.test_func = function,
		.initial_state = target,
	};
	test_count++;
}

/* A clean run tells which calls there are, and how often. */
static bool
learn(const char *name, const struct cell *cell)
{
	struct target any = { .cell = cell };
	struct report report;

	run_with(&any, NULL, &report);
	if (report.verdict != VERDICT_WORKS) {
		printf("%s: %s\n", name, report.reason.text);
		return false;
	}
	for (int side = 0; side < SIDE_COUNT; side++) {
		unsigned seen[CALL_COUNT] = { 0 };
		const struct event *event;

		for (size_t i = 0; report.trace[side] != NULL &&
		    (event = trace_at(report.trace[side], i)) != NULL; i++)
			seen[event->call]++;
		for (int call = 0; call < CALL_COUNT; call++) {
			struct target *target = &targets[target_count];

			/* Those that every cell makes: see faults_test. */
			if (seen[call] == 0 || call == CALL_SOCKET ||
			    call == CALL_BIND || call == CALL_LISTEN ||
			    call == CALL_GETSOCKNAME || call == CALL_RECV)
				continue;
			target_count++;
			*target = (struct target){ cell, (enum side_id)side,
				(enum call)call, seen[call], "" };
			snprintf(target->name, sizeof(target->name),
			    "%s: %s %s", name, side == SIDE_CLIENT ? "client"
			    : "server", call_name((enum call)call));
			add_test("each errno", target, test_errnos);
			if (call_sends((enum call)call) ||
			    call_receives((enum call)call))
				add_test("short", target, test_short);
		}
	}
	exchange_free(&report);
	return true;
}

int
main(void)
{
	int failed = 1;

	shared = memfd_create("channel-faults", MFD_CLOEXEC);
	if (shared < 0 || ftruncate(shared, PAGE) != 0 ||
	    scripted_begin(NULL) != 0)
		return 1;
	if (learn("a connection", &connected) && learn("a kernel", &joining))
		failed = _cmocka_run_group_tests("channel faults", tests,
		    test_count, NULL, NULL);
	printf("%u faults injected, into %zu calls\n", injected, target_count);
	if (scripted_end(NULL) != 0 || injected < 100)
		failed++;
	close(shared);
	return failed;
}
