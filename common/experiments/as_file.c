/* A socket is a descriptor like a file's: which calls of files it takes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"
#include "experiments/packet.h"

#define PAGE 4096

/* What a call that may only fail has answered. */
#define CALL_ANSWERS (const char *const[]){ "ok", "{errno}", NULL }

static int
is_socket(struct stage *stage, struct observation *seen)
{
	struct stat status = { .st_mode = 0 };
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	error = STAGE_CALL(side, fstat, &status);
	return observe(seen, "%s", error != 0 ? observed_errno(error)
	    : S_ISSOCK(status.st_mode) ? "a socket" : "something else");
}

static const struct probe is_socket_probe = {
	.id = "sock-as-file",
	.group = GROUP_LIFECYCLE,
	.question = "fstat(): what kind of file is a socket?",
	.applies = move_is_direct,
	.answers = (const char *const[]){ "a socket", "something else",
	    "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "a socket", .source = "inode(7), S_ISSOCK()" },
		{ .answer = NULL },
	},
	.run = is_socket,
};

static int
seek(struct stage *stage, struct observation *seen)
{
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	return error != 0 ? error : observe(seen, "%s",
	    observed_errno(STAGE_CALL(side, lseek, 0, SEEK_CUR)));
}

static const struct probe seek_probe = {
	.id = "sock-as-file.lseek",
	.group = GROUP_LIFECYCLE,
	.question = "lseek() on a socket?",
	.applies = move_is_direct,
	.answers = CALL_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "ESPIPE", .source = "lseek(2); POSIX.1-2017, "
		      "lseek(): a pipe, FIFO, or socket" },
		{ .answer = NULL },
	},
	.run = seek,
};

static int
sync_it(struct stage *stage, struct observation *seen)
{
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	return error != 0 ? error : observe(seen, "%s",
	    observed_errno(STAGE_CALL(side, fsync)));
}

static const struct probe sync_probe = {
	.id = "sock-as-file.fsync",
	.group = GROUP_LIFECYCLE,
	.question = "fsync() on a socket?",
	.applies = move_is_direct,
	.answers = CALL_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "EINVAL or EROFS",
		  .source = "fsync(2): a pipe, FIFO, or socket" },
		{ .answer = NULL },
	},
	.run = sync_it,
};

static int
open_again(struct stage *stage, struct observation *seen)
{
	char path[64];
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", side->fd);
	return observe(seen, "%s", observed_errno(side->calls->open(
	    &side->recorder, path, O_RDWR | O_CLOEXEC)));
}

static const struct probe open_again_probe = {
	.id = "sock-as-file.open",
	.group = GROUP_LIFECYCLE,
	.question = "open() of /proc/self/fd/N, where N is a socket?",
	.applies = move_is_direct,
	.answers = CALL_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "ENXIO", .source = "open(2), ENXIO: the file is a "
		      "UNIX domain socket" },
		{ .answer = NULL },
	},
	.run = open_again,
};

static int
map(struct stage *stage, struct observation *seen)
{
	void *memory = NULL;
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	return error != 0 ? error : observe(seen, "%s",
	    observed_errno(STAGE_CALL(side, mmap, 0, PAGE, &memory)));
}

static const struct probe map_probe = {
	.id = "sock-as-file.mmap",
	.group = GROUP_LIFECYCLE,
	.question = "mmap() of a socket, to read and to write?",
	.applies = move_is_direct,
	.answers = CALL_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "ENODEV",
		  .source = "mmap(2), ENODEV: no support of memory mapping" },
		{ .answer = NULL },
	},
	.differences = (const struct difference[]){
		{ .cells = { .type = SOCK_STREAM }, .answer = "EPERM",
		  .since = "4.18",
		  .text = "TCP maps what was received, and to be read only",
		  .source = "Linux commit 93ab6cc69162, tcp_mmap()" },
		{ .cells = { .shapes = ON_BUS }, .answer = "EINVAL",
		  .text = "a socket with rings maps these, and has none yet",
		  .source = "Linux, Documentation/networking/packet_mmap.rst "
		      "and af_xdp.rst" },
		{ .answer = NULL },
	},
	.run = map,
};

