/* Programs that look at what comes in (SO_ATTACH_FILTER). */
#include <errno.h>
#include <linux/filter.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "probes/stage.h"

/* The bytes that the cutting program takes off. */
#define CUT 3

/* Messages that are filtered as they are, in no packets of others. */
static bool
has_plain_messages(const struct choice *choice)
{
	const struct cell *cell = &choice->row;

	return cell->wrap == NULL && cell->receive == NULL &&
	    cell->transmit == NULL && !cell->listens && !cell->unpolled;
}

static int
attach(struct side *side, struct sock_filter *code, unsigned short length)
{
	const struct sock_fprog program = { length, code };

	return STAGE_CALL(side, setsockopt, SOL_SOCKET, SO_ATTACH_FILTER,
	    &program, sizeof(program));
}

/* All but the last bytes of a packet is let through. */
static int
attach_cutting(struct side *side)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
		BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, CUT),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};

	return attach(side, code, sizeof(code) / sizeof(code[0]));
}

static int
attach_dropping(struct side *side)
{
	struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, 0) };

	return attach(side, code, 1);
}

/* A pair whose server has the program, and what its client's send() said. */
static int
send_filtered(struct stage *stage, struct observation *seen,
    int (*program)(struct side *), struct side **server, ssize_t *sent)
{
	struct side *client;
	int error = stage_pair(stage, &client, server);

	if (error != 0)
		return error;
	error = program(*server);
	if (error != 0) {
		observe(seen, "setsockopt: %s", observed_errno(error));
		return 1;
	}
	*sent = stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    0);
	return 0;
}

static int
cut(struct stage *stage, struct observation *seen)
{
	struct side *server;
	char data[64];
	ssize_t sent, got;
	int error = send_filtered(stage, seen, attach_cutting, &server, &sent);

	if (error != 0)
		return error < 0 ? error : 0;
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	got = stage_receive(stage, server, data, sizeof(data), 0,
	    STAGE_SURE_MS);
	if (got == STAGE_MESSAGE_LENGTH)
		return observe(seen, "whole");
	if (got == -ETIMEDOUT)
		return observe(seen, "nothing comes");
	return got < 0 ? observe(seen, "recv: %s", observed_errno(got))
		       : observe(seen, "cut to %zd", got);
}

static const struct probe cut_probe = {
	.id = "filter-trunc",
	.group = GROUP_BOUNDARIES,
	.question =
	    "A filter lets 3 bytes less through: is a message of 6 cut?",
	.cells = { .shapes = ON_DATAGRAM | ON_BUS, .with = TRAIT_BOUNDARIES },
	.applies = has_plain_messages,
	.answers = (const char *const[]){ "cut to {n}", "whole",
	    "nothing comes", "setsockopt: {errno}", "send: {errno}",
	    "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "cut to 3",
		  .source = "socket(7), SO_ATTACH_FILTER" },
		{ .answer = NULL },
	},
	.run = cut,
};

/* Whether recvmsg() tells that bytes are missing. */
static int
cut_flag(struct stage *stage, struct observation *seen)
{
	struct side *server;
	char data[64];
	struct iovec part = { data, sizeof(data) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t sent, got;
	int error = send_filtered(stage, seen, attach_cutting, &server, &sent);

	if (error != 0)
		return error < 0 ? error : 0;
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	if (stage_poll(stage, server, POLLIN, STAGE_SURE_MS) <= 0)
		return observe(seen, "nothing comes");
	got = STAGE_CALL(server, recvmsg, &message, 0);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	if (got == STAGE_MESSAGE_LENGTH)
		return observe(seen, "whole");
	return observe(seen, (message.msg_flags & MSG_TRUNC) != 0
	    ? "MSG_TRUNC" : "not told");
}

static const struct probe cut_flag_probe = {
	.id = "filter-trunc.flag",
	.group = GROUP_BOUNDARIES,
	.question = "Does recvmsg() tell that the filter has cut the message?",
	.cells = { .shapes = ON_DATAGRAM | ON_BUS, .with = TRAIT_BOUNDARIES },
	.applies = has_plain_messages,
	.answers = (const char *const[]){ "MSG_TRUNC", "not told", "whole",
	    "nothing comes", "setsockopt: {errno}", "send: {errno}",
	    "recv: {errno}", NULL },
	.run = cut_flag,
};

static int
drop(struct stage *stage, struct observation *seen)
{
	struct side *server;
	ssize_t sent;
	int error = send_filtered(stage, seen, attach_dropping, &server, &sent);

	if (error != 0)
		return error < 0 ? error : 0;
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	return observe(seen, stage_poll(stage, server, POLLIN, STAGE_QUIET_MS)
	    > 0 ? "it comes" : "dropped in silence");
}

static const struct probe drop_probe = {
	.id = "filter-trunc.drop",
	.group = GROUP_BOUNDARIES,
	.question = "A filter lets nothing through: does the sender learn it?",
	.cells = { .shapes = ON_DATAGRAM | ON_BUS, .with = TRAIT_BOUNDARIES },
	.applies = has_plain_messages,
	.answers = (const char *const[]){ "dropped in silence", "it comes",
	    "setsockopt: {errno}", "send: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "dropped in silence or send: {errno}",
		  .source = "socket(7), SO_ATTACH_FILTER" },
		{ .answer = NULL },
	},
	.run = drop,
};

static int
locked(struct stage *stage, struct observation *seen)
{
	struct side *server;
	const int on = 1;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error != 0)
		return error;
	error = attach_dropping(server);
	if (error == 0)
		error = STAGE_CALL(server, setsockopt, SOL_SOCKET,
		    SO_LOCK_FILTER, &on, sizeof(on));
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = STAGE_CALL(server, setsockopt, SOL_SOCKET, SO_DETACH_FILTER,
	    &on, sizeof(on));
	return observe(seen, "%s", error == 0 ? "detached"
					      : observed_errno(error));
}

static const struct probe locked_probe = {
	.id = "filter-lock",
	.group = GROUP_OPTIONS,
	.question = "SO_LOCK_FILTER is set: can the filter be detached?",
	.cells = { .shapes = ON_PAIRS },
	.answers = (const char *const[]){ "{errno}", "detached",
	    "setsockopt: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EPERM", .source = "socket(7), SO_LOCK_FILTER" },
		{ .answer = NULL },
	},
	.run = locked,
};

const struct probe *const filters_probes[] = {
	&cut_probe,
	&cut_flag_probe,
	&drop_probe,
	&locked_probe,
	NULL,
};
