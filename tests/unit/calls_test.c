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
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "record/calls.h"
#include "record/fault.h"
#include "record/trace.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What getsockname() claims to have written; 0: it asks the kernel. */
static socklen_t claimed;

/* Stands in for the C library's: no family here has so long an address. */
int
getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	if (claimed == 0)
		return (int)syscall(SYS_getsockname, fd, addr, len);
	memset(addr, 'n', *len);
	*len = claimed;
	return 0;
}

/* A recorder with a trace and, where a test wants them, faults. */
struct scene {
	struct trace trace;
	struct fault_plan faults;
	struct recorder recorder;
	unsigned told;
	struct event last;	/* as the sink was told */
};

static void
tell(const struct event *event, void *context)
{
	struct scene *scene = context;

	scene->told++;
	scene->last = *event;
}

static struct scene *
make_scene(void)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	assert_non_null(scene);
	scene->recorder = (struct recorder){
		.side = SIDE_SERVER, .pid = 4711, .trace = &scene->trace,
		.faults = &scene->faults, .sink = tell,
		.sink_context = scene,
	};
	return scene;
}

/* The newest event, which has to be of that call and result. */
static const struct event *
newest(const struct scene *scene, enum call call, int64_t result, int error)
{
	const struct event *event = trace_at(&scene->trace,
	    trace_kept(&scene->trace) - 1);

	assert_non_null(event);
	assert_string_equal(call_name((enum call)event->call),
	    call_name(call));
	assert_int_equal(event->result, result);
	assert_int_equal(event->error, error);
	assert_int_equal(event->pid, 4711);
	assert_int_equal(event->side, SIDE_SERVER);
	assert_true(event->t_ns != 0);
	assert_true(event->end_ns >= event->t_ns);
	assert_memory_equal(event, &scene->last, sizeof(*event));
	return event;
}

