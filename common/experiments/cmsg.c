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

static int
receive(struct side *to, struct cmsg *control, size_t room, int flags,
    struct observation *seen)
{
	control->part = (struct iovec){ control->data, sizeof(control->data) };
	control->header = (struct msghdr){
		.msg_name = control->from.bytes,
		.msg_namelen = sizeof(control->from.storage),
		.msg_iov = &control->part,
		.msg_iovlen = 1,
		.msg_control = room != 0 ? control->room : NULL,
		.msg_controllen = room,
	};
	control->got = STAGE_CALL(to, recvmsg, &control->header, flags);
	if (control->got >= 0)
		return 0;
	observe(seen, "recvmsg: %s", observed_errno(control->got));
	return 1;
}

int
cmsg_receive(struct stage *stage, struct side *to, struct cmsg *control,
    int flags, struct observation *seen)
{
	(void)stage;
	return receive(to, control, sizeof(control->room), flags, seen);
}

int
cmsg_receive_into(struct stage *stage, struct side *to,
    struct cmsg *control, size_t room, struct observation *seen)
{
	(void)stage;
	return receive(to, control, room, 0, seen);
}

int
cmsg_exchange(struct stage *stage, struct side *from, struct side *to,
    struct cmsg *control, struct observation *seen)
{
	int error = cmsg_send(stage, from, to, seen);

	return error != 0 ? error
	    : cmsg_receive(stage, to, control, 0, seen);
}

int
cmsg_exchange_stamped(struct stage *stage, struct side *from, struct side *to,
    struct cmsg *cmsg, struct observation *seen)
{
	int error = cmsg_exchange(stage, from, to, cmsg, seen);

	for (int i = 0; i < STAMP_TRIES && error == 0 &&
	     cmsg->header.msg_controllen == 0; i++) {
		stage_poll(stage, to, POLLIN, STAGE_QUIET_MS);
		error = cmsg_exchange(stage, from, to, cmsg, seen);
	}
	return error;
}

const void *
cmsg_find(const struct cmsg *control, int level, int type)
{
	struct msghdr header = control->header;
	struct cmsghdr *message = CMSG_FIRSTHDR(&header);

	for (; message != NULL; message = CMSG_NXTHDR(&header, message))
		if (message->cmsg_level == level && message->cmsg_type == type)
			return CMSG_DATA(message);
	return NULL;
}
