/* What vsock(7) says, by topic. */
#include "vsock_documents.h"

const struct document vsock_documents[] = {
	/* Boundaries and truncation. */
	{ .probe = "peek", .answer = "recv: EOPNOTSUPP",
	  .source = "vsock(7), ERRORS: MSG_PEEK is not supported" },
	/* Names. */
	{ .probe = "auto-name.connect", .answer = "has a name",
	  .source = "vsock(7): bound to a free port if unbound" },
	{ .probe = "priv-name.port", .answer = "EACCES",
	  .source = "vsock(7), EACCES: ports below 1024 are privileged" },
	/* Errors. */
	{ .probe = "oob", .answer = "EOPNOTSUPP",
	  .source = "vsock(7), ERRORS: MSG_OOB is not implemented" },
	{ .answer = NULL },
};
