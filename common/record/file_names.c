#include "record/file_names.h"

/* Not <fcntl.h>: its O_LARGEFILE is 0 where every file may be large. */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "record/constant.h"

static const struct constant open_flags[] = {
	{ O_CREAT, "O_CREAT", false },
	{ O_EXCL, "O_EXCL", false },
	{ O_NOCTTY, "O_NOCTTY", false },
	{ O_TRUNC, "O_TRUNC", false },
	{ O_APPEND, "O_APPEND", false },
	{ O_NONBLOCK, "O_NONBLOCK", false },
	{ O_SYNC, "O_SYNC", false },
	{ O_DSYNC, "O_DSYNC", false },
	{ O_DIRECT, "O_DIRECT", false },
	{ O_LARGEFILE, "O_LARGEFILE", false },
	{ O_NOFOLLOW, "O_NOFOLLOW", false },
	{ O_NOATIME, "O_NOATIME", false },
	{ O_CLOEXEC, "O_CLOEXEC", false },
	{ O_PATH, "O_PATH", false },
	{ O_TMPFILE, "O_TMPFILE", false },
	{ O_DIRECTORY, "O_DIRECTORY", false },
	{ FASYNC, "FASYNC", false },
	{ .name = NULL },
};

static const struct constant access_modes[] = {
	{ O_RDONLY, "O_RDONLY", false },
	{ O_WRONLY, "O_WRONLY", false },
	{ O_RDWR, "O_RDWR", false },
	{ O_ACCMODE, "O_ACCMODE", false },
	{ .name = NULL },
};

static const struct constant descriptor_flags[] = {
	{ FD_CLOEXEC, "FD_CLOEXEC", false },
	{ .name = NULL },
};

static const struct constant events[] = {
	{ POLLIN, "POLLIN", false },
	{ POLLPRI, "POLLPRI", false },
	{ POLLOUT, "POLLOUT", false },
	{ POLLERR, "POLLERR", false },
	{ POLLHUP, "POLLHUP", false },
	{ POLLNVAL, "POLLNVAL", false },
	{ POLLRDNORM, "POLLRDNORM", false },
	{ POLLRDBAND, "POLLRDBAND", false },
	{ POLLWRNORM, "POLLWRNORM", false },
	{ POLLWRBAND, "POLLWRBAND", false },
	{ POLLMSG, "POLLMSG", false },
	{ POLLREMOVE, "POLLREMOVE", false },
	{ POLLRDHUP, "POLLRDHUP", false },
	{ .name = NULL },
};

static const struct constant file_types[] = {
	{ S_IFSOCK, "S_IFSOCK", false },
	{ S_IFIFO, "S_IFIFO", false },
	{ S_IFREG, "S_IFREG", false },
	{ S_IFDIR, "S_IFDIR", false },
	{ S_IFLNK, "S_IFLNK", false },
	{ S_IFBLK, "S_IFBLK", false },
	{ S_IFCHR, "S_IFCHR", false },
	{ .name = NULL },
};

static const struct constant whences[] = {
	{ SEEK_SET, "SEEK_SET", false },
	{ SEEK_CUR, "SEEK_CUR", false },
	{ SEEK_END, "SEEK_END", false },
	{ SEEK_DATA, "SEEK_DATA", false },
	{ SEEK_HOLE, "SEEK_HOLE", false },
	{ .name = NULL },
};

/* Of splice(2); <fcntl.h> alone has them. */
static const struct constant splice_flags[] = {
	{ 1, "SPLICE_F_MOVE", false },
	{ 2, "SPLICE_F_NONBLOCK", false },
	{ 4, "SPLICE_F_MORE", false },
	{ 8, "SPLICE_F_GIFT", false },
	{ .name = NULL },
};

enum meaning {
	MEANS_NOTHING,		/* no argument; a result without a name */
	MEANS_NUMBER,
	MEANS_OPEN_FLAGS,
	MEANS_DESCRIPTOR_FLAGS,
	MEANS_SIGNAL,
};

