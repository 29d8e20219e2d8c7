#include "setup/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "setup/command.h"
#include "setup/modules.h"
#include "setup/network.h"
#include "setup/route.h"

/* How long a file may take to appear. */
#define PATH_TRIES 250
#define PATH_PAUSE_NS 20000000

const struct surroundings *
setup_of(const struct choice *choice)
{
	if (choice->variant != NULL && choice->variant->surroundings != NULL)
		return choice->variant->surroundings;
	return choice->row.surroundings;
}

bool
setup_is_need(const struct need *need)
{
	return need != NULL && (need->command != NULL ||
	    need->path != NULL || need->sysctl != NULL ||
	    need->message != NULL);
}

bool
setup_needs_nothing(const struct choice *choice)
{
	const struct surroundings *surroundings = setup_of(choice);

	return surroundings == NULL ||
	    (surroundings->where == SURROUNDINGS_NAMESPACE &&
		!setup_is_need(surroundings->needs));
}

static void add_made(struct made *made, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
add_made(struct made *made, const char *format, ...)
{
	va_list arguments;

	if (made->count == MADE_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(made->text[made->count++], MADE_TEXT, format, arguments);
	va_end(arguments);
}

int
setup_enter(const struct setup *setup, enum side_id side)
{
	if (setup->network[side] < 0)
		return 0;
	return setns(setup->network[side], CLONE_NEWNET) == 0 ? 0 : -errno;
}

/* The command with the server's namespace in the place of {server}. */
static void
fill_in(const struct setup *setup, const char *command, char *text,
    size_t room)
{
	static const char word[] = "{server}";
	const char *at = strstr(command, word);

	if (at == NULL)
		snprintf(text, room, "%s", command);
	else
		snprintf(text, room, "%.*s/proc/%d/fd/%d%s",
		    (int)(at - command), command, (int)getpid(),
		    setup->network[SIDE_SERVER], at + sizeof(word) - 1);
}

static int
run_command(const struct setup *setup, const struct need *need, char *why,
    size_t room)
{
	char command[COMMAND_TEXT];

	fill_in(setup, need->command, command, sizeof(command));
	return command_run(command, setup->ending, why, room);
}

/* Waits for a file that nobody announces, unless a package has to bring it. */
static int
await_path(const struct need *need, char *why, size_t room)
{
	const struct timespec pause = { .tv_nsec = PATH_PAUSE_NS };

	for (int tries = PATH_TRIES; access(need->path, F_OK) != 0; tries--) {
		if (need->package != NULL) {
			snprintf(why, room, "%s is not there: apt install %s",
			    need->path, need->package);
			return -ENOENT;
		}
		if (tries == 0) {
			snprintf(why, room, "%s did not appear", need->path);
			return -ETIMEDOUT;
		}
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int
set_sysctl(const struct need *need, char *why, size_t room)
{
	char path[COMMAND_TEXT] = "/proc/sys/";
	size_t prefix = strlen(path);
	int error;

	strlcat(path, need->sysctl, sizeof(path));
	for (char *dot = path + prefix; *dot != '\0'; dot++)
		if (*dot == '.')
			*dot = '/';
	error = network_write(path, need->value);
	if (error != 0)
		snprintf(why, room, "sysctl -w %s='%s': %s", need->sysctl,
		    need->value, strerror(-error));
	return error == -EACCES || error == -EROFS ? -EPERM : error;
}

/* A command does not say that a privilege is missing, but it is likely. */
static int
refused(const struct setup *setup, int error, char *why, size_t room)
{
	if (error != -EIO || geteuid() == 0 ||
	    setup->surroundings->where != SURROUNDINGS_INITIAL)
		return error;
	strlcat(why, ": run it as root", room);
	return -EPERM;
}

static int
make_one(struct setup *setup, const struct need *need, char *why, size_t room)
{
	int error = setup_enter(setup, need->server ? SIDE_SERVER
						    : SIDE_CLIENT);

	if (error != 0)
		snprintf(why, room, "entering a network namespace: %s",
		    strerror(-error));
	else if (need->command != NULL)
		error = run_command(setup, need, why, room);
	else if (need->path != NULL)
		return await_path(need, why, room);
	else if (need->sysctl != NULL)
		error = set_sysctl(need, why, room);
	else
		error = route_request(need->message, need->length);
	if (error != 0 && need->message != NULL)
		snprintf(why, room, "%s: %s", need->words, strerror(-error));
	if (error != 0)
		return refused(setup, error, why, room);
	if (need->command != NULL)
		add_made(setup->made, "%s", need->command);
	else if (need->sysctl != NULL)
		add_made(setup->made, "sysctl -w %s='%s'", need->sysctl,
		    need->value);
	else
		add_made(setup->made, "%s", need->words);
	if (setup->surroundings->where == SURROUNDINGS_INITIAL &&
	    setup->done_count < MADE_MAX)
		setup->done[setup->done_count++] = need;
	return 0;
}

/* The namespaces, their loopbacks up. */
static int
make_networks(struct setup *setup, char *why, size_t room)
{
	static const struct need loopback = {
		.command = "ip link set lo up"
	};
	bool two = setup->surroundings->where == SURROUNDINGS_TWO_NAMESPACES;
	int error;

	if (setup->surroundings->where == SURROUNDINGS_INITIAL)
		return 0;
	setup->before = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (setup->before < 0) {
		error = -errno;
		snprintf(why, room, "/proc/self/ns/net: %s", strerror(-error));
		return error;
	}
	error = network_new(&setup->network[SIDE_SERVER],
	    &setup->user_namespace, why, room);
	if (error == 0)
		error = run_command(setup, &loopback, why, room);
	if (error == 0 && two)
		error = network_new(&setup->network[SIDE_CLIENT],
		    &setup->user_namespace, why, room);
	if (error == 0 && two)
		error = run_command(setup, &loopback, why, room);
	if (error == 0 && !two)
		setup->network[SIDE_CLIENT] = fcntl(
		    setup->network[SIDE_SERVER], F_DUPFD_CLOEXEC, 0);
	if (setup->network[SIDE_SERVER] < 0)
		return error;
	snprintf(setup->made->where, MADE_TEXT, "in %s%s",
	    two ? "two network namespaces of its own"
		: "a network namespace of its own",
	    setup->user_namespace ? " and a user namespace" : "");
	return error;
}

/* Loads what the cell needs; what is loaded from here on is unloaded again. */
static void
load_modules(struct setup *setup, const struct choice *choice)
{
	const char *family = choice->family->origin.modules;
	const char *own = choice->row.origin.modules;
	char wanted[COMMAND_TEXT];
	char missing[COMMAND_TEXT];
	char command[COMMAND_TEXT];
	char why[256];

	setup->loads = geteuid() == 0 &&
	    modules_list(setup->modules, sizeof(setup->modules)) == 0;
	if (!setup->loads)
		return;
	snprintf(wanted, sizeof(wanted), "%s%s%s", family != NULL ? family : "",
	    family != NULL && own != NULL ? " " : "", own != NULL ? own : "");
	modules_missing(setup->modules, wanted, missing, sizeof(missing));
	if (missing[0] == '\0')
		return;
	/* A kernel may have them built in, or not at all: socket() will tell. */
	strlcpy(command, "modprobe -a -q ", sizeof(command));
	strlcat(command, missing, sizeof(command));
	command[strlen(command) - 1] = '\0';
	command_run(command, setup->ending, why, sizeof(why));
}

/* Those that are there now and were not before. */
static void
new_modules(const struct setup *setup, char *names, size_t room)
{
	char now[MODULES_MAX];

	names[0] = '\0';
	if (setup->loads && modules_list(now, sizeof(now)) == 0)
		modules_new(setup->modules, now, names, room);
}

static void
tell_modules(struct setup *setup)
{
	char names[MODULES_MAX];

	new_modules(setup, names, sizeof(names));
	if (names[0] != '\0')
		add_made(setup->made, "modprobe %.*s",
		    (int)strlen(names) - 1, names);
}

/* Goes where the client is; in networks of its own, all links are then up. */
static int
settle(const struct setup *setup)
{
	bool own = setup->surroundings->where != SURROUNDINGS_INITIAL;
	int error = setup_enter(setup, SIDE_SERVER);

	if (error == 0 && own)
		network_await_links();
	if (error == 0)
		error = setup_enter(setup, SIDE_CLIENT);
	if (error == 0 &&
	    setup->surroundings->where == SURROUNDINGS_TWO_NAMESPACES)
		network_await_links();
	return error;
}

static void
init(struct setup *setup, const struct surroundings *surroundings,
    struct made *made, const sigset_t *ending)
{
	*setup = (struct setup){
		.surroundings = surroundings,
		.made = made,
		.before = -1,
		.network = { -1, -1 },
		.ending = ending,
	};
	memset(made, 0, sizeof(*made));
}

/* What is in the list, and moves into it. */
static int
make_all(struct setup *setup, char *why, size_t room)
{
	const struct need *need;
	int error;

	error = make_networks(setup, why, room);
	for (need = setup->surroundings->needs; error == 0 && setup_is_need(need);
	     need++)
		error = make_one(setup, need, why, room);
	tell_modules(setup);
	return error != 0 ? error : settle(setup);
}

int
setup_begin(struct setup *setup, const struct choice *choice,
    bool keep_modules, struct made *made, const sigset_t *ending, char *why,
    size_t room)
{
	init(setup, setup_of(choice), made, ending);
	load_modules(setup, choice);
	setup->loads = setup->loads && !keep_modules;
	if (setup->surroundings != NULL)
		return make_all(setup, why, room);
	tell_modules(setup);
	return 0;
}

int
setup_isolate(struct setup *setup, struct made *made, const sigset_t *ending,
    char *why, size_t room)
{
	static const struct surroundings alone = { SURROUNDINGS_NAMESPACE, NULL };

	init(setup, &alone, made, ending);
	return make_all(setup, why, room);
}

static int
undo(struct setup *setup, char *why, size_t room)
{
	int first = 0;

	while (setup->done_count > 0) {
		const struct need *need = setup->done[--setup->done_count];
		int error = need->undo != NULL
		    ? command_run(need->undo, NULL, why, room) : 0;

		first = first != 0 ? first : error;
	}
	return first;
}

void
setup_settle(struct setup *setup)
{
	int *const open[] = { &setup->before, &setup->network[SIDE_CLIENT],
		&setup->network[SIDE_SERVER] };

	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		if (*open[i] >= 0)
			close(*open[i]);
		*open[i] = -1;
	}
}

/* A module is in use as long as the namespace is. */
static void
leave_networks(struct setup *setup)
{
	if (setup->before >= 0 && !setup->user_namespace)
		setns(setup->before, CLONE_NEWNET);
	setup_settle(setup);
}

int
setup_end(struct setup *setup, char *why, size_t room)
{
	char names[MODULES_MAX];
	char left[MODULES_MAX];
	int error;

	why[0] = '\0';
	error = undo(setup, why, room);
	leave_networks(setup);
	new_modules(setup, names, sizeof(names));
	if (modules_unload(names, left, sizeof(left)) != 0) {
		snprintf(why, room, "still loaded, since in use: %s", left);
		error = error != 0 ? error : -EBUSY;
	}
	setup->loads = false;
	return error;
}
