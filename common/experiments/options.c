/* What getsockopt() and setsockopt() do with what they are given. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"
#include "experiments/packet.h"

/* An option and a level that nobody has. */
#define STRANGE_OPTION 9999
#define STRANGE_LEVEL 9999

static int
get_unknown(struct stage *stage, struct observation *seen, int level,
    int option)
{
	int value = 0;
	socklen_t length = sizeof(value);
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	return error != 0 ? error : observe(seen, "%s",
	    observed_errno(STAGE_CALL(side, getsockopt, level, option, &value,
	    &length)));
}

static int
set_unknown(struct stage *stage, struct observation *seen, int level,
    int option)
{
	const int value = 1;
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	return error != 0 ? error : observe(seen, "%s",
	    observed_errno(STAGE_CALL(side, setsockopt, level, option, &value,
	    (socklen_t)sizeof(value))));
}

#define UNKNOWN(name, how, words, asked, level, option, ...)                   \
	static int name(struct stage *stage, struct observation *seen)         \
	{                                                                      \
		return how(stage, seen, level, option);                        \
	}                                                                      \
	static const struct probe name##_probe = {                             \
		.id = words, .group = GROUP_OPTIONS, .question = asked,        \
		.applies = move_is_direct,                                     \
		.answers = (const char *const[]){ "ok", "{errno}", NULL },     \
		.documents = (const struct document[]){                        \
			__VA_ARGS__, { .answer = NULL },                       \
		},                                                             \
		.run = name,                                                   \
	}

#define UNKNOWN_TO(call)                                                       \
	{ .answer = "ENOPROTOOPT", .source = call "(2)" },                     \
	{ .answer = "ENOPROTOOPT or EINVAL",                                   \
	  .source = "POSIX.1-2017, " call "()" }

UNKNOWN(unknown_option, get_unknown, "option-unknown",
    "getsockopt() of an option that does not exist?", SOL_SOCKET,
    STRANGE_OPTION, UNKNOWN_TO("getsockopt"));
UNKNOWN(unknown_option_set, set_unknown, "option-unknown.set",
    "setsockopt() of an option that does not exist?", SOL_SOCKET,
    STRANGE_OPTION, UNKNOWN_TO("setsockopt"));
UNKNOWN(unknown_level, get_unknown, "option-unknown.level",
    "getsockopt() at a level that does not exist?", STRANGE_LEVEL, 1,
    UNKNOWN_TO("getsockopt"));
UNKNOWN(unknown_level_set, set_unknown, "option-unknown.level-set",
    "setsockopt() at a level that does not exist?", STRANGE_LEVEL, 1,
    UNKNOWN_TO("setsockopt"));
UNKNOWN(read_only, set_unknown, "option-unknown.read-only",
    "setsockopt() of SO_TYPE, which is read-only?", SOL_SOCKET, SO_TYPE,
    { .answer = "{errno}", .source = "socket(7), SO_TYPE: read-only" });
UNKNOWN(send_mark, set_unknown, "option-unknown.sndlowat",
    "setsockopt() of SO_SNDLOWAT, which POSIX has?", SOL_SOCKET,
    SO_SNDLOWAT,
    { .answer = "ENOPROTOOPT",
      .source = "socket(7), SO_SNDLOWAT: not changeable on Linux" });

/* An int that is read into a buffer of another length. */
static int
get_length(struct stage *stage, struct observation *seen, socklen_t length)
{
	unsigned char value[64] = "";
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	error = STAGE_CALL(side, getsockopt, SOL_SOCKET, SO_SNDBUF, value,
	    &length);
	return error != 0 ? observe(seen, "%s", observed_errno(error))
	    : observe(seen, "%u bytes", (unsigned)length);
}

#define LENGTH_ANSWERS                                                         \
	(const char *const[]){ "{n} bytes", "{errno}", NULL }

static int
read_long(struct stage *stage, struct observation *seen)
{
	return get_length(stage, seen, 64);
}

static const struct probe read_long_probe = {
	.id = "option-length",
	.group = GROUP_OPTIONS,
	.question = "getsockopt() of an int into 64 bytes: how many come?",
	.applies = move_is_direct,
	.answers = LENGTH_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "4 bytes",
		  .source = "getsockopt(2): the actual size of the value" },
		{ .answer = NULL },
	},
	.run = read_long,
};

