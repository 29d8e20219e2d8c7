/* The broadcast manager: its names, its tasks. */
#include <errno.h>
#include <linux/can/bcm.h>
#include <string.h>

#include "can_probes.h"

#define BCM { .protocol = "bcm" }

/* A message with one frame, which stands in head_of(&task)->frames. */
struct task {
	_Alignas(struct bcm_msg_head) unsigned char bytes[
	    sizeof(struct bcm_msg_head) + sizeof(struct can_frame)];
};

static struct bcm_msg_head *
head_of(struct task *task)
{
	return (struct bcm_msg_head *)(void *)task->bytes;
}

static ssize_t
tell(struct stage *stage, struct side *side, const struct task *task)
{
	return STAGE_CALL(side, send, task, sizeof(*task),
	    stage_flags(stage, 0));
}

/* A task of the manager, for one frame of this run. */
static struct task
task_of(const struct stage *stage, unsigned opcode, char byte)
{
	struct task task = { .bytes = { 0 } };
	struct bcm_msg_head *head = head_of(&task);

	head->opcode = opcode;
	head->can_id = can_probes_id(stage, 1);
	head->nframes = 1;
	head->frames[0].can_id = head->can_id;
	head->frames[0].len = 1;
	head->frames[0].data[0] = (__u8)byte;
	return task;
}

/* The byte of the frame that comes next, -ETIMEDOUT where none does. */
static int
next(struct stage *stage, struct side *side, unsigned opcode)
{
	for (;;) {
		struct task task;
		ssize_t got;

		if (side_wait(side, side->fd, POLLIN,
		    STAGE_SURE_MS * 1000000LL) != 0)
			return -ETIMEDOUT;
		got = STAGE_CALL(side, recv, &task, sizeof(task),
		    MSG_DONTWAIT);
		if (got < 0)
			return (int)got;
		if (head_of(&task)->opcode == opcode &&
		    head_of(&task)->can_id == can_probes_id(stage, 1))
			return head_of(&task)->frames[0].data[0];
	}
}

static int
address_of(struct stage *stage, bool again, struct observation *seen)
{
	struct side *side;
	int error = stage_bound(stage, SIDE_CLIENT, &side);
	struct side *fresh = side;

	if (error == 0 && !again)
		error = stage_socket(stage, SIDE_CLIENT, &fresh);
	if (error != 0)
		return error;
	error = again ? STAGE_CALL(fresh, connect, &side->self)
		      : STAGE_CALL(fresh, bind, &side->self);
	return observe(seen, "%s", observed_errno(error));
}

static int
bcm_bind(struct stage *stage, struct observation *seen)
{
	return address_of(stage, false, seen);
}

const struct probe can_bcm_bind = {
	.id = "bcm-name.bind",
	.group = GROUP_NAMING,
	.question = "bind() of a socket of the broadcast manager?",
	.cells = BCM,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "{errno}", .source = "Linux, can.rst: CAN_BCM "
		    "must be connected instead of bound" },
		{ .answer = NULL },
	},
	.run = bcm_bind,
};

static int
bcm_again(struct stage *stage, struct observation *seen)
{
	return address_of(stage, true, seen);
}

const struct probe can_bcm_again = {
	.id = "bcm-name.again",
	.group = GROUP_NAMING,
	.question = "A second connect() to the same interface?",
	.cells = BCM,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.run = bcm_again,
};

/* Frames with a, a, b and c, to one who wants to hear of changes. */
static int
change(struct stage *stage, struct observation *seen)
{
	struct task wish = task_of(stage, RX_SETUP, '\xff');
	struct side *client, *server;
	char heard[4] = "";
	size_t count = 0;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error != 0)
		return error;
	if (tell(stage, server, &wish) < 0)
		return stage_cannot(stage, "RX_SETUP was refused");
	for (const char *byte = "aabc"; *byte != '\0'; byte++) {
		const struct task sending = task_of(stage, TX_SEND, *byte);

		tell(stage, client, &sending);
	}
	while (count < 3) {
		int byte = next(stage, server, RX_CHANGED);

		if (byte < 0)
			return observe(seen, "recv: %s",
			    observed_errno(byte));
		heard[count++] = (char)byte;
	}
	return observe(seen, strcmp(heard, "abc") == 0 ? "each change"
	    : strcmp(heard, "aab") == 0 ? "each frame" : "otherwise");
}

const struct probe can_bcm_change = {
	.id = "bcm-change",
	.group = GROUP_BOUNDARIES,
	.question = "RX_SETUP with a mask, and one frame comes twice: what is "
	    "told?",
	.cells = BCM,
	.answers = (const char *const[]){ "each change", "each frame",
	    "otherwise", "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "each change",
		  .source = "Linux, can.rst: RX_CHANGED" },
		{ .answer = NULL },
	},
	.run = change,
};

#define TIMES 2

/* Some frames by a timer; then the manager tells that it is done. */
static int
expire(struct stage *stage, struct observation *seen)
{
	struct task wish = task_of(stage, RX_SETUP, 0);
	struct task timer = task_of(stage, TX_SETUP, 'a');
	struct side *client, *server;
	int count = 0;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	head_of(&wish)->flags = RX_FILTER_ID;
	head_of(&wish)->nframes = 0;
	head_of(&timer)->flags = SETTIMER | STARTTIMER | TX_COUNTEVT;
	head_of(&timer)->count = TIMES;
	head_of(&timer)->ival1.tv_usec = 1000;
	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, &client);
	if (error != 0)
		return error;
	STAGE_CALL(server, send, &wish, sizeof(struct bcm_msg_head),
	    stage_flags(stage, 0));
	tell(stage, client, &timer);
	while (count < TIMES && next(stage, server, RX_CHANGED) >= 0)
		count++;
	return observe(seen, next(stage, client, TX_EXPIRED) == -ETIMEDOUT
	    ? "%d frames" : "%d frames, TX_EXPIRED", count);
}

const struct probe can_bcm_count = {
	.id = "bcm-timer",
	.group = GROUP_BUFFERS,
	.question = "TX_SETUP with a count of 2 and TX_COUNTEVT: what comes?",
	.cells = BCM,
	.answers = (const char *const[]){ "{n} frames, TX_EXPIRED",
	    "{n} frames", NULL },
	.documents = (const struct document[]){
		{ .answer = "2 frames, TX_EXPIRED",
		  .source = "Linux, can.rst: TX_EXPIRED" },
		{ .answer = NULL },
	},
	.run = expire,
};
