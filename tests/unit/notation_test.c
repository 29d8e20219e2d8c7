/*
 * The notation of calls, compared with what strace itself prints of the same
 * calls: this program runs once more under strace, makes them, and prints its
 * events.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ctype.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "family/cell.h"
#include "record/calls.h"
#include "record/trace.h"
#include "render/render.h"

/* Stands before and behind what is compared; no file is there. */
#define MARK (-4711)

#define TRACED                                                                 \
	"trace=network,poll,read,write,splice,fcntl,dup,newfstatat,fstat,"     \
	"lseek,fsync,openat,ioctl,close"

static const struct calls *const calls = &recorded_calls;

struct folder {
	char path[64];
	char log[96];
};

/* poll() of a pair: nothing yet, readable, hung up; and of no descriptor. */
static void
make_polls(struct recorder *r, const int fd[2])
{
	struct pollfd polled[3] = {
		{ .fd = fd[0], .events = POLLIN },
		{ .fd = fd[1], .events = POLLIN | POLLOUT | POLLRDHUP },
		{ .fd = -1, .events = 0 },
	};

	calls->poll(r, polled, 1, 0);
	calls->poll(r, polled, 1, 1);
	calls->poll(r, polled, 2, -1);
	calls->poll(r, polled, 3, 0);
	calls->poll(r, NULL, 0, 0);
	polled[0] = (struct pollfd){ .fd = 999, .events = POLLIN | 0x4000 };
	calls->poll(r, polled, 1, 0);
	polled[0].events = 0x4000;
	calls->poll(r, polled, 1, 0);
	polled[0].events = 0x7fff;
	calls->poll(r, polled, 1, 0);
	polled[0].events = 0;
	calls->poll(r, polled, 1, 0);
}

