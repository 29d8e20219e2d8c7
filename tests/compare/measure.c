/*
 * measure: runs two commands by turns, N times each, with stdout on /dev/null,
 * and prints of each the median of its wall time in microseconds and the most
 * memory that one of its processes held, in KiB.
 *
 * usage: measure N COMMAND… -- COMMAND…
 *
 * A started program inherits the memory of who starts it in ru_maxrss: this
 * one is small, and should be linked statically.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct measured {
	uint64_t *ns;
	long memory;
};

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Runs a command once. Returns 0 where it ended with 0. */
static int
run_once(char **command, const posix_spawn_file_actions_t *actions,
    struct measured *measured, size_t i)
{
	struct rusage usage;
	uint64_t start = now_ns();
	int status;
	pid_t pid;

	if (posix_spawn(&pid, command[0], actions, NULL, command, environ) !=
	    0 || wait4(pid, &status, 0, &usage) != pid)
		return -1;
	measured->ns[i] = now_ns() - start;
	if (usage.ru_maxrss > measured->memory)
		measured->memory = usage.ru_maxrss;
	return status == 0 ? 0 : -1;
}

static int
compare_ns(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
print(struct measured *measured, size_t count)
{
	size_t middle = count / 2;

	qsort(measured->ns, count, sizeof(measured->ns[0]), compare_ns);
	printf("%.1f %ld\n", (double)measured->ns[middle] / 1e3,
	    measured->memory);
}

static int
measure(char **commands[2], size_t count)
{
	struct measured measured[2] = {
		{ .ns = calloc(count, sizeof(uint64_t)) },
		{ .ns = calloc(count, sizeof(uint64_t)) },
	};
	posix_spawn_file_actions_t actions;
	int error = measured[0].ns == NULL || measured[1].ns == NULL;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY,
	    0);
	for (size_t i = 0; error == 0 && i < count; i++)
		for (size_t which = 0; error == 0 && which < 2; which++) {
			error = run_once(commands[which], &actions,
			    &measured[which], i);
			if (error != 0)
				fprintf(stderr, "measure: %s failed\n",
				    commands[which][0]);
		}
	for (size_t which = 0; error == 0 && which < 2; which++)
		print(&measured[which], count);
	posix_spawn_file_actions_destroy(&actions);
	free(measured[0].ns);
	free(measured[1].ns);
	return error == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	char **commands[2] = { argv + 2, NULL };
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;

	for (int i = 2; i < argc; i++)
		if (strcmp(argv[i], "--") == 0 && commands[1] == NULL) {
			argv[i] = NULL;
			commands[1] = argv + i + 1;
		}
	if (count == 0 || commands[1] == NULL || commands[0][0] == NULL ||
	    commands[1][0] == NULL) {
		fprintf(stderr, "usage: measure N COMMAND… -- COMMAND…\n");
		return 2;
	}
	return measure(commands, count);
}
