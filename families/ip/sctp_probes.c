/* SCTP: streams, notifications, associations (RFC 6458). */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "ip_probes.h"
#include "ip_stage.h"

/* From linux/sctp.h, which not every system has. */
#define EVENTS_OPTION 11
#define RECVRCVINFO_OPTION 32
#define PEELOFF_OPTION 102
#define SNDINFO_MESSAGE 2
#define RCVINFO_MESSAGE 3
#define NOTIFICATION 0x8000	/* of msg_flags */
#define ASSOCIATION_EVENT 1	/* its offset in struct sctp_event_subscribe */
#define EVENT_COUNT 14

struct sending {		/* struct sctp_sndinfo */
	uint16_t stream;
	uint16_t flags;
	uint32_t payload;
	uint32_t context;
	int32_t association;
};

struct receiving {		/* struct sctp_rcvinfo */
	uint16_t stream;
	uint16_t sequence;
	uint16_t flags;
	uint32_t payload;
	uint32_t tsn;
	uint32_t cumulative;
	uint32_t context;
	int32_t association;
};

struct peeling {		/* sctp_peeloff_arg_t */
	int32_t association;
	int descriptor;
};

#define STREAM 2
#define PAYLOAD 7

#define SCTP_ONLY                                                              \
	{ .shapes = ON_CONNECTED | ON_DATAGRAM, .protocol = "sctp" }
#define ONE_TO_MANY { .type = SOCK_SEQPACKET, .protocol = "sctp" }

/* One message of this stream. */
static ssize_t
send_on_stream(struct stage *stage, struct side *client, unsigned stream)
{
	const struct sending sending = {
		.stream = (uint16_t)stream, .payload = htonl(PAYLOAD)
	};

	return control_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    IPPROTO_SCTP, SNDINFO_MESSAGE, &sending, sizeof(sending));
}

/* A message, and what the server was told of it. */
static int
exchange_told(struct stage *stage, struct observation *seen,
    struct side **server, struct ip_message *message,
    struct receiving *told)
{
	struct side *client;
	const void *data;
	ssize_t sent;
	int error = stage_pair(stage, &client, server);

	if (error == 0)
		error = ip_stage_set(*server, IPPROTO_SCTP, RECVRCVINFO_OPTION,
		    1);
	if (error != 0)
		return error;
	sent = send_on_stream(stage, client, STREAM);
	if (sent < 0) {
		observe(seen, "sendmsg: %s", observed_errno(sent));
		return 1;
	}
	if (ip_stage_receive(stage, *server, message, 0) < 0) {
		observe(seen, "recvmsg: %s", observed_errno(message->got));
		return 1;
	}
	data = ip_stage_control(message, IPPROTO_SCTP, RCVINFO_MESSAGE, NULL);
	if (data == NULL) {
		observe(seen, "not told");
		return 1;
	}
	memcpy(told, data, sizeof(*told));
	return 0;
}

#define TOLD_ANSWERS "not told", "sendmsg: {errno}", "recvmsg: {errno}"

static int
stream(struct stage *stage, struct observation *seen)
{
	struct side *server;
	struct ip_message message;
	struct receiving told;
	int error = exchange_told(stage, seen, &server, &message, &told);

	if (error != 0)
		return error < 0 ? error : 0;
	return observe(seen, told.stream == STREAM &&
	    told.payload == htonl(PAYLOAD) ? "as sent" : "others");
}

const struct probe ip_sctp_stream = {
	.id = "sctp-stream",
	.group = GROUP_ANCILLARY,
	.question = "A message on stream 2: is its receiver told the stream?",
	.cells = SCTP_ONLY,
	.answers = (const char *const[]){ "as sent", "others", TOLD_ANSWERS,
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "as sent", .source = "RFC 6458, 5.3.4 and 5.3.5" },
		{ .answer = NULL },
	},
	.run = stream,
};

static int
no_such_stream(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	sent = send_on_stream(stage, client, 60000);
	return observe(seen, "%s", sent < 0 ? observed_errno(sent) : "sent");
}

const struct probe ip_sctp_no_stream = {
	.id = "sctp-stream.none",
	.group = GROUP_ERRORS,
	.question = "A message on stream 60000, which nobody has opened?",
	.cells = SCTP_ONLY,
	.answers = (const char *const[]){ "{errno}", "sent", NULL },
	.run = no_such_stream,
};

static int
notified(struct stage *stage, struct observation *seen)
{
	unsigned char events[EVENT_COUNT] = { 0 };
	struct side *client, *server;
	struct ip_message message;
	int error = stage_pair(stage, &client, &server);

	events[ASSOCIATION_EVENT] = 1;
	if (error == 0)
		error = STAGE_CALL(server, setsockopt, IPPROTO_SCTP,
		    EVENTS_OPTION, events, sizeof(events));
	if (error != 0)
		return error;
	stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH, 0);
	if (ip_stage_receive(stage, server, &message, 0) < 0)
		return observe(seen, "recvmsg: %s",
		    observed_errno(message.got));
	return observe(seen,
	    (message.control.message.msg_flags & NOTIFICATION) != 0
	    ? "a notification" : "the message");
}

const struct probe ip_sctp_notified = {
	.id = "sctp-notify",
	.group = GROUP_ANCILLARY,
	.question = "Association events are wanted: what is received first?",
	.cells = ONE_TO_MANY,
	.answers = (const char *const[]){ "a notification", "the message",
	    "recvmsg: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "a notification",
		  .source = "RFC 6458, 6.1.1 SCTP_ASSOC_CHANGE" },
		{ .answer = NULL },
	},
	.run = notified,
};

static int
peeled(struct stage *stage, struct observation *seen)
{
	struct side *server;
	struct ip_message message;
	struct receiving told;
	struct peeling peeling = { .descriptor = -1 };
	socklen_t length = sizeof(peeling);
	int type = -1;
	int error = exchange_told(stage, seen, &server, &message, &told);

	if (error != 0)
		return error < 0 ? error : 0;
	peeling.association = told.association;
	error = STAGE_CALL(server, getsockopt, IPPROTO_SCTP, PEELOFF_OPTION,
	    &peeling, &length);
	if (error < 0)
		return observe(seen, "peeloff: %s", observed_errno(error));
	length = sizeof(type);
	server->calls->getsockopt(&server->recorder, peeling.descriptor,
	    SOL_SOCKET, SO_TYPE, &type, &length);
	return observe(seen, type == SOCK_STREAM ? "SOCK_STREAM"
	    : type == SOCK_SEQPACKET ? "SOCK_SEQPACKET" : "another");
}

const struct probe ip_sctp_peeled = {
	.id = "sctp-peeloff",
	.group = GROUP_LIFECYCLE,
	.question = "SO_TYPE of a socket that was peeled off?",
	.cells = ONE_TO_MANY,
	.answers = (const char *const[]){ "SOCK_STREAM", "SOCK_SEQPACKET",
	    "another", "peeloff: {errno}", TOLD_ANSWERS, NULL },
	.documents = (const struct document[]){
		{ .answer = "SOCK_STREAM",
		  .source = "RFC 6458, 9.2: a one-to-one style socket" },
		{ .answer = NULL },
	},
	.run = peeled,
};
