/*
 * Messages of sendmsg() and recvmsg() on real sockets: what an event keeps of
 * them, and how it is told. The texts are those of strace 6.1 for these calls.
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
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "record/calls.h"
#include "record/describe.h"
#include "record/trace.h"
#include "render/json.h"
#include "render/phrase.h"
#include "render/render.h"
#include "toy.h"
#include "witness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A request that this file's family alone has a name for. */
#define OWN_REQUEST 0x54aa

/* As inet has it, for what the texts of these calls need. */
static int
format_inet(const struct endpoint *endpoint, char *text, size_t room)
{
	struct sockaddr_in in;

	memcpy(&in, endpoint->bytes, sizeof(in));
	snprintf(text, room, "port %u", ntohs(in.sin_port));
	return endpoint->length == sizeof(in) ? 0 : -EINVAL;
}

static int
lay_out_inet(const struct endpoint *endpoint, struct field fields[FIELDS_MAX])
{
	if (endpoint->length != sizeof(struct sockaddr_in))
		return -EINVAL;
	fields[0] = (struct field){ .value = "AF_INET" };
	fields[1] = (struct field){ .strace = "sin_port=htons(7)" };
	return 2;
}

static const struct family family = {
	.name = "inet", .constant = "AF_INET", .domain = AF_INET,
	.format = format_inet, .lay_out = lay_out_inet,
	.levels = (const struct option_level[]){
		{ 279, "SOL_TOY", (const struct option_name[]){
			{ .name = 1, .constant = "TOY_SPEED" },
			{ .constant = NULL },
		}, 0, NULL },
		{ .constant = NULL },
	},
	.requests = (const struct request_name[]){
		{ OWN_REQUEST, "OWN_REQUEST" },
		{ 0, NULL },
	},
};

const struct family *const families[] = { &family, NULL };

/* A recorder, a pair of sockets, and a message in the making. */
struct scene {
	struct trace *trace;
	struct recorder recorder;
	int fd[2];
	struct witness witness;
	struct iovec part[40];
	char room[256];
	_Alignas(struct cmsghdr) unsigned char control[512];
	struct msghdr message;
	struct event last;
};

static int
begin(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	if (scene == NULL)
		return -1;
	witness_begin(&scene->witness);
	scene->trace = calloc(1, sizeof(*scene->trace));
	if (scene->trace == NULL ||
	    socketpair(AF_UNIX, SOCK_DGRAM, 0, scene->fd) != 0)
		return -1;
	scene->recorder = (struct recorder){
		.side = SIDE_SERVER, .pid = 4711, .trace = scene->trace,
	};
	scene->message.msg_iov = scene->part;
	*state = scene;
	return 0;
}

static int
end(void **state)
{
	struct scene *scene = *state;
	const char *left;

	close(scene->fd[0]);
	close(scene->fd[1]);
	left = witness_end(&scene->witness, 0);
	free(scene->trace);
	free(scene);
	if (left != NULL)
		printf("%s\n", left);
	return left == NULL ? 0 : -1;
}

/* Adds a vector to the message. */
static void
add(struct scene *scene, const void *bytes, size_t length)
{
	scene->part[scene->message.msg_iovlen++] = (struct iovec){
		.iov_base = (void *)(uintptr_t)bytes, .iov_len = length,
	};
}

/* One control message, said to be of that length. */
static void
control(struct scene *scene, int level, int type, const void *bytes,
    size_t length)
{
	struct cmsghdr *header = (void *)scene->control;

	*header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(length),
		.cmsg_level = level, .cmsg_type = type };
	memcpy(CMSG_DATA(header), bytes, length);
	scene->message.msg_control = scene->control;
	scene->message.msg_controllen = CMSG_SPACE(length);
}

static ssize_t
newest(struct scene *scene, enum call call, ssize_t result)
{
	const struct event *event = trace_at(scene->trace,
	    trace_kept(scene->trace) - 1);

	assert_non_null(event);
	assert_int_equal(event->call, call);
	assert_int_equal(event->result, result < 0 ? -1 : result);
	assert_int_equal(event->error, result < 0 ? -result : 0);
	assert_true(event->end_ns >= event->t_ns && event->t_ns != 0);
	scene->last = *event;
	return result;
}

static ssize_t
transmit(struct scene *scene, int fd, int flags)
{
	return newest(scene, CALL_SENDMSG, recorded_calls.sendmsg(
	    &scene->recorder, fd, &scene->message, flags));
}

static ssize_t
receive(struct scene *scene, int fd, int flags)
{
	return newest(scene, CALL_RECVMSG, recorded_calls.recvmsg(
	    &scene->recorder, fd, &scene->message, flags));
}