/* A file of the stage that holds one message: open, at its beginning. */
static int
open_message(struct stage *stage, struct side *side)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/message", stage->directory);
	file = fopen(path, "we");
	if (file == NULL)
		return stage_cannot(stage, "no file can be made: %s",
		    strerror(errno));
	fputs(STAGE_MESSAGE, file);
	if (fclose(file) != 0)
		return stage_cannot(stage, "a file cannot be written");
	return side->calls->open(&side->recorder, path, O_RDONLY | O_CLOEXEC);
}

static int
send_file(struct stage *stage, struct observation *seen)
{
	char data[64];
	struct side *from, *to;
	ssize_t result;
	int file;
	int error = packet_pair(stage, &from, &to);

	if (error == 0 && packet_point(from) != 0)
		error = stage_cannot(stage, "its connect() is refused");
	if (error != 0)
		return error;
	file = open_message(stage, from);
	if (file < 0)
		return file;
	result = STAGE_CALL(from, sendfile, file, NULL, STAGE_MESSAGE_LENGTH);
	if (result < 0)
		return observe(seen, "%s", observed_errno(result));
	result = stage_receive(stage, to, data, sizeof(data), 0,
	    STAGE_SURE_MS);
	if (result < 0)
		return observe(seen, "recv: %s", observed_errno(result));
	return observe(seen, result == STAGE_MESSAGE_LENGTH &&
	    memcmp(data, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH) == 0
	    ? "arrives" : "other bytes arrive");
}

static const struct probe send_file_probe = {
	.id = "sock-as-file.sendfile",
	.group = GROUP_LIFECYCLE,
	.question = "sendfile() of a file's six bytes into the socket?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain_pointed,
	.answers = (const char *const[]){ "arrives", "other bytes arrive",
	    "{errno}", "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "arrives", .source = "sendfile(2): out_fd may be "
		      "a socket, or any file" },
		{ .answer = NULL },
	},
	.run = send_file,
};

/* From the socket into a pipe. */
static int
splice_out(struct stage *stage, struct observation *seen)
{
	char data[64];
	struct side *from, *to;
	ssize_t result;
	int ends[2];
	int error = packet_pair(stage, &from, &to);

	if (error != 0)
		return error;
	result = packet_await(stage, from, to);
	if (result < 0)
		return stage_cannot(stage, "a message does not arrive");
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		return stage_cannot(stage, "no pipe: %s", strerror(errno));
	result = STAGE_CALL(to, splice, ends[1], STAGE_MESSAGE_LENGTH, 0);
	if (result < 0)
		return observe(seen, "%s", observed_errno(result));
	result = to->calls->read(&to->recorder, ends[0], data, sizeof(data));
	if (result < 0)
		return observe(seen, "read: %s", observed_errno(result));
	return observe(seen, result == STAGE_MESSAGE_LENGTH &&
	    memcmp(data, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH) == 0
	    ? "comes out of the pipe" : "other bytes come out");
}

static const struct probe splice_out_probe = {
	.id = "sock-as-file.splice",
	.group = GROUP_LIFECYCLE,
	.question = "splice() of a message from the socket into a pipe?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain,
	.answers = (const char *const[]){ "comes out of the pipe",
	    "other bytes come out", "{errno}", "read: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "comes out of the pipe or EINVAL",
		  .source = "splice(2); EINVAL: no support of splicing" },
		{ .answer = NULL },
	},
	.run = splice_out,
};

const struct probe *const as_file_probes[] = {
	&is_socket_probe,
	&seek_probe,
	&sync_probe,
	&open_again_probe,
	&map_probe,
	&send_file_probe,
	&splice_out_probe,
	NULL,
};
