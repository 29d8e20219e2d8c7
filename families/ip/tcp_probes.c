/* Options of TCP alone (tcp(7)). */
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>

#include "ip_probes.h"
#include "ip_stage.h"

#define TCP_ONLY { .type = SOCK_STREAM, .protocol = "tcp" }

/* From linux/tcp.h: data went along with the SYN. */
#define SYN_DATA 32

static int
defer(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int early;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = STAGE_CALL(server, listen, 8);
	if (error == 0)
		error = stage_socket(stage, SIDE_CLIENT, &client);
	if (error != 0)
		return error;
	error = ip_stage_set(server, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = STAGE_CALL(client, connect, &server->self);
	if (error != 0)
		return observe(seen, "connect: %s", observed_errno(error));
	early = stage_poll(stage, server, POLLIN, STAGE_QUIET_MS);
	if (early > 0)
		return observe(seen, "before data");
	STAGE_CALL(client, send, "x", 1, stage_flags(stage, 0));
	return observe(seen, stage_poll(stage, server, POLLIN, STAGE_SURE_MS)
	    > 0 ? "when data comes" : "never");
}

const struct probe ip_tcp_defer = {
	.id = "tcp-special.defer-accept",
	.group = GROUP_OPTIONS,
	.question = "TCP_DEFER_ACCEPT: when can a connection be accepted?",
	.cells = TCP_ONLY,
	.answers = (const char *const[]){ "before data", "when data comes",
	    "never", "setsockopt: {errno}", "connect: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "when data comes",
		  .source = "tcp(7), TCP_DEFER_ACCEPT" },
		{ .answer = NULL },
	},
	.run = defer,
};

static int
cork(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int early;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = ip_stage_set(client, IPPROTO_TCP, TCP_CORK, 1);
	if (error != 0)
		return error;
	stage_send(stage, client, "abc", 3, 0);
	early = stage_poll(stage, server, POLLIN, STAGE_QUIET_MS);
	ip_stage_set(client, IPPROTO_TCP, TCP_CORK, 0);
	if (early > 0)
		return observe(seen, "sent at once");
	return observe(seen, stage_poll(stage, server, POLLIN, STAGE_SURE_MS)
	    > 0 ? "sent when cleared" : "lost");
}

const struct probe ip_tcp_cork = {
	.id = "tcp-special.cork",
	.group = GROUP_OPTIONS,
	.question = "TCP_CORK is set: when do three bytes leave?",
	.cells = TCP_ONLY,
	.answers = (const char *const[]){ "sent at once", "sent when cleared",
	    "lost", NULL },
	.documents = (const struct document[]){
		{ .answer = "sent when cleared", .source = "tcp(7), TCP_CORK" },
		{ .answer = NULL },
	},
	.run = cork,
};

static int
info(struct side *side, struct tcp_info *told)
{
	socklen_t length = sizeof(*told);

	memset(told, 0, sizeof(*told));
	return STAGE_CALL(side, getsockopt, IPPROTO_TCP, TCP_INFO, told,
	    &length);
}

/*
 * As netstat(8) writes them, but for FIN_WAIT1 and FIN_WAIT2: when the peer's
 * kernel acknowledges is its own affair.
 */
static const char *
state_name(int state)
{
	static const char *const names[] = {
		[TCP_ESTABLISHED] = "ESTABLISHED", [TCP_SYN_SENT] = "SYN_SENT",
		[TCP_SYN_RECV] = "SYN_RECV", [TCP_FIN_WAIT1] = "FIN_WAIT",
		[TCP_FIN_WAIT2] = "FIN_WAIT", [TCP_TIME_WAIT] = "TIME_WAIT",
		[TCP_CLOSE] = "CLOSE", [TCP_CLOSE_WAIT] = "CLOSE_WAIT",
		[TCP_LAST_ACK] = "LAST_ACK", [TCP_LISTEN] = "LISTEN",
		[TCP_CLOSING] = "CLOSING",
	};

	return state > 0 && state <= TCP_CLOSING ? names[state] : "unknown";
}

#define STATES                                                                 \
	(const char *const[]){ "ESTABLISHED", "SYN_SENT", "SYN_RECV",          \
	    "FIN_WAIT", "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK",        \
	    "LISTEN", "CLOSING", "unknown", "{errno}", NULL }

/* One end says that it sends no more; the state of one of the two. */
static int
half_closed(struct stage *stage, struct observation *seen, bool own)
{
	struct side *client, *server;
	struct tcp_info told;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	STAGE_CALL(client, shutdown, SHUT_WR);
	stage_poll(stage, server, POLLRDHUP, STAGE_SURE_MS);
	error = info(own ? client : server, &told);
	return observe(seen, "%s", error != 0 ? observed_errno(error)
	    : state_name(told.tcpi_state));
}

static int
own_end(struct stage *stage, struct observation *seen)
{
	return half_closed(stage, seen, true);
}

const struct probe ip_tcp_own_end = {
	.id = "tcp-special.fin-wait",
	.group = GROUP_OPTIONS,
	.question = "TCP_INFO: the state after one's own shutdown(SHUT_WR)?",
	.cells = TCP_ONLY,
	.answers = STATES,
	.documents = (const struct document[]){
		{ .answer = "FIN_WAIT", .source = "RFC 9293, 3.3.2" },
		{ .answer = NULL },
	},
	.run = own_end,
};

static int
peers_end(struct stage *stage, struct observation *seen)
{
	return half_closed(stage, seen, false);
}

const struct probe ip_tcp_peers_end = {
	.id = "tcp-special.close-wait",
	.group = GROUP_OPTIONS,
	.question = "TCP_INFO: the state after the peer's shutdown(SHUT_WR)?",
	.cells = TCP_ONLY,
	.answers = STATES,
	.documents = (const struct document[]){
		{ .answer = "CLOSE_WAIT", .source = "RFC 9293, 3.3.2" },
		{ .answer = NULL },
	},
	.run = peers_end,
};

/* A client whose first bytes may travel with its SYN. */
static int
open_fast(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct tcp_info told;
	ssize_t sent;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = ip_stage_set(server, IPPROTO_TCP, TCP_FASTOPEN, 8);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = STAGE_CALL(server, listen, 8);
	if (error == 0)
		error = stage_socket(stage, SIDE_CLIENT, &client);
	if (error != 0)
		return error;
	sent = STAGE_CALL(client, sendto, "abc", 3,
	    stage_flags(stage, MSG_FASTOPEN), &server->self);
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	if (stage_poll(stage, client, POLLOUT, STAGE_SURE_MS) <= 0)
		return observe(seen, "not connected");
	error = info(client, &told);
	return error != 0 ? observe(seen, "getsockopt: %s",
		observed_errno(error))
	    : observe(seen, (told.tcpi_options & SYN_DATA) != 0
		? "with the SYN" : "after the handshake");
}

const struct probe ip_tcp_fast = {
	.id = "tcp-special.fastopen",
	.group = GROUP_OPTIONS,
	.question = "MSG_FASTOPEN to a server met for the first time: how?",
	.cells = TCP_ONLY,
	.answers = (const char *const[]){ "with the SYN",
	    "after the handshake", "not connected", "setsockopt: {errno}",
	    "send: {errno}", "getsockopt: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "after the handshake",
		  .source = "RFC 7413, 3: the first connection asks for a "
			    "cookie" },
		{ .answer = NULL },
	},
	.run = open_fast,
};
