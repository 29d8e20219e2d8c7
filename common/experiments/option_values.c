/* What options tell of a socket, and whether what was set is read back. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"
#include "experiments/packet.h"

/* What an option says of how the socket was opened. */
static int
tell_truth(struct stage *stage, struct observation *seen, int option,
    int passed)
{
	struct side *side;
	long told;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	told = packet_get(side, option);
	if (told < 0)
		return observe(seen, "%s", observed_errno(told));
	return told == passed ? observe(seen, "as socket() was told")
	    : observe(seen, "%ld instead", told);
}

#define TRUTH_ANSWERS                                                          \
	(const char *const[]){ "as socket() was told", "{n} instead",          \
	    "{errno}", NULL }

static int
type(struct stage *stage, struct observation *seen)
{
	return tell_truth(stage, seen, SO_TYPE, stage->choice->row.type);
}

static const struct probe type_probe = {
	.id = "option-truth.type",
	.group = GROUP_OPTIONS,
	.question = "Does SO_TYPE tell the type that socket() was given?",
	.applies = move_is_direct,
	.answers = TRUTH_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "as socket() was told",
		  .source = "socket(7), SO_TYPE" },
		{ .answer = NULL },
	},
	.run = type,
};

static int
domain(struct stage *stage, struct observation *seen)
{
	return tell_truth(stage, seen, SO_DOMAIN,
	    stage->choice->family->domain);
}

static const struct probe domain_probe = {
	.id = "option-truth.domain",
	.group = GROUP_OPTIONS,
	.question = "Does SO_DOMAIN tell the family that socket() was given?",
	.applies = move_is_direct,
	.answers = TRUTH_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "as socket() was told",
		  .source = "socket(7), SO_DOMAIN" },
		{ .answer = NULL },
	},
	.run = domain,
};

static int
protocol(struct stage *stage, struct observation *seen)
{
	struct side *side;
	long told;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	told = packet_get(side, SO_PROTOCOL);
	if (told < 0)
		return observe(seen, "%s", observed_errno(told));
	if (told == stage->choice->passed)
		return observe(seen, told == 0 ? "0 stays 0" : "the same");
	if (stage->choice->passed == 0)
		return observe(seen, "0 becomes %ld", told);
	return observe(seen, "%ld instead", told);
}

static const struct probe protocol_probe = {
	.id = "option-truth.protocol",
	.group = GROUP_OPTIONS,
	.question = "SO_PROTOCOL: which protocol does the socket have?",
	.applies = move_is_direct,
	.answers = (const char *const[]){ "the same", "0 stays 0",
	    "0 becomes {n}", "{n} instead", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "the same or 0 stays 0 or 0 becomes {n}",
		  .source = "socket(7), SO_PROTOCOL" },
		{ .answer = NULL },
	},
	.run = protocol,
};

static int
accepting(struct stage *stage, struct observation *seen)
{
	struct side *side;
	long before, after;
	int error = stage_bound(stage, SIDE_SERVER, &side);

	if (error != 0)
		return error;
	before = packet_get(side, SO_ACCEPTCONN);
	if (before < 0)
		return observe(seen, "%s", observed_errno(before));
	error = STAGE_CALL(side, listen, 8);
	if (error != 0)
		return stage_cannot(stage, "its listen() says %s",
		    observed_errno(error));
	after = packet_get(side, SO_ACCEPTCONN);
	return after < 0 ? observe(seen, "%s", observed_errno(after))
	    : observe(seen, "%ld, then %ld", before, after);
}

static const struct probe accepting_probe = {
	.id = "option-truth.acceptconn",
	.group = GROUP_OPTIONS,
	.question = "SO_ACCEPTCONN before listen(), and after it?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = move_is_direct,
	.answers = (const char *const[]){ "{n}, then {n}", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "0, then 1", .source = "socket(7), SO_ACCEPTCONN" },
		{ .answer = NULL },
	},
	.run = accepting,
};

/* Sets an option and reads it: whether what is read is what was set. */
static int
set_and_get(struct stage *stage, struct observation *seen, int option,
    const void *value, socklen_t size, void *told)
{
	socklen_t length = size;
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	error = STAGE_CALL(side, setsockopt, SOL_SOCKET, option, value, size);
	if (error != 0)
		return observe(seen, "set: %s", observed_errno(error));
	error = STAGE_CALL(side, getsockopt, SOL_SOCKET, option, told,
	    &length);
	if (error != 0)
		return observe(seen, "get: %s", observed_errno(error));
	return observe(seen, length == size &&
	    memcmp(told, value, size) == 0 ? "the same" : "another");
}