static void
check_numbers(const struct event *event, int64_t first, int64_t second,
    int64_t third)
{
	assert_int_equal(event->number[0], first);
	assert_int_equal(event->number[1], second);
	assert_int_equal(event->number[2], third);
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

/* A bound UDP socket; its address in *name. */
static int
open_bound(struct scene *scene, struct endpoint *name)
{
	struct endpoint any = loopback();
	int fd = recorded_calls.socket(&scene->recorder, AF_INET,
	    SOCK_DGRAM | SOCK_CLOEXEC, 0);

	check_numbers(newest(scene, CALL_SOCKET, fd, 0), AF_INET,
	    SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(recorded_calls.bind(&scene->recorder, fd, &any), 0);
	check_numbers(newest(scene, CALL_BIND, 0, 0), fd, 0, 0);
	assert_true(endpoint_equal(&scene->last.address, &any));
	assert_int_equal(recorded_calls.getsockname(&scene->recorder, fd,
	    name), 0);
	check_numbers(newest(scene, CALL_GETSOCKNAME, 0, 0), fd, 0, 0);
	assert_int_equal(scene->last.room, sizeof(struct sockaddr_storage));
	assert_int_equal(scene->last.returned, sizeof(struct sockaddr_in));
	assert_true(endpoint_equal(&scene->last.address, name));
	return fd;
}

static void
test_datagrams(void **state)
{
	struct scene *scene = make_scene();
	struct endpoint a, b, from;
	int one = open_bound(scene, &a);
	int two = open_bound(scene, &b);
	char bytes[300];

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	assert_int_equal(recorded_calls.sendto(&scene->recorder, one, bytes,
	    200, MSG_NOSIGNAL, &b), 200);
	check_numbers(newest(scene, CALL_SENDTO, 200, 0), one, 200,
	    MSG_NOSIGNAL);
	assert_true(endpoint_equal(&scene->last.address, &b));
	assert_int_equal(scene->last.length, 200);
	assert_int_equal(scene->last.kept, EVENT_DATA_MAX);
	assert_int_equal(scene->last.data[EVENT_DATA_MAX - 1], 'x');
	assert_int_equal(recorded_calls.recvfrom(&scene->recorder, two, bytes,
	    sizeof(bytes), MSG_TRUNC, &from), 200);
	check_numbers(newest(scene, CALL_RECVFROM, 200, 0), two,
	    sizeof(bytes), MSG_TRUNC);
	assert_true(endpoint_equal(&from, &a));
	assert_true(endpoint_equal(&scene->last.address, &a));
	assert_int_equal(scene->last.length, 200);
	/* With no interest in who sent it. */
	recorded_calls.sendto(&scene->recorder, one, bytes, 3, 0, &b);
	assert_int_equal(recorded_calls.recvfrom(&scene->recorder, two, bytes,
	    sizeof(bytes), 0, NULL), 3);
	newest(scene, CALL_RECVFROM, 3, 0);
	assert_int_equal(scene->last.room, 0);
	assert_int_equal(scene->last.address.length, 0);
	/* Nothing there. */
	assert_int_equal(recorded_calls.recvfrom(&scene->recorder, two, bytes,
	    sizeof(bytes), MSG_DONTWAIT, &from), -EAGAIN);
	newest(scene, CALL_RECVFROM, -1, EAGAIN);
	assert_int_equal(scene->last.kept, 0);
	assert_int_equal(scene->last.returned, 0);
	assert_int_equal(recorded_calls.close(&scene->recorder, one), 0);
	assert_int_equal(recorded_calls.close(&scene->recorder, two), 0);
	free(scene);
}

/* A datagram longer than the room: what came is cut, its length told. */
static void
test_truncated(void **state)
{
	struct scene *scene = make_scene();
	struct endpoint name;
	int fd = open_bound(scene, &name);
	char bytes[8] = "0123456";

	(void)state;
	recorded_calls.sendto(&scene->recorder, fd, bytes, 8, 0, &name);
	assert_int_equal(recorded_calls.recvfrom(&scene->recorder, fd, bytes,
	    3, MSG_TRUNC, NULL), 8);
	newest(scene, CALL_RECVFROM, 8, 0);
	/* Only what the kernel wrote is kept. */
	assert_int_equal(scene->last.kept, 3);
	assert_memory_equal(scene->last.data, "012\0", 4);
	recorded_calls.close(&scene->recorder, fd);
	free(scene);
}

static void
test_connection(void **state)
{
	struct scene *scene = make_scene();
	struct recorder *r = &scene->recorder;
	struct endpoint name = loopback();
	struct endpoint peer, own;
	int listener = recorded_calls.socket(r, AF_INET, SOCK_STREAM, 0);
	int client;
	int accepted;
	char bytes[16];

	(void)state;
	recorded_calls.bind(r, listener, &name);
	recorded_calls.getsockname(r, listener, &name);
	assert_int_equal(recorded_calls.listen(r, listener, 7), 0);
	check_numbers(newest(scene, CALL_LISTEN, 0, 0), listener, 7, 0);
	client = recorded_calls.socket(r, AF_INET, SOCK_STREAM, 0);
	assert_int_equal(recorded_calls.connect(r, client, &name), 0);
	check_numbers(newest(scene, CALL_CONNECT, 0, 0), client, 0, 0);
	assert_true(endpoint_equal(&scene->last.address, &name));
	accepted = recorded_calls.accept(r, listener, &peer, SOCK_CLOEXEC);
	check_numbers(newest(scene, CALL_ACCEPT4, accepted, 0), listener,
	    SOCK_CLOEXEC, 0);
	assert_int_equal(fcntl(accepted, F_GETFD), FD_CLOEXEC);
	recorded_calls.getsockname(r, client, &own);
	assert_true(endpoint_equal(&own, &peer));
	assert_int_equal(recorded_calls.getpeername(r, client, &own), 0);
	newest(scene, CALL_GETPEERNAME, 0, 0);
	assert_true(endpoint_equal(&own, &name));
	assert_int_equal(recorded_calls.send(r, client, "hello", 5, 0), 5);
	check_numbers(newest(scene, CALL_SEND, 5, 0), client, 5, 0);
	assert_memory_equal(scene->last.data, "hello", 5);
	assert_int_equal(recorded_calls.recv(r, accepted, bytes,
	    sizeof(bytes), 0), 5);
	check_numbers(newest(scene, CALL_RECV, 5, 0), accepted, sizeof(bytes),
	    0);
	assert_int_equal(recorded_calls.shutdown(r, client, SHUT_WR), 0);
	check_numbers(newest(scene, CALL_SHUTDOWN, 0, 0), client, SHUT_WR, 0);
	assert_int_equal(recorded_calls.recv(r, accepted, bytes,
	    sizeof(bytes), 0), 0);
	newest(scene, CALL_RECV, 0, 0);
	assert_int_equal(scene->last.length, 0);
	recorded_calls.close(r, client);
	recorded_calls.close(r, accepted);
	recorded_calls.close(r, listener);
	check_numbers(newest(scene, CALL_CLOSE, 0, 0), listener, 0, 0);
	assert_int_equal(recorded_calls.close(r, listener), -EBADF);
	newest(scene, CALL_CLOSE, -1, EBADF);
	free(scene);
}

static void
test_options(void **state)
{
	struct scene *scene = make_scene();
	struct recorder *r = &scene->recorder;
	int fd = recorded_calls.socket(r, AF_INET, SOCK_STREAM, 0);
	int value = 1;
	socklen_t length = sizeof(value);

	(void)state;
	assert_int_equal(recorded_calls.setsockopt(r, fd, SOL_SOCKET,
	    SO_REUSEADDR, &value, sizeof(value)), 0);
	check_numbers(newest(scene, CALL_SETSOCKOPT, 0, 0), fd, SOL_SOCKET,
	    SO_REUSEADDR);
	assert_int_equal(scene->last.length, sizeof(value));
	assert_memory_equal(scene->last.data, &value, sizeof(value));
	value = 0;
	assert_int_equal(recorded_calls.getsockopt(r, fd, SOL_SOCKET,
	    SO_REUSEADDR, &value, &length), 0);
	check_numbers(newest(scene, CALL_GETSOCKOPT, 0, 0), fd, SOL_SOCKET,
	    SO_REUSEADDR);
	assert_int_equal(value, 1);
	assert_int_equal(scene->last.room, sizeof(value));
	assert_int_equal(scene->last.returned, sizeof(value));
	assert_memory_equal(scene->last.data, &value, sizeof(value));
	assert_int_equal(recorded_calls.getsockopt(r, fd, SOL_SOCKET, 9999,
	    &value, &length), -ENOPROTOOPT);
	newest(scene, CALL_GETSOCKOPT, -1, ENOPROTOOPT);
	assert_int_equal(scene->last.kept, 0);
	recorded_calls.close(r, fd);
	free(scene);
}

/* accept(2): a length larger than the room means that the address was cut. */
static void
test_long_address(void **state)
{
	struct scene *scene = make_scene();
	struct endpoint name;

	(void)state;
	claimed = 200;
	assert_int_equal(recorded_calls.getsockname(&scene->recorder, 0,
	    &name), 0);
	claimed = 0;
	newest(scene, CALL_GETSOCKNAME, 0, 0);
	assert_int_equal(scene->last.room, sizeof(struct sockaddr_storage));
	assert_int_equal(scene->last.returned, 200);
	assert_int_equal(scene->last.address.length,
	    sizeof(struct sockaddr_storage));
	assert_int_equal(name.length, sizeof(struct sockaddr_storage));
	assert_int_equal(name.bytes[sizeof(name.bytes) - 1], 'n');
	free(scene);
}

/* unix(7): a path that fills sun_path is returned with a NUL behind it. */
static void
test_full_path(void **state)
{
	struct scene *scene = make_scene();
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct endpoint full, name;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	memset(un.sun_path, '/', sizeof(un.sun_path));
	snprintf(un.sun_path + 20, sizeof(un.sun_path) - 20, "tmp/calls-%d",
	    (int)getpid());
	memset(un.sun_path + strlen(un.sun_path), 'x',
	    sizeof(un.sun_path) - strlen(un.sun_path));
	endpoint_set(&full, &un, sizeof(un));
	assert_int_equal(recorded_calls.bind(&scene->recorder, fd, &full), 0);
	assert_int_equal(recorded_calls.getsockname(&scene->recorder, fd,
	    &name), 0);
	newest(scene, CALL_GETSOCKNAME, 0, 0);
	assert_int_equal(name.length, sizeof(un) + 1);
	assert_int_equal(name.bytes[sizeof(un) - 1], 'x');
	assert_int_equal(name.bytes[sizeof(un)], '\0');
	unlink((const char *)name.bytes + offsetof(struct sockaddr_un,
	    sun_path));
	close(fd);
	free(scene);
}

/* The name of a socket without one: a length, and little more. */
static void
test_unnamed(void **state)
{
	struct scene *scene = make_scene();
	struct recorder *r = &scene->recorder;
	struct endpoint name;
	int fds[2];
	char byte;

	(void)state;
	memset(&name, 0xff, sizeof(name));
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	assert_int_equal(recorded_calls.getsockname(r, fds[0], &name), 0);
	assert_int_equal(name.length, sizeof(sa_family_t));
	assert_int_equal(name.any.sa_family, AF_UNIX);
	assert_int_equal(name.bytes[2], 0);
	assert_int_equal(send(fds[1], "x", 1, 0), 1);
	memset(&name, 0xff, sizeof(name));
	assert_int_equal(recorded_calls.recvfrom(r, fds[0], &byte, 1, 0,
	    &name), 1);
	assert_int_equal(name.length, 0);
	assert_int_equal(name.bytes[0], 0);
	close(fds[0]);
	close(fds[1]);
	free(scene);
}

/* A failure of the kernel's own. */
static const struct failing_row {
	const char *name;
	enum call call;
	int error;
} failing_rows[] = {
	{ "EBADF: bind", CALL_BIND, EBADF },
	{ "EBADF: listen", CALL_LISTEN, EBADF },
	{ "EBADF: accept4", CALL_ACCEPT4, EBADF },
	{ "EBADF: connect", CALL_CONNECT, EBADF },
	{ "EBADF: send", CALL_SEND, EBADF },
	{ "EBADF: sendto", CALL_SENDTO, EBADF },
	{ "EBADF: recv", CALL_RECV, EBADF },
	{ "EBADF: recvfrom", CALL_RECVFROM, EBADF },
	{ "EBADF: shutdown", CALL_SHUTDOWN, EBADF },
	{ "EBADF: getsockname", CALL_GETSOCKNAME, EBADF },
	{ "EBADF: getpeername", CALL_GETPEERNAME, EBADF },
	{ "EBADF: setsockopt", CALL_SETSOCKOPT, EBADF },
	{ "EBADF: getsockopt", CALL_GETSOCKOPT, EBADF },
	{ "EBADF: sendmsg", CALL_SENDMSG, EBADF },
	{ "EBADF: recvmsg", CALL_RECVMSG, EBADF },
	{ "EBADF: sendmmsg", CALL_SENDMMSG, EBADF },
	{ "EBADF: recvmmsg", CALL_RECVMMSG, EBADF },
	{ "EINVAL: poll", CALL_POLL, EINVAL },
	{ "EBADF: read", CALL_READ, EBADF },
	{ "EBADF: write", CALL_WRITE, EBADF },
	{ "EBADF: splice", CALL_SPLICE, EBADF },
	{ "EBADF: sendfile", CALL_SENDFILE, EBADF },
	{ "EAFNOSUPPORT: socketpair", CALL_SOCKETPAIR, EAFNOSUPPORT },
	{ "EBADF: fcntl", CALL_FCNTL, EBADF },
	{ "EBADF: dup", CALL_DUP, EBADF },
	{ "EBADF: fstat", CALL_FSTAT, EBADF },
	{ "EBADF: lseek", CALL_LSEEK, EBADF },
	{ "EBADF: fsync", CALL_FSYNC, EBADF },
	{ "ENOENT: open", CALL_OPEN, ENOENT },
	{ "EBADF: ioctl", CALL_IOCTL, EBADF },
	{ "EBADF: mmap", CALL_MMAP, EBADF },
	{ "EINVAL: munmap", CALL_MUNMAP, EINVAL },
	{ "EINVAL: bpf", CALL_BPF, EINVAL },
	{ "EBADF: close", CALL_CLOSE, EBADF },
	{ "EAFNOSUPPORT: socket", CALL_SOCKET, EAFNOSUPPORT },
};

/* poll(2): more descriptors than the process may have. */
static int
poll_too_many(struct recorder *r, int fd)
{
	struct pollfd polled[8] = { { .fd = fd } };
	struct rlimit limit, few;
	int result;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	few = (struct rlimit){ COUNT(polled) - 1, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	result = recorded_calls.poll(r, polled, COUNT(polled), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	return result;
}

/* Makes a call that is of no socket alone. */
static ssize_t
make_file_call(struct recorder *r, enum call call, int fd)
{
	char bytes[8] = "1234567";
	struct stat status;
	int number;

	switch (call) {
	case CALL_POLL:
		return poll_too_many(r, fd);
	case CALL_READ:
		return recorded_calls.read(r, fd, bytes, 8);
	case CALL_WRITE:
		return recorded_calls.write(r, fd, bytes, 8);
	case CALL_SPLICE:
		return recorded_calls.splice(r, fd, fd, 8, 0);
	case CALL_SENDFILE:
		return recorded_calls.sendfile(r, fd, fd, NULL, 8);
	case CALL_FCNTL:
		return recorded_calls.fcntl(r, fd, F_GETFD, 0);
	case CALL_DUP:
		return recorded_calls.dup(r, fd);
	case CALL_FSTAT:
		return recorded_calls.fstat(r, fd, &status);
	case CALL_LSEEK:
		return recorded_calls.lseek(r, fd, 0, SEEK_CUR);
	case CALL_FSYNC:
		return recorded_calls.fsync(r, fd);
	case CALL_OPEN:
		return recorded_calls.open(r, "/proc/self/none", O_RDONLY);
	case CALL_IOCTL:
		return recorded_calls.ioctl(r, fd, FIONREAD, &number);
	case CALL_BPF:
		return recorded_calls.bpf(r, -1, NULL, 0);
	case CALL_MUNMAP:
		return recorded_calls.munmap(r, bytes, 0);
	case CALL_CLOSE:
		return recorded_calls.close(r, fd);
	default:
		break;
	}
	return 0;
}

/* Makes one call of that kind on a descriptor. */
static ssize_t
make_call(struct recorder *r, enum call call, int fd)
{
	struct endpoint address = loopback();
	struct endpoint out;
	char bytes[8] = "1234567";
	socklen_t length = sizeof(bytes);
	struct iovec part = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct mmsghdr one = {
		.msg_hdr = { .msg_iov = &part, .msg_iovlen = 1 },
	};
	void *memory;
	int pair[2];

	switch (call) {
	case CALL_SENDMSG:
		return recorded_calls.sendmsg(r, fd, &one.msg_hdr, 0);
	case CALL_RECVMSG:
		return recorded_calls.recvmsg(r, fd, &one.msg_hdr, 0);
	case CALL_SENDMMSG:
		return recorded_calls.sendmmsg(r, fd, &one, 1, 0);
	case CALL_RECVMMSG:
		return recorded_calls.recvmmsg(r, fd, &one, 1, 0, NULL);
	case CALL_SOCKETPAIR:
		return recorded_calls.socketpair(r, 77, SOCK_STREAM, 0, pair);
	case CALL_MMAP:
		return recorded_calls.mmap(r, fd, 0, 4096, &memory);
	case CALL_SOCKET:
		return recorded_calls.socket(r, 77, SOCK_STREAM, 0);
	case CALL_BIND:
		return recorded_calls.bind(r, fd, &address);
	case CALL_LISTEN:
		return recorded_calls.listen(r, fd, 1);
	case CALL_ACCEPT4:
		return recorded_calls.accept(r, fd, &out, 0);
	case CALL_CONNECT:
		return recorded_calls.connect(r, fd, &address);
	case CALL_SEND:
		return recorded_calls.send(r, fd, bytes, 8, 0);
	case CALL_SENDTO:
		return recorded_calls.sendto(r, fd, bytes, 8, 0, &address);
	case CALL_RECV:
		return recorded_calls.recv(r, fd, bytes, 8, 0);
	case CALL_RECVFROM:
		return recorded_calls.recvfrom(r, fd, bytes, 8, 0, &out);
	case CALL_SHUTDOWN:
		return recorded_calls.shutdown(r, fd, SHUT_RD);
	case CALL_GETSOCKNAME:
		return recorded_calls.getsockname(r, fd, &out);
	case CALL_GETPEERNAME:
		return recorded_calls.getpeername(r, fd, &out);
	case CALL_SETSOCKOPT:
		return recorded_calls.setsockopt(r, fd, SOL_SOCKET, SO_DEBUG,
		    bytes, 4);
	case CALL_GETSOCKOPT:
		return recorded_calls.getsockopt(r, fd, SOL_SOCKET, SO_DEBUG,
		    bytes, &length);
	default:
		return make_file_call(r, call, fd);
	}
}

static void
test_failing(void **state)
{
	const struct failing_row *row = *state;
	struct scene *scene = make_scene();

	assert_int_equal(make_call(&scene->recorder, row->call, -1),
	    -row->error);
	newest(scene, row->call, -1, row->error);
	assert_false(scene->last.injected);
	/* The same without a trace, without a sink. */
	scene->recorder.trace = NULL;
	scene->recorder.sink = NULL;
	scene->recorder.faults = NULL;
	assert_int_equal(make_call(&scene->recorder, row->call, -1),
	    -row->error);
	assert_int_equal(trace_kept(&scene->trace), 1);
	assert_int_equal(scene->told, 1);
	free(scene);
}

/* An injected error takes the place of the call, which is not made. */
static void
test_injected(void **state)
{
	const struct failing_row *row = *state;
	struct scene *scene = make_scene();

	scene->faults.count = 1;
	scene->faults.faults[0] =
	    (struct fault){ SIDE_SERVER, row->call, 2, ENOSR, 0 };
	assert_int_equal(make_call(&scene->recorder, row->call, -1),
	    -row->error);
	assert_false(scene->last.injected);
	assert_int_equal(make_call(&scene->recorder, row->call, -1), -ENOSR);
	newest(scene, row->call, -1, ENOSR);
	assert_true(scene->last.injected);
	assert_int_equal(make_call(&scene->recorder, row->call, -1),
	    -row->error);
	free(scene);
}

static char injected_names[COUNT(failing_rows)][40];

static void
test_injected_is_not_made(void **state)
{
	struct scene *scene = make_scene();
	struct recorder *r = &scene->recorder;
	int fds[2];
	char bytes[8];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	scene->faults.count = 2;
	scene->faults.faults[0] =
	    (struct fault){ SIDE_SERVER, CALL_SEND, 1, EPIPE, 0 };
	scene->faults.faults[1] =
	    (struct fault){ SIDE_SERVER, CALL_CLOSE, 1, EIO, 0 };
	assert_int_equal(recorded_calls.send(r, fds[0], "x", 1, 0), -EPIPE);
	assert_int_equal(recv(fds[1], bytes, 1, MSG_DONTWAIT), -1);
	assert_int_equal(recorded_calls.close(r, fds[0]), -EIO);
	assert_true(fcntl(fds[0], F_GETFD) >= 0);
	close(fds[0]);
	close(fds[1]);
	free(scene);
}

/* connect() that is interrupted goes on being made. */
static void
test_interrupted_connect(void **state)
{
	static const int passing[] = { EINTR, EINPROGRESS };

	(void)state;
	for (size_t i = 0; i < COUNT(passing); i++) {
		struct scene *scene = make_scene();
		struct endpoint name, peer;
		int bound = open_bound(scene, &name);
		int fd = socket(AF_INET, SOCK_DGRAM, 0);

		scene->faults.count = 1;
		scene->faults.faults[0] = (struct fault){ SIDE_SERVER,
			CALL_CONNECT, 1, passing[i], 0 };
		assert_int_equal(recorded_calls.connect(&scene->recorder, fd,
		    &name), -passing[i]);
		newest(scene, CALL_CONNECT, -1, passing[i]);
		peer.length = sizeof(peer.storage);
		assert_int_equal(getpeername(fd, &peer.any, &peer.length), 0);
		close(fd);
		close(bound);
		free(scene);
	}
}

/* Short: the kernel is called with no more, and the event says so. */
static const struct short_row {
	const char *name;
	enum call call;
	size_t at_most, expected;
} short_rows[] = {
	{ "short: send", CALL_SEND, 3, 3 },
	{ "short: send, more than there is", CALL_SEND, 100, 8 },
	{ "short: send, no limit", CALL_SEND, 0, 8 },
	{ "short: recv", CALL_RECV, 3, 3 },
	{ "short: recv, more than there is", CALL_RECV, 100, 8 },
	{ "short: recvfrom", CALL_RECVFROM, 1, 1 },
};

static void
test_short(void **state)
{
	const struct short_row *row = *state;
	struct scene *scene = make_scene();
	char bytes[16];
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(send(fds[1], "12345678", 8, 0), 8);
	scene->faults.count = 1;
	scene->faults.faults[0] =
	    (struct fault){ SIDE_SERVER, row->call, 1, 0, row->at_most };
	assert_int_equal(make_call(&scene->recorder, row->call, fds[0]),
	    row->expected);
	newest(scene, row->call, (int64_t)row->expected, 0);
	assert_int_equal(scene->last.number[1], row->expected);
	assert_int_equal(scene->last.length, row->expected);
	assert_true(scene->last.injected);
	if (row->call == CALL_SEND)
		assert_int_equal(recv(fds[1], bytes, sizeof(bytes), 0),
		    row->expected);
	close(fds[0]);
	close(fds[1]);
	free(scene);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_datagrams),
	cmocka_unit_test(test_truncated),
	cmocka_unit_test(test_connection),
	cmocka_unit_test(test_options),
	cmocka_unit_test(test_long_address),
	cmocka_unit_test(test_full_path),
	cmocka_unit_test(test_unnamed),
	cmocka_unit_test(test_injected_is_not_made),
	cmocka_unit_test(test_interrupted_connect),
};
static struct CMUnitTest tests[2 * COUNT(failing_rows) + COUNT(short_rows) +
    COUNT(others)];

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

	ADD(failing_rows, test_failing);
	ADD(failing_rows, test_injected);
	for (size_t i = 0; i < COUNT(failing_rows); i++) {
		snprintf(injected_names[i], sizeof(injected_names[i]),
		    "injected: %s", call_name(failing_rows[i].call));
		tests[COUNT(failing_rows) + i].name = injected_names[i];
	}
	ADD(short_rows, test_short);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}
