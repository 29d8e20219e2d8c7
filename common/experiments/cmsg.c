#include "experiments/cmsg.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* How often a stamp is asked for again: the kernel's work that switches the
 * stamps on for the whole machine may be late. */
#define STAMP_TRIES 4

bool
cmsg_received(const struct choice *choice)
{
	return choice->row.receive == NULL && choice->row.transmit == NULL &&
	    !choice->row.unpolled;
}

bool
cmsg_sent(const struct choice *choice)
{
	return cmsg_received(choice) && choice->row.wrap == NULL;
}

int
cmsg_send(struct stage *stage, struct side *from, struct side *to,
    struct observation *seen)
{
	ssize_t sent = stage_send(stage, from, STAGE_MESSAGE,
	    STAGE_MESSAGE_LENGTH, 0);

	if (sent < 0) {
		observe(seen, "send: %s", observed_errno(sent));
		return 1;
	}
	if (stage_poll(stage, to, POLLIN, STAGE_SURE_MS) > 0)
		return 0;
	observe(seen, "nothing comes");
	return 1;
}

int
cmsg_receive_into(struct side *to, struct cmsg *cmsg, size_t room, int flags,
    struct observation *seen)
{
	cmsg->control.room = room;
	cmsg->control.from = &cmsg->from;
	cmsg->got = control_receive(to, cmsg->data, sizeof(cmsg->data), flags,
	    &cmsg->control);
	if (cmsg->got >= 0)
		return 0;
	observe(seen, "recvmsg: %s", observed_errno(cmsg->got));
	return 1;
}

int
cmsg_receive(struct side *to, struct cmsg *cmsg, int flags,
    struct observation *seen)
{
	return cmsg_receive_into(to, cmsg, CMSG_ROOM, flags, seen);
}

int
cmsg_exchange(struct stage *stage, struct side *from, struct side *to,
    struct cmsg *control, struct observation *seen)
{
	int error = cmsg_send(stage, from, to, seen);

	return error != 0 ? error
	    : cmsg_receive(to, control, 0, seen);
}

int
cmsg_exchange_stamped(struct stage *stage, struct side *from, struct side *to,
    struct cmsg *cmsg, struct observation *seen)
{
	int error = cmsg_exchange(stage, from, to, cmsg, seen);

	for (int i = 0; i < STAMP_TRIES && error == 0 &&
	     cmsg->control.message.msg_controllen == 0; i++) {
		stage_poll(stage, to, POLLIN, STAGE_QUIET_MS);
		error = cmsg_exchange(stage, from, to, cmsg, seen);
	}
	return error;
}

const void *
cmsg_find(struct cmsg *cmsg, int level, int type)
{
	size_t size;

	return control_find(&cmsg->control, level, type, &size);
}
