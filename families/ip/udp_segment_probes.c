/* Many datagrams in one call (UDP_SEGMENT, UDP_GRO). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ip_probes.h"
#include "ip_stage.h"

/* From linux/udp.h, which not every system has. */
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

#define SEGMENT 2

/* More segments than one call may make of its bytes. */
#define TOO_LONG 400

static int
level_of(const struct stage *stage)
{
	return stage->choice->row.protocol;
}

/* "2, 2, 1": the lengths of what comes, until it is all of it. */
static int
tell_lengths(struct stage *stage, struct side *server, size_t sent,
    struct observation *seen)
{
	char text[64] = "";
	char data[64];
	size_t total = 0;

	while (total < sent) {
		size_t used = strlen(text);
		ssize_t got = stage_receive(stage, server, data, sizeof(data),
		    0, STAGE_SURE_MS);

		if (got <= 0)
			return observe(seen, "some are missing");
		total += (size_t)got;
		snprintf(text + used, sizeof(text) - used, "%s%zd",
		    used != 0 ? ", " : "", got);
	}
	return observe(seen, "%s", text);
}

static int
send_segments(struct stage *stage, struct observation *seen, size_t length)
{
	struct side *client, *server;
	char data[TOO_LONG] = "abcdef";
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = ip_stage_set(client, level_of(stage), UDP_SEGMENT, SEGMENT);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	sent = stage_send(stage, client, data, length, 0);
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	return length > 64 ? observe(seen, "sent")
	    : tell_lengths(stage, server, length, seen);
}

#define SEGMENT_ANSWERS                                                        \
	"{n}", "{n}, {n}", "{n}, {n}, {n}", "some are missing",                \
	    "setsockopt: {errno}", "send: {errno}"

static int
segments(struct stage *stage, struct observation *seen)
{
	return send_segments(stage, seen, 6);
}

const struct probe ip_udp_segments = {
	.id = "gso-gro",
	.group = GROUP_BOUNDARIES,
	.question = "UDP_SEGMENT is 2: which datagrams come of six bytes?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ SEGMENT_ANSWERS, NULL },
	.run = segments,
};

static int
last_segment(struct stage *stage, struct observation *seen)
{
	return send_segments(stage, seen, 5);
}

const struct probe ip_udp_last_segment = {
	.id = "gso-gro.tail",
	.group = GROUP_BOUNDARIES,
	.question = "UDP_SEGMENT is 2: which datagrams come of five bytes?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ SEGMENT_ANSWERS, NULL },
	.run = last_segment,
};

static int
too_many_segments(struct stage *stage, struct observation *seen)
{
	return send_segments(stage, seen, TOO_LONG);
}

const struct probe ip_udp_too_many = {
	.id = "gso-gro.most",
	.group = GROUP_BOUNDARIES,
	.question = "UDP_SEGMENT is 2: 400 bytes, which makes 200 datagrams?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ "sent", "setsockopt: {errno}",
	    "send: {errno}", NULL },
	.run = too_many_segments,
};

/* The receiver takes what belongs together at once. */
static int
together(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct ip_message message;
	const void *told;
	int size = 0;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = ip_stage_set(client, level_of(stage), UDP_SEGMENT, SEGMENT);
	if (error == 0)
		error = ip_stage_set(server, level_of(stage), UDP_GRO, 1);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = (int)stage_send(stage, client, "abcdef", 6, 0);
	if (error < 0)
		return observe(seen, "send: %s", observed_errno(error));
	if (ip_stage_receive(stage, server, &message, 0) < 0)
		return observe(seen, "recvmsg: %s",
		    observed_errno(message.got));
	told = ip_stage_control(&message, level_of(stage), UDP_GRO, NULL);
	if (told == NULL)
		return observe(seen, "%zd bytes, no size", message.got);
	memcpy(&size, told, sizeof(size));
	return observe(seen, "%zd bytes, size %d", message.got, size);
}

const struct probe ip_udp_together = {
	.id = "gso-gro.gro",
	.group = GROUP_BOUNDARIES,
	.question =
	    "UDP_SEGMENT is 2, UDP_GRO set: what is received of six bytes?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ "{n} bytes, size {n}",
	    "{n} bytes, no size", "setsockopt: {errno}", "send: {errno}",
	    "recvmsg: {errno}", NULL },
	.run = together,
};
