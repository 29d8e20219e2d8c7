/* When a message came: time stamps as control messages. */
#include <errno.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include "experiments/cmsg.h"
#include "experiments/experiments.h"
#include "probes/stage.h"

static int
stamp(struct side *side, int option, int value)
{
	return STAGE_CALL(side, setsockopt, SOL_SOCKET, option, &value,
	    sizeof(value));
}

#define STAMP_ANSWERS                                                          \
	"stamped", "no stamp", "setsockopt: {errno}", CMSG_ANSWERS

#define STAMP_SOURCE(option) "socket(7), " option ": for all sockets"

/* One option is set; whether its control message comes along. */
static int
ask_stamp(struct stage *stage, struct observation *seen, int option, int value)
{
	struct side *client, *server;
	struct cmsg control;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = stamp(server, option, value);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = cmsg_exchange_stamped(stage, client, server, &control, seen);
	if (error != 0)
		return error < 0 ? error : 0;
	return observe(seen, cmsg_find(&control, SOL_SOCKET, option) != NULL
	    ? "stamped" : "no stamp");
}

static int
microseconds(struct stage *stage, struct observation *seen)
{
	return ask_stamp(stage, seen, SO_TIMESTAMP, 1);
}

static const struct probe microseconds_probe = {
	.id = "timestamp",
	.group = GROUP_ANCILLARY,
	.question = "SO_TIMESTAMP: does a message say when it came?",
	.cells = { .shapes = ON_PAIRS },
	.applies = cmsg_received,
	.answers = (const char *const[]){ STAMP_ANSWERS, NULL },
	.documents = (const struct document[]){
		{ .answer = "stamped", .source = STAMP_SOURCE("SO_TIMESTAMP") },
		{ .answer = NULL },
	},
	.run = microseconds,
};

static int
nanoseconds(struct stage *stage, struct observation *seen)
{
	return ask_stamp(stage, seen, SO_TIMESTAMPNS, 1);
}

static const struct probe nanoseconds_probe = {
	.id = "timestamp.ns",
	.group = GROUP_ANCILLARY,
	.question = "SO_TIMESTAMPNS: does a message say when it came?",
	.cells = { .shapes = ON_PAIRS },
	.applies = cmsg_received,
	.answers = (const char *const[]){ STAMP_ANSWERS, NULL },
	.documents = (const struct document[]){
		{ .answer = "stamped",
		  .source = STAMP_SOURCE("SO_TIMESTAMPNS") },
		{ .answer = NULL },
	},
	.run = nanoseconds,
};

static int
software(struct stage *stage, struct observation *seen)
{
	return ask_stamp(stage, seen, SO_TIMESTAMPING,
	    SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE);
}

static const struct probe software_probe = {
	.id = "timestamp.software",
	.group = GROUP_ANCILLARY,
	.question = "SO_TIMESTAMPING in software: has a message a stamp?",
	.cells = { .shapes = ON_PAIRS },
	.applies = cmsg_received,
	.answers = (const char *const[]){ STAMP_ANSWERS, NULL },
	.run = software,
};

static int
both(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct cmsg control;
	const char *first, *second;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	if (stamp(server, SO_TIMESTAMPNS, 1) != 0 ||
	    stamp(server, SO_TIMESTAMP, 1) != 0)
		return observe(seen, "setsockopt fails");
	error = cmsg_exchange_stamped(stage, client, server, &control, seen);
	if (error != 0)
		return error < 0 ? error : 0;
	first = cmsg_find(&control, SOL_SOCKET, SO_TIMESTAMPNS);
	second = cmsg_find(&control, SOL_SOCKET, SO_TIMESTAMP);
	return observe(seen, first != NULL && second != NULL ? "both"
	    : first != NULL ? "the first"
	    : second != NULL ? "the second" : "no stamp");
}

