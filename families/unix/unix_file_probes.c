/* The file of a socket: moved, removed, missing. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unix_probes.h"

#define PATHS { .variant = "path" }

static const char *
text_of(const struct endpoint *endpoint)
{
	return ((const struct sockaddr_un *)(const void *)
	    &endpoint->storage)->sun_path;
}

/* A server at a path, whose file is then given another name or none. */
static int
moved(struct stage *stage, struct observation *seen, bool gone)
{
	struct endpoint before, after;
	struct side *server;
	int bound, old, new;
	int error = unix_probes_path(stage, "old", 0, &before);

	if (error == 0)
		error = unix_probes_path(stage, "new", 0, &after);
	if (error == 0)
		error = unix_probes_serve(stage, &before, &server, &bound);
	if (error == 0)
		error = bound;
	if (error == 0)
		error = gone ? unlink(text_of(&before))
			     : rename(text_of(&before), text_of(&after));
	if (error != 0)
		return stage_cannot(stage, "there is no file to be moved");
	old = unix_probes_reach(stage, &before);
	if (gone)
		return observe(seen, "%s", old == 0 ? "reached"
		    : observed_errno(old));
	new = unix_probes_reach(stage, &after);
	return observe(seen, "%s", old == 0 && new == 0 ? "by both"
	    : old == 0 ? "by the old one" : new == 0 ? "by the new one"
	    : "by none");
}

static int
renamed(struct stage *stage, struct observation *seen)
{
	return moved(stage, seen, false);
}

const struct probe unix_path_rename = {
	.id = "unix-path.rename",
	.group = GROUP_NAMING,
	.question = "The socket's file is renamed: by which name is it "
	    "reached?",
	.cells = PATHS,
	.answers = (const char *const[]){ "by the new one", "by the old one",
	    "by both", "by none", NULL },
	.run = renamed,
};

static int
unlinked(struct stage *stage, struct observation *seen)
{
	return moved(stage, seen, true);
}

const struct probe unix_path_unlink = {
	.id = "unix-path.unlink",
	.group = GROUP_NAMING,
	.question = "The file of an open socket is removed: who connects "
	    "next?",
	.cells = PATHS,
	.answers = (const char *const[]){ "reached", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ENOENT",
		  .source = "unix(7), ERRORS: the pathname did not exist" },
		{ .answer = NULL },
	},
	.run = unlinked,
};

/* Connects to something that is a file and no socket: the folder. */
static int
directory(struct stage *stage, struct observation *seen)
{
	struct endpoint address;
	int error = unix_probes_path(stage, ".", 0, &address);

	if (error != 0)
		return error;
	return observe(seen, "%s", observed_errno(unix_probes_reach(stage,
	    &address)));
}

const struct probe unix_path_directory = {
	.id = "unix-path.no-socket",
	.group = GROUP_CONNECT,
	.question = "connect() to a file that is no socket?",
	.cells = PATHS,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ECONNREFUSED",
		  .source = "unix(7), ERRORS: the pathname is not a socket" },
		{ .answer = NULL },
	},
	.run = directory,
};

static int
nowhere(struct stage *stage, struct observation *seen)
{
	struct endpoint address;
	struct side *server;
	int bound;
	int error = unix_probes_path(stage, "none/s", 0, &address);

	if (error == 0)
		error = unix_probes_serve(stage, &address, &server, &bound);
	if (error != 0)
		return error;
	return observe(seen, "%s", observed_errno(bound));
}

const struct probe unix_path_nowhere = {
	.id = "unix-path.nowhere",
	.group = GROUP_NAMING,
	.question = "bind() to a path in a folder that is not there?",
	.cells = PATHS,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ENOENT", .source = "bind(2), ENOENT" },
		{ .answer = NULL },
	},
	.run = nowhere,
};
