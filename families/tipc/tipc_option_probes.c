/* Names that are kept back, and the importance of messages. */
#include <linux/tipc.h>

#include "probes/stage.h"
#include "record/calls.h"
#include "tipc_probes.h"

static int
reserved(struct stage *stage, struct observation *seen)
{
	struct sockaddr_tipc tipc = { .family = AF_TIPC,
		.addrtype = TIPC_SERVICE_RANGE, .scope = TIPC_CLUSTER_SCOPE,
		.addr.nameseq = { TIPC_RESERVED_TYPES - 1, 1, 1 } };
	struct endpoint address;
	struct side *side;
	int error = stage_socket(stage, SIDE_SERVER, &side);

	if (error != 0)
		return error;
	endpoint_set(&address, &tipc, sizeof(tipc));
	return observe(seen, "%s", observed_errno(STAGE_CALL(side, bind,
	    &address)));
}

const struct probe tipc_reserved = {
	.id = "priv-name.tipc",
	.group = GROUP_NAMING,
	.question = "bind() to a service of type 63, the last reserved one?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "{errno}", .source = "linux/tipc.h: "
		    "TIPC_RESERVED_TYPES, lowest user-allowed type" },
		{ .answer = NULL },
	},
	.run = reserved,
};

static int
importance(struct stage *stage, struct observation *seen)
{
	struct side *side;
	unsigned value = 0;
	socklen_t length = sizeof(value);
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	error = STAGE_CALL(side, getsockopt, SOL_TIPC, TIPC_IMPORTANCE, &value,
	    &length);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	return observe(seen, value == TIPC_LOW_IMPORTANCE ? "low"
	    : value <= TIPC_CRITICAL_IMPORTANCE ? "higher" : "another");
}

const struct probe tipc_importance = {
	.id = "tipc-importance",
	.group = GROUP_OPTIONS,
	.question = "How important are the messages of a fresh socket?",
	.answers = (const char *const[]){ "low", "higher", "another",
	    "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "low", .source = "linux/tipc.h: TIPC_IMPORTANCE, "
		    "Default: TIPC_LOW_IMPORTANCE" },
		{ .answer = NULL },
	},
	.run = importance,
};