static const struct probe both_probe = {
	.id = "timestamp.both",
	.group = GROUP_ANCILLARY,
	.question = "SO_TIMESTAMPNS, then SO_TIMESTAMP: which one counts?",
	.cells = { .shapes = ON_PAIRS },
	.applies = cmsg_received,
	.answers = (const char *const[]){ "the first", "the second", "both",
	    "no stamp", "setsockopt fails", CMSG_ANSWERS, NULL },
	.documents = (const struct document[]){
		{ .answer = "the first or the second",
		  .source = "socket(7), SO_TIMESTAMPNS: mutually exclusive" },
		{ .answer = NULL },
	},
	.run = both,
};

/*
 * The option is set when the message is there already. Of a stream the bytes
 * are stamped if anybody on the machine wanted stamps: no question to it.
 */
static int
too_late(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct cmsg control;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = cmsg_send(stage, client, server, seen);
	if (error != 0)
		return error < 0 ? error : 0;
	error = stamp(server, SO_TIMESTAMP, 1);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = cmsg_receive(server, &control, 0, seen);
	if (error != 0)
		return error < 0 ? error : 0;
	return observe(seen, cmsg_find(&control, SOL_SOCKET, SO_TIMESTAMP)
	    != NULL ? "stamped" : "no stamp");
}

static const struct probe too_late_probe = {
	.id = "timestamp.late",
	.group = GROUP_ANCILLARY,
	.question = "SO_TIMESTAMP set when the message has come: a stamp?",
	.cells = { .shapes = ON_PAIRS, .with = TRAIT_BOUNDARIES },
	.applies = cmsg_received,
	.answers = (const char *const[]){ STAMP_ANSWERS, NULL },
	.run = too_late,
};

static int
last_stamp(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct cmsg control;
	struct timeval time;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = cmsg_exchange(stage, client, server, &control, seen);
	if (error != 0)
		return error < 0 ? error : 0;
	error = STAGE_CALL(server, ioctl, SIOCGSTAMP, &time);
	return observe(seen, "%s", error < 0 ? observed_errno(error)
					     : "stamped");
}

static const struct probe last_stamp_probe = {
	.id = "timestamp.ioctl",
	.group = GROUP_ANCILLARY,
	.question = "SIOCGSTAMP: when did the last message come?",
	.cells = { .shapes = ON_PAIRS },
	.applies = cmsg_received,
	.answers = (const char *const[]){ "stamped", "{errno}",
	    CMSG_ANSWERS, NULL },
	.documents = (const struct document[]){
		{ .answer = "stamped", .source = "socket(7), SIOCGSTAMP" },
		{ .answer = NULL },
	},
	.run = last_stamp,
};

static int
when_sent(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct cmsg control;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = stamp(client, SO_TIMESTAMPING, SOF_TIMESTAMPING_TX_SOFTWARE |
	    SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = cmsg_send(stage, client, server, seen);
	if (error != 0)
		return error < 0 ? error : 0;
	/* The message has arrived: it has left. */
	if ((stage_poll(stage, client, 0, 0) & POLLERR) == 0)
		return observe(seen, "no stamp");
	error = cmsg_receive(client, &control, MSG_ERRQUEUE, seen);
	if (error != 0)
		return error < 0 ? error : 0;
	return observe(seen, cmsg_find(&control, SOL_SOCKET,
	    SO_TIMESTAMPING) != NULL ? "stamped" : "no stamp");
}

static const struct probe when_sent_probe = {
	.id = "timestamp.sent",
	.group = GROUP_ANCILLARY,
	.question = "SO_TIMESTAMPING: is its sender told when a message left?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = cmsg_received,
	.answers = (const char *const[]){ STAMP_ANSWERS, NULL },
	.run = when_sent,
};

const struct probe *const timestamps_probes[] = {
	&microseconds_probe,
	&nanoseconds_probe,
	&software_probe,
	&both_probe,
	&too_late_probe,
	&last_stamp_probe,
	&when_sent_probe,
	NULL,
};
