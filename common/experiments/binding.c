/* bind(): what it refuses, and when a name is free. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"
#include "experiments/packet.h"

#define BIND_ANSWERS (const char *const[]){ "ok", "{errno}", NULL }

/* Names are taken with bind(), and by nothing else. */
static bool
binds(const struct choice *choice)
{
	return move_is_direct(choice) && !choice->row.joins &&
	    !choice->row.binds_itself;
}

/*
 * The name of a bound side, as another can ask for it: with the numbers that
 * the kernel chose, where it chooses any.
 */
static const struct endpoint *
name_of(const struct side *side)
{
	return side->choice->family->bound_unnamed ||
	    side->choice->row.shape == SHAPE_BUS
	    ? &((const struct stage_side *)(const void *)side)->asked
	    : &side->self;
}

/* A name that nobody has: it was bound to, and given up. */
static int
free_name(struct stage *stage, struct endpoint *out)
{
	struct side *side;
	int error = stage_bound(stage, SIDE_SERVER, &side);

	if (error != 0)
		return error;
	*out = *name_of(side);
	error = side_close(side);
	if (error == 0 && stage->choice->family->release != NULL)
		stage->choice->family->release(out);
	return error;
}

static int
bind_twice(struct stage *stage, struct observation *seen)
{
	const struct family *family = stage->choice->family;
	struct side *side, *other;
	struct endpoint name;
	int error = stage_bound(stage, SIDE_SERVER, &side);

	/* Another name, while this one is taken; and then a free one. */
	if (error == 0)
		error = stage_bound(stage, SIDE_SERVER, &other);
	if (error != 0)
		return error;
	name = *name_of(other);
	error = side_close(other);
	if (error == 0 && family->release != NULL)
		family->release(&name);
	return error != 0 ? error : observe(seen, "%s",
	    observed_errno(STAGE_CALL(side, bind, &name)));
}

static const struct probe bind_twice_probe = {
	.id = "bind-rules",
	.group = GROUP_NAMING,
	.question = "bind() of a bound socket to another name?",
	.applies = binds,
	.answers = BIND_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "EINVAL", .source = "bind(2)" },
		{ .answer = "EINVAL or ok",
		  .source = "POSIX.1-2017, bind(): EINVAL where the protocol "
		      "has no new address" },
		{ .answer = NULL },
	},
	.run = bind_twice,
};

/* A second socket asks for the name of the first. */
static int
ask_for(struct stage *stage, const struct endpoint *name,
    struct observation *seen)
{
	struct side *other;
	int error = stage_socket(stage, SIDE_SERVER, &other);

	return error != 0 ? error : observe(seen, "%s",
	    observed_errno(STAGE_CALL(other, bind, name)));
}

static int
in_use(struct stage *stage, struct observation *seen)
{
	struct side *side;
	int error = stage_bound(stage, SIDE_SERVER, &side);

	return error != 0 ? error : ask_for(stage, name_of(side), seen);
}

#define IN_USE_DOCUMENTS                                                       \
	(const struct document[]){                                             \
		{ .cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },           \
		  .answer = "EADDRINUSE", .source = "bind(2); POSIX.1-2017, "  \
		      "bind()" },                                              \
		{ .answer = NULL },                                            \
	}

static const struct probe in_use_probe = {
	.id = "bind-rules.in-use",
	.group = GROUP_NAMING,
	.question = "bind() to a name that another socket has?",
	.applies = binds,
	.answers = BIND_ANSWERS,
	.documents = IN_USE_DOCUMENTS,
	.run = in_use,
};

static int
after_close(struct stage *stage, struct observation *seen)
{
	struct side *side;
	struct endpoint name;
	int error = stage_bound(stage, SIDE_SERVER, &side);

	if (error != 0)
		return error;
	name = *name_of(side);
	error = move_close(side);
	return error != 0 ? error : ask_for(stage, &name, seen);
}

static const struct probe after_close_probe = {
	.id = "bind-rules.closed",
	.group = GROUP_NAMING,
	.question = "bind() to the name of a socket that was closed?",
	.applies = binds,
	.answers = BIND_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "ok", .source = "close(2): what belongs to it is "
		      "freed with the last descriptor" },
		{ .answer = NULL },
	},
	.run = after_close,
};

static int
after_dup(struct stage *stage, struct observation *seen)
{
	struct side *side;
	struct endpoint name;
	int error = stage_bound(stage, SIDE_SERVER, &side);

	if (error != 0)
		return error;
	name = *name_of(side);
	if (STAGE_CALL(side, dup) < 0)
		return stage_cannot(stage, "its dup() fails");
	error = move_close(side);
	return error != 0 ? error : ask_for(stage, &name, seen);
}

