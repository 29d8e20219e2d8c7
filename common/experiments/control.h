/*
 * control: messages of an experiment that come with control messages
 * (cmsg(3)). Each function returns 0; 1, where what was seen is the answer
 * already (CONTROL_ANSWERS); or a negative errno with a failure.
 */
#ifndef EXPERIMENTS_CONTROL_H
#define EXPERIMENTS_CONTROL_H

#include <stddef.h>
#include <sys/socket.h>

#include "probes/stage.h"

#define CONTROL_ROOM 512

/* What recvmsg() has given. */
struct control {
	struct msghdr header;
	struct iovec part;
	struct endpoint from;
	ssize_t got;
	char data[2048];
	_Alignas(struct cmsghdr) char room[CONTROL_ROOM];
};

/* The words of what these functions observe. */
#define CONTROL_ANSWERS "send: {errno}", "nothing comes", "recvmsg: {errno}"

/* An experiment's scope: a message is had with recvmsg() itself. */
bool control_received(const struct choice *choice);

/* And sent with sendmsg(), as it is. */
bool control_sent(const struct choice *choice);

/* Sends a message, and waits until it is there. */
int control_send(struct stage *stage, struct side *from, struct side *to,
    struct observation *seen);

/* One recvmsg(), with room for control messages. */
int control_receive(struct stage *stage, struct side *to,
    struct control *control, int flags, struct observation *seen);

/* With so much of it. */
int control_receive_into(struct stage *stage, struct side *to,
    struct control *control, size_t room, struct observation *seen);

/* Both. */
int control_exchange(struct stage *stage, struct side *from, struct side *to,
    struct control *control, struct observation *seen);

/* The data of the first control message of a kind, or NULL. */
const void *control_find(const struct control *control, int level, int type);

#endif
