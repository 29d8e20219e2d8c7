/* The options of SOL_TIPC (the TIPC project's guide, 5.2; linux/tipc.h). */
#include "tipc_options.h"

#include <linux/tipc.h>
#include <sys/socket.h>

#include "shared/options.h"

static const struct option_word importances[] = {
	OPTION_WORD_OF(TIPC_LOW_IMPORTANCE),
	OPTION_WORD_OF(TIPC_MEDIUM_IMPORTANCE),
	OPTION_WORD_OF(TIPC_HIGH_IMPORTANCE),
	OPTION_WORD_OF(TIPC_CRITICAL_IMPORTANCE), { 0, NULL },
};

static const struct option_field request_fields[] = {
	OPTION_FIELD(struct tipc_group_req, type, UNSIGNED),
	OPTION_FIELD(struct tipc_group_req, instance, UNSIGNED),
	{ .name = NULL },
};
static const struct tipc_group_req group = {
	.type = 18999, .instance = 1, .scope = TIPC_NODE_SCOPE,
};

static const struct option_name options[] = {
	OPTION(TIPC_IMPORTANCE, WORD, .words = importances,
	    TRY_INT(TIPC_HIGH_IMPORTANCE)),
	OPTION(TIPC_SRC_DROPPABLE, BOOL),
	OPTION(TIPC_DEST_DROPPABLE, BOOL),
	OPTION(TIPC_CONN_TIMEOUT, INT, TRY_INT(3000)),
	OPTION(TIPC_NODE_RECVQ_DEPTH, INT, GET_ONLY),
	OPTION(TIPC_SOCK_RECVQ_DEPTH, INT, GET_ONLY),
	OPTION(TIPC_MCAST_BROADCAST, INT, SET_ONLY, TRY_INT(0),
	    .since = "4.11"),
	OPTION(TIPC_MCAST_REPLICAST, INT, SET_ONLY, TRY_INT(0),
	    .since = "4.11"),
	OPTION(TIPC_GROUP_JOIN, FIELDS, TRY(group),
	    FIELDS_OF(request_fields, group), .since = "4.15"),
	OPTION(TIPC_GROUP_LEAVE, INT, SET_ONLY, TRY_INT(0),
	    .first = TIPC_GROUP_JOIN, .since = "4.15"),
	OPTION(TIPC_SOCK_RECVQ_USED, INT, GET_ONLY, .since = "4.15"),
	OPTION(TIPC_NODELAY, BOOL, SET_ONLY, .since = "5.5"),
	{ .constant = NULL },
};

const struct option_level tipc_levels[] = {
	{ SOL_TIPC, "SOL_TIPC", options, 0, NULL },
	{ .constant = NULL },
};
