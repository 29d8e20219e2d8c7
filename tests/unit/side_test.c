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
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drive/side.h"
#include "witness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SOON_NS 50000000
#define MS(nanoseconds) ((nanoseconds) / 1000000)

/* A side on one end of a socket pair; the test holds the other. */
struct scene {
	struct choice choice;
	struct failure failure;
	struct fault_plan faults;
	struct trace trace;
	struct side side;
	struct witness witness;
	int other;
};

static struct scene *
make_scene(const char *family, const char *type, int domain)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	char why[256];
	int fds[2];

	assert_non_null(scene);
	witness_begin(&scene->witness);
	assert_int_equal(cell_choose(family_find(family), type, NULL,
	    &scene->choice, why, sizeof(why)), 0);
	side_init(&scene->side, SIDE_CLIENT, &scene->choice, &scene->failure);
	scene->side.recorder.trace = &scene->trace;
	scene->side.recorder.faults = &scene->faults;
	scene->side.timeout_ns = SOON_NS;
	scene->other = -1;
	if (domain == AF_UNSPEC)
		return scene;
	assert_int_equal(socketpair(domain, scene->choice.row.type, 0, fds),
	    0);
	scene->side.fd = fds[0];
	scene->other = fds[1];
	return scene;
}

/* Whatever a side opened, side_close() closes, and frees. */
static void
free_scene(struct scene *scene)
{
	const char *left;

	side_close(&scene->side);
	assert_int_equal(scene->side.fd, -1);
	assert_int_equal(scene->side.listener, -1);
	assert_null(scene->side.packet);
	if (scene->other >= 0)
		close(scene->other);
	left = witness_end(&scene->witness, 0);
	if (left != NULL)
		fail_msg("%s", left);
	free(scene);
}

static void
inject(struct scene *scene, enum call call, unsigned nth, int error,
    size_t at_most)
{
	scene->faults.faults[scene->faults.count++] =
	    (struct fault){ SIDE_CLIENT, call, nth, error, at_most };
}

static unsigned
made(const struct scene *scene, enum call call)
{
	unsigned count = 0;

	for (size_t i = 0; i < trace_kept(&scene->trace); i++)
		count += trace_at(&scene->trace, i)->call == call;
	return count;
}

static void
check_failure(const struct scene *scene, enum call call, int error,
    const char *text)
{
	assert_true(scene->failure.happened);
	assert_true(scene->failure.named);
	assert_string_equal(call_name(scene->failure.call), call_name(call));
	assert_int_equal(scene->failure.error, error);
	if (strstr(scene->failure.text, text) == NULL)
		fail_msg("%s", scene->failure.text);
}

/* side_sendall() under a fault of send(). */
static const struct send_row {
	const char *name, *type;
	unsigned nth;
	int error;
	size_t at_most, length;
	int result;
	unsigned sends;
	const char *text;	/* of the failure */
} send_rows[] = {
	{ "sendall: at once", "stream", 9, 0, 0, 10, 0, 1, NULL },
	{ "sendall: byte by byte", "stream", 0, 0, 1, 10, 0, 10, NULL },
	{ "sendall: in threes", "stream", 0, 0, 3, 10, 0, 4, NULL },
	{ "sendall: once short", "stream", 1, 0, 4, 10, 0, 2, NULL },
	{ "sendall: interrupted", "stream", 1, EINTR, 0, 10, 0, 2, NULL },
	{ "sendall: too early", "stream", 1, EAGAIN, 0, 10, 0, 2, NULL },
	{ "sendall: always interrupted", "stream", 0, EINTR, 0, 10,
	  -ETIMEDOUT, 0, "the peer took nothing within 0.05 s" },
	{ "sendall: always too early", "stream", 0, EAGAIN, 0, 10,
	  -ETIMEDOUT, 0, "the peer took nothing within 0.05 s" },
	{ "sendall: fails", "stream", 1, EPIPE, 0, 10, -EPIPE, 1, "" },
	{ "sendall: nothing on a stream", "stream", 9, 0, 0, 0, 0, 1, NULL },
	{ "sendall: a record", "seqpacket", 9, 0, 0, 10, 0, 1, NULL },
	{ "sendall: an empty record", "seqpacket", 9, 0, 0, 0, 0, 1, NULL },
	{ "sendall: a record cannot be short", "seqpacket", 1, 0, 4, 10,
	  -EIO, 1, "4 of a message of 10 bytes" },
};

