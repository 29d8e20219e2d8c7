/* Names in the file system: how long one may be, and what it then is. */
#include <string.h>

#include "unix_name.h"
#include "unix_probes.h"

#define WHOLE sizeof(((struct sockaddr_un *)0)->sun_path)

#define PATHS { .variant = "path" }

static const char *
text_of(const struct endpoint *endpoint)
{
	return ((const struct sockaddr_un *)(const void *)
	    &endpoint->storage)->sun_path;
}

static int
full(struct stage *stage, struct observation *seen)
{
	struct endpoint address;
	struct side *server;
	int bound;
	int error = unix_probes_path(stage, "s", WHOLE, &address);

	if (error == 0)
		error = unix_probes_serve(stage, &address, &server, &bound);
	if (error != 0)
		return error;
	if (bound != 0)
		return observe(seen, "bind: %s", observed_errno(bound));
	error = unix_probes_reach(stage, &address);
	if (error != 0)
		return observe(seen, "connect: %s", observed_errno(error));
	return observe(seen, "reached");
}

const struct probe unix_path_full = {
	.id = "unix-path.full",
	.group = GROUP_NAMING,
	.question = "A path of 108 bytes without a NUL: can it be reached?",
	.cells = PATHS,
	.answers = (const char *const[]){ "reached", "bind: {errno}",
	    "connect: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "reached",
		  .source = "unix(7), BUGS: 108 non-null bytes" },
		{ .answer = NULL },
	},
	.run = full,
};

static int
full_name(struct stage *stage, struct observation *seen)
{
	struct endpoint address, name;
	struct side *server;
	int bound;
	int error = unix_probes_path(stage, "s", WHOLE, &address);

	if (error == 0)
		error = unix_probes_serve(stage, &address, &server, &bound);
	if (error == 0)
		error = bound;
	if (error == 0)
		error = STAGE_CALL(server, getsockname, &name);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	return observe(seen, "%d more", (int)name.length -
	    (int)address.length);
}

const struct probe unix_path_full_name = {
	.id = "unix-path.full-name",
	.group = GROUP_NAMING,
	.question = "And how much longer is the address that getsockname() "
	    "gives?",
	.cells = PATHS,
	.answers = (const char *const[]){ "{n} more", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "1 more",
		  .source = "unix(7), BUGS: one byte longer than supplied" },
		{ .answer = NULL },
	},
	.run = full_name,
};

static int
too_long(struct stage *stage, struct observation *seen)
{
	struct endpoint address;
	struct side *server;
	int bound;
	int error = unix_probes_path(stage, "s", WHOLE, &address);

	if (error == 0) {
		address.bytes[address.length++] = 'x';
		error = unix_probes_serve(stage, &address, &server, &bound);
	}
	if (error != 0)
		return error;
	return observe(seen, "%s", observed_errno(bound));
}

const struct probe unix_path_long = {
	.id = "unix-path.long",
	.group = GROUP_NAMING,
	.question = "A path of 109 bytes: does bind() take it?",
	.cells = PATHS,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EINVAL",
		  .source = "bind(2), EINVAL: addrlen is wrong" },
		{ .answer = NULL },
	},
	.run = too_long,
};

/* The length ends two bytes before the name does. */
static int
cut(struct stage *stage, struct observation *seen)
{
	struct endpoint address, name;
	struct side *server;
	int bound;
	int error = unix_probes_path(stage, "abcd", 0, &address);

	if (error == 0) {
		address.length -= 3;
		error = unix_probes_serve(stage, &address, &server, &bound);
	}
	if (error == 0)
		error = bound;
	if (error == 0)
		error = STAGE_CALL(server, getsockname, &name);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	if (name.length == address.length + 1 &&
	    strncmp(text_of(&name) + strlen(stage->directory), "/ab", 4) == 0)
		return observe(seen, "cut, a NUL is added");
	return observe(seen, name.length == address.length ? "cut" : "whole");
}

const struct probe unix_path_short = {
	.id = "unix-path.short",
	.group = GROUP_NAMING,
	.question = "The length given to bind() ends within the path: what is "
	    "the name?",
	.cells = PATHS,
	.answers = (const char *const[]){ "cut, a NUL is added", "cut",
	    "whole", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "cut, a NUL is added",
		  .source = "unix(7), BUGS: Linux appends a null terminator" },
		{ .answer = NULL },
	},
	.run = cut,
};
