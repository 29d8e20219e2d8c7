/* A datagram to nobody: who is told, and when (udp(7), RFC 1122). */
#include <errno.h>
#include <poll.h>
#include <time.h>
#include <linux/errqueue.h>

#include "ip_probes.h"
#include "ip_stage.h"

/* A client that has sent a message to an address that nobody has. */
static int
send_to_nobody(struct stage *stage, bool connected, bool queued,
    struct side **client)
{
	const struct ip_names *names = ip_stage_names(stage);
	struct endpoint nobody;
	ssize_t sent = 0;
	int error = stage_vacant(stage, &nobody);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, client);
	if (error == 0 && connected)
		error = STAGE_CALL(*client, connect, &nobody);
	if (error == 0 && queued)
		error = ip_stage_set(*client, names->level,
		    names->receive_errors, 1);
	if (error == 0)
		sent = STAGE_CALL(*client, sendto, STAGE_MESSAGE,
		    STAGE_MESSAGE_LENGTH, stage_flags(stage, 0), &nobody);
	return error != 0 ? error : sent < 0 ? (int)sent : 0;
}

/* What recv() says when an error has come, or none has. */
static int
learn(struct stage *stage, struct observation *seen, bool connected,
    bool queued)
{
	struct side *client;
	char data[64];
	int error = send_to_nobody(stage, connected, queued, &client);

	if (error != 0)
		return error;
	stage_poll(stage, client, 0, connected || queued ? STAGE_SURE_MS
							 : STAGE_QUIET_MS);
	error = (int)STAGE_CALL(client, recv, data, sizeof(data),
	    MSG_DONTWAIT);
	return observe(seen, "%s", error == -EAGAIN ? "nothing"
	    : observed_errno(error));
}

#define LEARN_ANSWERS (const char *const[]){ "{errno}", "nothing", NULL }

static int
learn_connected(struct stage *stage, struct observation *seen)
{
	return learn(stage, seen, true, false);
}

const struct probe ip_udp_connected = {
	.id = "udp-async",
	.group = GROUP_ERRORS,
	.question = "A datagram to nobody, from a connected socket: recv()?",
	.applies = ip_stage_udp,
	.answers = LEARN_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "ECONNREFUSED",
		  .source = "udp(7), Error handling; RFC 1122, 4.1.3.3" },
		{ .answer = NULL },
	},
	.run = learn_connected,
};

static int
learn_unconnected(struct stage *stage, struct observation *seen)
{
	return learn(stage, seen, false, false);
}

const struct probe ip_udp_unconnected = {
	.id = "udp-async.unconnected",
	.group = GROUP_ERRORS,
	.question =
	    "A datagram to nobody, from a socket not connected: recv()?",
	.applies = ip_stage_udp,
	.answers = LEARN_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "ECONNREFUSED",
		  .source = "udp(7), Error handling: \"even when the socket is "
			    "not connected\"" },
		{ .answer = NULL },
	},
	.run = learn_unconnected,
};

static int
learn_queued(struct stage *stage, struct observation *seen)
{
	return learn(stage, seen, false, true);
}

const struct probe ip_udp_queued = {
	.id = "udp-async.recverr",
	.group = GROUP_ERRORS,
	.question =
	    "A datagram to nobody, not connected, IP_RECVERR set: recv()?",
	.applies = ip_stage_udp,
	.answers = LEARN_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "ECONNREFUSED", .source = "ip(7), IP_RECVERR" },
		{ .answer = NULL },
	},
	.run = learn_queued,
};

/* What stands in the queue of errors, and to whom the datagram went. */
static int
error_queue(struct stage *stage, struct observation *seen)
{
	const struct ip_names *names = ip_stage_names(stage);
	const struct sock_extended_err *told;
	struct side *client;
	struct ip_message message;
	ssize_t got;
	int error = send_to_nobody(stage, false, true, &client);

	if (error != 0)
		return error;
	if ((stage_poll(stage, client, 0, STAGE_SURE_MS) & POLLERR) == 0)
		return observe(seen, "nothing");
	got = ip_stage_receive(stage, client, &message, MSG_ERRQUEUE);
	if (got < 0)
		return observe(seen, "recvmsg: %s", observed_errno(got));
	told = ip_stage_control(&message, names->level,
	    names->receive_errors, NULL);
	if (told == NULL)
		return observe(seen, "no control message");
	return observe(seen, "%s, %zd bytes of it",
	    observed_errno(-(long)told->ee_errno), got);
}

