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

/* Where ip and modprobe are, for users whose PATH does not say. */
#define SYSTEM_PATH "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"

static void
split(char *text, char *words[COMMAND_WORDS + 1])
{
	size_t count = 0;
	char *word;

	while (count < COMMAND_WORDS && (word = strsep(&text, " ")) != NULL)
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
		sigtimedwait(&children, NULL, &tick);
	}
	return why;
}

/* The last line of what the pipe holds, without its newline. */
static void
last_line(int fd, char *line, size_t room)
{
	char text[4096];
	ssize_t got = read(fd, text, sizeof(text) - 1);
	char *last;

	line[0] = '\0';
	if (got <= 0)
		return;
	text[got] = '\0';
	while (got > 0 && text[got - 1] == '\n')
		text[--got] = '\0';
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

int
command_run(const char *text, const sigset_t *ending, char *why, size_t room)
{
	char copy[COMMAND_TEXT];
	char *words[COMMAND_WORDS + 1];
	char said[256];
	int errors[2];
	int status = 0;
	int error;
	pid_t pid;
	pid_t parent = getpid();

	snprintf(copy, sizeof(copy), "%s", text);
	split(copy, words);
	if (pipe2(errors, O_CLOEXEC | O_NONBLOCK) != 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		become(words, errors[1], parent);
	close(errors[1]);
	if (pid < 0) {
		error = -errno;
		close(errors[0]);
		return error;
	}
	error = await(pid, ending, &status);
	last_line(errors[0], said, sizeof(said));
	close(errors[0]);
	if (error == -ETIMEDOUT)
		snprintf(why, room, "%s: not done after %d s", text,
		    COMMAND_SECONDS);
	return error != 0 ? error : judge(text, status, said, why, room);
}
