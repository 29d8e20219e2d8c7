#include "setup/modules.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "setup/command.h"

/* How long a module may stay in use by what is being taken down. */
#define UNLOAD_TRIES 60
#define UNLOAD_PAUSE_NS 50000000

#define NAME_ROOM 64

int
modules_list(char *names, size_t room)
{
	FILE *file = fopen("/proc/modules", "re");
	char line[512];
	bool begins = true;
	size_t used = 0;
	int error = 0;

	names[0] = '\0';
	if (file == NULL)
		return -errno;
	while (error == 0 && fgets(line, sizeof(line), file) != NULL) {
		size_t length = begins ? strcspn(line, " \n") : 0;

		/* Those that use a module may fill many lines like this. */
		begins = strchr(line, '\n') != NULL;
		if (length == 0)
			continue;
		if (used + length + 2 > room) {
			error = -ENOSPC;
			names[0] = '\0';
			break;
		}
		memcpy(names + used, line, length);
		used += length;
		names[used++] = ' ';
		names[used] = '\0';
	}
	fclose(file);
	return error;
}

/* Takes the next name out of a list; returns false at its end. */
static bool
next_name(const char **list, char name[NAME_ROOM])
{
	size_t length = strcspn(*list, " ");

	if (length == 0)
		return false;
	snprintf(name, NAME_ROOM, "%.*s", (int)length, *list);
	*list += length + ((*list)[length] == ' ');
	return true;
}

static bool
has_name(const char *list, const char *name)
{
	char other[NAME_ROOM];

	while (next_name(&list, other))
		if (strcmp(other, name) == 0)
			return true;
	return false;
}

void
modules_new(const char *before, const char *after, char *names, size_t room)
{
	char name[NAME_ROOM];

	names[0] = '\0';
	while (next_name(&after, name))
		if (!has_name(before, name)) {
			strlcat(names, name, room);
			strlcat(names, " ", room);
		}
}

void
modules_missing(const char *loaded, const char *wanted, char *names,
    size_t room)
{
	char name[NAME_ROOM];

	names[0] = '\0';
	while (next_name(&wanted, name)) {
		for (char *at = name; *at != '\0'; at++)
			if (*at == '-')
				*at = '_';
		if (has_name(loaded, name))
			continue;
		strlcat(names, name, room);
		strlcat(names, " ", room);
	}
}

/* The names in `names` that are still there. */
static void
still_there(const char *names, char *left, size_t room)
{
	char now[MODULES_MAX];
	char name[NAME_ROOM];

	left[0] = '\0';
	if (modules_list(now, sizeof(now)) != 0)
		return;
	while (next_name(&names, name))
		if (has_name(now, name)) {
			strlcat(left, name, room);
			strlcat(left, " ", room);
		}
}

int
modules_unload(const char *names, char *left, size_t room)
{
	const struct timespec pause = { .tv_nsec = UNLOAD_PAUSE_NS };
	char command[MODULES_MAX + 8];
	char why[256];

	snprintf(left, room, "%s", names);
	for (int tries = UNLOAD_TRIES; left[0] != '\0' && tries != 0; tries--) {
		snprintf(command, sizeof(command), "rmmod %.*s",
		    (int)strlen(left) - 1, left);
		command_run(command, NULL, why, sizeof(why));
		still_there(names, left, room);
		if (left[0] != '\0')
			nanosleep(&pause, NULL);
	}
	return left[0] != '\0' ? -EBUSY : 0;
}