const struct probe ip_udp_error_queue = {
	.id = "udp-async.queue",
	.group = GROUP_ERRORS,
	.question =
	    "MSG_ERRQUEUE: what does it tell of a datagram to nobody, 6 bytes?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ "{errno}, {n} bytes of it",
	    "nothing", "no control message", "recvmsg: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ECONNREFUSED, 6 bytes of it",
		  .source = "ip(7), IP_RECVERR; recv(2), MSG_ERRQUEUE" },
		{ .answer = NULL },
	},
	.run = error_queue,
};

static int
pending_poll(struct stage *stage, struct observation *seen)
{
	struct side *client;
	char words[64];
	int error = send_to_nobody(stage, true, false, &client);

	if (error != 0)
		return error;
	stage_poll(stage, client, 0, STAGE_SURE_MS);
	return observe(seen, "%s", stage_poll_words(stage_poll(stage, client,
	    POLLIN | POLLOUT, 0), words, sizeof(words)));
}

const struct probe ip_udp_poll = {
	.id = "udp-async.poll",
	.group = GROUP_ERRORS,
	.question = "A datagram to nobody was refused: what does poll() tell?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ "POLLOUT", "POLLOUT|POLLERR",
	    "POLLIN|POLLOUT|POLLERR", "POLLERR", "none", NULL },
	.run = pending_poll,
};

static int
next_send(struct stage *stage, struct observation *seen)
{
	struct side *client;
	ssize_t first, second;
	int error = send_to_nobody(stage, true, false, &client);

	if (error != 0)
		return error;
	stage_poll(stage, client, 0, STAGE_SURE_MS);
	first = STAGE_CALL(client, send, "x", 1, stage_flags(stage, 0));
	if (first >= 0)
		return observe(seen, "sent");
	second = STAGE_CALL(client, send, "x", 1, stage_flags(stage, 0));
	return second >= 0
	    ? observe(seen, "%s, then sent", observed_errno(first))
	    : observe(seen, "%s, then %s", observed_errno(first),
		observed_errno(second));
}

const struct probe ip_udp_next_send = {
	.id = "udp-async.send",
	.group = GROUP_ERRORS,
	.question =
	    "A datagram to nobody was refused: what do two more sends say?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ "sent", "{errno}, then sent",
	    "{errno}, then {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ECONNREFUSED, then sent",
		  .source = "udp(7): an error for an earlier packet; "
			    "socket(7), SO_ERROR" },
		{ .answer = NULL },
	},
	.run = next_send,
};

static int
asked_error(struct stage *stage, struct observation *seen)
{
	struct side *client;
	int first = -1, second = -1;
	socklen_t length = sizeof(int);
	int error = send_to_nobody(stage, true, false, &client);

	if (error != 0)
		return error;
	stage_poll(stage, client, 0, STAGE_SURE_MS);
	STAGE_CALL(client, getsockopt, SOL_SOCKET, SO_ERROR, &first, &length);
	STAGE_CALL(client, getsockopt, SOL_SOCKET, SO_ERROR, &second, &length);
	return observe(seen, "%s, then %s", observed_errno(-(long)first),
	    observed_errno(-(long)second));
}

const struct probe ip_udp_so_error = {
	.id = "udp-async.so-error",
	.group = GROUP_ERRORS,
	.question = "A datagram to nobody was refused: SO_ERROR, read twice?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ "{errno}, then ok",
	    "{errno}, then {errno}", "ok, then ok", NULL },
	.documents = (const struct document[]){
		{ .answer = "ECONNREFUSED, then ok",
		  .source = "socket(7), SO_ERROR: get and clear" },
		{ .answer = NULL },
	},
	.run = asked_error,
};
