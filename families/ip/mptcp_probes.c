/* Whether a connection is really one of MPTCP (RFC 8684). */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>

#include "ip.h"
#include "ip_probes.h"
#include "ip_stage.h"

/* From linux/mptcp.h and linux/tcp.h, newer than many headers. */
#define MPTCP_LEVEL 284
#define MPTCP_INFO_OPTION 1
#define MPTCP_FLAGS 8		/* the offset of mptcpi_flags */
#define MPTCP_FALLBACK 1
#define IS_MPTCP_OPTION 43

#define MPTCP_ONLY { .type = SOCK_STREAM, .protocol = "mptcp" }

/* A listener of this protocol, a client of that; both connected. */
static int
connect_mixed(struct stage *stage, int listening, int connecting,
    struct side **client, struct side **server)
{
	const int domain = stage->choice->family->domain;
	struct side *listener = stage_side(stage, SIDE_SERVER);
	struct endpoint address;
	int error;

	*client = stage_side(stage, SIDE_CLIENT);
	*server = stage_side(stage, SIDE_SERVER);
	listener->fd = listener->calls->socket(&listener->recorder, domain,
	    SOCK_STREAM | SOCK_CLOEXEC, listening);
	(*client)->fd = (*client)->calls->socket(&(*client)->recorder, domain,
	    SOCK_STREAM | SOCK_CLOEXEC, connecting);
	ip_stage_address(stage, "127.0.0.1", "::1", 0, &address);
	error = ip_stage_bind(listener, &address);
	if (error == 0)
		error = STAGE_CALL(listener, listen, 8);
	if (error == 0)
		error = STAGE_CALL(*client, connect, &listener->self);
	if (error != 0)
		return error;
	(*server)->fd = STAGE_CALL(listener, accept, NULL, SOCK_CLOEXEC);
	return (*server)->fd < 0 ? (*server)->fd : 0;
}

/* "MPTCP", "fallen back to TCP", or what the option says instead. */
static int
tell_kind(struct side *side, struct observation *seen)
{
	uint32_t words[32] = { 0 };
	socklen_t length = sizeof(words);
	int error = STAGE_CALL(side, getsockopt, MPTCP_LEVEL,
	    MPTCP_INFO_OPTION, words, &length);

	if (error != 0)
		return observe(seen, "MPTCP_INFO: %s", observed_errno(error));
	return observe(seen, (words[MPTCP_FLAGS / sizeof(words[0])] &
	    MPTCP_FALLBACK) != 0 ? "fallen back to TCP" : "MPTCP");
}

#define KIND_ANSWERS                                                           \
	(const char *const[]){ "MPTCP", "fallen back to TCP",                  \
	    "MPTCP_INFO: {errno}", "connect: {errno}", NULL }

static int
kind_of(struct stage *stage, struct observation *seen, int listening,
    int connecting, bool of_server)
{
	struct side *client, *server;
	int error = connect_mixed(stage, listening, connecting, &client,
	    &server);

	if (error != 0)
		return observe(seen, "connect: %s", observed_errno(error));
	return tell_kind(of_server ? server : client, seen);
}

static int
both_ends(struct stage *stage, struct observation *seen)
{
	return kind_of(stage, seen, IPPROTO_MPTCP, IPPROTO_MPTCP, false);
}

const struct probe ip_mptcp_both = {
	.id = "fallback-id",
	.group = GROUP_CONNECT,
	.question = "MPTCP at both ends: what is the connection?",
	.cells = MPTCP_ONLY,
	.answers = KIND_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "MPTCP", .source = "RFC 8684, 3.1" },
		{ .answer = NULL },
	},
	.run = both_ends,
};

/* MPTCP's options are then asked of TCP, over IPv4 and over IPv6. */
#define TOLD_FALLBACK                                                          \
	"fallen back to TCP or MPTCP_INFO: EOPNOTSUPP or "                     \
	"MPTCP_INFO: ENOPROTOOPT"

