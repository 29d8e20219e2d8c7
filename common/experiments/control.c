#include "experiments/control.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

bool
control_received(const struct choice *choice)
{
	return choice->row.receive == NULL && choice->row.transmit == NULL &&
	    !choice->row.unpolled;
}

bool
control_sent(const struct choice *choice)
{
	return control_received(choice) && choice->row.wrap == NULL;
}

int
control_send(struct stage *stage, struct side *from, struct side *to,
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
receive(struct side *to, struct control *control, size_t room, int flags,
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
control_receive(struct stage *stage, struct side *to, struct control *control,
    int flags, struct observation *seen)
{
	(void)stage;
	return receive(to, control, sizeof(control->room), flags, seen);
}

int
control_receive_into(struct stage *stage, struct side *to,
    struct control *control, size_t room, struct observation *seen)
{
	(void)stage;
	return receive(to, control, room, 0, seen);
}

int
control_exchange(struct stage *stage, struct side *from, struct side *to,
    struct control *control, struct observation *seen)
{
	int error = control_send(stage, from, to, seen);

	return error != 0 ? error
	    : control_receive(stage, to, control, 0, seen);
}

const void *
control_find(const struct control *control, int level, int type)
{
	struct msghdr header = control->header;
	struct cmsghdr *message = CMSG_FIRSTHDR(&header);

	for (; message != NULL; message = CMSG_NXTHDR(&header, message))
		if (message->cmsg_level == level && message->cmsg_type == type)
			return CMSG_DATA(message);
	return NULL;
}