static void
test_sendall(void **state)
{
	const struct send_row *row = *state;
	struct scene *scene = make_scene("unix", row->type, AF_UNIX);
	char bytes[32];

	inject(scene, CALL_SEND, row->nth, row->error, row->at_most);
	assert_int_equal(side_sendall(&scene->side, "0123456789",
	    row->length), row->result);
	if (row->sends != 0)
		assert_int_equal(made(scene, CALL_SEND), row->sends);
	if (row->result != 0) {
		check_failure(scene, CALL_SEND,
		    row->result != -EIO ? -row->result : 0, row->text);
	} else {
		assert_false(scene->failure.happened);
		memset(bytes, 0, sizeof(bytes));
		if (row->length != 0)
			assert_int_equal(recv(scene->other, bytes,
			    sizeof(bytes), 0), row->length);
		assert_memory_equal(bytes, "0123456789", row->length);
	}
	free_scene(scene);
}

/* A peer that takes nothing: the end of patience, not of the program. */
static void
test_full_buffer(void **state)
{
	struct scene *scene = make_scene("unix", "stream", AF_UNIX);
	size_t size = 64u * 1024 * 1024;
	char *bytes = calloc(1, size);
	uint64_t start = witness_now();

	(void)state;
	assert_non_null(bytes);
	/* As the server and the client of the command line have theirs. */
	scene->side.nonblocking = true;
	assert_int_equal(fcntl(scene->side.fd, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(side_sendall(&scene->side, bytes, size), -ETIMEDOUT);
	assert_in_range(MS(witness_now() - start), 50, 2000);
	check_failure(scene, CALL_SEND, ETIMEDOUT, "took nothing");
	free(bytes);
	free_scene(scene);
}

/* A stream whose send() takes little at once gets no more at once. */
static void
test_send_most(void **state)
{
	struct scene *scene = make_scene("unix", "stream", AF_UNIX);
	char bytes[32] = "";

	(void)state;
	scene->choice.row.send_most = 4;
	assert_int_equal(side_sendall(&scene->side, "0123456789", 10), 0);
	assert_int_equal(made(scene, CALL_SEND), 3);
	assert_int_equal(trace_at(&scene->trace, 0)->length, 4);
	assert_int_equal(trace_at(&scene->trace, 2)->length, 2);
	assert_int_equal(recv(scene->other, bytes, sizeof(bytes), 0), 10);
	assert_string_equal(bytes, "0123456789");
	free_scene(scene);
}

/* ECONNRESET is the end where the cell tells it so. */
static void
test_ends_by_reset(void **state)
{
	struct scene *scene = make_scene("unix", "stream", AF_UNIX);
	char byte;

	(void)state;
	scene->choice.row.ends_by_reset = true;
	assert_int_equal(send(scene->other, "x", 1, 0), 1);
	inject(scene, CALL_RECV, 0, ECONNRESET, 0);
	assert_int_equal(side_receive(&scene->side, &byte, 1, SOON_NS), 0);
	assert_false(scene->failure.happened);
	free_scene(scene);
}

/* Where close() does not tell the peer, a connected side shuts down before. */
static void
test_shuts_down(void **state)
{
	struct scene *scene = make_scene("unix", "stream", AF_UNIX);

	(void)state;
	scene->choice.row.shuts_down = true;
	scene->side.peer.length = 1;
	assert_int_equal(side_close(&scene->side), 0);
	assert_int_equal(made(scene, CALL_SHUTDOWN), 1);
	assert_int_equal(trace_at(&scene->trace, 0)->call, CALL_SHUTDOWN);
	assert_int_equal(trace_at(&scene->trace, 0)->number[1], SHUT_RDWR);
	assert_int_equal(trace_at(&scene->trace, 1)->call, CALL_CLOSE);
	free_scene(scene);
	/* One that was never connected has nobody to tell. */
	scene = make_scene("unix", "stream", AF_UNIX);
	scene->choice.row.shuts_down = true;
	assert_int_equal(side_close(&scene->side), 0);
	assert_int_equal(made(scene, CALL_SHUTDOWN), 0);
	free_scene(scene);
}

/* side_receive() under a fault of recv(), with five bytes there. */
static const struct receive_row {
	const char *name;
	unsigned nth;
	int error;
	size_t at_most;
	ssize_t result;
	unsigned receives;
} receive_rows[] = {
	{ "receive: at once", 9, 0, 0, 5, 1 },
	{ "receive: a part", 1, 0, 2, 2, 1 },
	{ "receive: interrupted", 1, EINTR, 0, 5, 2 },
	{ "receive: too early", 1, EAGAIN, 0, 5, 2 },
	{ "receive: fails", 1, ECONNRESET, 0, -ECONNRESET, 1 },
	{ "receive: always interrupted", 0, EINTR, 0, -ETIMEDOUT, 0 },
	{ "receive: always too early", 0, EAGAIN, 0, -ETIMEDOUT, 0 },
};

static void
test_receive(void **state)
{
	const struct receive_row *row = *state;
	struct scene *scene = make_scene("unix", "stream", AF_UNIX);
	char bytes[32];

	inject(scene, CALL_RECV, row->nth, row->error, row->at_most);
	assert_int_equal(send(scene->other, "hello", 5, 0), 5);
	assert_int_equal(side_receive(&scene->side, bytes, sizeof(bytes),
	    SOON_NS), row->result);
	if (row->receives != 0)
		assert_int_equal(made(scene, CALL_RECV), row->receives);
	if (row->result < 0)
		check_failure(scene, CALL_RECV, (int)-row->result, "");
	else
		assert_memory_equal(bytes, "hello", (size_t)row->result);
	free_scene(scene);
}

static void
test_receive_nothing(void **state)
{
	struct scene *scene = make_scene("unix", "stream", AF_UNIX);
	uint64_t start = witness_now();
	char byte;

	(void)state;
	assert_int_equal(side_receive(&scene->side, &byte, 1, SOON_NS),
	    -ETIMEDOUT);
	assert_in_range(MS(witness_now() - start), 50, 2000);
	check_failure(scene, CALL_RECV, ETIMEDOUT, "nothing came within");
	assert_int_equal(made(scene, CALL_RECV), 0);
	close(scene->other);
	scene->other = -1;
	assert_int_equal(side_receive(&scene->side, &byte, 1, SOON_NS), 0);
	free_scene(scene);
}

/* side_wait(): what is there, what is not, and the wake. */
static const struct wait_row {
	const char *name;
	int64_t timeout_ns;
	bool readable, woken;
	int result;
} wait_rows[] = {
	{ "wait: readable", SOON_NS, true, false, 0 },
	{ "wait: readable, for ever", 0, true, false, 0 },
	{ "wait: not at all", -1, true, false, -ETIMEDOUT },
	{ "wait: nothing", SOON_NS, false, false, -ETIMEDOUT },
	{ "wait: woken", SOON_NS, false, true, -ECANCELED },
	{ "wait: woken, for ever", 0, false, true, -ECANCELED },
};

static void
test_wait(void **state)
{
	const struct wait_row *row = *state;
	struct scene *scene = make_scene("unix", "stream", AF_UNIX);
	int wake[2];

	assert_int_equal(pipe(wake), 0);
	scene->side.wake = wake[0];
	if (row->readable)
		assert_int_equal(send(scene->other, "x", 1, 0), 1);
	if (row->woken)
		close(wake[1]);
	assert_int_equal(side_wait(&scene->side, scene->side.fd, POLLIN,
	    row->timeout_ns), row->result);
	assert_false(scene->failure.happened);
	assert_int_equal(trace_kept(&scene->trace), 0);
	if (!row->woken)
		close(wake[1]);
	close(wake[0]);
	free_scene(scene);
}

/* Each step that waits ends when it is woken, without a failure. */
static void
test_woken(void **state)
{
	struct scene *scene = make_scene("unix", "dgram", AF_UNIX);
	struct endpoint from;
	const void *bytes;
	char byte;
	int wake[2];

	(void)state;
	assert_int_equal(pipe(wake), 0);
	close(wake[1]);
	scene->side.wake = wake[0];
	scene->side.timeout_ns = 0;
	assert_int_equal(side_receive(&scene->side, &byte, 1, 0), -ECANCELED);
	assert_int_equal(side_recvfrom(&scene->side, &bytes, 1, &from, 0),
	    -ECANCELED);
	scene->side.listener = scene->side.fd;
	assert_int_equal(side_accept(&scene->side, 0), -ECANCELED);
	scene->side.listener = -1;
	assert_false(scene->failure.happened);
	close(wake[0]);
	free_scene(scene);
}

/* The first failure stays. */
static void
test_first_failure(void **state)
{
	struct scene *scene = make_scene("unix", "stream", AF_UNSPEC);

	(void)state;
	assert_int_equal(side_fail(&scene->side, CALL_BIND, EADDRINUSE,
	    "port %d", 80), -EADDRINUSE);
	assert_int_equal(side_fail(&scene->side, CALL_CLOSE, EIO, "%s", ""),
	    -EIO);
	check_failure(scene, CALL_BIND, EADDRINUSE, "port 80");
	assert_int_equal(side_fail(&scene->side, CALL_CLOSE, 0, "%s", ""),
	    -EIO);
	free_scene(scene);
}

static struct endpoint
loopback(void)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct endpoint endpoint;

	endpoint_set(&endpoint, &in, sizeof(in));
	return endpoint;
}

/* A listening side, and one that connects to it, under a fault of connect(). */
static const struct connect_row {
	const char *name;
	bool nonblocking;
	int error;		/* of connect(); 0: none */
	int accept_error;	/* of the first accept(); 0: none */
	int result;
} connect_rows[] = {
	{ "connect: at once", false, 0, 0, 0 },
	{ "connect: without blocking", true, 0, 0, 0 },
	{ "connect: interrupted", false, EINTR, 0, 0 },
	{ "connect: in progress", false, EINPROGRESS, 0, 0 },
	{ "connect: refused", false, ECONNREFUSED, 0, -ECONNREFUSED },
	{ "accept: interrupted", false, 0, EINTR, 0 },
	{ "accept: aborted", false, 0, ECONNABORTED, 0 },
	{ "accept: too early", true, 0, EAGAIN, 0 },
};

static void
test_connect(void **state)
{
	const struct connect_row *row = *state;
	struct scene *server = make_scene("inet", "stream", AF_UNSPEC);
	struct scene *client = make_scene("inet", "stream", AF_UNSPEC);
	struct endpoint any = loopback();
	char byte = 0;

	server->side.nonblocking = row->nonblocking;
	client->side.nonblocking = row->nonblocking;
	if (row->error != 0)
		inject(client, CALL_CONNECT, 1, row->error, 0);
	if (row->accept_error != 0)
		inject(server, CALL_ACCEPT4, 1, row->accept_error, 0);
	assert_int_equal(side_socket(&server->side, false), 0);
	assert_int_equal(side_bind(&server->side, &any), 0);
	assert_true(server->side.bound);
	assert_false(endpoint_equal(&server->side.self, &any));
	assert_int_equal(side_listen(&server->side, 5), 0);
	assert_int_equal(server->side.fd, -1);
	assert_int_equal(side_socket(&client->side, false), 0);
	assert_int_equal(side_connect(&client->side, &server->side.self),
	    row->result);
	if (row->result == 0) {
		assert_int_equal(side_accept(&server->side, SOON_NS), 0);
		assert_int_equal(side_sendall(&client->side, "x", 1), 0);
		assert_int_equal(side_receive(&server->side, &byte, 1,
		    SOON_NS), 1);
		assert_int_equal(byte, 'x');
		assert_false(client->failure.happened);
	} else {
		check_failure(client, CALL_CONNECT, -row->result, "");
		assert_int_equal(side_accept(&server->side, SOON_NS),
		    -ETIMEDOUT);
		check_failure(server, CALL_ACCEPT4, ETIMEDOUT,
		    "no client connected");
	}
	side_close(&client->side);
	free_scene(server);
	free_scene(client);
}

/* Nobody listens there: found out at once, or when the connection is made. */
static void
test_refused(void **state)
{
	struct endpoint name;

	(void)state;
	for (int nonblocking = 0; nonblocking <= 1; nonblocking++) {
		struct scene *scene = make_scene("inet", "stream", AF_UNSPEC);
		struct scene *held = make_scene("inet", "stream", AF_UNSPEC);
		struct endpoint any = loopback();

		scene->side.nonblocking = nonblocking != 0;
		side_socket(&held->side, false);
		side_bind(&held->side, &any);
		name = held->side.self;
		assert_int_equal(side_socket(&scene->side, false), 0);
		assert_int_equal(side_connect(&scene->side, &name),
		    -ECONNREFUSED);
		check_failure(scene, CALL_CONNECT, ECONNREFUSED, "");
		side_close(&held->side);
		free_scene(scene);
		free(held);
	}
}

/* bind() that fails says which address; what was bound is told to release. */
static void
test_bind(void **state)
{
	struct scene *scene = make_scene("inet", "dgram", AF_UNSPEC);
	struct scene *second = make_scene("inet", "dgram", AF_UNSPEC);
	struct endpoint any = loopback();

	(void)state;
	side_socket(&scene->side, false);
	side_socket(&second->side, false);
	assert_int_equal(side_bind(&scene->side, &any), 0);
	assert_int_equal(side_bind(&second->side, &scene->side.self),
	    -EADDRINUSE);
	check_failure(second, CALL_BIND, EADDRINUSE, "127.0.0.1:");
	assert_false(second->side.bound);
	side_close(&second->side);
	free_scene(scene);
	free(second);
}

/* Options are set before bind(), those of a fixed port only with one. */
static void
test_settings(void **state)
{
	(void)state;
	for (int fixed = 0; fixed <= 1; fixed++) {
		struct scene *scene = make_scene("inet", "stream", AF_UNSPEC);
		int value = 0;
		socklen_t length = sizeof(value);

		scene->side.id = SIDE_SERVER;
		assert_int_equal(side_socket(&scene->side, fixed != 0), 0);
		assert_int_equal(made(scene, CALL_SETSOCKOPT), fixed);
		assert_int_equal(getsockopt(scene->side.fd, SOL_SOCKET,
		    SO_REUSEADDR, &value, &length), 0);
		assert_int_equal(value, fixed);
		free_scene(scene);
	}
}

/* side_largest(), by the kind of limit; a listener is asked as well. */
static void
test_largest(void **state)
{
	struct scene *scene = make_scene("unix", "seqpacket", AF_UNIX);
	uint64_t largest = 0;
	int value = 0;
	socklen_t length = sizeof(value);

	(void)state;
	getsockopt(scene->side.fd, SOL_SOCKET, SO_SNDBUF, &value, &length);
	assert_int_equal(side_largest(&scene->side, &largest), 0);
	assert_int_equal(largest, value - 32);
	scene->side.listener = scene->side.fd;
	scene->side.fd = -1;
	assert_int_equal(side_largest(&scene->side, &largest), 0);
	assert_int_equal(largest, value - 32);
	assert_int_equal(made(scene, CALL_GETSOCKOPT), 2);
	scene->choice.row.largest = (struct limit){ LIMIT_BYTES, 77 };
	assert_int_equal(side_largest(&scene->side, &largest), 0);
	assert_int_equal(largest, 77);
	scene->choice.row.largest = (struct limit){ LIMIT_NONE, 0 };
	assert_int_equal(side_largest(&scene->side, &largest), 0);
	assert_true(largest == SIZE_UNSET);
	/* No more than nothing fits into less than what is taken off. */
	scene->choice.row.largest =
	    (struct limit){ LIMIT_SEND_BUFFER, SIZE_MAX };
	assert_int_equal(side_largest(&scene->side, &largest), 0);
	assert_int_equal(largest, 0);
	free_scene(scene);
}

/* Messages to addresses, of sizes that a buffer might be too small for. */
static void
test_datagrams(void **state)
{
	static const size_t sizes[] = { 0, 1, 1023, 1024, 1025, 5000 };
	struct scene *scene = make_scene("inet", "dgram", AF_UNSPEC);
	struct endpoint any = loopback();
	struct endpoint from;
	const void *bytes;
	unsigned char sent[5000];

	(void)state;
	memset(sent, 'd', sizeof(sent));
	side_socket(&scene->side, false);
	assert_int_equal(side_bind(&scene->side, &any), 0);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		scene->side.expects = sizes[i];
		assert_int_equal(side_sendto(&scene->side, sent, sizes[i], 1,
		    &scene->side.self), 0);
		assert_int_equal(side_recvfrom(&scene->side, &bytes, 1, &from,
		    SOON_NS), sizes[i]);
		assert_memory_equal(bytes, sent, sizes[i]);
		assert_true(endpoint_equal(&from, &scene->side.self));
	}
	/* That none came is not yet a failure. */
	assert_int_equal(side_recvfrom(&scene->side, &bytes, 1, &from,
	    SOON_NS), -ETIMEDOUT);
	assert_false(scene->failure.happened);
	free_scene(scene);
}

