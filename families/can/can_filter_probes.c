/* Which frames are passed to a socket: its filters. */
#include <errno.h>
#include <linux/can/error.h>

#include "can_probes.h"

#define RAW { .protocol = "raw" }

/* Ids by the kind in their upper bits. */
enum { FIRST = 1, SECOND = 2, LAST = 4 };

static const char *const heard_words[] = { "heard", "not heard",
	"recv: {errno}", NULL };

/*
 * The filters are set at the server; a frame 'a' is sent and heard by another
 * socket; then the filters are set to everything, and 'b' is sent. How often
 * did the server hear 'a'?
 */
static int
count(struct stage *stage, const struct can_filter *filters, size_t number,
    int join, canid_t id, int *times)
{
	const struct can_filter everything = { 0, 0 };
	struct side *client, *server, *witness;
	int byte, off = 0;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	*times = 0;
	if (error == 0)
		error = stage_bound(stage, SIDE_SERVER, &witness);
	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error == 0)
		error = STAGE_CALL(server, setsockopt, SOL_CAN_RAW,
		    CAN_RAW_FILTER, filters, (socklen_t)(number *
		    sizeof(*filters)));
	if (error == 0)
		error = STAGE_CALL(server, setsockopt, SOL_CAN_RAW,
		    CAN_RAW_JOIN_FILTERS, &join, sizeof(join));
	if (error == 0)
		error = can_probes_witnessed(stage, client, witness, id, 'a');
	if (error != 0)
		return error;
	STAGE_CALL(server, setsockopt, SOL_CAN_RAW, CAN_RAW_JOIN_FILTERS,
	    &off, sizeof(off));
	STAGE_CALL(server, setsockopt, SOL_CAN_RAW, CAN_RAW_FILTER,
	    &everything, sizeof(everything));
	can_probes_send(stage, client, can_probes_id(stage, LAST), 'b');
	while ((byte = can_probes_next(stage, server, STAGE_SURE_MS, NULL)) ==
	    'a')
		++*times;
	return byte < 0 ? stage_cannot(stage, "nothing is heard: %s",
	    observed_errno(byte)) : 0;
}

static int
none(struct stage *stage, struct observation *seen)
{
	int times;
	int error = count(stage, NULL, 0, 0, can_probes_id(stage, FIRST),
	    &times);

	return error != 0 ? error : observe(seen, times != 0 ? "heard"
	    : "not heard");
}

const struct probe can_filter_none = {
	.id = "can-filter.none",
	.group = GROUP_OPTIONS,
	.question = "An empty list of filters: is a frame heard?",
	.cells = RAW,
	.answers = heard_words,
	.documents = (const struct document[]){
		{ .answer = "not heard", .source = "Linux, can.rst: "
		    "CAN_RAW_FILTER, NULL disables the reception" },
		{ .answer = NULL },
	},
	.run = none,
};

static int
inverted(struct stage *stage, struct observation *seen)
{
	const struct can_filter filter = {
		.can_id = can_probes_id(stage, FIRST) | CAN_INV_FILTER,
		.can_mask = CAN_EFF_FLAG | CAN_EFF_MASK,
	};
	int that, other;
	int error = count(stage, &filter, 1, 0, can_probes_id(stage, FIRST),
	    &that);

	if (error == 0)
		error = count(stage, &filter, 1, 0, can_probes_id(stage,
		    SECOND), &other);
	if (error != 0)
		return error;
	return observe(seen, that != 0 && other != 0 ? "both"
	    : that != 0 ? "that id" : other != 0 ? "the others" : "none");
}

const struct probe can_filter_inverted = {
	.id = "can-filter.inverted",
	.group = GROUP_OPTIONS,
	.question = "A filter for an id with CAN_INV_FILTER: what is heard?",
	.cells = RAW,
	.answers = (const char *const[]){ "the others", "that id", "both",
	    "none", NULL },
	.documents = (const struct document[]){
		{ .answer = "the others",
		  .source = "Linux, can.rst: CAN_INV_FILTER" },
		{ .answer = NULL },
	},
	.run = inverted,
};

