/* What packet(7) and others say of packet sockets, by topic. */
#include "packet_documents.h"

const struct document packet_documents[] = {
	/* Boundaries and truncation. */
	{ "trunc-len", { .type = 0 }, "real length", "packet(7), MSG_TRUNC",
	  false },
	{ "trunc-len.peek", { .type = 0 }, "the length",
	  "packet(7), MSG_TRUNC", false },
	/* Connecting. */
	{ .probe = "connect-peer", .answer = "{errno}",
	  .source = "packet(7): connect(2) is not supported" },
	/* Names. */
	{ .probe = "priv-name", .answer = "EPERM",
	  .source = "packet(7), EPERM; CAP_NET_RAW" },
	{ .answer = NULL },
};

const struct unsteady packet_unsteady[] = {
	{ .probe = "full-buffer", .cells = { .variant = "veth" },
	  .why = "the other end of the cable empties it meanwhile" },
	{ .probe = "poll-lies.pollout", .cells = { .variant = "veth" },
	  .why = "the other end of the cable empties it meanwhile" },
	{ .probe = NULL },
};