/* close(2): EINTR has closed it; another error is told, and all are closed. */
static void
test_close(void **state)
{
	struct scene *scene = make_scene("unix", "stream", AF_UNIX);

	(void)state;
	inject(scene, CALL_CLOSE, 1, EINTR, 0);
	inject(scene, CALL_CLOSE, 2, EIO, 0);
	scene->side.listener = dup(scene->side.fd);
	assert_int_equal(side_need_packet(&scene->side, 10), 0);
	close(scene->side.fd);
	close(scene->side.listener);
	assert_int_equal(side_close(&scene->side), -EIO);
	check_failure(scene, CALL_CLOSE, EIO, "");
	assert_int_equal(made(scene, CALL_CLOSE), 2);
	free_scene(scene);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_full_buffer),
	cmocka_unit_test(test_send_most),
	cmocka_unit_test(test_ends_by_reset),
	cmocka_unit_test(test_shuts_down),
	cmocka_unit_test(test_receive_nothing),
	cmocka_unit_test(test_woken),
	cmocka_unit_test(test_first_failure),
	cmocka_unit_test(test_refused),
	cmocka_unit_test(test_bind),
	cmocka_unit_test(test_settings),
	cmocka_unit_test(test_largest),
	cmocka_unit_test(test_datagrams),
	cmocka_unit_test(test_close),
};
static struct CMUnitTest tests[COUNT(send_rows) + COUNT(receive_rows) +
    COUNT(wait_rows) + COUNT(connect_rows) + COUNT(others)];

#define ADD(table, function)                                                   \
	for (size_t i = 0; i < COUNT(table); i++)                              \
		tests[count++] = (struct CMUnitTest){                          \
			.name = (table)[i].name,                               \
			.test_func = (function),                               \
			.initial_state = (void *)(uintptr_t)&(table)[i],       \
		}

int
main(void)
{
	size_t count = 0;

	ADD(send_rows, test_sendall);
	ADD(receive_rows, test_receive);
	ADD(wait_rows, test_wait);
	ADD(connect_rows, test_connect);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("side", tests, NULL, NULL);
}