static const struct probe after_dup_probe = {
	.id = "bind-rules.dup",
	.group = GROUP_NAMING,
	.question = "bind() to the name of a closed socket, a dup() of it open?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = binds,
	.answers = BIND_ANSWERS,
	.documents = IN_USE_DOCUMENTS,
	.run = after_dup,
};

/* The listener and the client are closed; what was accepted is not. */
static int
while_connected(struct stage *stage, struct observation *seen)
{
	struct side *client, *server, *listener;
	struct endpoint name;
	int error = stage_trio(stage, &client, &server, &listener);

	if (error != 0)
		return error;
	name = *name_of(listener);
	error = side_close(listener);
	return error != 0 ? error : ask_for(stage, &name, seen);
}

static const struct probe while_connected_probe = {
	.id = "bind-rules.connected",
	.group = GROUP_NAMING,
	.question = "bind() to a closed listener's name while its connection lives?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = binds,
	.answers = BIND_ANSWERS,
	.run = while_connected,
};

static int
bind_connected(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct endpoint name;
	int error = free_name(stage, &name);

	if (error == 0)
		error = stage_pair(stage, &client, &server);
	return error != 0 ? error : observe(seen, "%s",
	    observed_errno(STAGE_CALL(client, bind, &name)));
}

static const struct probe bind_connected_probe = {
	.id = "bind-rules.late",
	.group = GROUP_NAMING,
	.question = "bind() of a client that is connected already?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = binds,
	.answers = BIND_ANSWERS,
	.run = bind_connected,
};

/* What getsockname() returned, given to bind() again. */
static int
bind_told(struct stage *stage, struct observation *seen)
{
	struct side *side;
	struct endpoint told;
	int error = stage_bound(stage, SIDE_SERVER, &side);

	if (error != 0)
		return error;
	error = STAGE_CALL(side, getsockname, &told);
	if (error != 0)
		return observe(seen, "getsockname: %s", observed_errno(error));
	error = side_close(side);
	if (error == 0 && stage->choice->family->release != NULL)
		stage->choice->family->release(&told);
	return error != 0 ? error : ask_for(stage, &told, seen);
}

static const struct probe bind_told_probe = {
	.id = "bind-rules.told",
	.group = GROUP_NAMING,
	.question = "Is what getsockname() told an address for bind()?",
	.applies = binds,
	.answers = (const char *const[]){ "ok", "{errno}",
	    "getsockname: {errno}", NULL },
	.run = bind_told,
};

/* A good name but for one thing. */
static int
bind_wrong(struct stage *stage, struct observation *seen, bool family,
    socklen_t length)
{
	struct side *side;
	struct endpoint name;
	int error = free_name(stage, &name);

	if (error == 0)
		error = stage_socket(stage, SIDE_SERVER, &side);
	if (error != 0)
		return error;
	if (family)
		name.any.sa_family++;
	else
		name.length = length;
	return observe(seen, "%s",
	    observed_errno(STAGE_CALL(side, bind, &name)));
}

static int
bind_short(struct stage *stage, struct observation *seen)
{
	return bind_wrong(stage, seen, false, 1);
}

static const struct probe bind_short_probe = {
	.id = "bind-rules.short",
	.group = GROUP_NAMING,
	.question = "bind() to an address of one byte?",
	.applies = binds,
	.answers = BIND_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "EINVAL", .source = "bind(2): addrlen is wrong; "
		      "POSIX.1-2017, bind()" },
		{ .answer = NULL },
	},
	.run = bind_short,
};

static int
bind_foreign(struct stage *stage, struct observation *seen)
{
	return bind_wrong(stage, seen, true, 0);
}

static const struct probe bind_foreign_probe = {
	.id = "bind-rules.family",
	.group = GROUP_NAMING,
	.question = "bind() to an address of another family?",
	.applies = binds,
	.answers = BIND_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "EINVAL", .source = "bind(2): no valid address "
		      "for this socket's domain" },
		{ .answer = "EAFNOSUPPORT", .source = "POSIX.1-2017, bind()" },
		{ .answer = NULL },
	},
	.run = bind_foreign,
};

const struct probe *const binding_probes[] = {
	&bind_twice_probe,
	&in_use_probe,
	&after_close_probe,
	&after_dup_probe,
	&while_connected_probe,
	&bind_connected_probe,
	&bind_told_probe,
	&bind_short_probe,
	&bind_foreign_probe,
	NULL,
};