static int
plain_server(struct stage *stage, struct observation *seen)
{
	return kind_of(stage, seen, IPPROTO_TCP, IPPROTO_MPTCP, false);
}

const struct probe ip_mptcp_plain_server = {
	.id = "fallback-id.tcp-server",
	.group = GROUP_CONNECT,
	.question =
	    "MPTCP at the client, TCP at the server: what is the connection?",
	.cells = MPTCP_ONLY,
	.answers = KIND_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = TOLD_FALLBACK,
		  .source = "RFC 8684, 3.7; the commit of TCP_IS_MPTCP: these "
			    "errnos tell it" },
		{ .answer = NULL },
	},
	.run = plain_server,
};

/* What accept() returns for a client of this protocol. */
static int
accepted(struct stage *stage, struct observation *seen, int connecting)
{
	struct side *client, *server;
	int protocol = -1;
	socklen_t length = sizeof(protocol);
	int error = connect_mixed(stage, IPPROTO_MPTCP, connecting, &client,
	    &server);

	if (error == 0)
		error = STAGE_CALL(server, getsockopt, SOL_SOCKET, SO_PROTOCOL,
		    &protocol, &length);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	return observe(seen, protocol == IPPROTO_MPTCP ? "IPPROTO_MPTCP"
	    : protocol == IPPROTO_TCP ? "IPPROTO_TCP" : "another");
}

#define ACCEPTED_ANSWERS                                                       \
	(const char *const[]){ "IPPROTO_MPTCP", "IPPROTO_TCP", "another",      \
	    "{errno}", NULL }

#define ACCEPT_SOURCE "POSIX.1-2017, accept(): the same protocol"

static int
accepted_plain(struct stage *stage, struct observation *seen)
{
	return accepted(stage, seen, IPPROTO_TCP);
}

const struct probe ip_mptcp_accepted_plain = {
	.id = "fallback-id.tcp-client",
	.group = GROUP_CONNECT,
	.question =
	    "A client of TCP: SO_PROTOCOL of the socket accept() gives?",
	.cells = MPTCP_ONLY,
	.answers = ACCEPTED_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "IPPROTO_MPTCP", .source = ACCEPT_SOURCE },
		{ .answer = NULL },
	},
	.run = accepted_plain,
};

static int
accepted_own(struct stage *stage, struct observation *seen)
{
	return accepted(stage, seen, IPPROTO_MPTCP);
}

const struct probe ip_mptcp_accepted = {
	.id = "fallback-id.accepted",
	.group = GROUP_CONNECT,
	.question =
	    "A client of MPTCP: SO_PROTOCOL of the socket accept() gives?",
	.cells = MPTCP_ONLY,
	.answers = ACCEPTED_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "IPPROTO_MPTCP", .source = ACCEPT_SOURCE },
		{ .answer = NULL },
	},
	.run = accepted_own,
};

static int
is_mptcp(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int value = -1;
	socklen_t length = sizeof(value);
	int error = connect_mixed(stage, IPPROTO_MPTCP, IPPROTO_MPTCP, &client,
	    &server);

	if (error != 0)
		return observe(seen, "connect: %s", observed_errno(error));
	error = STAGE_CALL(client, getsockopt, IPPROTO_TCP, IS_MPTCP_OPTION,
	    &value, &length);
	return error != 0 ? observe(seen, "%s", observed_errno(error))
			  : observe(seen, "%d", value);
}

const struct probe ip_mptcp_asked = {
	.id = "fallback-id.is-mptcp",
	.group = GROUP_CONNECT,
	.question = "TCP_IS_MPTCP of a connection with MPTCP at both ends?",
	.cells = MPTCP_ONLY,
	.answers = (const char *const[]){ "{n}", "{errno}",
	    "connect: {errno}", NULL },
	.run = is_mptcp,
};
