/* What phonet.rst of Linux says, by topic. */
#include "phonet_documents.h"

#include <sys/socket.h>

const struct document phonet_documents[] = {
	/* Connecting. */
	{ .probe = "connect-peer", .cells = { .type = SOCK_DGRAM },
	  .answer = "{errno}",
	  .source = "Linux, phonet.rst: connect() is not supported",
	  .instead = true },
	{ .answer = NULL },
};