static const struct command {
	int number;
	const char *name;
	enum meaning argument, result;
} commands[] = {
	{ F_DUPFD, "F_DUPFD", MEANS_NUMBER, MEANS_NOTHING },
	{ F_DUPFD_CLOEXEC, "F_DUPFD_CLOEXEC", MEANS_NUMBER, MEANS_NOTHING },
	{ F_GETFD, "F_GETFD", MEANS_NOTHING, MEANS_DESCRIPTOR_FLAGS },
	{ F_SETFD, "F_SETFD", MEANS_DESCRIPTOR_FLAGS, MEANS_NOTHING },
	{ F_GETFL, "F_GETFL", MEANS_NOTHING, MEANS_OPEN_FLAGS },
	{ F_SETFL, "F_SETFL", MEANS_OPEN_FLAGS, MEANS_NOTHING },
	{ F_SETOWN, "F_SETOWN", MEANS_NUMBER, MEANS_NOTHING },
	{ F_GETOWN, "F_GETOWN", MEANS_NOTHING, MEANS_NOTHING },
	{ F_SETSIG, "F_SETSIG", MEANS_SIGNAL, MEANS_NOTHING },
	{ F_GETSIG, "F_GETSIG", MEANS_NOTHING, MEANS_SIGNAL },
	{ F_SETPIPE_SZ, "F_SETPIPE_SZ", MEANS_NUMBER, MEANS_NOTHING },
	{ F_GETPIPE_SZ, "F_GETPIPE_SZ", MEANS_NOTHING, MEANS_NOTHING },
};

static const struct command *
find_command(int64_t number)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].number == number)
			return &commands[i];
	return NULL;
}

void
file_names_open_flags(int64_t flags, char *text, size_t room)
{
	unsigned rest = (unsigned)flags & ~(unsigned)O_ACCMODE;

	constant_name(access_modes, flags & O_ACCMODE, "", text, room);
	if (rest != 0)
		constant_join(open_flags, rest, "", text, room);
}

void
file_names_events(int asked, char *text, size_t room)
{
	text[0] = '\0';
	constant_join(events, (unsigned)asked & 0xffff, "POLL???", text, room);
}

void
file_names_mode(unsigned mode, char *text, size_t room)
{
	unsigned type = mode & S_IFMT;
	size_t used;

	constant_name(file_types, type, "S_IF???", text, room);
	used = strlen(text);
	snprintf(text + used, room - used, "%s%s%s|%#03o",
	    (mode & S_ISUID) != 0 ? "|S_ISUID" : "",
	    (mode & S_ISGID) != 0 ? "|S_ISGID" : "",
	    (mode & S_ISVTX) != 0 ? "|S_ISVTX" : "", mode & 0777);
}

void
file_names_whence(int64_t whence, char *text, size_t room)
{
	constant_name(whences, whence, "SEEK_???", text, room);
}

void
file_names_splice_flags(unsigned flags, char *text, size_t room)
{
	text[0] = '\0';
	constant_join(splice_flags, flags, "SPLICE_F_???", text, room);
}

void
file_names_command(int64_t command, char *text, size_t room)
{
	const struct command *row = find_command(command);

	if (row != NULL)
		snprintf(text, room, "%s", row->name);
	else
		snprintf(text, room, "0x%x /* F_??? */", (unsigned)command);
}

/* The number in that meaning; text stays empty where it is a mere number. */
static void
name_by_meaning(enum meaning meaning, int64_t number, char *text, size_t room)
{
	const char *signal;

	switch (meaning) {
	case MEANS_OPEN_FLAGS:
		file_names_open_flags(number, text, room);
		break;
	case MEANS_DESCRIPTOR_FLAGS:
		constant_join(descriptor_flags, (unsigned)number, "FD_???",
		    text, room);
		break;
	case MEANS_SIGNAL:
		signal = sigabbrev_np((int)number);
		if (signal != NULL)
			snprintf(text, room, "SIG%s", signal);
		else if (number >= 32 && number <= 64)
			snprintf(text, room, "SIGRT_%d", (int)number - 32);
		break;
	case MEANS_NUMBER:
	case MEANS_NOTHING:
		break;
	}
}

bool
file_names_argument(int64_t command, int64_t argument, char *text, size_t room)
{
	const struct command *row = find_command(command);

	text[0] = '\0';
	if (row == NULL)
		snprintf(text, room, "%#llx", (unsigned long long)argument);
	else
		name_by_meaning(row->argument, argument, text, room);
	return row == NULL || row->argument != MEANS_NOTHING;
}

bool
file_names_result(int64_t command, int64_t result, char *text, size_t room)
{
	const struct command *row = find_command(command);
	bool flags;
	size_t used;

	text[0] = '\0';
	if (row == NULL || row->result == MEANS_NOTHING ||
	    (result == 0 && row->result != MEANS_OPEN_FLAGS))
		return false;
	flags = row->result != MEANS_SIGNAL;
	snprintf(text, room, "%s", flags ? "flags " : "");
	used = strlen(text);
	if (room <= used)
		return false;
	name_by_meaning(row->result, result, text + used, room - used);
	return true;
}
