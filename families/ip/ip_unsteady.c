/* Where the answers of IP's protocols depend on time. */
#include "ip_documents.h"

const struct unsteady ip_unsteady[] = {
	{ .probe = "more", .cells = { .type = SOCK_STREAM },
	  .why = "what is held back is sent after 200 ms (tcp(7), TCP_CORK)" },
	{ .probe = "linger.background", .cells = { .protocol = "dccp" },
	  .why = "what DCCP still holds when it is closed may be dropped" },
	{ .probe = "full-buffer", .cells = { .protocol = "sctp" },
	  .why = "SCTP drops what comes while its window is closed" },
	{ .probe = "write-closed.nosignal", .cells = { .protocol = "sctp" },
	  .why = "SCTP's SHUTDOWN is on its way" },
	{ .probe = NULL },
};
