/*
 * packet: what experiments on single messages share: whom to put them to, the
 * next packet that is ours, and calls whose flags and lengths are the question.
 */
#ifndef EXPERIMENTS_PACKET_H
#define EXPERIMENTS_PACKET_H

#include "probes/stage.h"

/*
 * Room for a message of the stage with all that a cell puts around it, and for
 * what a kernel may answer. packet_head() returns no more.
 */
#define PACKET_MAX (64 * 1024)

/*
 * Questions to a probe's cell (struct probe, applies). Received: messages come
 * by recv(), and poll() tells of them. Plain: they are also sent by send() or
 * sendto(), and the packet is the payload.
 */
bool packet_received(const struct choice *choice);
bool packet_plain(const struct choice *choice);

/* Plain, and the cell keeps the boundaries of messages; or does not. */
bool packet_plain_message(const struct choice *choice);
bool packet_plain_stream(const struct choice *choice);

/* Plain, and send() needs no address, or can do without once connected. */
bool packet_plain_pointed(const struct choice *choice);

/*
 * A sender and a receiver, as stage_pair() makes them. Where the kernel is the
 * server, the client is both.
 */
int packet_pair(struct stage *stage, struct side **from, struct side **to);

/*
 * Gives a datagram socket that is not connected its peer by connect(). Returns
 * 0, also where nothing is to be done, or connect()'s negative errno.
 */
int packet_point(struct side *side);

/*
 * Waits until a packet of ours is the next that recv() takes; packets of others
 * are received before. Returns the bytes of it: `length` where the packet is
 * the payload, and otherwise as MSG_PEEK tells; or a negative errno.
 */
ssize_t packet_head(struct stage *stage, struct side *to, size_t length);

/* Sends STAGE_MESSAGE, and waits for it with packet_head(). */
ssize_t packet_await(struct stage *stage, struct side *from, struct side *to);

/* send() or sendto(), with these flags and none of the cell's. Plain cells. */
ssize_t packet_send(struct side *from, const void *data, size_t length,
    int flags);

/* recvmsg() of one buffer; *told is the msg_flags that came. */
ssize_t packet_recvmsg(struct side *to, void *data, size_t room, int flags,
    int *told);

/* Sets an int of SOL_SOCKET. */
int packet_set(struct side *side, int option, int value);

/* Reads one: the value, or a negative errno. */
long packet_get(struct side *side, int option);

#endif
