/* Calls that any descriptor has, and several messages at once: what is kept of
 * each, and how a reader is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "family/cell.h"
#include "record/calls.h"
#include "record/describe.h"
#include "record/fault.h"
#include "record/trace.h"
#include "render/json.h"
#include "render/phrase.h"

static const struct calls *const calls = &recorded_calls;

/* A recorder, a pair of sockets, and a file of ten digits. */
struct scene {
	struct trace *trace;
	struct fault_plan faults;
	struct recorder recorder;
	int fd[2];
	int file;
};

static int
begin(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	if (scene == NULL)
		return -1;
	*state = scene;
	scene->trace = calloc(1, sizeof(*scene->trace));
	scene->recorder = (struct recorder){
		.trace = scene->trace, .faults = &scene->faults,
	};
	scene->file = memfd_create("digits", MFD_CLOEXEC);
	if (scene->trace == NULL || scene->file < 0 ||
	    pwrite(scene->file, "0123456789", 10, 0) != 10)
		return -1;
	return socketpair(AF_UNIX, SOCK_DGRAM, 0, scene->fd);
}

static int
end(void **state)
{
	struct scene *scene = *state;

	close(scene->fd[0]);
	close(scene->fd[1]);
	close(scene->file);
	free(scene->trace);
	free(scene);
	return 0;
}

static const struct event *
newest(const struct scene *scene)
{
	return trace_at(scene->trace, trace_kept(scene->trace) - 1);
}

static void
check_numbers(const struct scene *scene, int64_t first, int64_t second,
    int64_t third)
{
	const struct event *event = newest(scene);

	assert_int_equal(event->number[0], first);
	assert_int_equal(event->number[1], second);
	assert_int_equal(event->number[2], third);
}

