/* What unix(7) and others say of unix sockets, by topic. */
#include <sys/socket.h>

#include "unix_documents.h"

#define PATH { .variant = "path" }
#define STREAM { .type = SOCK_STREAM }
#define DGRAM { .type = SOCK_DGRAM }
#define SEQPACKET { .type = SOCK_SEQPACKET }
#define CONNECTIONS { .shapes = ON_CONNECTED }

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
	/* Connecting. */
	{ .probe = "connect-nobody", .cells = PATH, .answer = "ENOENT",
	  .source = "unix(7), ENOENT; POSIX.1-2017, connect()",
	  .instead = true },
	{ .probe = "connect-nobody.stale", .answer = "ECONNREFUSED",
	  .source = "unix(7), ECONNREFUSED: not a listening socket" },
	{ .probe = "connect-nb.refused", .cells = PATH, .answer = "ENOENT",
	  .source = "unix(7), ENOENT; POSIX.1-2017, connect()",
	  .instead = true },
	{ .probe = "connect-nb.full", .answer = "EAGAIN",
	  .source = "connect(2), EAGAIN" },
	{ .probe = "disconnect", .cells = DGRAM, .answer = "dissolved",
	  .source = "connect(2), AF_UNSPEC" },
	{ .probe = "disconnect.again", .cells = DGRAM, .answer = "ok",
	  .source = "connect(2), AF_UNSPEC" },
	{ .probe = "reconnect", .cells = DGRAM, .answer = "the second",
	  .source = "connect(2)" },
	{ .probe = "sendto-connected", .cells = CONNECTIONS,
	  .answer = "EISCONN", .source = "unix(7), EISCONN" },
	{ .probe = "unconnected-io.send", .answer = "ENOTCONN",
	  .source = "unix(7), ENOTCONN" },
	/* Ending. */
	{ .probe = "write-closed", .cells = STREAM,
	  .answer = "EPIPE and SIGPIPE", .source = "unix(7), EPIPE" },
	/* Urgent data. */
	{ "oob", STREAM, "EOPNOTSUPP",
	  "unix(7), ERRORS: out-of-band data is not supported", true },
	{ "oob.none", STREAM, "EOPNOTSUPP",
	  "unix(7), ERRORS: out-of-band data is not supported", true },
	/* Ancillary data. */
	{ "cmsg.rights", { .type = 0 }, "passed", "unix(7), SCM_RIGHTS",
	  false },
	/* Life and names. */
	{ .probe = "socketpair", .answer = "they talk",
	  .source = "socketpair(2), NOTES; unix(7)", .instead = true },
	{ .probe = "unbound-name", .answer = "the family alone",
	  .source = "unix(7), unnamed" },
	{ .probe = "auto-name.connect", .cells = STREAM,
	  .answer = "as it was",
	  .source = "unix(7), unnamed: a stream that was not bound" },
	{ .probe = "bind-rules.closed", .cells = PATH, .answer = "EADDRINUSE",
	  .source = "unix(7), NOTES: the file must be deleted by the caller",
	  .instead = true },
	{ .probe = "bind-rules.connected", .cells = PATH,
	  .answer = "EADDRINUSE",
	  .source = "unix(7), NOTES: the file must be deleted by the caller" },
	{ .answer = NULL },
};

#define SOURCE "net/unix/af_unix.c, "

const struct difference unix_differences[] = {
	{ .probe = "connect-nb.full", .answer = "EAGAIN",
	  .text = "a connection is made at once or not at all: there is none "
	      "in progress",
	  .source = SOURCE "unix_stream_connect()" },
	{ .probe = "connect-listener", .answer = "EINVAL",
	  .text = "any state but that of a fresh socket is invalid",
	  .source = SOURCE "unix_stream_connect()" },
	{ .probe = "sendto-connected", .cells = SEQPACKET,
	  .answer = "to the peer",
	  .text = "a connected seqpacket socket forgets the address",
	  .source = SOURCE "unix_seqpacket_sendmsg()" },
	{ .probe = "third-party.before", .answer = "heard",
	  .text = "a first connect() looks at nothing that is in the queue",
	  .source = SOURCE "unix_dgram_connect()" },
	{ .probe = "unconnected-io.recv", .cells = STREAM,
	  .answer = "EINVAL",
	  .text = "a stream that is not established is an invalid one",
	  .source = SOURCE "unix_stream_read_generic()" },
	{ .probe = "unconnected-io.shutdown", .answer = "ok",
	  .text = "it is not asked whether there is a peer",
	  .source = SOURCE "unix_shutdown()" },
	{ .probe = "write-closed", .cells = SEQPACKET, .answer = "EPIPE",
	  .text = "records are sent as datagrams are, which raise no signal",
	  .source = SOURCE "unix_dgram_sendmsg()" },
	{ .probe = "shut-wr.own", .cells = SEQPACKET, .answer = "EPIPE",
	  .text = "records are sent as datagrams are, which raise no signal",
	  .source = SOURCE "unix_dgram_sendmsg()" },
	{ .probe = "oob", .cells = STREAM, .answer = "taken", .since = "5.15",
	  .text = "streams have out-of-band data (CONFIG_AF_UNIX_OOB)",
	  .source = "commit 314001f0bf92" },
	{ .probe = "oob.none", .cells = STREAM, .answer = "EINVAL",
	  .since = "5.15",
	  .text = "streams have out-of-band data (CONFIG_AF_UNIX_OOB)",
	  .source = "commit 314001f0bf92" },
	{ .probe = "auto-name.listen", .answer = "listen: EINVAL",
	  .text = "a socket without a name is in no state to listen",
	  .source = SOURCE "unix_listen()" },
	{ .probe = "close-wakes.listener", .answer = "EINVAL",
	  .text = "it is not asked whether there is a peer",
	  .source = SOURCE "unix_shutdown()" },
	{ .probe = "option-truth.type", .cells = { .type = SOCK_RAW },
	  .answer = "2 instead",
	  .text = "a datagram socket is made of SOCK_RAW",
	  .source = SOURCE "unix_create()" },
	{ .answer = NULL },
};
