/* What becomes of the boundaries between messages. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/packet.h"

/*
 * Two messages are sent before the first is received. A stream may give what
 * has come so far: asked to wait for all, it shows what it would do in time.
 */
static int
two_sends(struct stage *stage, struct observation *seen)
{
	bool waits = packet_plain_stream(stage->choice);
	struct side *client, *server;
	char data[64];
	ssize_t got;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	for (int i = 0; i < 2; i++) {
		ssize_t sent = stage_send(stage, client, "abc", 3, 0);

		if (sent < 0)
			return observe(seen, "send: %s", observed_errno(sent));
	}
	if (waits && (stage_poll(stage, server, POLLIN, STAGE_SURE_MS) &
	    POLLIN) != 0)
		got = STAGE_CALL(server, recv, data, 6, MSG_WAITALL);
	else
		got = stage_receive(stage, server, data, sizeof(data), 0,
		    STAGE_SURE_MS);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	return observe(seen, got == 3 ? "kept" : got == 6 ? "merged"
	    : "neither");
}

static const struct probe two_sends_probe = {
	.id = "boundaries",
	.group = GROUP_BOUNDARIES,
	.question = "Two sends of three bytes: does one receive take both?",
	.cells = { .shapes = ON_PAIRS },
	.answers = (const char *const[]){ "kept", "merged", "neither",
	    "send: {errno}", "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .without = TRAIT_BOUNDARIES },
		  .answer = "merged",
		  .source = "socket(2): SOCK_STREAM are byte streams" },
		{ .cells = { .with = TRAIT_BOUNDARIES }, .answer = "kept",
		  .source = "POSIX.1-2017, 2.10.6 Socket Types" },
		{ .answer = NULL },
	},
	.run = two_sends,
};

/* One sendmsg() of two buffers. */
static int
gather(struct stage *stage, struct observation *seen)
{
	char halves[2][4] = { "abc", "def" };
	struct iovec vectors[] = {
		{ .iov_base = halves[0], .iov_len = 3 },
		{ .iov_base = halves[1], .iov_len = 3 },
	};
	struct msghdr message = { .msg_iov = vectors, .msg_iovlen = 2 };
	struct side *from, *to;
	char data[64];
	ssize_t got;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	if (!from->choice->row.unaddressed &&
	    from->choice->row.shape != SHAPE_CONNECTED) {
		message.msg_name = &from->peer.storage;
		message.msg_namelen = from->peer.length;
	}
	got = STAGE_CALL(from, sendmsg, &message, stage_flags(stage, 0));
	if (got < 0)
		return observe(seen, "sendmsg: %s", observed_errno(got));
	got = stage_receive(stage, to, data, sizeof(data), 0, STAGE_SURE_MS);
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	return observe(seen, got == 6 && memcmp(data, "abcdef", 6) == 0
	    ? "one message" : got == 3 ? "two messages" : "neither");
}

static const struct probe gather_probe = {
	.id = "boundaries.gather",
	.group = GROUP_BOUNDARIES,
	.question = "sendmsg() of two buffers: one message, or two?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain_message,
	.answers = (const char *const[]){ "one message", "two messages",
	    "neither", "sendmsg: {errno}", "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "one message",
		  .source = "send(2), sendmsg(): msg_iov points to the "
		      "message's elements" },
		{ .answer = NULL },
	},
	.run = gather,
};

/* write() and read() where send() and recv() are usual. */
static int
as_a_file(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char data[64];
	ssize_t got;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	error = packet_point(from);
	if (error != 0)
		return observe(seen, "connect: %s", observed_errno(error));
	got = STAGE_CALL(from, write, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH);
	if (got < 0)
		return observe(seen, "write: %s", observed_errno(got));
	if (stage_poll(stage, to, POLLIN, STAGE_SURE_MS) == 0)
		return observe(seen, "nothing came");
	got = STAGE_CALL(to, read, data, sizeof(data));
	if (got < 0)
		return observe(seen, "read: %s", observed_errno(got));
	return observe(seen, got == STAGE_MESSAGE_LENGTH &&
	    memcmp(data, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH) == 0
	    ? "as send and recv" : "other bytes");
}

static const struct probe as_a_file_probe = {
	.id = "boundaries.write",
	.group = GROUP_BOUNDARIES,
	.question = "Do write() and read() serve as well as send() and recv()?",
	.cells = { .shapes = ON_PAIRS },
	.applies = packet_plain_pointed,
	.answers = (const char *const[]){ "as send and recv", "other bytes",
	    "nothing came", "connect: {errno}", "write: {errno}",
	    "read: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "as send and recv",
		  .source = "POSIX.1-2017, write(): as send() with no flags; "
		      "read(): as recv()" },
		{ .answer = NULL },
	},
	.run = as_a_file,
};

const struct probe *const boundaries_probes[] = {
	&two_sends_probe,
	&gather_probe,
	&as_a_file_probe,
	NULL,
};
