/*
 * cmsg: messages of an experiment that come with control messages
 * (cmsg(3)). Each function returns 0; 1, where what was seen is the answer
 * already (CMSG_ANSWERS); or a negative errno with a failure.
 */
#ifndef EXPERIMENTS_CMSG_H
#define EXPERIMENTS_CMSG_H

#include <stddef.h>
#include <sys/socket.h>

#include "probes/control.h"
#include "probes/stage.h"

#define CMSG_ROOM 512

/* What recvmsg() has given. */
struct cmsg {
	struct control control;
	struct endpoint from;
	ssize_t got;
	char data[2048];
};

/* The words of what these functions observe. */
#define CMSG_ANSWERS "send: {errno}", "nothing comes", "recvmsg: {errno}"

/* An experiment's scope: a message is had with recvmsg() itself. */
bool cmsg_received(const struct choice *choice);

/* And sent with sendmsg(), as it is. */
bool cmsg_sent(const struct choice *choice);

/* Sends a message, and waits until it is there. */
int cmsg_send(struct stage *stage, struct side *from, struct side *to,
    struct observation *seen);

/* One recvmsg(), with room for control messages. */
int cmsg_receive(struct side *to, struct cmsg *cmsg, int flags,
    struct observation *seen);

/* With so much of it. */
int cmsg_receive_into(struct side *to, struct cmsg *cmsg, size_t room,
    int flags, struct observation *seen);

/* Both. */
int cmsg_exchange(struct stage *stage, struct side *from, struct side *to,
    struct cmsg *control, struct observation *seen);

/*
 * The same, of messages that are to be stamped with their time. The first
 * socket of a machine that wants stamps waits for a kernel thread to switch
 * them on: a message without one is followed by another, after a while.
 */
int cmsg_exchange_stamped(struct stage *stage, struct side *from,
    struct side *to, struct cmsg *cmsg, struct observation *seen);

/* The data of the first control message of a kind, or NULL. */
const void *cmsg_find(struct cmsg *cmsg, int level, int type);

#endif
