/* What the flags of send() and recv() do, and several messages in one call. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/packet.h"

/* A flag that no Linux so far has given a meaning (include/linux/socket.h). */
#define MEANINGLESS 0x00800000

static long
receive_all(struct stage_task *task)
{
	return STAGE_CALL(task->side, recv, task->argument,
	    STAGE_MESSAGE_LENGTH, MSG_WAITALL);
}

/* Half of what recv() asks for is there. */
static int
waitall(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char data[64];
	struct stage_task task = {
		.stage = stage, .work = receive_all, .argument = data
	};
	ssize_t got;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	got = stage_send(stage, from, "abc", 3, 0);
	if (got >= 0)
		got = packet_head(stage, to, 3);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	task.side = to;
	error = stage_begin(&task);
	if (error != 0)
		return error;
	error = stage_await_sleep(&task);
	if (error == 0)
		stage_send(stage, from, "def", 3, 0);
	if (!stage_ended(&task, STAGE_SURE_MS))
		return observe(seen, "waits for ever");
	if (task.result < 0)
		return observe(seen, "recv: %s", observed_errno(task.result));
	return observe(seen, error == 0 && task.result == 6
	    ? "waits for all" : error == 1 && task.result == 3
	    ? "returns what is there" : "something else");
}

static const struct probe waitall_probe = {
	.id = "waitall",
	.group = GROUP_BOUNDARIES,
	.question = "MSG_WAITALL: does recv() wait until its buffer is full?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain,
	.answers = (const char *const[]){ "waits for all",
	    "returns what is there", "waits for ever", "something else",
	    "no message: {errno}", "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .without = TRAIT_BOUNDARIES },
		  .answer = "waits for all", .source = "recv(2), MSG_WAITALL" },
		{ .cells = { .shapes = ON_DATAGRAM | ON_BUS,
		      .with = TRAIT_BOUNDARIES },
		  .answer = "returns what is there",
		  .source = "recv(2), MSG_WAITALL: no effect for datagrams" },
		{ .answer = NULL },
	},
	.run = waitall,
};

/* One message without MSG_EOR, one with it. */
static int
eor(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char data[64];
	int told[2] = { 0, 0 };
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	for (int i = 0; i < 2; i++) {
		ssize_t got = stage_send(stage, from, "abc", 3,
		    i == 0 ? 0 : MSG_EOR);

		if (got < 0)
			return observe(seen, "send: %s", observed_errno(got));
		got = packet_head(stage, to, 3);
		if (got >= 0)
			got = packet_recvmsg(to, data, sizeof(data), 0,
			    &told[i]);
		if (got < 0)
			return observe(seen, "recv: %s", observed_errno(got));
		told[i] &= MSG_EOR;
	}
	return observe(seen, told[0] != 0 && told[1] != 0
	    ? "with every message" : told[1] != 0 ? "carried"
	    : told[0] != 0 ? "with the wrong message" : "never");
}

static const struct probe eor_probe = {
	.id = "eor",
	.group = GROUP_BOUNDARIES,
	.question = "MSG_EOR on one of two messages: is the receiver told?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain_message,
	.answers = (const char *const[]){ "carried", "never",
	    "with every message", "with the wrong message", "send: {errno}",
	    "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .type = SOCK_SEQPACKET }, .answer = "carried",
		  .source = "POSIX.1-2017, 2.10.6 Socket Types" },
		{ .answer = NULL },
	},
	.run = eor,
};

/* A message with MSG_MORE; then, where messages are kept, one without. */
static int
more(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char data[64];
	ssize_t got;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	got = stage_send(stage, from, "abc", 3, MSG_MORE);
	if (got < 0)
		return observe(seen, "send: %s", observed_errno(got));
	if (packet_plain_stream(stage->choice))
		return observe(seen, stage_poll(stage, to, POLLIN,
		    STAGE_QUIET_MS) == 0 ? "held back" : "sent at once");
	got = stage_send(stage, from, "def", 3, 0);
	if (got < 0)
		return observe(seen, "then send: %s", observed_errno(got));
	got = stage_receive(stage, to, data, sizeof(data), 0, STAGE_SURE_MS);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	return observe(seen, got == 6 ? "one message" : got == 3
	    ? "two messages" : "other bytes");
}

static const struct probe more_probe = {
	.id = "more",
	.group = GROUP_BOUNDARIES,
	.question = "MSG_MORE: does it hold data back for the next send?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain,
	.answers = (const char *const[]){ "held back", "sent at once",
	    "one message", "two messages", "other bytes", "send: {errno}",
	    "then send: {errno}", "recv: {errno}", NULL },
	/* send(2) and unix(7) name the families: it is theirs. */
	.documents = (const struct document[]){ { .answer = NULL } },
	.run = more,
};

static int
nosignal(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	ssize_t sent;
	int error = packet_pair(stage, &from, &to);

	if (error != 0)
		return error;
	sent = packet_send(from, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    MSG_NOSIGNAL);
	return observe(seen, sent < 0 ? "refused: %s" : "taken",
	    observed_errno(sent));
}