/* A message that is to be received, with room for all of it. */
static void
make_room(struct scene *scene, size_t room)
{
	memset(&scene->message, 0, sizeof(scene->message));
	scene->message.msg_iov = scene->part;
	if (room != 0)
		add(scene, scene->room, room);
}

static void
check_strace(const struct scene *scene, const char *expected)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	char line[2048];

	render_strace_event(out, &family, &scene->last);
	assert_int_equal(fclose(out), 0);
	snprintf(line, sizeof(line), "[pid  4711] %s\n", expected);
	assert_string_equal(text, line);
	free(text);
}

static void
check_phrase(const struct scene *scene, const char *expected)
{
	static const struct phrasing phrasing = {
		.utf8 = false, .data_columns = 20,
	};
	char text[PHRASE_MAX];

	assert_string_equal(phrase_event(&family, &scene->last, &phrasing,
	    text), expected);
}

static void
check_note(const struct scene *scene, const char *expected)
{
	char text[200];

	describe_note(&scene->last, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void
test_plain(void **state)
{
	struct scene *scene = *state;

	add(scene, "hello", 5);
	transmit(scene, scene->fd[0], MSG_NOSIGNAL);
	assert_int_equal(scene->last.number[0], scene->fd[0]);
	assert_int_equal(scene->last.number[1], MSG_NOSIGNAL);
	assert_int_equal(scene->last.number[2], 1);
	assert_int_equal(scene->last.length, 5);
	assert_int_equal(scene->last.kept, 5);
	assert_memory_equal(scene->last.data, "hello", 6);
	assert_int_equal(scene->last.vector[0], 5);
	scene->last.number[0] = 3;
	check_strace(scene, "sendmsg(3, {msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[{iov_base=\"hello\", iov_len=5}], msg_iovlen=1, "
	    "msg_controllen=0, msg_flags=0}, MSG_NOSIGNAL) = 5");
	check_phrase(scene, "sendmsg(3, \"hello\") = 5");
	check_note(scene, "");

	make_room(scene, 100);
	assert_int_equal(receive(scene, scene->fd[1], 0), 5);
	assert_memory_equal(scene->room, "hello", 5);
	assert_int_equal(scene->last.length, 5);
	assert_int_equal(scene->last.vector[0], 100);
	scene->last.number[0] = 4;
	check_strace(scene, "recvmsg(4, {msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[{iov_base=\"hello\", iov_len=100}], msg_iovlen=1, "
	    "msg_controllen=0, msg_flags=0}, 0) = 5");
	check_phrase(scene, "recvmsg(4) = 5 \"hello\"");
	check_note(scene, "");
}

/* The flags of a message that is sent are passed, and change nothing. */
static void
test_failed(void **state)
{
	struct scene *scene = *state;

	add(scene, "hello", 5);
	scene->message.msg_flags = MSG_OOB;
	assert_int_equal(transmit(scene, -1, 0), -EBADF);
	check_strace(scene, "sendmsg(-1, {msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[{iov_base=\"hello\", iov_len=5}], msg_iovlen=1, "
	    "msg_controllen=0, msg_flags=MSG_OOB}, 0) = -1 EBADF "
	    "(Bad file descriptor)");
	check_phrase(scene, "sendmsg(-1, \"hello\") = -1 EBADF");

	make_room(scene, 100);
	assert_int_equal(receive(scene, scene->fd[1], MSG_DONTWAIT),
	    -EAGAIN);
	assert_int_equal(scene->last.kept, 0);
	assert_int_equal(scene->last.length, 0);
	scene->last.number[0] = 4;
	check_strace(scene, "recvmsg(4, {msg_namelen=0}, MSG_DONTWAIT) = -1 "
	    "EAGAIN (Resource temporarily unavailable)");
	check_phrase(scene, "recvmsg(4) ... EAGAIN");
	scene->last.room = 128;
	check_strace(scene, "recvmsg(4, {msg_namelen=128}, MSG_DONTWAIT) = -1 "
	    "EAGAIN (Resource temporarily unavailable)");
}

/* What has not returned has filled nothing in. */
static void
test_running(void **state)
{
	struct scene *scene = *state;

	scene->last = (struct event){ .call = CALL_RECVMSG, .pid = 4711,
		.number = { 4, 0, 1 } };
	check_strace(scene, "recvmsg(4,  <unfinished ...>");
	check_phrase(scene, "recvmsg(4) ...");
}

/* The first bytes of what the vectors hold, wherever one ends. */
static void
test_vectors(void **state)
{
	struct scene *scene = *state;
	char xs[120];

	memset(xs, 'x', sizeof(xs));
	add(scene, "ab", 2);
	add(scene, xs, 60);
	transmit(scene, scene->fd[0], 0);
	assert_int_equal(scene->last.length, 62);
	assert_int_equal(scene->last.kept, 62);
	assert_memory_equal(scene->last.data, "abxxx", 5);
	scene->last.number[0] = 3;
	check_strace(scene, "sendmsg(3, {msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[{iov_base=\"ab\", iov_len=2}, {iov_base=\"xxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxxxx\"..., iov_len=60}], msg_iovlen=2, "
	    "msg_controllen=0, msg_flags=0}, 0) = 62");

	make_room(scene, 0);
	add(scene, scene->room, 1);
	add(scene, scene->room + 1, 10);
	add(scene, scene->room + 11, 100);
	add(scene, scene->room + 111, 7);
	receive(scene, scene->fd[1], 0);
	assert_int_equal(scene->last.length, 62);
	assert_int_equal(scene->last.kept, 62);
	scene->last.number[0] = 4;
	check_strace(scene, "recvmsg(4, {msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[{iov_base=\"a\", iov_len=1}, {iov_base=\"bxxxxxxxxx\", "
	    "iov_len=10}, {iov_base=\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"..., "
	    "iov_len=100}, {iov_base=\"\", iov_len=7}], msg_iovlen=4, "
	    "msg_controllen=0, msg_flags=0}, 0) = 62");

	/* More than an event keeps. */
	make_room(scene, 0);
	add(scene, xs, 90);
	add(scene, "abcdefghij", 10);
	add(scene, "k", 1);
	transmit(scene, scene->fd[0], 0);
	assert_int_equal(scene->last.length, 101);
	assert_int_equal(scene->last.kept, EVENT_DATA_MAX);
	assert_memory_equal(scene->last.data + 88, "xxabcdef", 8);
	assert_int_equal(scene->last.vector[2], 1);
	scene->last.number[0] = 3;
	check_strace(scene, "sendmsg(3, {msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[{iov_base=\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"..., "
	    "iov_len=90}, {iov_base=\"abcdef\"..., iov_len=10}, "
	    "{iov_base=\"\"..., iov_len=1}], msg_iovlen=3, msg_controllen=0, "
	    "msg_flags=0}, 0) = 101");
}

static void
test_many_vectors(void **state)
{
	struct scene *scene = *state;

	for (int i = 0; i < 40; i++)
		add(scene, "q", 1);
	transmit(scene, scene->fd[0], 0);
	assert_int_equal(scene->last.length, 40);
	assert_int_equal(scene->last.kept, 40);
	assert_int_equal(scene->last.number[2], 40);
	assert_int_equal(scene->last.vector[EVENT_VECTORS_MAX - 1], 1);
	scene->last.number[0] = 3;
	check_strace(scene, "sendmsg(3, {msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[{iov_base=\"q\", iov_len=1}, {iov_base=\"q\", "
	    "iov_len=1}, {iov_base=\"q\", iov_len=1}, {iov_base=\"q\", "
	    "iov_len=1}, {iov_base=\"q\", iov_len=1}, {iov_base=\"q\", "
	    "iov_len=1}, {iov_base=\"q\", iov_len=1}, {iov_base=\"q\", "
	    "iov_len=1}, ...], msg_iovlen=40, msg_controllen=0, "
	    "msg_flags=0}, 0) = 40");
}

static void
test_empty(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(transmit(scene, scene->fd[0], 0), 0);
	scene->last.number[0] = 3;
	check_strace(scene, "sendmsg(3, {msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[], msg_iovlen=0, msg_controllen=0, msg_flags=0}, 0) = "
	    "0");
	check_phrase(scene, "sendmsg(3, \"\") = 0");
	make_room(scene, 10);
	assert_int_equal(receive(scene, scene->fd[1], 0), 0);
	scene->last.number[0] = 4;
	check_strace(scene, "recvmsg(4, {msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[{iov_base=\"\", iov_len=10}], msg_iovlen=1, "
	    "msg_controllen=0, msg_flags=0}, 0) = 0");
	check_note(scene, "an empty message");
}

/* Too little room for the bytes, for what goes with them, for the address. */
static void
test_cut(void **state)
{
	struct scene *scene = *state;
	int fds[2] = { STDIN_FILENO, STDIN_FILENO };

	add(scene, "hello", 5);
	control(scene, SOL_SOCKET, SCM_RIGHTS, fds, sizeof(fds));
	transmit(scene, scene->fd[0], 0);
	assert_int_equal(scene->last.control_length, CMSG_SPACE(sizeof(fds)));
	transmit(scene, scene->fd[0], 0);
	transmit(scene, scene->fd[0], 0);

	make_room(scene, 2);
	assert_int_equal(receive(scene, scene->fd[1], 0), 2);
	assert_int_equal(scene->last.length, 2);
	assert_int_equal(scene->last.message_flags, MSG_TRUNC | MSG_CTRUNC);
	scene->last.number[0] = 4;
	check_strace(scene, "recvmsg(4, {msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[{iov_base=\"he\", iov_len=2}], msg_iovlen=1, "
	    "msg_controllen=0, msg_flags=MSG_CTRUNC|MSG_TRUNC}, 0) = 2");
	check_note(scene, "the message is longer than its room: the rest is "
	    "gone; not all control messages fit");

	/* Its whole length is asked for. */
	make_room(scene, 2);
	assert_int_equal(receive(scene, scene->fd[1], MSG_TRUNC), 5);
	assert_int_equal(scene->last.length, 2);
	assert_int_equal(scene->last.kept, 2);
	check_note(scene, "not all control messages fit; 2 of 5 bytes fit, "
	    "the rest is gone");

	/* Nothing fits: it was not an empty message. */
	make_room(scene, 0);
	assert_int_equal(receive(scene, scene->fd[1], 0), 0);
	check_note(scene, "the message is longer than its room: the rest is "
	    "gone; not all control messages fit");
}

static void
test_descriptors(void **state)
{
	struct scene *scene = *state;
	int fds[2] = { STDIN_FILENO, STDOUT_FILENO };
	char expected[512];
	int passed[2];

	add(scene, "hello", 5);
	control(scene, SOL_SOCKET, SCM_RIGHTS, fds, sizeof(fds));
	transmit(scene, scene->fd[0], 0);
	scene->last.number[0] = 3;
	check_strace(scene, "sendmsg(3, {msg_name=NULL, msg_namelen=0, "
	    "msg_iov=[{iov_base=\"hello\", iov_len=5}], msg_iovlen=1, "
	    "msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, "
	    "cmsg_type=SCM_RIGHTS, cmsg_data=[0, 1]}], msg_controllen=24, "
	    "msg_flags=0}, 0) = 5");

	make_room(scene, 100);
	scene->message.msg_control = scene->control;
	scene->message.msg_controllen = sizeof(scene->control);
	receive(scene, scene->fd[1], MSG_CMSG_CLOEXEC);
	assert_int_equal(scene->last.control_length, 24);
	memcpy(passed, CMSG_DATA((struct cmsghdr *)(void *)scene->control),
	    sizeof(passed));
	scene->last.number[0] = 4;
	snprintf(expected, sizeof(expected), "recvmsg(4, {msg_name=NULL, "
	    "msg_namelen=0, msg_iov=[{iov_base=\"hello\", iov_len=100}], "
	    "msg_iovlen=1, msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, "
	    "cmsg_type=SCM_RIGHTS, cmsg_data=[%d, %d]}], msg_controllen=24, "
	    "msg_flags=MSG_CMSG_CLOEXEC}, MSG_CMSG_CLOEXEC) = 5", passed[0],
	    passed[1]);
	check_strace(scene, expected);
	close(passed[0]);
	close(passed[1]);
}

/* More than an event keeps. */
static void
test_many_descriptors(void **state)
{
	struct scene *scene = *state;
	struct control found;
	size_t offset = 0;
	int fds[50];

	memset(fds, 0, sizeof(fds));
	add(scene, "hello", 5);
	control(scene, SOL_SOCKET, SCM_RIGHTS, fds, sizeof(fds));
	assert_int_equal(transmit(scene, scene->fd[0], 0), 5);
	assert_int_equal(scene->last.control_length, 216);
	assert_int_equal(scene->last.vector[0], 5);
	assert_true(describe_control(&family, &scene->last, &offset, &found));
	assert_int_equal(found.length, 216);
	assert_int_equal(found.kept, EVENT_CONTROL_MAX -
	    sizeof(struct cmsghdr));
	assert_false(describe_control(&family, &scene->last, &offset,
	    &found));
}

static void
test_credentials(void **state)
{
	struct scene *scene = *state;
	char expected[512];
	int yes = 1;

	assert_int_equal(setsockopt(scene->fd[1], SOL_SOCKET, SO_PASSCRED,
	    &yes, sizeof(yes)), 0);
	add(scene, "hello", 5);
	transmit(scene, scene->fd[0], 0);
	make_room(scene, 100);
	scene->message.msg_control = scene->control;
	scene->message.msg_controllen = sizeof(scene->control);
	receive(scene, scene->fd[1], 0);
	scene->last.number[0] = 4;
	snprintf(expected, sizeof(expected), "recvmsg(4, {msg_name=NULL, "
	    "msg_namelen=0, msg_iov=[{iov_base=\"hello\", iov_len=100}], "
	    "msg_iovlen=1, msg_control=[{cmsg_len=28, cmsg_level=SOL_SOCKET, "
	    "cmsg_type=SCM_CREDENTIALS, cmsg_data={pid=%d, uid=%u, gid=%u}}], "
	    "msg_controllen=32, msg_flags=0}, 0) = 5", (int)getpid(),
	    (unsigned)getuid(), (unsigned)getgid());
	check_strace(scene, expected);
}

/* A socket with a name, that is then *in. */
static int
open_named(struct sockaddr_in *in)
{
	socklen_t length = sizeof(*in);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	*in = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	assert_int_equal(bind(fd, (const struct sockaddr *)(const void *)in,
	    sizeof(*in)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)in,
	    &length), 0);
	return fd;
}

static void
name(struct scene *scene, void *address, size_t room)
{
	scene->message.msg_name = address;
	scene->message.msg_namelen = (socklen_t)room;
}

/* A name that is passed, and one that is returned: shorter than its room. */
static void
test_names(void **state)
{
	struct scene *scene = *state;
	struct sockaddr_storage from;
	struct sockaddr_in in;
	int fd = open_named(&in);

	add(scene, "hello", 5);
	name(scene, &in, sizeof(in));
	assert_int_equal(transmit(scene, fd, 0), 5);
	assert_int_equal(scene->last.address.length, sizeof(in));
	assert_memory_equal(scene->last.address.bytes, &in, sizeof(in));
	scene->last.number[0] = 3;
	check_strace(scene, "sendmsg(3, {msg_name={sa_family=AF_INET, "
	    "sin_port=htons(7)}, msg_namelen=16, msg_iov=[{iov_base="
	    "\"hello\", iov_len=5}], msg_iovlen=1, msg_controllen=0, "
	    "msg_flags=0}, 0) = 5");

	make_room(scene, 100);
	name(scene, &from, sizeof(from));
	assert_int_equal(receive(scene, fd, 0), 5);
	assert_int_equal(scene->last.room, sizeof(from));
	assert_int_equal(scene->last.returned, sizeof(in));
	assert_memory_equal(scene->last.address.bytes, &in, sizeof(in));
	scene->last.number[0] = 4;
	check_strace(scene, "recvmsg(4, {msg_name={sa_family=AF_INET, "
	    "sin_port=htons(7)}, msg_namelen=128 => 16, msg_iov=[{iov_base="
	    "\"hello\", iov_len=100}], msg_iovlen=1, msg_controllen=0, "
	    "msg_flags=0}, 0) = 5");
	check_note(scene, "");
	scene->last.room = sizeof(in);
	check_strace(scene, "recvmsg(4, {msg_name={sa_family=AF_INET, "
	    "sin_port=htons(7)}, msg_namelen=16, msg_iov=[{iov_base="
	    "\"hello\", iov_len=100}], msg_iovlen=1, msg_controllen=0, "
	    "msg_flags=0}, 0) = 5");
	close(fd);
}

/* A name that is too long for its room, and one that there is not. */
static void
test_cut_names(void **state)
{
	struct scene *scene = *state;
	struct sockaddr_storage from;
	struct sockaddr_in in;
	int fd = open_named(&in);

	add(scene, "hello", 5);
	name(scene, &in, sizeof(in));
	transmit(scene, fd, 0);
	make_room(scene, 5);
	name(scene, &from, 8);
	assert_int_equal(receive(scene, fd, 0), 5);
	assert_int_equal(scene->last.room, 8);
	assert_int_equal(scene->last.returned, sizeof(in));
	assert_int_equal(scene->last.address.length, 8);
	check_note(scene, "the address has 16 bytes, 8 fit");

	make_room(scene, 5);
	transmit(scene, scene->fd[0], 0);
	name(scene, &from, sizeof(from));
	receive(scene, scene->fd[1], 0);
	scene->last.number[0] = 4;
	scene->last.kept = 0;
	scene->last.length = 0;
	check_strace(scene, "recvmsg(4, {msg_name=..., msg_namelen=128 => 0, "
	    "msg_iov=[{iov_base=\"\", iov_len=5}], msg_iovlen=1, "
	    "msg_controllen=0, msg_flags=0}, 0) = 5");
	/* A length without a name means nothing. */
	name(scene, NULL, 0);
	transmit(scene, scene->fd[0], 0);
	name(scene, NULL, 77);
	receive(scene, scene->fd[1], 0);
	check_note(scene, "");
	close(fd);
}

/* Control messages as they lie there, whatever they say of themselves. */
static const struct control_row {
	const char *name;
	size_t length;		/* cmsg_len */
	size_t whole;		/* msg_controllen */
	int level, type;
	const char *expected;	/* of strace's text, msg_control */
} control_rows[] = {
	{ "control: of a family's level", CMSG_LEN(4), 24, 279, 3,
	  "[{cmsg_len=20, cmsg_level=SOL_TOY, cmsg_type=0x3}]" },
	{ "control: of an unknown level", CMSG_LEN(4), 24, 12345, 0,
	  "[{cmsg_len=20, cmsg_level=0x3039 /* SOL_??? */, cmsg_type=0}]" },
	{ "control: of an unknown type", CMSG_LEN(4), 24, SOL_SOCKET, 77,
	  "[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=0x4d "
	  "/* SCM_??? */}]" },
	{ "control: without data", CMSG_LEN(0), 16, SOL_SOCKET, SCM_RIGHTS,
	  "[{cmsg_len=16, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS}]" },
	{ "control: less than a descriptor", CMSG_LEN(2), 24, SOL_SOCKET,
	  SCM_RIGHTS,
	  "[{cmsg_len=18, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS}]" },
	{ "control: one and a half descriptors", CMSG_LEN(6), 24, SOL_SOCKET,
	  SCM_RIGHTS, "[{cmsg_len=22, cmsg_level=SOL_SOCKET, "
	  "cmsg_type=SCM_RIGHTS, cmsg_data=[1]}]" },
	{ "control: less than credentials", CMSG_LEN(8), 24, SOL_SOCKET,
	  SCM_CREDENTIALS, "[{cmsg_len=24, cmsg_level=SOL_SOCKET, "
	  "cmsg_type=SCM_CREDENTIALS}]" },
	{ "control: longer than there is", 500, 24, SOL_SOCKET, SCM_RIGHTS,
	  "[{cmsg_len=500, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, "
	  "cmsg_data=[1, 2]}]" },
	{ "control: far longer", SIZE_MAX, 24, 279, 1,
	  "[{cmsg_len=18446744073709551615, cmsg_level=SOL_TOY, "
	  "cmsg_type=0x1}]" },
	{ "control: so long that its end wraps around", SIZE_MAX - 6, 24, 279,
	  1, "[{cmsg_len=18446744073709551609, cmsg_level=SOL_TOY, "
	  "cmsg_type=0x1}]" },
	{ "control: shorter than its header", 5, 24, SOL_SOCKET, SCM_RIGHTS,
	  "[]" },
	{ "control: of no length", 0, 24, SOL_SOCKET, SCM_RIGHTS, "[]" },
	{ "control: less than a header there is", CMSG_LEN(0), 15, SOL_SOCKET,
	  SCM_RIGHTS, "[]" },
	{ "control: more than is kept", CMSG_LEN(200), 216, 279, 1,
	  "[{cmsg_len=216, cmsg_level=SOL_TOY, cmsg_type=0x1}]" },
};

static void
test_control(void **state)
{
	const struct control_row *row = *state;
	static const int data[] = { 1, 2 };
	struct cmsghdr header = { .cmsg_len = row->length,
		.cmsg_level = row->level, .cmsg_type = row->type };
	struct scene scene = { .last = { .call = CALL_SENDMSG, .pid = 4711,
	    .end_ns = 1, .number = { 3 },
	    .control_length = (uint32_t)row->whole } };
	struct control found;
	size_t offset = 0;
	size_t count = 0;
	char expected[256];

	/* What lies behind what is kept is none of it. */
	memset(scene.last.vector, 0x11, sizeof(scene.last.vector));
	memcpy(scene.last.control, &header, sizeof(header));
	memcpy(scene.last.control + sizeof(header), data, sizeof(data));
	/* Whatever it is, its data lies within what is kept, and it ends. */
	while (describe_control(&family, &scene.last, &offset, &found)) {
		assert_true(found.data + found.kept <=
		    scene.last.control + EVENT_CONTROL_MAX);
		assert_true(found.data >= scene.last.control);
		assert_true(++count <= EVENT_CONTROL_MAX / sizeof(header));
	}
	snprintf(expected, sizeof(expected), "sendmsg(3, {msg_name=NULL, "
	    "msg_namelen=0, msg_iov=[], msg_iovlen=0, msg_control=%s, "
	    "msg_controllen=%zu, msg_flags=0}, 0) = 0", row->expected,
	    row->whole);
	check_strace(&scene, expected);
}

/* One behind the other, aligned; the last is cut by what is kept. */
static void
test_controls(void **state)
{
	struct event event = { .call = CALL_SENDMSG, .control_length = 200 };
	struct control found;
	size_t offset = 0;

	(void)state;
	for (size_t at = 0; at < EVENT_CONTROL_MAX; at += 40) {
		struct cmsghdr header = { .cmsg_len = CMSG_LEN(21),
			.cmsg_level = 279, .cmsg_type = (int)at };

		memcpy(event.control + at, &header,
		    EVENT_CONTROL_MAX - at < sizeof(header)
			? EVENT_CONTROL_MAX - at : sizeof(header));
	}
	for (int at = 0; at < 120; at += 40) {
		assert_true(describe_control(&family, &event, &offset,
		    &found));
		assert_int_equal(found.type, at);
		assert_int_equal(found.length, 37);
		assert_int_equal(found.kept, 21);
	}
	/* Of the fourth, half a header is there. */
	assert_false(describe_control(&family, &event, &offset, &found));
}

/* In JSON: what an argument that is a message holds. */
static void
test_json(void **state)
{
	struct scene *scene = *state;
	struct request request = { .choice = { .family = &family,
	    .row.type = SOCK_DGRAM } };
	struct report report = { .request = &request };
	int fds[2] = { 1, 2 };
	json_t *json;
	const json_t *message;
	const json_t *found;

	add(scene, "hel", 3);
	add(scene, "lo", 2);
	control(scene, SOL_SOCKET, SCM_RIGHTS, fds, sizeof(fds));
	transmit(scene, scene->fd[0], 0);
	make_room(scene, 100);
	receive(scene, scene->fd[1], MSG_DONTWAIT);
	receive(scene, scene->fd[1], MSG_DONTWAIT);
	report.trace[SIDE_SERVER] = scene->trace;
	json = report_json(&report);
	assert_non_null(json);
	found = json_object_get(json_array_get(json_object_get(json,
	    "events"), 0), "args");
	message = json_array_get(found, 1);
	assert_true(json_is_null(json_object_get(message, "msg_name")));
	found = json_object_get(message, "msg_iov");
	assert_int_equal(json_integer_value(json_object_get(found, "len")), 5);
	assert_string_equal(json_string_value(json_object_get(found, "hex")),
	    "68656c6c6f");
	found = json_array_get(json_object_get(message, "msg_control"), 0);
	assert_string_equal(json_string_value(json_object_get(found,
	    "cmsg_level")), "SOL_SOCKET");
	assert_int_equal(json_integer_value(json_object_get(found,
	    "cmsg_type")), SCM_RIGHTS);
	found = json_object_get(found, "cmsg_data");
	assert_int_equal(json_integer_value(json_object_get(found, "len")), 8);
	assert_string_equal(json_string_value(json_object_get(found, "hex")),
	    "0100000002000000");
	/* What was received, and what was not. */
	found = json_object_get(json_array_get(json_object_get(json,
	    "events"), 1), "args");
	message = json_array_get(found, 1);
	assert_int_equal(json_integer_value(json_object_get(message,
	    "msg_flags")), MSG_CTRUNC);
	found = json_object_get(json_array_get(json_object_get(json,
	    "events"), 2), "args");
	assert_true(json_is_null(json_array_get(found, 1)));
	json_decref(json);
}

/* What is no socket call: kept, told in words, and not of strace's network. */
static void
test_others(void **state)
{
	struct scene *scene = *state;
	struct recorder *r = &scene->recorder;
	union bpf_attr attributes;
	int waiting = 0;
	void *memory;
	int fd = memfd_create("messages", MFD_CLOEXEC);
	int error;

	assert_int_equal(ftruncate(fd, 8192), 0);
	assert_int_equal(send(scene->fd[1], "four", 4, 0), 4);
	assert_int_equal(newest(scene, CALL_IOCTL, recorded_calls.ioctl(r,
	    scene->fd[0], FIONREAD, &waiting)), 0);
	assert_int_equal(waiting, 4);
	assert_int_equal(scene->last.number[1], FIONREAD);
	scene->last.number[0] = 3;
	check_phrase(scene, "ioctl(3, FIONREAD) -> 4");
	assert_int_equal(newest(scene, CALL_IOCTL, recorded_calls.ioctl(r, fd,
	    OWN_REQUEST, NULL)), -ENOTTY);
	scene->last.number[0] = 3;
	check_phrase(scene, "ioctl(3, OWN_REQUEST) = -1 ENOTTY");
	assert_int_equal(newest(scene, CALL_IOCTL, recorded_calls.ioctl(r, fd,
	    0x549f, NULL)), -ENOTTY);
	scene->last.number[0] = 3;
	check_phrase(scene, "ioctl(3, 0x549f) = -1 ENOTTY");

	assert_int_equal(newest(scene, CALL_MMAP, recorded_calls.mmap(r, fd,
	    4096, 4096, &memory)), 0);
	assert_int_equal(scene->last.number[0], fd);
	assert_int_equal(scene->last.number[1], 4096);
	assert_int_equal(scene->last.number[2], 4096);
	memcpy(memory, "shared", 6);
	assert_int_equal(pread(fd, scene->room, 6, 4096), 6);
	assert_memory_equal(scene->room, "shared", 6);
	scene->last.number[0] = 3;
	check_phrase(scene, "mmap(4096, 3) = 0");
	assert_int_equal(newest(scene, CALL_MUNMAP, recorded_calls.munmap(r,
	    memory, 4096)), 0);
	assert_int_equal(scene->last.number[0], 4096);
	check_phrase(scene, "munmap(4096) = 0");
	assert_int_equal(newest(scene, CALL_MMAP, recorded_calls.mmap(r, fd,
	    1, 4096, &memory)), -EINVAL);
	assert_ptr_equal(memory, MAP_FAILED);

	memset(&attributes, 0, sizeof(attributes));
	attributes.map_type = BPF_MAP_TYPE_ARRAY;
	attributes.key_size = attributes.value_size = 4;
	attributes.max_entries = 1;
	error = recorded_calls.bpf(r, BPF_MAP_CREATE, &attributes,
	    sizeof(attributes));
	newest(scene, CALL_BPF, error);
	assert_int_equal(scene->last.number[0], BPF_MAP_CREATE);
	assert_int_equal(scene->last.number[1], sizeof(attributes));
	if (error >= 0)
		close(error);
	scene->last.result = 5;
	check_phrase(scene, "bpf(BPF_MAP_CREATE) = 5");
	scene->last.number[0] = 99;
	check_phrase(scene, "bpf(0x63 /* BPF_??? */) = 5");
	close(fd);
}

/* They say nothing where strace -e trace=network says nothing. */
static void
test_not_of_network(void **state)
{
	static const enum call calls[] = { CALL_IOCTL, CALL_BPF, CALL_MMAP,
		CALL_MUNMAP, CALL_CLOSE };

	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++) {
		struct event event = { .call = (uint8_t)calls[i],
			.end_ns = 1 };
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);

		render_strace_event(out, &family, &event);
		assert_int_equal(fclose(out), 0);
		assert_string_equal(text, "");
		free(text);
	}
}