/* The newest event as a line of --format text has it; %d: a descriptor. */
static void check_phrase(const struct scene *scene, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
check_phrase(const struct scene *scene, const char *format, ...)
{
	static const struct phrasing phrasing = { .data_columns = 32 };
	char text[PHRASE_MAX], expected[PHRASE_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(expected, sizeof(expected), format, arguments);
	va_end(arguments);
	assert_string_equal(phrase_event(family_find("unix"), newest(scene),
	    &phrasing, text), expected);
}

/* The arguments of the newest event in JSON. */
static void check_json(const struct scene *scene, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
check_json(const struct scene *scene, const char *format, ...)
{
	struct request request = { .choice.family = family_find("unix"),
		.choice.row.type = SOCK_DGRAM };
	struct report *report = calloc(1, sizeof(*report));
	json_t *json, *args, *wanted;
	char expected[1024];
	va_list arguments;

	assert_non_null(report);
	report->request = &request;
	report->trace[SIDE_CLIENT] = scene->trace;
	va_start(arguments, format);
	vsnprintf(expected, sizeof(expected), format, arguments);
	va_end(arguments);
	json = report_json(report);
	wanted = json_loads(expected, 0, NULL);
	assert_non_null(wanted);
	args = json_object_get(json_array_get(json_object_get(json, "events"),
	    trace_kept(scene->trace) - 1), "args");
	if (!json_equal(args, wanted)) {
		char *got = json_dumps(args, 0);

		fail_msg("%s, not %s", got, expected);
	}
	json_decref(wanted);
	json_decref(json);
	free(report);
}

static void
test_poll(void **state)
{
	struct scene *scene = *state;
	int a = scene->fd[0], b = scene->fd[1];
	struct pollfd polled[10] = {
		{ .fd = a, .events = POLLIN, .revents = POLLHUP },
		{ .fd = b, .events = POLLIN | POLLOUT },
	};

	assert_int_equal(calls->poll(&scene->recorder, polled, 1, 0), 0);
	check_numbers(scene, 1, 0, 0);
	assert_int_equal(newest(scene)->polled[0].revents, 0);
	check_phrase(scene, "poll(%d POLLIN, 0) = 0", a);
	assert_int_equal(calls->poll(&scene->recorder, polled, 2, -1), 1);
	check_numbers(scene, 2, -1, 0);
	assert_int_equal(newest(scene)->polled[1].fd, b);
	assert_int_equal(newest(scene)->polled[1].events, POLLIN | POLLOUT);
	assert_int_equal(newest(scene)->polled[1].revents, POLLOUT);
	check_phrase(scene, "poll(%d POLLIN, %d POLLIN|POLLOUT, -1) = 1 -> "
	    "%d POLLOUT", a, b, b);
	check_json(scene, "[[{\"fd\": %d, \"events\": \"POLLIN\", \"revents\":"
	    " \"0\"}, {\"fd\": %d, \"events\": \"POLLIN|POLLOUT\", "
	    "\"revents\": \"POLLOUT\"}], 2, -1]", a, b);
	for (size_t i = 0; i < 10; i++)
		polled[i] = (struct pollfd){ .fd = -1 };
	assert_int_equal(calls->poll(&scene->recorder, polled, 10, 0), 0);
	check_phrase(scene, "poll(-1 0, -1 0, -1 0, -1 0, -1 0, -1 0, -1 0, "
	    "-1 0, ..., 0) = 0");
}

/* What poll() found before it failed is nobody's. */
static void
test_poll_fails(void **state)
{
	struct scene *scene = *state;
	struct pollfd polled = { .fd = scene->fd[0], .events = POLLOUT,
		.revents = POLLOUT };

	scene->faults.count = 1;
	scene->faults.faults[0] = (struct fault){ .call = CALL_POLL,
		.error = EINTR };
	assert_int_equal(calls->poll(&scene->recorder, &polled, 1, -1),
	    -EINTR);
	assert_int_equal(newest(scene)->polled[0].revents, 0);
	assert_true(newest(scene)->injected);
	check_phrase(scene, "poll(%d POLLOUT, -1) ... EINTR", scene->fd[0]);
}

static void
test_read_write(void **state)
{
	struct scene *scene = *state;
	int a = scene->fd[0], b = scene->fd[1];
	char data[16];

	assert_int_equal(calls->write(&scene->recorder, a, "hello", 5), 5);
	check_numbers(scene, a, 5, 0);
	check_phrase(scene, "write(%d, \"hello\") = 5", a);
	assert_int_equal(calls->read(&scene->recorder, b, data, 16), 5);
	check_numbers(scene, b, 16, 0);
	assert_int_equal(newest(scene)->length, 5);
	assert_memory_equal(newest(scene)->data, "hello", 5);
	check_phrase(scene, "read(%d) = 5 \"hello\"", b);
	check_json(scene, "[%d, {\"len\": 5, \"hex\": \"68656c6c6f\"}, 16]",
	    b);
}

/* A fault's limit is the most that the kernel is asked for. */
static void
test_short(void **state)
{
	struct scene *scene = *state;
	struct iovec parts[2] = { { (char[]){ "one" }, 3 },
		{ (char[]){ "two" }, 3 } };
	struct mmsghdr messages[2] = {
		{ .msg_hdr = { .msg_iov = parts, .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_iov = parts + 1, .msg_iovlen = 1 } },
	};
	int pipes[2];
	char data[16];

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	scene->faults.count = 4;
	for (size_t i = 0; i < 4; i++)
		scene->faults.faults[i] = (struct fault){ .at_most = 2,
			.call = (enum call[]){ CALL_WRITE, CALL_READ,
			    CALL_SENDFILE, CALL_SPLICE }[i] };
	assert_int_equal(calls->write(&scene->recorder, scene->fd[0], "hello",
	    5), 2);
	assert_int_equal(newest(scene)->length, 2);
	assert_int_equal(calls->read(&scene->recorder, scene->file, data, 5),
	    2);
	assert_int_equal(calls->sendfile(&scene->recorder, pipes[1],
	    scene->file, NULL, 5), 2);
	assert_memory_equal(data, "01", 2);
	assert_int_equal(calls->splice(&scene->recorder, scene->file,
	    pipes[1], 5, 0), 2);
	check_numbers(scene, scene->file, pipes[1], 2);
	assert_int_equal(read(pipes[0], data, sizeof(data)), 4);
	assert_memory_equal(data, "2345", 4);
	/* Of several messages it is their number. */
	scene->faults.faults[0] = (struct fault){ .at_most = 1,
		.call = CALL_SENDMMSG };
	assert_int_equal(calls->sendmmsg(&scene->recorder, scene->fd[0],
	    messages, 2, 0), 1);
	check_numbers(scene, scene->fd[0], 1, 0);
	assert_true(newest(scene)->injected);
	close(pipes[0]);
	close(pipes[1]);
}

static void
test_moves(void **state)
{
	struct scene *scene = *state;
	int a = scene->fd[0], file = scene->file;
	off_t offset = 3;
	int pipes[2];

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_int_equal(calls->sendfile(&scene->recorder, a, file, &offset,
	    4), 4);
	check_numbers(scene, a, file, 4);
	assert_int_equal(offset, 7);
	check_phrase(scene, "sendfile(%d, %d, 3, 4) = 4", a, file);
	check_json(scene, "[%d, %d, {\"passed\": 3, \"returned\": 7}, 4]", a,
	    file);
	assert_int_equal(calls->sendfile(&scene->recorder, 999, file, &offset,
	    4), -EBADF);
	check_json(scene, "[999, %d, {\"passed\": 7, \"returned\": null}, 4]",
	    file);
	assert_int_equal(calls->sendfile(&scene->recorder, a, file, NULL, 4),
	    4);
	check_phrase(scene, "sendfile(%d, %d, 4) = 4", a, file);
	assert_int_equal(calls->splice(&scene->recorder, file, pipes[1], 2,
	    SPLICE_F_MORE), 2);
	check_phrase(scene, "splice(%d, %d, 2) = 2", file, pipes[1]);
	check_json(scene, "[%d, null, %d, null, 2, \"SPLICE_F_MORE\"]", file,
	    pipes[1]);
	close(pipes[0]);
	close(pipes[1]);
}

static void
test_pair(void **state)
{
	struct scene *scene = *state;
	int fd[2] = { -1, -1 };

	assert_int_equal(calls->socketpair(&scene->recorder, AF_UNIX,
	    SOCK_STREAM, 0, fd), 0);
	check_numbers(scene, AF_UNIX, SOCK_STREAM, 0);
	check_phrase(scene, "socketpair(AF_UNIX, SOCK_STREAM, 0) -> %d, %d",
	    fd[0], fd[1]);
	check_json(scene, "[\"AF_UNIX\", \"SOCK_STREAM\", 0, [%d, %d]]",
	    fd[0], fd[1]);
	assert_int_equal(write(fd[0], "x", 1), 1);
	close(fd[0]);
	close(fd[1]);
	assert_int_equal(calls->socketpair(&scene->recorder, AF_UNIX,
	    SOCK_RDM, 0, fd), -ESOCKTNOSUPPORT);
	check_phrase(scene, "socketpair(AF_UNIX, SOCK_RDM, 0) = -1 "
	    "ESOCKTNOSUPPORT");
}

static void
test_descriptor(void **state)
{
	struct scene *scene = *state;
	int a = scene->fd[0];
	int copy;

	assert_int_equal(calls->fcntl(&scene->recorder, a, F_SETFL,
	    O_NONBLOCK), 0);
	check_numbers(scene, a, F_SETFL, O_NONBLOCK);
	check_phrase(scene, "fcntl(%d, F_SETFL, O_RDONLY|O_NONBLOCK) = 0", a);
	assert_int_equal(calls->fcntl(&scene->recorder, a, F_GETFL, 0),
	    O_RDWR | O_NONBLOCK);
	check_phrase(scene, "fcntl(%d, F_GETFL) = 2050", a);
	check_json(scene, "[%d, \"F_GETFL\"]", a);
	copy = calls->dup(&scene->recorder, a);
	assert_true(copy >= 0 && copy != a);
	check_phrase(scene, "dup(%d) = %d", a, copy);
	close(copy);
	copy = calls->fcntl(&scene->recorder, a, F_DUPFD, 40);
	assert_true(copy >= 40);
	check_phrase(scene, "fcntl(%d, F_DUPFD, 40) = %d", a, copy);
	close(copy);
}

/* A socket has no place to be in, no disk, and no other name. */
static void
test_as_file(void **state)
{
	struct scene *scene = *state;
	int a = scene->fd[0];
	struct stat status;
	char path[64];
	int fd;

	memset(&status, 0, sizeof(status));
	assert_int_equal(calls->fstat(&scene->recorder, a, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(newest(scene)->status.mode, status.st_mode);
	check_phrase(scene, "fstat(%d) -> {st_mode=S_IFSOCK|0777, st_size=0, "
	    "...}", a);
	assert_int_equal(calls->fstat(&scene->recorder, scene->file, &status),
	    0);
	assert_int_equal(newest(scene)->status.size, 10);
	assert_int_equal(calls->lseek(&scene->recorder, a, 0, SEEK_CUR),
	    -ESPIPE);
	check_phrase(scene, "lseek(%d, 0, SEEK_CUR) = -1 ESPIPE", a);
	assert_int_equal(calls->lseek(&scene->recorder, scene->file, -3,
	    SEEK_END), 7);
	check_numbers(scene, scene->file, -3, SEEK_END);
	assert_int_equal(calls->fsync(&scene->recorder, a), -EINVAL);
	check_phrase(scene, "fsync(%d) = -1 EINVAL", a);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", a);
	assert_int_equal(calls->open(&scene->recorder, path, O_RDWR), -ENXIO);
	check_phrase(scene, "open(\"%s\", O_RDWR) = -1 ENXIO", path);
	check_json(scene, "[\"%s\", \"O_RDWR\"]", path);
	fd = calls->open(&scene->recorder, "/dev/null", O_WRONLY | O_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
}

/* A path is escaped, and cut by the recording only. */
static void
test_path(void **state)
{
	struct scene *scene = *state;
	char path[2 * EVENT_DATA_MAX];
	char shown[EVENT_DATA_MAX + 1] = "";

	memset(path, 'n', sizeof(path));
	memcpy(path, "/\033]0", 4);
	path[EVENT_DATA_MAX + 5] = '\0';
	assert_int_equal(calls->open(&scene->recorder, path, O_RDONLY),
	    -ENOENT);
	memcpy(shown, path + 4, EVENT_DATA_MAX - 4);
	check_phrase(scene, "open(\"/\\x1b]0%s...\", O_RDONLY) = -1 ENOENT",
	    shown);
}

static void
test_requests(void **state)
{
	struct scene *scene = *state;
	int b = scene->fd[1];
	int value = -1;

	assert_int_equal(write(scene->fd[0], "hello", 5), 5);
	assert_int_equal(calls->ioctl(&scene->recorder, b, FIONREAD, &value),
	    0);
	assert_int_equal(value, 5);
	assert_int_equal(newest(scene)->value, 5);
	check_phrase(scene, "ioctl(%d, FIONREAD) -> 5", b);
	check_json(scene, "[%d, \"FIONREAD\", 5]", b);
	assert_int_equal(calls->ioctl(&scene->recorder, 999, TIOCOUTQ,
	    &value), -EBADF);
	assert_int_equal(newest(scene)->value, 0);
	check_phrase(scene, "ioctl(999, SIOCOUTQ) = -1 EBADF");
	value = 1;
	assert_int_equal(calls->ioctl(&scene->recorder, b, FIONBIO, &value),
	    0);
	check_phrase(scene, "ioctl(%d, FIONBIO, 1) = 0", b);
	/* Of a request that nobody knows, only that it was made. */
	assert_int_equal(calls->ioctl(&scene->recorder, 999, 0x1234, NULL),
	    -EBADF);
	check_phrase(scene, "ioctl(999, 0x1234) = -1 EBADF");
}

/* Four messages: three are kept. */
static void
test_messages(void **state)
{
	struct scene *scene = *state;
	char data[4][8] = { "one", "two", "three", "four" };
	struct iovec parts[4];
	struct mmsghdr messages[4];

	memset(messages, 0, sizeof(messages));
	for (size_t i = 0; i < 4; i++) {
		parts[i] = (struct iovec){ data[i], strlen(data[i]) };
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	assert_int_equal(calls->sendmmsg(&scene->recorder, scene->fd[0],
	    messages, 2, MSG_DONTWAIT), 2);
	check_numbers(scene, scene->fd[0], 2, MSG_DONTWAIT);
	check_phrase(scene, "sendmmsg(%d, \"one\", \"two\") = 2",
	    scene->fd[0]);
	assert_int_equal(calls->sendmmsg(&scene->recorder, scene->fd[0],
	    messages, 4, MSG_DONTWAIT), 4);
	assert_int_equal(newest(scene)->length, 4);
	check_phrase(scene, "sendmmsg(%d, \"one\", \"two\", \"three\", ...) "
	    "= 4", scene->fd[0]);
	parts[1].iov_len = 2;
	assert_int_equal(calls->recvmmsg(&scene->recorder, scene->fd[1],
	    messages, 2, MSG_DONTWAIT, NULL), 2);
	assert_int_equal(newest(scene)->batch.message[1].flags, MSG_TRUNC);
	assert_int_equal(newest(scene)->message_flags, MSG_TRUNC);
	check_phrase(scene, "recvmmsg(%d) = 2 \"one\", \"tw\"", scene->fd[1]);
	check_json(scene, "[%d, [{\"msg_name\": null, \"msg_iov\": {\"len\": "
	    "3, \"hex\": \"6f6e65\"}, \"msg_control\": [], \"msg_flags\": 0, "
	    "\"msg_len\": 3}, {\"msg_name\": null, \"msg_iov\": {\"len\": 2, "
	    "\"hex\": \"7477\"}, \"msg_control\": [], \"msg_flags\": 32, "
	    "\"msg_len\": 2}], 2, \"MSG_DONTWAIT\", null]", scene->fd[1]);
	calls->recvmmsg(&scene->recorder, scene->fd[1], messages, 4,
	    MSG_DONTWAIT, NULL);
	assert_int_equal(calls->recvmmsg(&scene->recorder, scene->fd[1],
	    messages, 4, MSG_DONTWAIT, &(struct timespec){ 1, 0 }), -EAGAIN);
	assert_true(newest(scene)->batch.timed);
	check_phrase(scene, "recvmmsg(%d, {tv_sec=1, tv_nsec=0}) ... EAGAIN",
	    scene->fd[1]);
}

/* Of what does not fit into an event nothing is told, and nothing is read. */
static void
test_too_much(void **state)
{
	struct scene *scene = *state;
	struct event event = { .call = CALL_SENDMMSG, .end_ns = 1, .result = 1,
		.number = { 3, 3, 0 } };
	struct event one;

	(void)scene;
	for (size_t i = 0; i < EVENT_MESSAGES_MAX; i++) {
		event.batch.message[i].vectors = 6;
		event.batch.message[i].control_length = 100;
		event.batch.message[i].moved = 7;
	}
	for (size_t i = 0; i < EVENT_VECTORS_MAX; i++)
		event.vector[i] = i + 1;
	memset(event.control, 'c', sizeof(event.control));
	assert_int_equal(describe_messages(&event), 3);
	describe_message(&event, 0, &one);
	assert_int_equal(one.result, 7);
	assert_int_equal(one.vector[5], 6);
	assert_int_equal(one.vector[6], 0);
	describe_message(&event, 1, &one);
	assert_int_equal(one.result, -1);
	assert_int_equal(one.vector[0], 7);
	assert_int_equal(one.vector[2], 0);
	assert_int_equal(one.control[27], 'c');
	assert_int_equal(one.control[28], 0);
	assert_int_equal(one.control_length, 100);
	describe_message(&event, 2, &one);
	assert_int_equal(one.vector[0], 0);
	assert_int_equal(one.control[0], 0);
	event.result = -1;
	assert_int_equal(describe_messages(&event), 3);
	event.call = CALL_RECVMMSG;
	assert_int_equal(describe_messages(&event), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_poll), TEST(test_poll_fails), TEST(test_read_write),
		TEST(test_short), TEST(test_moves), TEST(test_pair),
		TEST(test_descriptor), TEST(test_as_file), TEST(test_path),
		TEST(test_requests), TEST(test_messages), TEST(test_too_much),
	};

	return cmocka_run_group_tests_name("file_calls", tests, NULL, NULL);
}
