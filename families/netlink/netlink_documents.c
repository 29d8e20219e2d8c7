/* What netlink(7) and others say of netlink sockets, by topic. */
#include "netlink_documents.h"

const struct document netlink_documents[] = {
	/* Boundaries and truncation. */
	{ "trunc-len", { .type = 0 }, "real length",
	  "recv(2), MSG_TRUNC: netlink since Linux 2.6.22", false },
	{ "trunc-len.peek", { .type = 0 }, "the length",
	  "recv(2), MSG_TRUNC: netlink since Linux 2.6.22", false },
	{ .answer = NULL },
};
