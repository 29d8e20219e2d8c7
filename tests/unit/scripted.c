#include "scripted.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "witness.h"

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

struct scripted *scripted;

static const int refusals[] = { ESOCKTNOSUPPORT, 0 };

void
scripted_log(enum side_id side, const char *word)
{
	strlcat(scripted->log[side], word, sizeof(scripted->log[side]));
	strlcat(scripted->log[side], " ", sizeof(scripted->log[side]));
}

int
scripted_name(struct endpoint *out, const char *name, size_t length)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	memcpy(un.sun_path, name, length);
	endpoint_set(out, &un, PATH_OFFSET + length);
	return 1;
}

int
scripted_auto(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	(void)why;
	(void)room;
	if (wish->side == SIDE_CLIENT && wish->cell->shape == SHAPE_CONNECTED)
		return 0;
	return scripted_name(out, "", 0);
}

int
scripted_mirror(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	char name[64];
	int length;

	(void)why;
	(void)room;
	length = snprintf(name, sizeof(name), "%cexchange-test-%s", '\0',
	    wish->tag);
	return scripted_name(out, name, (size_t)length);
}

int
scripted_path(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	char name[108];

	(void)why;
	(void)room;
	if (wish->side == SIDE_CLIENT && wish->cell->shape == SHAPE_CONNECTED)
		return 0;
	snprintf(name, sizeof(name), "%.80s/%d", wish->directory, wish->side);
	return scripted_name(out, name, strlen(name) + 1);
}

int
scripted_release(const struct endpoint *endpoint)
{
	const struct sockaddr_un *un =
	    (const struct sockaddr_un *)(const void *)&endpoint->storage;

	atomic_fetch_add(&scripted->released, 1);
	scripted->last = *endpoint;
	return unlink(un->sun_path) == 0 ? 0 : -errno;
}

ssize_t
scripted_put(const void *bytes, size_t length, size_t *taken, void *packet)
{
	memcpy(packet, bytes, length);
	*taken = length;
	return (ssize_t)length;
}

struct family
scripted_family(const struct family *differs)
{
	struct family family = *differs;

	family.name = "scripted";
	family.constant = "AF_SCRIPTED";
	if (family.domain == 0)
		family.domain = AF_UNIX;
	family.summary = "for tests";
	family.brought_by = "no kernel has it: modprobe scripted";
	family.refusals = refusals;
	family.refusal_source = "a table in a test";
	if (family.address == NULL)
		family.address = scripted_auto;
	if (family.address == scripted_path)
		family.release = scripted_release;
	return family;
}

struct request
scripted_request(const struct family *family, const struct cell *cell)
{
	struct request request = {
		.choice = { .family = family, .row = *cell,
		    .passed = cell->protocol, .protocol = "scripted" },
		.port = PORT_UNSET,
		.messages = 1,
		.size = SIZE_UNSET,
		.timeout_ns = SCRIPTED_TIMEOUT_NS,
	};

	return request;
}

void
scripted_run(const struct request *request, struct report *report)
{
	struct witness witness;
	char why[256] = "";
	const char *left;

	memset(scripted, 0, sizeof(*scripted));
	witness_begin(&witness);
	if (exchange_run(request, report, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	left = witness_end(&witness, SCRIPTED_LIMIT_NS);
	if (left != NULL)
		fail_msg("%s", left);
}

const char *
scripted_calls(const struct trace *trace)
{
	static char text[4096];
	const struct event *event;

	text[0] = '\0';
	for (size_t i = 0; trace != NULL &&
	    (event = trace_at(trace, i)) != NULL; i++) {
		strlcat(text, i != 0 ? " " : "", sizeof(text));
		strlcat(text, call_name((enum call)event->call), sizeof(text));
	}
	return text;
}

static void
check_reason(const struct scripted_row *row, const struct report *report)
{
	const struct reason *reason = &report->reason;

	if (report->verdict != row->verdict)
		fail_msg("%s: %s", verdict_name(report->verdict),
		    reason->text);
	assert_int_equal(report_status(report), row->status);
	if (row->call == NULL)
		assert_null(reason->call);
	else if (reason->call == NULL)
		fail_msg("no call is named: %s", reason->text);
	else
		assert_string_equal(reason->call, row->call);
	assert_int_equal(reason->error, row->error);
	if (row->text != NULL && strstr(reason->text, row->text) == NULL)
		fail_msg("'%s' is not in '%s'", row->text, reason->text);
	if (row->whole)
		assert_string_equal(reason->text, row->text);
	assert_int_equal(reason->text[0] != '\0',
	    row->verdict != VERDICT_WORKS);
	if ((report->contradiction[0] != '\0') != row->contradicts)
		fail_msg("contradiction: '%s'", report->contradiction);
}

static void
check_tally(const struct tally *expected, const struct tally *tally)
{
	if (expected->sent == UINT64_MAX)
		return;
	assert_int_equal(tally->sent, expected->sent);
	assert_int_equal(tally->round_trips, expected->round_trips);
	assert_int_equal(tally->bytes, expected->bytes);
	assert_int_equal(tally->lost, expected->lost);
	assert_int_equal(tally->duplicated, expected->duplicated);
	assert_int_equal(tally->reordered, expected->reordered);
	assert_int_equal(tally->ignored, expected->ignored);
}

static void
check_told(const struct scripted_row *row, const struct report *report)
{
	for (int id = 0; id < SIDE_COUNT; id++) {
		if (row->calls[id] != NULL)
			assert_string_equal(
			    scripted_calls(report->trace[id]), row->calls[id]);
		if (row->log[id] != NULL)
			assert_string_equal(scripted->log[id], row->log[id]);
	}
	if (row->note == NULL)
		return;
	assert_int_equal(report->notes, 1);
	assert_string_equal(report->note[0], row->note);
}

void
scripted_test(void **state)
{
	const struct scripted_row *row = *state;
	struct family family = scripted_family(&row->family);
	struct request request = scripted_request(&family, &row->cell);
	struct report report;

	request.choice.variant = row->variant;
	request.setup = row->setup;
	/* What is answered is waited for, however busy the machine is. */
	if (row->verdict == VERDICT_WORKS)
		request.timeout_ns = row->tally.lost != 0 ||
		    row->tally.reordered != 0 ? SCRIPTED_LOST_NS
					     : SCRIPTED_ANSWER_NS;
	request.messages = row->messages != 0 ? row->messages : 1;
	request.size = row->size != 0 || row->empty ? row->size : SIZE_UNSET;
	if (row->fault.occurrence != 0) {
		request.faults.count = 1;
		request.faults.faults[0] = row->fault;
	}
	scripted_run(&request, &report);
	check_reason(row, &report);
	check_tally(&row->tally, &report.tally);
	check_told(row, &report);
	assert_int_equal(scripted->released, row->released);
	assert_int_equal(report.signal, 0);
	exchange_free(&report);
	assert_null(report.trace[SIDE_CLIENT]);
}

int
scripted_begin(void **state)
{
	scripted = mmap(NULL, sizeof(*scripted), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (scripted == MAP_FAILED)
		return -1;
	return witness_make_folder(state);
}

int
scripted_end(void **state)
{
	munmap(scripted, sizeof(*scripted));
	return witness_remove_folder(state);
}
