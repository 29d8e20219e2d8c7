#include "probes/control.h"

#include <stdbool.h>
#include <string.h>

static void
attach(struct msghdr *message, unsigned char *room, int level, int type,
    const void *value, size_t size)
{
	struct cmsghdr *header;

	message->msg_control = room;
	message->msg_controllen = CMSG_SPACE(size);
	header = CMSG_FIRSTHDR(message);
	header->cmsg_level = level;
	header->cmsg_type = type;
	header->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(header), value, size);
}

ssize_t
control_send(struct stage *stage, struct side *from, const void *data,
    size_t length, int level, int type, const void *value, size_t size)
{
	const struct cell *cell = &stage->choice->row;
	bool addressed = !cell->unaddressed && cell->shape != SHAPE_CONNECTED;
	_Alignas(struct cmsghdr) unsigned char room[CONTROL_ROOM] = { 0 };
	struct iovec vector = { (void *)(uintptr_t)data, length };
	struct msghdr message = {
		.msg_name = addressed ? &from->peer.storage : NULL,
		.msg_namelen = addressed ? (socklen_t)from->peer.length : 0,
		.msg_iov = &vector,
		.msg_iovlen = 1,
	};

	if (value != NULL && CMSG_SPACE(size) <= sizeof(room))
		attach(&message, room, level, type, value, size);
	return STAGE_CALL(from, sendmsg, &message, stage_flags(stage, 0));
}

ssize_t
control_receive(struct side *to, void *data, size_t room, int flags,
    struct control *control)
{
	memset(&control->message, 0, sizeof(control->message));
	control->data = (struct iovec){ data, room };
	control->message.msg_iov = &control->data;
	control->message.msg_iovlen = 1;
	if (control->from != NULL) {
		control->message.msg_name = control->from->bytes;
		control->message.msg_namelen =
		    sizeof(control->from->storage);
	}
	control->message.msg_control = control->room != 0 ? control->bytes
							  : NULL;
	control->message.msg_controllen = control->room;
	return STAGE_CALL(to, recvmsg, &control->message, flags);
}

const void *
control_find(struct control *control, int level, int type, size_t *size)
{
	struct msghdr *message = &control->message;
	struct cmsghdr *header = CMSG_FIRSTHDR(message);

	for (; header != NULL; header = CMSG_NXTHDR(message, header))
		if (header->cmsg_level == level && header->cmsg_type == type) {
			*size = header->cmsg_len - CMSG_LEN(0);
			return CMSG_DATA(header);
		}
	return NULL;
}
