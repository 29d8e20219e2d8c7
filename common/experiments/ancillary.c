/* Control messages: too little room for them, and those nobody knows. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "experiments/cmsg.h"
#include "experiments/experiments.h"
#include "probes/stage.h"

/* Of no level, and of no type of SOL_SOCKET. */
#define UNKNOWN_LEVEL 0x6464
#define UNKNOWN_TYPE 0x64

/* A message whose control message, a time stamp, finds so much room. */
static int
receive_stamped(struct stage *stage, size_t room, struct cmsg *control,
    struct observation *seen)
{
	struct side *client, *server;
	const int on = 1;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	STAGE_CALL(server, setsockopt, SOL_SOCKET, SO_TIMESTAMP, &on,
	    sizeof(on));
	/* The first shows that there is something to be cut. */
	error = cmsg_exchange_stamped(stage, client, server, control, seen);
	if (error != 0)
		return error;
	if (cmsg_find(control, SOL_SOCKET, SO_TIMESTAMP) == NULL)
		return stage_cannot(stage, "its messages have no time stamp "
		    "that could be cut");
	error = cmsg_send(stage, client, server, seen);
	return error != 0 ? error
	    : cmsg_receive_into(server, control, room, 0, seen);
}

static int
describe_cut(const struct cmsg *control, struct observation *seen)
{
	const char *flag = (control->control.message.msg_flags & MSG_CTRUNC) != 0
	    ? "MSG_CTRUNC" : "no flag";
	const struct cmsghdr *message = CMSG_FIRSTHDR(&control->control.message);

	if (message == NULL || control->control.message.msg_controllen == 0)
		return observe(seen, "%s, none of it", flag);
	return observe(seen, message->cmsg_len <
	    CMSG_LEN(sizeof(struct timeval)) ? "%s, a part of it"
	    : "%s, all of it", flag);
}

#define CUT_ANSWERS                                                            \
	(const char *const[]){ "MSG_CTRUNC, none of it",                       \
	    "MSG_CTRUNC, a part of it", "MSG_CTRUNC, all of it",               \
	    "no flag, none of it", "no flag, a part of it",                    \
	    "no flag, all of it", CMSG_ANSWERS, NULL }

#define CUT_DOCUMENTS(cut)                                                     \
	(const struct document[]){                                             \
		{ .answer = (cut), .source = "recv(2), MSG_CTRUNC" },          \
		{ .answer = NULL },                                            \
	}

static int
half_room(struct stage *stage, struct observation *seen)
{
	struct cmsg control;
	int error = receive_stamped(stage,
	    CMSG_LEN(sizeof(struct timeval)) - 8, &control, seen);

	return error != 0 ? error < 0 ? error : 0
			  : describe_cut(&control, seen);
}

static const struct probe half_room_probe = {
	.id = "ctrunc",
	.group = GROUP_ANCILLARY,
	.question = "recvmsg() with 8 bytes too few for a control message?",
	.cells = { .shapes = ON_PAIRS },
	.applies = cmsg_received,
	.answers = CUT_ANSWERS,
	.documents = CUT_DOCUMENTS("MSG_CTRUNC, none of it or "
				   "MSG_CTRUNC, a part of it"),
	.run = half_room,
};

static int
no_room(struct stage *stage, struct observation *seen)
{
	struct cmsg control;
	int error = receive_stamped(stage, 0, &control, seen);

	return error != 0 ? error < 0 ? error : 0
			  : describe_cut(&control, seen);
}

static const struct probe no_room_probe = {
	.id = "ctrunc.none",
	.group = GROUP_ANCILLARY,
	.question = "recvmsg() without a buffer for the control message?",
	.cells = { .shapes = ON_PAIRS },
	.applies = cmsg_received,
	.answers = CUT_ANSWERS,
	.documents = CUT_DOCUMENTS("MSG_CTRUNC, none of it"),
	.run = no_room,
};

static ssize_t
send_control(struct stage *stage, struct side *from, int level, int type,
    int value)
{
	return control_send(stage, from, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    level, type, &value, sizeof(value));
}

static int
send_unknown(struct stage *stage, struct observation *seen, int level, int type)
{
	struct side *client, *server;
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	sent = send_control(stage, client, level, type, 1);
	return observe(seen, "%s", sent < 0 ? observed_errno(sent)
					    : "ignored");
}

static int
unknown_type(struct stage *stage, struct observation *seen)
{
	return send_unknown(stage, seen, SOL_SOCKET, UNKNOWN_TYPE);
}

static const struct probe unknown_type_probe = {
	.id = "cmsg",
	.group = GROUP_ANCILLARY,
	.question = "sendmsg() with a control message of an unknown type?",
	.cells = { .shapes = ON_PAIRS },
	.applies = cmsg_sent,
	.answers = (const char *const[]){ "ignored", "{errno}", NULL },
	.run = unknown_type,
};

static int
unknown_level(struct stage *stage, struct observation *seen)
{
	return send_unknown(stage, seen, UNKNOWN_LEVEL, 1);
}

static const struct probe unknown_level_probe = {
	.id = "cmsg.level",
	.group = GROUP_ANCILLARY,
	.question = "sendmsg() with a control message of an unknown level?",
	.cells = { .shapes = ON_PAIRS },
	.applies = cmsg_sent,
	.answers = (const char *const[]){ "ignored", "{errno}", NULL },
	.run = unknown_level,
};

/* A descriptor is sent: whether one comes. */
static int
descriptor(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct cmsg control;
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	sent = send_control(stage, client, SOL_SOCKET, SCM_RIGHTS, client->fd);
	if (sent < 0)
		return observe(seen, "%s", observed_errno(sent));
	if (stage_poll(stage, server, POLLIN, STAGE_SURE_MS) <= 0)
		return observe(seen, "nothing comes");
	error = cmsg_receive(server, &control, 0, seen);
	if (error != 0)
		return error < 0 ? error : 0;
	return observe(seen, cmsg_find(&control, SOL_SOCKET, SCM_RIGHTS)
	    != NULL ? "passed" : "dropped in silence");
}

static const struct probe descriptor_probe = {
	.id = "cmsg.rights",
	.group = GROUP_ANCILLARY,
	.question = "sendmsg() with a descriptor (SCM_RIGHTS): does it arrive?",
	.cells = { .shapes = ON_PAIRS },
	.applies = cmsg_sent,
	.answers = (const char *const[]){ "passed", "dropped in silence",
	    "{errno}", CMSG_ANSWERS, NULL },
	.run = descriptor,
};

const struct probe *const ancillary_probes[] = {
	&half_room_probe,
	&no_room_probe,
	&unknown_type_probe,
	&unknown_level_probe,
	&descriptor_probe,
	NULL,
};
