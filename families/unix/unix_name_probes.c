/* Who may use a name, and where it is known. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/nobody.h"
#include "unix_name.h"
#include "unix_probes.h"

static struct sockaddr_un *
name_of(struct endpoint *endpoint)
{
	return (struct sockaddr_un *)(void *)&endpoint->storage;
}

/* Whether a socket's file of this mode is reached by one who is not root. */
static int
reach_mode(struct stage *stage, const char *name, mode_t mode, int *reached)
{
	struct endpoint address;
	struct side *server;
	int bound;
	int error = unix_probes_path(stage, name, 0, &address);

	if (error == 0)
		error = unix_probes_serve(stage, &address, &server, &bound);
	if (error == 0)
		error = bound;
	if (error == 0 && (chmod(stage->directory, 0711) != 0 ||
	    chmod(name_of(&address)->sun_path, mode) != 0 ||
	    chdir(stage->directory) != 0))
		error = stage_cannot(stage, "the file's mode cannot be "
		    "changed");
	/* What leads to the folder may be closed to others. */
	strlcpy(name_of(&address)->sun_path, name, sizeof(((struct
	    sockaddr_un *)0)->sun_path));
	address.length = (socklen_t)(UNIX_NAME_OFFSET + strlen(name) + 1);
	if (error == 0 && geteuid() == 0)
		error = nobody_become(stage, NOBODY);
	if (error != 0)
		return error;
	*reached = unix_probes_reach(stage, &address);
	return getuid() == 0 ? nobody_become(stage, 0) : 0;
}

static int
perm_mode(struct stage *stage, struct observation *seen)
{
	int reading, writing;
	int error = reach_mode(stage, "r", 0444, &reading);

	if (error == 0)
		error = reach_mode(stage, "w", 0222, &writing);
	if (error != 0)
		return error;
	return observe(seen, "%s", reading == 0 && writing == 0 ? "either"
	    : writing == 0 ? "writing" : reading == 0 ? "reading"
	    : "more than that");
}

const struct probe unix_perm_mode = {
	.id = "unix-perm.mode",
	.group = GROUP_CONNECT,
	.question = "Which permission on the socket's file does connect() "
	    "want?",
	.cells = { .variant = "path" },
	.answers = (const char *const[]){ "writing", "reading", "either",
	    "more than that", NULL },
	.documents = (const struct document[]){
		{ .answer = "writing", .source = "unix(7), Pathname socket "
		    "ownership and permissions" },
		{ .answer = NULL },
	},
	.run = perm_mode,
};

static int
perm_umask(struct stage *stage, struct observation *seen)
{
	struct endpoint address;
	struct side *server;
	struct stat file;
	int bound;
	int error = unix_probes_path(stage, "s", 0, &address);

	umask(027);
	if (error == 0)
		error = unix_probes_serve(stage, &address, &server, &bound);
	if (error == 0)
		error = bound;
	if (error != 0)
		return observe(seen, "bind: %s", observed_errno(error));
	if (lstat(name_of(&address)->sun_path, &file) != 0)
		return observe(seen, "no file");
	return observe(seen, "%03o", file.st_mode & 0777);
}

const struct probe unix_perm_umask = {
	.id = "unix-perm.umask",
	.group = GROUP_NAMING,
	.question = "With a umask of 027, what is the mode of the socket's "
	    "file?",
	.cells = { .variant = "path" },
	.answers = (const char *const[]){ "{n}", "no file", "bind: {errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "750", .source = "unix(7): all permissions, but "
		    "those turned off by umask(2)" },
		{ .answer = NULL },
	},
	.run = perm_umask,
};

/* An abstract name; of a run of its own, whatever its length. */
static void
abstract(const struct stage *stage, size_t behind, struct endpoint *out)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	unsigned run = stage->run;

	for (size_t i = 0; i < 8; i++, run >>= 4)
		un.sun_path[1 + i] = "0123456789abcdef"[run & 15];
	endpoint_set(out, &un, UNIX_NAME_OFFSET + 1 + 8 + behind);
}

/* The same name with a NUL more, and again when it is closed. */
static int
two_names(struct stage *stage, struct observation *seen, size_t behind,
    bool close_first)
{
	struct endpoint one, other;
	struct side *first, *second;
	int bound;
	int error;

	abstract(stage, 0, &one);
	abstract(stage, behind, &other);
	error = unix_probes_serve(stage, &one, &first, &bound);
	if (error == 0 && bound != 0)
		return observe(seen, "bind: %s", observed_errno(bound));
	if (error == 0 && close_first)
		error = STAGE_CALL(first, close);
	if (error == 0)
		error = unix_probes_serve(stage, &other, &second, &bound);
	return error != 0 ? error : observe(seen, "%s", bound == 0
	    ? close_first ? "free" : "two names" : observed_errno(bound));
}

static int
abstract_bytes(struct stage *stage, struct observation *seen)
{
	return two_names(stage, seen, 1, false);
}

const struct probe unix_abstract_bytes = {
	.id = "unix-abstract.bytes",
	.group = GROUP_NAMING,
	.question = "Is an abstract name with one NUL more another name?",
	.cells = { .variant = "abstract" },
	.answers = (const char *const[]){ "two names", "{errno}",
	    "bind: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "two names", .source = "unix(7): null bytes have "
		    "no special significance" },
		{ .answer = NULL },
	},
	.run = abstract_bytes,
};

static int
abstract_again(struct stage *stage, struct observation *seen)
{
	return two_names(stage, seen, 0, true);
}

const struct probe unix_abstract_again = {
	.id = "unix-abstract.close",
	.group = GROUP_NAMING,
	.question = "Is an abstract name free when its socket is closed?",
	.cells = { .variant = "abstract" },
	.answers = (const char *const[]){ "free", "{errno}", "bind: {errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "free", .source = "unix(7), Abstract sockets: "
		    "disappear when closed" },
		{ .answer = NULL },
	},
	.run = abstract_again,
};