static int
two(struct stage *stage, struct observation *seen)
{
	const struct can_filter filters[] = {
		{ can_probes_id(stage, FIRST), CAN_EFF_FLAG | 0xffffff },
		{ can_probes_id(stage, FIRST), CAN_EFF_FLAG | CAN_EFF_MASK },
	};
	int times;
	int error = count(stage, filters, 2, 0, can_probes_id(stage, FIRST),
	    &times);

	return error != 0 ? error : observe(seen, times == 0 ? "not heard"
	    : times == 1 ? "once" : "more than once");
}

const struct probe can_filter_two = {
	.id = "can-filter.two",
	.group = GROUP_OPTIONS,
	.question = "A frame that two filters match: how often is it heard?",
	.cells = RAW,
	.answers = (const char *const[]){ "once", "more than once",
	    "not heard", NULL },
	.run = two,
};

static int
join(struct stage *stage, struct observation *seen)
{
	const struct can_filter filters[] = {
		{ can_probes_id(stage, FIRST), CAN_EFF_FLAG | CAN_EFF_MASK },
		{ can_probes_id(stage, SECOND), CAN_EFF_FLAG | CAN_EFF_MASK },
	};
	int times;
	int error = count(stage, filters, 2, 1, can_probes_id(stage, FIRST),
	    &times);

	return error != 0 ? error : observe(seen, times != 0 ? "heard"
	    : "not heard");
}

const struct probe can_filter_join = {
	.id = "can-filter.join",
	.group = GROUP_OPTIONS,
	.question = "CAN_RAW_JOIN_FILTERS, and one of two filters matches?",
	.cells = RAW,
	.answers = heard_words,
	.documents = (const struct document[]){
		{ .answer = "not heard", .source = "Linux, can.rst: "
		    "CAN_RAW_JOIN_FILTERS, all given filters" },
		{ .answer = NULL },
	},
	.run = join,
};

/* An error frame, which a program may make, and then a frame with data. */
static int
error_frame(struct stage *stage, struct observation *seen, bool asked)
{
	const can_err_mask_t mask = CAN_ERR_MASK;
	struct side *client, *server, *witness;
	int heard;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = stage_bound(stage, SIDE_SERVER, &witness);
	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error == 0)
		error = STAGE_CALL(witness, setsockopt, SOL_CAN_RAW,
		    CAN_RAW_ERR_FILTER, &mask, sizeof(mask));
	if (error == 0 && asked)
		error = STAGE_CALL(server, setsockopt, SOL_CAN_RAW,
		    CAN_RAW_ERR_FILTER, &mask, sizeof(mask));
	if (error == 0)
		error = can_probes_witnessed(stage, client, witness,
		    CAN_ERR_FLAG | can_probes_id(stage, FIRST), 'a');
	if (error != 0)
		return error;
	can_probes_send(stage, client, can_probes_id(stage, LAST), 'b');
	heard = can_probes_next(stage, server, STAGE_SURE_MS, NULL);
	if (heard < 0)
		return observe(seen, "recv: %s", observed_errno(heard));
	return observe(seen, heard == 'a' ? "heard" : "not heard");
}

static int
error_default(struct stage *stage, struct observation *seen)
{
	return error_frame(stage, seen, false);
}

const struct probe can_error_default = {
	.id = "can-error.default",
	.group = GROUP_ERRORS,
	.question = "Does a socket hear error frames?",
	.cells = RAW,
	.answers = heard_words,
	.documents = (const struct document[]){
		{ .answer = "not heard", .source = "Linux, can.rst: error "
		    "messages are disabled by default" },
		{ .answer = NULL },
	},
	.run = error_default,
};

static int
error_asked(struct stage *stage, struct observation *seen)
{
	return error_frame(stage, seen, true);
}

const struct probe can_error_asked = {
	.id = "can-error.asked",
	.group = GROUP_ERRORS,
	.question = "And with CAN_RAW_ERR_FILTER?",
	.cells = RAW,
	.answers = heard_words,
	.documents = (const struct document[]){
		{ .answer = "heard",
		  .source = "Linux, can.rst: CAN_RAW_ERR_FILTER" },
		{ .answer = NULL },
	},
	.run = error_asked,
};
