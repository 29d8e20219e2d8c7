/* What can.rst and j1939.rst of Linux say, by topic. */
#include "can_documents.h"

#define PEER "Linux, j1939.rst: connect(2) sets a receive filter, too"
#define J1939 { .protocol = "j1939" }

const struct document can_documents[] = {
	/* Connecting. */
	{ .probe = "third-party", .cells = J1939, .answer = "dropped",
	  .source = PEER, .instead = true },
	{ .answer = NULL },
};

const struct unsteady can_unsteady[] = {
	{ .probe = "full-buffer", .cells = { .protocol = "j1939" },
	  .why = "its sessions are sent at their own pace" },
	{ .probe = NULL },
};
