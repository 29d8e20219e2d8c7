/* What the documents say of TIPC sockets, by topic. */
#include "tipc_documents.h"

const struct document tipc_documents[] = {
	/* Life and names. */
	{ .probe = "socketpair", .answer = "they talk",
	  .source = "socketpair(2), NOTES: since Linux 4.12",
	  .instead = true },
	{ .answer = NULL },
};
