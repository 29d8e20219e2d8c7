/* What rds.rst of Linux says, by topic. */
#include "rds_documents.h"

#define CONGESTED "Linux, rds.rst, sendmsg(): congested, ENOBUFS"
#define ROOM "Linux, rds.rst, poll(): POLLOUT, and refused with ENOBUFS"

const struct document rds_documents[] = {
	/* Buffers and flow control. */
	{ .probe = "full-buffer", .answer = "ENOBUFS, all arrives",
	  .source = CONGESTED, .instead = true },
	/* Non-blocking and readiness. */
	{ .probe = "poll-lies.pollout", .answer = "POLLOUT, yet ENOBUFS",
	  .source = ROOM, .instead = true },
	{ .probe = "poll-lies.pollout-connected",
	  .answer = "POLLOUT, yet ENOBUFS", .source = ROOM,
	  .instead = true },
	{ .answer = NULL },
};

const struct unsteady rds_unsteady[] = {
	{ .probe = "poll-lies.pollout", .cells = { .variant = "tcp" },
	  .why = "TCP takes over what RDS holds meanwhile" },
	{ .probe = "poll-lies.pollout", .cells = { .variant = "tcp6" },
	  .why = "TCP takes over what RDS holds meanwhile" },
	{ .probe = NULL },
};
