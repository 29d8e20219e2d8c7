/* Marks of messages, and sockets that share their connections. */
#include "kcm_probes.h"

#include <errno.h>
#include <linux/kcm.h>
#include <linux/sockios.h>

#include "probes/stage.h"
#include "record/calls.h"

#ifndef SOL_KCM
#define SOL_KCM 281
#endif

static int
mark(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char data[64];
	struct iovec vector = { data, sizeof(data) };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
	ssize_t got;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH, 0);
	if (stage_poll(stage, server, POLLIN, STAGE_SURE_MS) <= 0)
		return observe(seen, "nothing comes");
	got = STAGE_CALL(server, recvmsg, &message, MSG_DONTWAIT);
	if (got < 0)
		return observe(seen, "%s", observed_errno(got));
	return observe(seen, (message.msg_flags & MSG_EOR) != 0 ? "MSG_EOR"
	    : "no flag");
}

static const struct probe kcm_eor = {
	.id = "kcm-eor",
	.group = GROUP_BOUNDARIES,
	.question = "Is the end of a message marked with MSG_EOR?",
	.answers = (const char *const[]){ "MSG_EOR", "no flag",
	    "nothing comes", "{errno}", NULL },
	.run = mark,
};

/* A second socket of the multiplexor; the first one does not receive. */
static int
clone_first(struct stage *stage, struct side *first, struct side **second)
{
	struct kcm_clone info = { .fd = -1 };
	int on = 1;
	int error = STAGE_CALL(first, ioctl, SIOCKCMCLONE, &info);

	if (error == 0)
		error = STAGE_CALL(first, setsockopt, SOL_KCM,
		    KCM_RECV_DISABLE, &on, sizeof(on));
	*second = stage_side(stage, SIDE_SERVER);
	if (*second == NULL)
		return -ENOTSUP;
	(*second)->fd = info.fd;
	return error;
}

/* A message comes before the first socket is disabled, or after. */
static int
steer(struct stage *stage, struct observation *seen, bool pending)
{
	struct side *client, *server, *second;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	if (pending) {
		stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
		    0);
		if (stage_poll(stage, server, POLLIN, STAGE_SURE_MS) <= 0)
			return observe(seen, "nothing comes");
	}
	error = clone_first(stage, server, &second);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	if (!pending)
		stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
		    0);
	if (stage_poll(stage, second, POLLIN, STAGE_SURE_MS) > 0)
		return observe(seen, "to the other");
	return observe(seen, stage_poll(stage, server, POLLIN, 0) > 0
	    ? "it stays" : "it is lost");
}

#define STEERED                                                                \
	(const char *const[]){ "to the other", "it stays", "it is lost",       \
	    "nothing comes", "{errno}", NULL }
#define MOVED                                                                  \
	(const struct document[]){                                             \
		{ .answer = "to the other", .source = "Linux, kcm.rst: "       \
		    "pending messages are moved to other sockets" },           \
		{ .answer = NULL },                                            \
	}

static int
steer_new(struct stage *stage, struct observation *seen)
{
	return steer(stage, seen, false);
}

static const struct probe kcm_new = {
	.id = "kcm-disable.new",
	.group = GROUP_SHARING,
	.question = "KCM_RECV_DISABLE on one of two sockets: where does the "
	    "next go?",
	.answers = STEERED,
	.documents = MOVED,
	.run = steer_new,
};

static int
steer_pending(struct stage *stage, struct observation *seen)
{
	return steer(stage, seen, true);
}

static const struct probe kcm_pending = {
	.id = "kcm-disable.pending",
	.group = GROUP_SHARING,
	.question = "And a message that waits at it already?",
	.answers = STEERED,
	.documents = MOVED,
	.run = steer_pending,
};

const struct probe *const kcm_probes[] = {
	&kcm_eor, &kcm_new, &kcm_pending,
	NULL,
};