#define SET_ANSWERS "the same", "another", "set: {errno}", "get: {errno}"

static int
lingering(struct stage *stage, struct observation *seen)
{
	const struct linger value = { .l_onoff = 1, .l_linger = 7 };
	struct linger told = { .l_onoff = 0 };

	return set_and_get(stage, seen, SO_LINGER, &value, sizeof(value),
	    &told);
}

static const struct probe lingering_probe = {
	.id = "option-value.linger",
	.group = GROUP_OPTIONS,
	.question = "SO_LINGER of 7 seconds: is it read back?",
	.applies = move_is_direct,
	.answers = (const char *const[]){ SET_ANSWERS, NULL },
	.documents = (const struct document[]){
		{ .answer = "the same", .source = "socket(7), SO_LINGER" },
		{ .answer = NULL },
	},
	.run = lingering,
};

static int
timeout(struct stage *stage, struct observation *seen)
{
	const struct timeval value = { .tv_sec = 7, .tv_usec = 500000 };
	struct timeval told = { .tv_sec = 0 };

	return set_and_get(stage, seen, SO_RCVTIMEO, &value, sizeof(value),
	    &told);
}

static const struct probe timeout_probe = {
	.id = "option-value.timeout",
	.group = GROUP_OPTIONS,
	.question = "SO_RCVTIMEO of 7.5 seconds: is it read back?",
	.applies = move_is_direct,
	.answers = (const char *const[]){ SET_ANSWERS, NULL },
	.documents = (const struct document[]){
		{ .answer = "the same", .source = "socket(7), SO_RCVTIMEO" },
		{ .answer = NULL },
	},
	.run = timeout,
};

/* The clock of the kernel's timers is coarser than microseconds. */
static int
fine_timeout(struct stage *stage, struct observation *seen)
{
	const struct timeval value = { .tv_usec = 1 };
	struct timeval told = { .tv_sec = 0 };
	int error = set_and_get(stage, seen, SO_RCVTIMEO, &value,
	    sizeof(value), &told);

	if (error != 0 || strcmp(seen->answer, "another") != 0)
		return error;
	return observe(seen, told.tv_sec == 0 && told.tv_usec == 0
	    ? "0: for ever" : told.tv_sec > 0 || told.tv_usec > 1
	    ? "more" : "another");
}

static const struct probe fine_timeout_probe = {
	.id = "option-value.microsecond",
	.group = GROUP_OPTIONS,
	.question = "SO_RCVTIMEO of one microsecond: what is read back?",
	.applies = move_is_direct,
	.answers = (const char *const[]){ SET_ANSWERS, "more", "0: for ever",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "the same or more", .source = "POSIX.1-2017, "
		      "setsockopt(): as provided, or rounded up" },
		{ .answer = NULL },
	},
	.run = fine_timeout,
};

static int
bad_timeout(struct stage *stage, struct observation *seen)
{
	const struct timeval value = { .tv_usec = 1000000 };
	struct timeval told = { .tv_sec = 0 };

	return set_and_get(stage, seen, SO_RCVTIMEO, &value, sizeof(value),
	    &told);
}

static const struct probe bad_timeout_probe = {
	.id = "option-value.bad-timeout",
	.group = GROUP_OPTIONS,
	.question = "SO_RCVTIMEO of 1000000 microseconds and no seconds?",
	.applies = move_is_direct,
	.answers = (const char *const[]){ SET_ANSWERS, NULL },
	.run = bad_timeout,
};

/* A boolean that is set to 2. */
static int
boolean(struct stage *stage, struct observation *seen)
{
	struct side *side;
	long told;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	error = packet_set(side, SO_KEEPALIVE, 2);
	if (error != 0)
		return observe(seen, "set: %s", observed_errno(error));
	told = packet_get(side, SO_KEEPALIVE);
	return told < 0 ? observe(seen, "get: %s", observed_errno(told))
	    : observe(seen, "%ld", told);
}

static const struct probe boolean_probe = {
	.id = "option-value.boolean",
	.group = GROUP_OPTIONS,
	.question = "SO_KEEPALIVE is set to 2: which value is read back?",
	.applies = move_is_direct,
	.answers = (const char *const[]){ "{n}", "set: {errno}",
	    "get: {errno}", NULL },
	.run = boolean,
};

const struct probe *const option_values_probes[] = {
	&type_probe,
	&domain_probe,
	&protocol_probe,
	&accepting_probe,
	&lingering_probe,
	&timeout_probe,
	&fine_timeout_probe,
	&bad_timeout_probe,
	&boolean_probe,
	NULL,
};
