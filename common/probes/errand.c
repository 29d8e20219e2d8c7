#include "probes/errand.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive/step.h"
#include "family/resolve.h"

/* How long a process that was killed may take to go. */
#define GONE_NS 2000000000

static volatile sig_atomic_t sigpipes;

unsigned
stage_sigpipes(void)
{
	return (unsigned)sigpipes;
}

static void
count_sigpipe(int number)
{
	(void)number;
	sigpipes++;
}

/* Others of the run may be heard with the same number: 24 bits, not 0. */
static unsigned
new_run(void)
{
	return 1 + arc4random_uniform(0xffffff);
}

/* The life of the errand's process. */
static _Noreturn void
live(const struct errand *errand, const char *directory)
{
	const struct errand_terms *terms = errand->terms;
	struct setup setup = { .before = -1, .network = { -1, -1 } };
	struct stage stage = {
		.choice = terms->choice,
		.setup = terms->setup != NULL ? &setup : NULL,
		.host = terms->host,
		.directory = directory,
		.run = new_run(),
		.trace = { errand->trace[SIDE_CLIENT],
		    errand->trace[SIDE_SERVER] },
		.failure = errand->failure,
	};
	struct sigaction counting = { .sa_handler = count_sigpipe };
	sigset_t none;

	setpgid(0, 0);
	if (terms->setup != NULL) {
		const struct surroundings *made = terms->setup->surroundings;

		/* Only two networks have to be entered; the rest is inherited. */
		setup = *terms->setup;
		if (made == NULL || made->where != SURROUNDINGS_TWO_NAMESPACES)
			setup_settle(&setup);
	}
	sigemptyset(&none);
	sigaction(SIGPIPE, &counting, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	errand->work(&stage, errand->context);
	_exit(0);
}

static int
remove_one(const char *path, const struct stat *status, int kind,
    struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	remove(path);
	return 0;
}

/* Waits for the child until it is time: 0, the signal that came, or -1. */
static int
await(const struct errand_terms *terms, pid_t pid, int64_t limit_ns)
{
	uint64_t end = step_end(limit_ns);

	for (;;) {
		int64_t left = step_left(end);
		struct timespec rest = {
			.tv_sec = left > 0 ? left / 1000000000 : 0,
			.tv_nsec = left > 0 ? left % 1000000000 : 0,
		};
		int got;

		if (waitpid(pid, NULL, WNOHANG) == pid)
			return 0;
		if (left < 0)
			return -1;
		got = sigtimedwait(&terms->signals->awaited, NULL, &rest);
		if (got > 0 && got != SIGCHLD)
			return got;
	}
}

/* Ends the child and whatever it has started. */
static void
end_group(const struct errand_terms *terms, pid_t pid, bool running)
{
	kill(-pid, SIGKILL);
	if (!running)
		return;
	kill(pid, SIGKILL);
	await(terms, pid, GONE_NS);
}

static int
unmade(const struct errand *errand, const char *text, enum errand_end *end)
{
	struct failure *failure = errand->failure;

	failure->error = errno;
	strlcpy(failure->text, text, sizeof(failure->text));
	failure->happened = true;
	*end = ERRAND_UNMADE;
	return 0;
}

/* In a folder that is there: starts it and waits for it. */
static int
run_in(const struct errand *errand, const char *directory,
    enum errand_end *end)
{
	pid_t pid = fork();
	int ended;

	if (pid < 0)
		return unmade(errand, "no process", end);
	if (pid == 0)
		live(errand, directory);
	setpgid(pid, pid);
	ended = await(errand->terms, pid, errand->limit_ns);
	end_group(errand->terms, pid, ended != 0);
	*end = ended < 0 ? ERRAND_LATE : ERRAND_ENDED;
	return ended > 0 ? ended : 0;
}

int
errand_run(const struct errand *errand, enum errand_end *end)
{
	char directory[512];
	int result;

	snprintf(directory, sizeof(directory), "%s/sockdemo-XXXXXX",
	    resolve_directory());
	if (mkdtemp(directory) == NULL)
		return unmade(errand, directory, end);
	result = run_in(errand, directory, end);
	nftw(directory, remove_one, 4, FTW_DEPTH | FTW_PHYS);
	return result;
}