static void
make_fcntls(struct recorder *r, int fd)
{
	static const int commands[] = { F_GETFL, F_GETFD, F_GETSIG,
		F_GETPIPE_SZ };
	static const struct {
		int command;
		long argument;
	} rows[] = {
		{ F_SETFL, O_RDWR | O_NONBLOCK }, { F_SETFL, O_ASYNC },
		{ F_SETFL, 0 }, { F_SETFD, FD_CLOEXEC }, { F_SETFD, 0 },
		{ F_SETFD, 3 }, { F_SETFD, 2 }, { F_SETOWN, 1 },
		{ F_SETSIG, SIGURG }, { F_SETSIG, 40 }, { F_SETSIG, 0 },
		{ F_SETPIPE_SZ, 4096 }, { 12345, 7 }, { F_SETFL, -1 },
		{ F_SETFL, O_DIRECTORY | O_DSYNC | O_APPEND | O_PATH },
		{ F_SETFL, O_TMPFILE | O_SYNC | O_ACCMODE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		calls->fcntl(r, fd, rows[i].command, rows[i].argument);
		for (size_t j = 0; j < sizeof(commands) / sizeof(commands[0]);
		     j++)
			calls->fcntl(r, fd, commands[j], 0);
	}
	calls->fcntl(r, 999, F_GETFL, 0);
	calls->close(r, calls->fcntl(r, fd, F_DUPFD, 50));
	calls->close(r, calls->fcntl(r, fd, F_DUPFD_CLOEXEC, 50));
}

/* A socket, a device and a file, as files. */
static void
make_files(struct recorder *r, int fd, int file)
{
	static const char *const deep = "/nowhere/\n\"\t/1\0012/and a name "
	    "that is longer than strings are shown/../x";
	struct stat status;
	char path[64];
	int null = calls->open(r, "/dev/null", O_RDWR | O_CLOEXEC);

	calls->fstat(r, fd, &status);
	calls->fstat(r, null, &status);
	calls->fstat(r, file, &status);
	calls->fstat(r, 999, &status);
	calls->lseek(r, fd, 0, SEEK_CUR);
	calls->lseek(r, file, 2, SEEK_SET);
	calls->lseek(r, file, -1, SEEK_END);
	calls->lseek(r, file, 0, 77);
	calls->lseek(r, file, 0, SEEK_DATA);
	calls->lseek(r, file, 0, SEEK_HOLE);
	calls->fsync(r, fd);
	calls->fsync(r, file);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	calls->open(r, path, O_RDWR);
	calls->close(r, calls->open(r, path, O_PATH));
	calls->open(r, deep, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	calls->open(r, "", O_RDONLY);
	calls->close(r, calls->open(r, "/", O_DIRECTORY));
	calls->close(r, calls->dup(r, null));
	calls->dup(r, 999);
	calls->close(r, null);
}

static void
make_requests(struct recorder *r, int fd)
{
	static const unsigned long requests[] = { FIONREAD, TIOCOUTQ,
		SIOCATMARK, FIONBIO, 0x894b /* SIOCOUTQNSD */ };
	int value = 1;

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		calls->ioctl(r, fd, requests[i], &value);
	calls->ioctl(r, 999, FIONREAD, &value);
	value = 0;
	calls->ioctl(r, fd, FIONBIO, &value);
}

/* Bytes that go from a file to a socket to a pipe, and back. */
static void
make_moves(struct recorder *r, const int fd[2], int file)
{
	int pipes[2];
	off_t offset = 2;
	char data[64];

	if (pipe2(pipes, O_CLOEXEC) != 0)
		return;
	calls->lseek(r, file, 0, SEEK_SET);
	calls->sendfile(r, fd[0], file, NULL, 40);
	calls->sendfile(r, fd[0], file, &offset, 5);
	calls->sendfile(r, fd[0], file, &offset, 0);
	offset = -1;
	calls->sendfile(r, fd[0], file, &offset, 5);
	calls->sendfile(r, 999, file, NULL, 5);
	calls->read(r, fd[1], data, 4);
	calls->splice(r, fd[1], pipes[1], 30,
	    SPLICE_F_NONBLOCK | SPLICE_F_MORE);
	calls->splice(r, pipes[0], fd[0], 100, 0);
	calls->splice(r, fd[0], fd[1], 5, 0x1f);
	calls->splice(r, fd[0], fd[1], 5, 0x10);
	calls->read(r, fd[1], data, sizeof(data));
	calls->close(r, pipes[0]);
	calls->close(r, pipes[1]);
}

/* A message of some vectors; its name and its control data may be NULL. */
static void
fill(struct mmsghdr *message, struct iovec *parts, size_t count,
    struct endpoint *name, void *control, size_t length)
{
	*message = (struct mmsghdr){ .msg_hdr = {
		.msg_iov = parts, .msg_iovlen = count,
		.msg_name = name != NULL ? name->bytes : NULL,
		.msg_namelen = name != NULL ? name->length : 0,
		.msg_control = control, .msg_controllen = length } };
}

/* Several messages over a datagram socket to itself. */
static void
make_messages(struct recorder *r)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	char first[] = "one", second[] = "the second message";
	struct iovec parts[3] = { { first, 3 }, { second, 18 },
		{ second, 4 } };
	char room[3][8];
	struct iovec rooms[3] = { { room[0], 8 }, { room[1], 2 },
		{ room[2], 8 } };
	struct timespec timeout = { 1, 5 };
	struct mmsghdr messages[3];
	struct endpoint name, from[3];
	int fd = calls->socket(r, AF_INET, SOCK_DGRAM, 0);

	endpoint_set(&name, &in, sizeof(in));
	calls->bind(r, fd, &name);
	calls->getsockname(r, fd, &name);
	fill(&messages[0], parts, 2, &name, NULL, 0);
	fill(&messages[1], parts + 1, 2, &name, NULL, 0);
	fill(&messages[2], parts, 0, NULL, NULL, 0);
	calls->sendmmsg(r, fd, messages, 3, MSG_NOSIGNAL);
	calls->sendmmsg(r, fd, messages + 2, 1, 0);
	calls->sendmmsg(r, fd, messages, 0, 0);
	calls->sendmmsg(r, 999, messages, 2, 0);
	for (size_t i = 0; i < 3; i++) {
		from[i].length = sizeof(from[i].storage);
		fill(&messages[i], rooms + i, i == 0 ? 3 : 1, &from[i], NULL,
		    0);
	}
	messages[0].msg_hdr.msg_iovlen = 1;
	calls->recvmmsg(r, fd, messages, 3, MSG_DONTWAIT, NULL);
	calls->recvmmsg(r, fd, messages, 3, MSG_DONTWAIT, NULL);
	calls->recvmmsg(r, fd, messages, 3, MSG_DONTWAIT, &timeout);
	calls->recvmmsg(r, fd, messages, 0, 0, NULL);
	fill(&messages[0], parts, 1, &name, NULL, 0);
	calls->sendmmsg(r, fd, messages, 1, 0);
	fill(&messages[0], rooms, 1, NULL, NULL, 0);
	calls->recvmmsg(r, fd, messages, 1, 0, &timeout);
	calls->close(r, fd);
}

/* Descriptors with several messages: two of them, and room for one. */
static void
make_controls(struct recorder *r, const int fd[2], int file)
{
	union {
		struct cmsghdr header;
		unsigned char bytes[CMSG_SPACE(sizeof(int))];
	} control[2];
	_Alignas(struct cmsghdr) unsigned char room[64];
	char data[] = "x";
	struct iovec part = { data, 1 };
	struct mmsghdr messages[2];

	memset(control, 0, sizeof(control));
	for (size_t i = 0; i < 2; i++) {
		control[i].header.cmsg_level = SOL_SOCKET;
		control[i].header.cmsg_type = SCM_RIGHTS;
		control[i].header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control[i].header), &file, sizeof(int));
		fill(&messages[i], &part, 1, NULL, &control[i],
		    sizeof(control[i]));
	}
	calls->sendmmsg(r, fd[0], messages, 2, 0);
	fill(&messages[0], &part, 1, NULL, room, sizeof(room));
	fill(&messages[1], &part, 1, NULL, NULL, 0);
	calls->recvmmsg(r, fd[1], messages, 2, MSG_DONTWAIT, NULL);
}