#define FLAG_ANSWERS (const char *const[]){ "taken", "refused: {errno}", NULL }

static const struct probe nosignal_probe = {
	.id = "mmsg-flags.nosignal",
	.group = GROUP_BOUNDARIES,
	.question = "Does send() take MSG_NOSIGNAL?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain,
	.answers = FLAG_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "taken",
		  .source = "POSIX.1-2017, send(), MSG_NOSIGNAL" },
		{ .answer = NULL },
	},
	.run = nosignal,
};

static int
meaningless(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	ssize_t sent;
	int error = packet_pair(stage, &from, &to);

	if (error != 0)
		return error;
	sent = packet_send(from, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    MEANINGLESS);
	return observe(seen, sent < 0 ? "refused: %s" : "taken",
	    observed_errno(sent));
}

static const struct probe meaningless_probe = {
	.id = "mmsg-flags.unknown",
	.group = GROUP_BOUNDARIES,
	.question = "Does send() take a flag that has no meaning?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain,
	.answers = FLAG_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "refused: EOPNOTSUPP",
		  .source = "POSIX.1-2017, send(), EOPNOTSUPP" },
		{ .answer = NULL },
	},
	.run = meaningless,
};

/* Two messages of three bytes in one array. */
static void
fill_two(struct mmsghdr messages[2], struct iovec vectors[2], char *bytes,
    struct side *to)
{
	memset(messages, 0, 2 * sizeof(messages[0]));
	for (int i = 0; i < 2; i++) {
		struct msghdr *header = &messages[i].msg_hdr;

		vectors[i].iov_base = bytes + 3 * i;
		vectors[i].iov_len = 3;
		header->msg_iov = &vectors[i];
		header->msg_iovlen = 1;
		if (to != NULL) {
			header->msg_name = &to->peer.storage;
			header->msg_namelen = to->peer.length;
		}
	}
}

static int
send_two(struct stage *stage, struct observation *seen)
{
	const struct cell *cell = &stage->choice->row;
	bool addressed = !cell->unaddressed && cell->shape != SHAPE_CONNECTED;
	char bytes[] = "abcdef";
	struct mmsghdr messages[2];
	struct iovec vectors[2];
	struct side *from, *to;
	int sent;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	fill_two(messages, vectors, bytes, addressed ? from : NULL);
	sent = STAGE_CALL(from, sendmmsg, messages, 2, 0);
	if (sent < 0)
		return observe(seen, "sendmmsg: %s", observed_errno(sent));
	for (int i = 0; i < sent; i++) {
		char data[64];
		ssize_t got = stage_receive(stage, to, data, 3, 0,
		    STAGE_SURE_MS);

		if (got != 3 || memcmp(data, bytes + 3 * i, 3) != 0)
			return observe(seen, "%d sent, not received", sent);
	}
	return observe(seen, "%d sent", sent);
}

static const struct probe send_two_probe = {
	.id = "mmsg-flags",
	.group = GROUP_BOUNDARIES,
	.question = "sendmmsg(): are two messages sent with one call?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain,
	.answers = (const char *const[]){ "{n} sent", "{n} sent, not received",
	    "sendmmsg: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "2 sent", .source = "sendmmsg(2)" },
		{ .answer = NULL },
	},
	.run = send_two,
};

/* Whether both of two messages that are there come with one call. */
static int
receive_two(struct stage *stage, struct observation *seen)
{
	char bytes[8] = "";
	struct mmsghdr messages[2];
	struct iovec vectors[2];
	struct side *from, *to;
	ssize_t got = 0;
	int count;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	for (int i = 0; i < 2 && got >= 0; i++)
		got = stage_send(stage, from, i == 0 ? "abc" : "def", 3, 0);
	if (got >= 0)
		got = packet_head(stage, to, 3);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	fill_two(messages, vectors, bytes, NULL);
	/* Both have been sent: it blocks until both are here. */
	count = STAGE_CALL(to, recvmmsg, messages, 2, 0, NULL);
	if (count < 0)
		return observe(seen, "recvmmsg: %s", observed_errno(count));
	return observe(seen, count < 2 || memcmp(bytes, "abcdef", 6) == 0
	    ? "%d received" : "other bytes", count);
}

static const struct probe receive_two_probe = {
	.id = "mmsg-flags.receive",
	.group = GROUP_BOUNDARIES,
	.question = "recvmmsg(): do two messages come with one call?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain,
	.answers = (const char *const[]){ "{n} received", "other bytes",
	    "recvmmsg: {errno}", "no message: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "2 received", .source = "recvmmsg(2)" },
		{ .answer = NULL },
	},
	.run = receive_two,
};

const struct probe *const flags_probes[] = {
	&waitall_probe,
	&eor_probe,
	&more_probe,
	&send_two_probe,
	&receive_two_probe,
	&nosignal_probe,
	&meaningless_probe,
	NULL,
};
