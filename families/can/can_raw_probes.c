/* Who hears a frame of CAN, and which frames are taken. */
#include <errno.h>
#include <string.h>

#include "can_probes.h"

#define RAW { .protocol = "raw" }

static int
set(struct side *side, int option, int value)
{
	return STAGE_CALL(side, setsockopt, SOL_CAN_RAW, option, &value,
	    sizeof(value));
}

/* Whether a socket hears its own frame before that of another. */
static int
own(struct stage *stage, struct observation *seen, bool asked)
{
	const canid_t id = can_probes_id(stage, 1);
	struct side *client, *server;
	int heard;
	int flags = 0;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error == 0 && asked)
		error = set(client, CAN_RAW_RECV_OWN_MSGS, 1);
	if (error == 0)
		error = can_probes_witnessed(stage, client, server, id, 'a');
	if (error != 0)
		return error;
	can_probes_send(stage, server, id, 'b');
	heard = can_probes_next(stage, client, STAGE_SURE_MS, &flags);
	if (heard < 0)
		return observe(seen, "recv: %s", observed_errno(heard));
	return observe(seen, heard != 'a' ? "not heard"
	    : (flags & MSG_CONFIRM) != 0 ? "heard, MSG_CONFIRM" : "heard");
}

#define OWN                                                                    \
	(const char *const[]){ "not heard", "heard, MSG_CONFIRM", "heard",     \
	    "recv: {errno}", NULL }

static int
own_default(struct stage *stage, struct observation *seen)
{
	return own(stage, seen, false);
}

const struct probe can_own_default = {
	.id = "can-own.default",
	.group = GROUP_SHARING,
	.question = "Does a socket hear the frames that it sends itself?",
	.cells = RAW,
	.answers = OWN,
	.documents = (const struct document[]){
		{ .answer = "not heard", .source = "Linux, can.rst: "
		    "CAN_RAW_RECV_OWN_MSGS, disabled by default" },
		{ .answer = NULL },
	},
	.run = own_default,
};

static int
own_asked(struct stage *stage, struct observation *seen)
{
	return own(stage, seen, true);
}

const struct probe can_own_asked = {
	.id = "can-own.asked",
	.group = GROUP_SHARING,
	.question = "And with CAN_RAW_RECV_OWN_MSGS?",
	.cells = RAW,
	.answers = OWN,
	.documents = (const struct document[]){
		{ .answer = "heard, MSG_CONFIRM",
		  .source = "Linux, can.rst: Returned Message Flags" },
		{ .answer = NULL },
	},
	.run = own_asked,
};

/* A frame that is not looped back, and then one that is. */
static int
loopback(struct stage *stage, struct observation *seen)
{
	const canid_t id = can_probes_id(stage, 1);
	struct side *client, *server;
	int heard;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error == 0)
		error = set(client, CAN_RAW_LOOPBACK, 0);
	if (error != 0)
		return error;
	can_probes_send(stage, client, id, 'a');
	set(client, CAN_RAW_LOOPBACK, 1);
	can_probes_send(stage, client, id, 'b');
	heard = can_probes_next(stage, server, STAGE_SURE_MS, NULL);
	if (heard < 0)
		return observe(seen, "recv: %s", observed_errno(heard));
	return observe(seen, heard == 'a' ? "heard" : "not heard");
}

const struct probe can_loopback_off = {
	.id = "can-loopback",
	.group = GROUP_SHARING,
	.question = "CAN_RAW_LOOPBACK is off: do others on this machine hear "
	    "it?",
	.cells = RAW,
	.answers = OWN,
	.documents = (const struct document[]){
		{ .answer = "not heard",
		  .source = "Linux, can.rst: CAN_RAW_LOOPBACK" },
		{ .answer = NULL },
	},
	.run = loopback,
};

static int
local(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int heard, flags = 0;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error != 0)
		return error;
	can_probes_send(stage, client, can_probes_id(stage, 1), 'a');
	heard = can_probes_next(stage, server, STAGE_SURE_MS, &flags);
	if (heard < 0)
		return observe(seen, "recv: %s", observed_errno(heard));
	return observe(seen, (flags & MSG_DONTROUTE) != 0
	    ? (flags & MSG_CONFIRM) != 0 ? "both" : "MSG_DONTROUTE"
	    : "neither");
}

const struct probe can_flags_local = {
	.id = "can-flags",
	.group = GROUP_ANCILLARY,
	.question = "A frame of another socket here: MSG_DONTROUTE, "
	    "MSG_CONFIRM?",
	.cells = RAW,
	.answers = (const char *const[]){ "MSG_DONTROUTE", "both", "neither",
	    "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "MSG_DONTROUTE",
		  .source = "Linux, can.rst: Returned Message Flags" },
		{ .answer = NULL },
	},
	.run = local,
};

/* A frame that is cut, or of another size than the socket's. */
static int
size(struct stage *stage, struct observation *seen, size_t length)
{
	struct canfd_frame frame;
	struct side *client;
	ssize_t sent;
	int error = stage_bound(stage, SIDE_CLIENT, &client);

	if (error != 0)
		return error;
	memset(&frame, 0, sizeof(frame));
	frame.can_id = can_probes_id(stage, 1);
	frame.len = 1;
	sent = STAGE_CALL(client, send, &frame, length,
	    stage_flags(stage, 0));
	return observe(seen, "%s", observed_errno(sent));
}

static int
size_short(struct stage *stage, struct observation *seen)
{
	return size(stage, seen, CAN_MTU - 1);
}

const struct probe can_size_short = {
	.id = "can-size.short",
	.group = GROUP_BOUNDARIES,
	.question = "A byte less than struct can_frame is sent?",
	.cells = RAW,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "{errno}", .source = "Linux, can.rst: only "
		    "CAN_MTU (and CANFD_MTU) is allowed" },
		{ .answer = NULL },
	},
	.run = size_short,
};

static int
size_fd(struct stage *stage, struct observation *seen)
{
	return size(stage, seen, CANFD_MTU);
}

const struct probe can_size_fd = {
	.id = "can-size.fd",
	.group = GROUP_BOUNDARIES,
	.question = "And a struct canfd_frame?",
	.cells = RAW,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .variant = "classic" }, .answer = "{errno}",
		  .source = "Linux, can.rst: CAN_RAW_FD_FRAMES is disabled" },
		{ .cells = { .variant = "fd" }, .answer = "ok",
		  .source = "Linux, can.rst: CAN_RAW_FD_FRAMES is enabled" },
		{ .answer = NULL },
	},
	.run = size_fd,
};

static int
unbound(struct stage *stage, struct observation *seen)
{
	struct side *client;
	int error = stage_socket(stage, SIDE_CLIENT, &client);

	if (error != 0)
		return error;
	return observe(seen, "%s", observed_errno(can_probes_send(stage,
	    client, can_probes_id(stage, 1), 'a')));
}

const struct probe can_unbound = {
	.id = "can-unbound",
	.group = GROUP_ERRORS,
	.question = "send() of a frame before bind()?",
	.cells = RAW,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.run = unbound,
};
