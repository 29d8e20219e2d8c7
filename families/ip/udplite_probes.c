/* Checksums that cover a part of a datagram (udplite(7), RFC 3828). */
#include <errno.h>
#include <poll.h>

#include "ip_probes.h"
#include "ip_stage.h"

/* udplite(7) gives them: no header does. */
#define SEND_COVERAGE 10
#define RECEIVE_COVERAGE 11

/* The header of eight bytes and two of the payload; and more than that. */
#define PARTIAL 10
#define MORE 12

#define UDPLITE_ONLY { .type = SOCK_DGRAM, .protocol = "udplite" }

/* What is read of it, having been set (or not: -1). */
static int
coverage(struct stage *stage, struct observation *seen, int set)
{
	struct side *side;
	int value = -1;
	socklen_t length = sizeof(value);
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	if (set >= 0)
		error = ip_stage_set(side, IPPROTO_UDPLITE, SEND_COVERAGE, set);
	if (error == 0)
		error = STAGE_CALL(side, getsockopt, IPPROTO_UDPLITE,
		    SEND_COVERAGE, &value, &length);
	return error != 0 ? observe(seen, "%s", observed_errno(error))
			  : observe(seen, "%d", value);
}

static int
fresh(struct stage *stage, struct observation *seen)
{
	return coverage(stage, seen, -1);
}

const struct probe ip_udplite_fresh = {
	.id = "udplite-cov",
	.group = GROUP_OPTIONS,
	.question = "UDPLITE_SEND_CSCOV of a fresh socket (0: all is covered)?",
	.cells = UDPLITE_ONLY,
	.answers = (const char *const[]){ "{n}", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "0", .source = "udplite(7): as UDP if not set" },
		{ .answer = NULL },
	},
	.run = fresh,
};

static int
small(struct stage *stage, struct observation *seen)
{
	return coverage(stage, seen, 3);
}

const struct probe ip_udplite_small = {
	.id = "udplite-cov.small",
	.group = GROUP_OPTIONS,
	.question = "UDPLITE_SEND_CSCOV is set to 3: what is read back?",
	.cells = UDPLITE_ONLY,
	.answers = (const char *const[]){ "{n}", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "8", .source = "udplite(7), UDPLITE_SEND_CSCOV" },
		{ .answer = NULL },
	},
	.run = small,
};

/* A datagram of this coverage to a receiver that wants that; -1: not set. */
static int
deliver(struct stage *stage, struct observation *seen, int sent, int wanted,
    int wait_ms)
{
	struct side *client, *server;
	int error = stage_pair(stage, &client, &server);

	if (error == 0 && sent >= 0)
		error = ip_stage_set(client, IPPROTO_UDPLITE, SEND_COVERAGE,
		    sent);
	if (error == 0 && wanted >= 0)
		error = ip_stage_set(server, IPPROTO_UDPLITE,
		    RECEIVE_COVERAGE, wanted);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH, 0);
	return observe(seen, stage_poll(stage, server, POLLIN, wait_ms) > 0
	    ? "delivered" : "dropped");
}

#define DELIVERED(words, asked, function, promised, said)                      \
	{                                                                      \
		.id = (words), .group = GROUP_OPTIONS, .question = (asked),    \
		.cells = UDPLITE_ONLY,                                         \
		.answers = (const char *const[]){ "delivered", "dropped",      \
		    "setsockopt: {errno}", NULL },                             \
		.documents = (const struct document[]){                        \
			{ .answer = (promised), .source = (said) },            \
			{ .answer = NULL },                                    \
		},                                                             \
		.run = (function),                                             \
	}

static int
partial(struct stage *stage, struct observation *seen)
{
	return deliver(stage, seen, PARTIAL, -1, STAGE_SURE_MS);
}

const struct probe ip_udplite_partial = DELIVERED("udplite-cov.partial",
    "A datagram is covered in part; its receiver has set nothing?", partial,
    "delivered", "udplite(7), UDPLITE_RECV_CSCOV: not required");

static int
demanding(struct stage *stage, struct observation *seen)
{
	return deliver(stage, seen, PARTIAL, MORE, STAGE_QUIET_MS);
}

const struct probe ip_udplite_demanding = DELIVERED("udplite-cov.demand",
    "UDPLITE_RECV_CSCOV is more than a datagram's coverage?", demanding,
    "dropped", "udplite(7), UDPLITE_RECV_CSCOV; RFC 3828, 3.1");

static int
all_covered(struct stage *stage, struct observation *seen)
{
	return deliver(stage, seen, -1, MORE, STAGE_SURE_MS);
}

const struct probe ip_udplite_all = DELIVERED("udplite-cov.whole",
    "UDPLITE_RECV_CSCOV is set, and a datagram covered as a whole?",
    all_covered, "delivered",
    "udplite(7), UDPLITE_RECV_CSCOV");