static int
read_short(struct stage *stage, struct observation *seen)
{
	return get_length(stage, seen, 2);
}

static const struct probe read_short_probe = {
	.id = "option-length.short",
	.group = GROUP_OPTIONS,
	.question = "getsockopt() of an int into two bytes?",
	.applies = move_is_direct,
	.answers = LENGTH_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "2 bytes",
		  .source = "POSIX.1-2017, getsockopt(): silently truncated" },
		{ .answer = NULL },
	},
	.run = read_short,
};

static int
read_none(struct stage *stage, struct observation *seen)
{
	return get_length(stage, seen, 0);
}

static const struct probe read_none_probe = {
	.id = "option-length.zero",
	.group = GROUP_OPTIONS,
	.question = "getsockopt() of an int into no bytes?",
	.applies = move_is_direct,
	.answers = LENGTH_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "0 bytes",
		  .source = "POSIX.1-2017, getsockopt(): silently truncated" },
		{ .answer = NULL },
	},
	.run = read_none,
};

static int
set_length(struct stage *stage, struct observation *seen, socklen_t length)
{
	const int value[2] = { 1, 0 };
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	return error != 0 ? error : observe(seen, "%s",
	    observed_errno(STAGE_CALL(side, setsockopt, SOL_SOCKET,
	    SO_KEEPALIVE, value, length)));
}

static int
write_short(struct stage *stage, struct observation *seen)
{
	return set_length(stage, seen, 2);
}

static const struct probe write_short_probe = {
	.id = "option-length.set-short",
	.group = GROUP_OPTIONS,
	.question = "setsockopt() of a boolean with two bytes?",
	.applies = move_is_direct,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EINVAL",
		  .source = "setsockopt(2): optlen is invalid" },
		{ .answer = NULL },
	},
	.run = write_short,
};

static int
write_long(struct stage *stage, struct observation *seen)
{
	return set_length(stage, seen, sizeof(int[2]));
}

static const struct probe write_long_probe = {
	.id = "option-length.set-long",
	.group = GROUP_OPTIONS,
	.question = "setsockopt() of a boolean with eight bytes?",
	.applies = move_is_direct,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.run = write_long,
};

/* The error of a connect() that was refused, read twice. */
static int
pending_error(struct stage *stage, struct observation *seen)
{
	struct endpoint nobody;
	struct side *client;
	char first[MOVE_WORD];
	int error = stage_vacant(stage, &nobody);

	if (error == 0)
		error = stage_client(stage, &client);
	if (error == 0)
		error = move_nonblocking(client);
	if (error != 0)
		return error;
	error = STAGE_CALL(client, connect, &nobody);
	if (error != -EINPROGRESS)
		return observe(seen, "connect() itself: %s",
		    observed_errno(error));
	if (stage_poll(stage, client, POLLOUT, STAGE_SURE_MS) == 0)
		return observe(seen, "no answer");
	error = move_pending(client);
	strlcpy(first, error != 0 ? observed_errno(error) : "0",
	    sizeof(first));
	error = move_pending(client);
	return observe(seen, "%s, then %s", first,
	    error != 0 ? observed_errno(error) : "0");
}

static const struct probe pending_error_probe = {
	.id = "option-error",
	.group = GROUP_OPTIONS,
	.question = "connect() was refused: SO_ERROR read once, and again?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "{errno}, then 0", "0, then 0",
	    "{errno}, then {errno}", "0, then {errno}",
	    "connect() itself: {errno}", "connect() itself: ok", "no answer",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "ECONNREFUSED, then 0 or connect() itself: {errno}",
		  .source = "socket(7), SO_ERROR: get and clear; connect(2)" },
		{ .answer = NULL },
	},
	.run = pending_error,
};

const struct probe *const options_probes[] = {
	&unknown_option_probe,
	&unknown_option_set_probe,
	&unknown_level_probe,
	&unknown_level_set_probe,
	&read_only_probe,
	&send_mark_probe,
	&read_long_probe,
	&read_short_probe,
	&read_none_probe,
	&write_short_probe,
	&write_long_probe,
	&pending_error_probe,
	NULL,
};