static void
make_calls(struct recorder *r, int file)
{
	char data[64];
	int fd[2];

	calls->socketpair(r, AF_INET, SOCK_STREAM, 0, fd);
	calls->socketpair(r, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd);
	make_polls(r, fd);
	calls->write(r, fd[0], "hello\n\3774 and thirty-two bytes and more", 38);
	make_polls(r, fd);
	make_requests(r, fd[1]);
	calls->read(r, fd[1], data, 3);
	calls->read(r, fd[1], data, sizeof(data));
	calls->read(r, fd[1], data, 0);
	calls->write(r, 999, data, 0);
	calls->read(r, 999, data, 5);
	make_fcntls(r, fd[0]);
	make_files(r, fd[0], file);
	make_moves(r, fd, file);
	make_messages(r);
	make_controls(r, fd, file);
	calls->fcntl(r, fd[1], F_SETFL, O_NONBLOCK);
	calls->close(r, fd[0]);
	calls->read(r, fd[1], data, 1);
	make_polls(r, fd);
	calls->close(r, fd[1]);
}

/* What the program does under strace: the calls, and then what they say. */
static int
be_traced(void)
{
	static struct trace trace;
	struct recorder recorder = { .pid = getpid(), .trace = &trace };
	int file = memfd_create("notation", MFD_CLOEXEC);

	if (write(file, "0123456789012345678901234567890123", 34) != 34)
		return 1;
	signal(SIGIO, SIG_IGN);
	/* Nothing here waits; should it all the same, the test fails. */
	alarm(20);
	calls->lseek(&recorder, MARK, 0, SEEK_SET);
	make_calls(&recorder, file);
	calls->lseek(&recorder, MARK, 0, SEEK_SET);
	close(file);
	for (size_t i = 0; i < trace_kept(&trace); i++)
		render_strace_call(stdout, family_find("inet"),
		    trace_at(&trace, i));
	return fflush(stdout) != 0;
}

