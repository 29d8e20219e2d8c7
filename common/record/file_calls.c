#include "record/file_calls.h"

#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "record/taking.h"

/* What is asked for each descriptor, and of a call that worked the answer. */
static void
keep_polled(struct event *event, const struct pollfd *polled, unsigned count,
    bool answered)
{
	for (unsigned i = 0; i < count && i < EVENT_POLLED_MAX; i++) {
		event->polled[i] = polled[i];
		if (!answered)
			event->polled[i].revents = 0;
	}
}

int
file_poll(struct recorder *recorder, struct pollfd *polled, unsigned count,
    int timeout_ms)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_POLL, count,
	    timeout_ms, 0);
	int result = -1;

	keep_polled(event, polled, count, false);
	if (!taking_fails(&taking))
		result = poll(polled, count, timeout_ms);
	if (result >= 0)
		keep_polled(event, polled, count, true);
	return (int)taking_finish(&taking, result);
}

ssize_t
file_read(struct recorder *recorder, int fd, void *data, size_t room)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_READ, fd, 0,
	    0);
	ssize_t result = -1;

	room = taking_shortened(&taking, room);
	event->number[1] = (int64_t)room;
	if (!taking_fails(&taking))
		result = read(fd, data, room);
	if (result > 0)
		taking_keep(event, data, (size_t)result);
	return taking_finish(&taking, result);
}

ssize_t
file_write(struct recorder *recorder, int fd, const void *data, size_t length)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_WRITE, fd,
	    0, 0);

	length = taking_shortened(&taking, length);
	event->number[1] = (int64_t)length;
	taking_keep(event, data, length);
	return taking_finish(&taking,
	    taking_fails(&taking) ? -1 : write(fd, data, length));
}

ssize_t
file_splice(struct recorder *recorder, int in, int out, size_t length,
    unsigned flags)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_SPLICE, in,
	    out, 0);

	length = taking_shortened(&taking, length);
	event->number[2] = (int64_t)length;
	event->splice_flags = flags;
	return taking_finish(&taking,
	    taking_fails(&taking) ? -1
				  : splice(in, NULL, out, NULL, length, flags));
}

ssize_t
file_sendfile(struct recorder *recorder, int out, int in, off_t *offset,
    size_t count)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_SENDFILE,
	    out, in, 0);
	ssize_t result = -1;

	count = taking_shortened(&taking, count);
	event->number[2] = (int64_t)count;
	event->length = count;
	event->offset.given = offset != NULL;
	if (offset != NULL)
		event->offset.passed = *offset;
	if (!taking_fails(&taking))
		result = sendfile(out, in, offset, count);
	if (offset != NULL)
		event->offset.returned = *offset;
	return taking_finish(&taking, result);
}

int
file_fcntl(struct recorder *recorder, int fd, int command, long argument)
{
	struct taking taking;

	taking_begin(&taking, recorder, CALL_FCNTL, fd, command, argument);
	return (int)taking_finish(&taking,
	    taking_fails(&taking) ? -1 : fcntl(fd, command, argument));
}

int
file_dup(struct recorder *recorder, int fd)
{
	struct taking taking;

	taking_begin(&taking, recorder, CALL_DUP, fd, 0, 0);
	return (int)taking_finish(&taking,
	    taking_fails(&taking) ? -1 : dup(fd));
}

int
file_fstat(struct recorder *recorder, int fd, struct stat *status)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_FSTAT, fd,
	    0, 0);
	int result = -1;

	if (!taking_fails(&taking))
		result = fstat(fd, status);
	if (result == 0) {
		event->status.mode = status->st_mode;
		event->status.device = status->st_rdev;
		event->status.size = status->st_size;
	}
	return (int)taking_finish(&taking, result);
}

off_t
file_lseek(struct recorder *recorder, int fd, off_t offset, int whence)
{
	struct taking taking;

	taking_begin(&taking, recorder, CALL_LSEEK, fd, offset, whence);
	return taking_finish(&taking,
	    taking_fails(&taking) ? -1 : lseek(fd, offset, whence));
}

int
file_fsync(struct recorder *recorder, int fd)
{
	struct taking taking;

	taking_begin(&taking, recorder, CALL_FSYNC, fd, 0, 0);
	return (int)taking_finish(&taking,
	    taking_fails(&taking) ? -1 : fsync(fd));
}

int
file_open(struct recorder *recorder, const char *path, int flags)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_OPEN, flags,
	    0, 0);

	taking_keep(event, path, strlen(path));
	return (int)taking_finish(&taking,
	    taking_fails(&taking) ? -1 : open(path, flags));
}
