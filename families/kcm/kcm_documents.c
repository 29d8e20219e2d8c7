/* What kcm.rst of Linux says, by topic. */
#include "kcm_documents.h"

const struct document kcm_documents[] = {
	/* Shutdown and end: the end of the connection below is an error. */
	{ .probe = "eof", .answer = "EPIPE",
	  .source = "Linux, kcm.rst, Error handling: EPIPE on the socket",
	  .instead = true },
	{ .answer = NULL },
};
