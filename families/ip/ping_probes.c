/* Sockets of SOCK_DGRAM that ping (icmp(7)). */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "ip_envelope.h"
#include "ip_probes.h"
#include "ip_stage.h"

#define ON_PING { .type = SOCK_DGRAM, .protocol = "icmp" }

/* An identifier that the kernel does not choose: port 1 is nobody's. */
#define OWN_ID 1

/* Sends an ICMP message of a type, with that identifier. */
static ssize_t
send_typed(struct stage *stage, struct side *client, unsigned char type)
{
	const unsigned char message[IP_ECHO_HEADER + STAGE_MESSAGE_LENGTH] = {
		type, 0, 0, 0, OWN_ID >> 8, OWN_ID & 0xff, 0, 1, 'a', 'b',
		'c', 'd', 'e', 'f',
	};
	struct endpoint address;

	ip_stage_address(stage, "127.0.0.1", "::1", 0, &address);
	return STAGE_CALL(client, sendto, message, sizeof(message),
	    stage_flags(stage, 0), &address);
}

static int
identifier(struct stage *stage, struct observation *seen)
{
	struct side *client;
	struct endpoint self = { .length = 0 };
	unsigned char reply[64] = { 0 };
	in_port_t told;
	ssize_t got;
	int error = stage_socket(stage, SIDE_CLIENT, &client);

	if (error != 0)
		return error;
	got = send_typed(stage, client, ip_stage_is_v6(stage) ? 128 : 8);
	if (got < 0)
		return observe(seen, "send: %s", observed_errno(got));
	STAGE_CALL(client, getsockname, &self);
	if (stage_poll(stage, client, POLLIN, STAGE_SURE_MS) <= 0)
		return observe(seen, "no reply");
	got = STAGE_CALL(client, recv, reply, sizeof(reply), 0);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	memcpy(&told, reply + 4, sizeof(told));
	return observe(seen, told == htons(OWN_ID) ? "as sent"
	    : told == ip_stage_port(&self) ? "the socket's port" : "another");
}

const struct probe ip_ping_identifier = {
	.id = "raw-ping.id",
	.group = GROUP_ANCILLARY,
	.question = "The identifier of an echo request: which one is replied?",
	.cells = ON_PING,
	.answers = (const char *const[]){ "as sent", "the socket's port",
	    "another", "no reply", "send: {errno}", "recv: {errno}", NULL },
	.run = identifier,
};

static int
other_type(struct stage *stage, struct observation *seen)
{
	struct side *client;
	ssize_t sent;
	int error = stage_socket(stage, SIDE_CLIENT, &client);

	if (error != 0)
		return error;
	/* An echo reply: it asks nobody for anything. */
	sent = send_typed(stage, client, ip_stage_is_v6(stage) ? 129 : 0);
	return observe(seen, "%s", sent < 0 ? observed_errno(sent) : "sent");
}

const struct probe ip_ping_type = {
	.id = "raw-ping.type",
	.group = GROUP_ERRORS,
	.question = "A ping socket sends what is no echo request?",
	.cells = ON_PING,
	.answers = (const char *const[]){ "sent", "{errno}", NULL },
	.run = other_type,
};