/* A pointer to what is not shown; sockdemo writes "..." for it. */
static void
hide_pointers(char *line)
{
	char *at;

	for (char *from = line; (at = strstr(from, "0x")) != NULL;
	     from = at + 1) {
		size_t digits = 0;

		while (isxdigit((unsigned char)at[2 + digits]))
			digits++;
		if (digits < 9 || digits > 12)
			continue;
		memcpy(at, "...", 3);
		memmove(at + 3, at + 2 + digits, strlen(at + 2 + digits) + 1);
	}
}

/* The column of a result depends on the process in front of the call. */
static void
squeeze(char *line)
{
	char *result = strstr(line, ") ");
	char *from;

	while (result != NULL && result[1 + strspn(result + 1, " ")] != '=')
		result = strstr(result + 1, ") ");
	if (result == NULL)
		return;
	from = result + 1 + strspn(result + 1, " ");
	memmove(result + 2, from, strlen(from) + 1);
}

/* The next line of a call in strace's log, or of sockdemo's. */
static bool
next_line(FILE *file, char *line, int room)
{
	do
		if (fgets(line, room, file) == NULL)
			return false;
	while (strncmp(line, "---", 3) == 0 || strncmp(line, "pipe2(", 6) == 0);
	if (strncmp(line, "[pid ", 5) == 0)
		memmove(line, strchr(line, ']') + 2,
		    strlen(strchr(line, ']') + 2) + 1);
	return true;
}

static unsigned
compare(FILE *log, FILE *own)
{
	static const char mark[] = "lseek(-4711";
	char theirs[4096], ours[4096];
	unsigned lines = 0;

	do
		assert_true(next_line(log, theirs, sizeof(theirs)));
	while (strncmp(theirs, mark, strlen(mark)) != 0);
	do {
		assert_true(next_line(own, ours, sizeof(ours)));
		hide_pointers(theirs);
		squeeze(theirs);
		squeeze(ours);
		assert_string_equal(ours, theirs);
		lines++;
	} while (next_line(log, theirs, sizeof(theirs)) &&
	    strncmp(theirs, mark, strlen(mark)) != 0);
	assert_true(next_line(own, ours, sizeof(ours)));
	assert_int_equal(strncmp(ours, mark, strlen(mark)), 0);
	return lines;
}

/* Runs a program under strace; its output goes to own. Returns its status. */
static int
run_strace(const char *log, const char *program, FILE *own)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		/* The leak checker cannot run in a traced program. */
		setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
		dup2(fileno(own), STDOUT_FILENO);
		execlp("strace", "strace", "-o", log, "-e", TRACED, program,
		    "traced", NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void
test_as_strace(void **state)
{
	struct folder *folder = *state;
	char self[512] = "";
	unsigned lines;
	FILE *own;
	FILE *log;

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	if (run_strace(folder->log, "true", stderr) != 0) {
		printf("strace is not there, or may not trace\n");
		skip();
	}
	own = tmpfile();
	assert_non_null(own);
	assert_int_equal(run_strace(folder->log, self, own), 0);
	log = fopen(folder->log, "r");
	assert_non_null(log);
	rewind(own);
	lines = compare(log, own);
	printf("%u calls\n", lines);
	assert_true(lines > 150);
	fclose(log);
	fclose(own);
}

static int
make_folder(void **state)
{
	static struct folder folder = { .path = "/tmp/notation-XXXXXX" };

	if (mkdtemp(folder.path) == NULL)
		return -1;
	snprintf(folder.log, sizeof(folder.log), "%s/log", folder.path);
	*state = &folder;
	return 0;
}

static int
remove_folder(void **state)
{
	struct folder *folder = *state;

	unlink(folder->log);
	return rmdir(folder->path);
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_as_strace, make_folder,
		    remove_folder),
	};

	if (argc > 1 && strcmp(argv[1], "traced") == 0)
		return be_traced();
	return cmocka_run_group_tests_name("notation", tests, NULL, NULL);
}
