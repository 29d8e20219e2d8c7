#include "witness.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[64];

uint64_t
witness_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Entries of a directory; without its own descriptor, where that is one. */
static size_t
count_entries(const char *path)
{
	DIR *directory = opendir(path);
	size_t count = 0;

	if (directory == NULL)
		return 0;
	while (readdir(directory) != NULL)
		count++;
	closedir(directory);
	return count;
}

static size_t
count_files(void)
{
	return folder[0] != '\0' ? count_entries(folder) : 0;
}

void
witness_begin(struct witness *witness)
{
	witness->descriptors = count_entries("/proc/self/fd");
	witness->files = count_files();
	sigprocmask(SIG_SETMASK, NULL, &witness->mask);
	witness->start_ns = witness_now();
}

static bool
same_mask(const sigset_t *before)
{
	sigset_t now;

	sigprocmask(SIG_SETMASK, NULL, &now);
	for (int number = 1; number < SIGRTMAX; number++)
		if (sigismember(&now, number) != sigismember(before, number))
			return false;
	return true;
}

const char *
witness_end(const struct witness *witness, uint64_t limit_ns)
{
	static char text[96];
	uint64_t took = witness_now() - witness->start_ns;

	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		return "a child was left";
	if (count_entries("/proc/self/fd") != witness->descriptors)
		return "a descriptor was left open";
	if (!same_mask(&witness->mask))
		return "the signal mask is another";
	if (count_files() != witness->files)
		return "a file was left";
	if (limit_ns == 0 || took <= limit_ns)
		return NULL;
	snprintf(text, sizeof(text), "it took %.2f s, and may %.2f",
	    (double)took / 1e9, (double)limit_ns / 1e9);
	return text;
}

void
witness_descriptors(bool allowed)
{
	static struct rlimit before;
	struct rlimit none;
	int next = dup(STDIN_FILENO);

	if (allowed) {
		setrlimit(RLIMIT_NOFILE, &before);
	} else {
		getrlimit(RLIMIT_NOFILE, &before);
		none = before;
		none.rlim_cur = (rlim_t)next;
		setrlimit(RLIMIT_NOFILE, &none);
	}
	if (next >= 0)
		close(next);
}

int
witness_make_folder(void **state)
{
	const char *parent = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof(folder), "%.40s/witness-XXXXXX",
	    parent != NULL ? parent : "/tmp");
	if (mkdtemp(folder) == NULL)
		return -1;
	return setenv("TMPDIR", folder, 1);
}

int
witness_remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}
