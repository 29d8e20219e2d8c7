/* What unix(7) and others say of unix sockets, by topic. */
#include <sys/socket.h>

#include "unix_documents.h"

const struct document unix_documents[] = {
	/* Boundaries and truncation. */
	{ "trunc-len", { .shapes = ON_DATAGRAM }, "real length",
	  "recv(2), MSG_TRUNC: UNIX datagram", false },
	{ "trunc-len.peek", { .shapes = ON_DATAGRAM }, "the length",
	  "recv(2), MSG_TRUNC: UNIX datagram", false },
	{ "peek.offset", { .type = 0 }, "moves on", "socket(7), SO_PEEK_OFF",
	  true },
	{ "more", { .type = 0 },
	  "two messages or sent at once or send: {errno}",
	  "unix(7): MSG_MORE is not supported", false },
	{ "max-message.sndbuf", { .shapes = ON_DATAGRAM },
	  "its value less 32", "unix(7), SO_SNDBUF", false },
	/* Buffers. */
	{ "fionread", { .type = SOCK_STREAM }, "all that is unread",
	  "unix(7), SIOCINQ", false },
	{ "fionread", { .type = SOCK_DGRAM }, "the next message",
	  "unix(7), SIOCINQ: as udp(7)", false },
	{ .answer = NULL },
};