/* A short fault cuts the vectors that the kernel is passed, and no others. */
static void
test_short(void **state)
{
	struct scene *scene = *state;
	struct fault_plan faults = { .count = 2, .faults = {
		{ SIDE_SERVER, CALL_SENDMSG, 1, 0, 4 },
		{ SIDE_SERVER, CALL_RECVMSG, 1, 0, 3 } } };

	scene->recorder.faults = &faults;
	add(scene, "ab", 2);
	add(scene, "cdef", 4);
	add(scene, "gh", 2);
	assert_int_equal(transmit(scene, scene->fd[0], 0), 4);
	assert_int_equal(scene->last.length, 4);
	assert_true(scene->last.injected);
	assert_int_equal(scene->part[1].iov_len, 4);
	make_room(scene, 2);
	add(scene, scene->room + 2, 50);
	assert_int_equal(receive(scene, scene->fd[1], 0), 3);
	assert_memory_equal(scene->room, "abc", 4);
	assert_int_equal(scene->message.msg_iovlen, 2);
	assert_ptr_equal(scene->message.msg_iov, scene->part);
	assert_int_equal(scene->message.msg_flags, MSG_TRUNC);
}

/* What was not unmapped is there; what was not mapped is none. */
static void
test_injected_mmap(void **state)
{
	struct scene *scene = *state;
	struct fault_plan faults = { .count = 2, .faults = {
		{ SIDE_SERVER, CALL_MMAP, 1, EAGAIN, 0 },
		{ SIDE_SERVER, CALL_MUNMAP, 1, ENOMEM, 0 } } };
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char resident;

	scene->recorder.faults = &faults;
	assert_int_equal(recorded_calls.munmap(&scene->recorder, memory,
	    4096), -ENOMEM);
	assert_int_equal(mincore(memory, 4096, &resident), 0);
	assert_int_equal(recorded_calls.munmap(&scene->recorder, memory,
	    4096), 0);
	assert_int_equal(recorded_calls.mmap(&scene->recorder, scene->fd[0],
	    0, 4096, &memory), -EAGAIN);
	assert_ptr_equal(memory, MAP_FAILED);
}

static const struct CMUnitTest scenes[] = {
#define SCENE(function)                                                        \
	cmocka_unit_test_setup_teardown(function, begin, end)
	SCENE(test_plain), SCENE(test_failed), SCENE(test_running),
	SCENE(test_vectors), SCENE(test_many_vectors), SCENE(test_empty),
	SCENE(test_cut), SCENE(test_descriptors), SCENE(test_credentials),
	SCENE(test_names), SCENE(test_cut_names),
	SCENE(test_json), SCENE(test_others),
	SCENE(test_short), SCENE(test_many_descriptors),
	SCENE(test_injected_mmap),
	cmocka_unit_test(test_controls), cmocka_unit_test(test_not_of_network),
};
static struct CMUnitTest tests[COUNT(control_rows) + COUNT(scenes)];

int
main(void)
{
	for (size_t i = 0; i < COUNT(control_rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = control_rows[i].name,
			.test_func = test_control,
			.initial_state = (void *)(uintptr_t)&control_rows[i],
		};
	memcpy(tests + COUNT(control_rows), scenes, sizeof(scenes));
	return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
