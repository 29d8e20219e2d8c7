/* control: messages with control data, on the stage of a probe (cmsg(3)). */
#ifndef PROBES_CONTROL_H
#define PROBES_CONTROL_H

#include <sys/socket.h>

#include "probes/stage.h"
#include "record/calls.h"

/* Room for the 253 descriptors that fit into one message, and for some more. */
#define CONTROL_ROOM 2048

struct control {
	size_t room;	/* for what is received; CONTROL_ROOM: all of it */
	struct endpoint *from;	/* whom a message came from; NULL: not asked */
	struct msghdr message;	/* as recvmsg() left it */
	struct iovec data;
	_Alignas(struct cmsghdr) unsigned char bytes[CONTROL_ROOM];
};

/*
 * sendmsg() of data, to the side's peer where that is whom send() does not
 * know, with one control message; without one where value is NULL. As
 * sendmsg() returns.
 */
ssize_t control_send(struct stage *stage, struct side *from, const void *data,
    size_t length, int level, int type, const void *value, size_t size);

/* recvmsg() into data and control->bytes. As recvmsg() returns. */
ssize_t control_receive(struct side *to, void *data, size_t room, int flags,
    struct control *control);

/*
 * The first control message of that kind, and in *size how long its data is.
 * NULL: there is none.
 */
const void *control_find(struct control *control, int level, int type,
    size_t *size);

#endif
