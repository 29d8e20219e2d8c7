#include "setup/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Loading a module may take long on a slow machine. */
#define COMMAND_SECONDS 20
#define TICK_NS 20000000
/* And how long it may take to be ended: some wait in the kernel for ever. */
#define GRACE_TICKS 100

/* Where ip and modprobe are, for users whose PATH does not say. */
#define SYSTEM_PATH "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"

/* A word is a letter and a space at least. */
#define WORDS_MAX (COMMAND_TEXT / 2 + 1)

static void
split(char *text, char *words[WORDS_MAX + 1])
{
	size_t count = 0;
	char *word;

	while (count < WORDS_MAX && (word = strsep(&text, " ")) != NULL)
		words[count++] = word;
	words[count] = NULL;
}

/* The life of the command's process. */
static _Noreturn void
become(char *words[], int errors, pid_t parent)
{
	const char *path = getenv("PATH");
	char longer[4096];
	sigset_t none;
	int null = open("/dev/null", O_RDWR);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (getppid() != parent || null < 0)
		_exit(127);
	snprintf(longer, sizeof(longer), "%s:" SYSTEM_PATH,
	    path != NULL ? path : "");
	setenv("PATH", longer, 1);
	setenv("LC_ALL", "C", 1);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(errors, STDERR_FILENO);
	execvp(words[0], words);
	_exit(errno == ENOENT ? 127 : 126);
}

/* Whether one of the signals waits to be taken; it is left to wait. */
static bool
is_pending(const sigset_t *ending)
{
	sigset_t pending;

	if (ending == NULL || sigpending(&pending) != 0)
		return false;
	for (int number = 1; number < SIGRTMIN; number++)
		if (number != SIGCHLD && sigismember(ending, number) == 1 &&
		    sigismember(&pending, number) == 1)
			return true;
	return false;
}

/* Waits for the process; ends it when it is time or a signal says so. */
static int
await(pid_t pid, const sigset_t *ending, int *status)
{
	const struct timespec tick = { .tv_nsec = TICK_NS };
	int ticks = COMMAND_SECONDS * (1000000000 / TICK_NS);
	int grace = GRACE_TICKS;
	sigset_t children;
	int why = 0;

	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	while (waitpid(pid, status, WNOHANG) == 0) {
		if (why == 0 && is_pending(ending))
			why = -EINTR;
		else if (why == 0 && --ticks == 0)
			why = -ETIMEDOUT;
		if (why != 0)
			kill(pid, SIGKILL);
		if (why != 0 && grace-- == 0)
			break;
		sigtimedwait(&children, NULL, &tick);
	}
	return why;
}

/* The last line of what the pipe holds, without its newline. */
static void
last_line(int fd, char *line, size_t room)
{
	char text[4096];
	size_t length = 0;
	ssize_t got;
	char *last;

	/* Of much, the end is kept. */
	while ((got = read(fd, text + length, sizeof(text) - 1 - length)) > 0) {
		length += (size_t)got;
		if (length < sizeof(text) - 1)
			continue;
		length = sizeof(text) / 2;
		memmove(text, text + sizeof(text) - 1 - length, length);
	}
	text[length] = '\0';
	while (length > 0 && text[length - 1] == '\n')
		text[--length] = '\0';
	last = strrchr(text, '\n');
	snprintf(line, room, "%.*s", (int)room - 1,
	    last != NULL ? last + 1 : text);
}

static int
judge(const char *text, int status, const char *said, char *why, size_t room)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		snprintf(why, room, "%.*s: there is no such command",
		    (int)strcspn(text, " "), text);
		return -ENOENT;
	}
	snprintf(why, room, "%s: %s", text, said[0] != '\0' ? said : "failed");
	return -EIO;
}

/* It was not run, or not to its end. */
static int
fail(const char *text, int error, char *why, size_t room)
{
	if (error == -ETIMEDOUT)
		snprintf(why, room, "%s: not done after %d s", text,
		    COMMAND_SECONDS);
	else
		snprintf(why, room, "%s: %s", text, error == -EINTR
		    ? "interrupted" : strerror(-error));
	return error;
}

static int
run(char *words[], const sigset_t *ending, int *status, char *said,
    size_t said_room)
{
	pid_t parent = getpid();
	int errors[2];
	int error;
	pid_t pid;

	if (pipe2(errors, O_CLOEXEC | O_NONBLOCK) != 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		become(words, errors[1], parent);
	error = pid < 0 ? -errno : 0;
	close(errors[1]);
	if (error == 0)
		error = await(pid, ending, status);
	last_line(errors[0], said, said_room);
	close(errors[0]);
	return error;
}

int
command_run(const char *text, const sigset_t *ending, char *why, size_t room)
{
	char copy[COMMAND_TEXT];
	char *words[WORDS_MAX + 1];
	char said[256];
	int status = 0;
	int error;

	if (strlcpy(copy, text, sizeof(copy)) >= sizeof(copy))
		return fail(text, -E2BIG, why, room);
	split(copy, words);
	error = run(words, ending, &status, said, sizeof(said));
	return error != 0 ? fail(text, error, why, room)
			  : judge(text, status, said, why, room);
}
