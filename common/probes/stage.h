/*
 * stage: what an experiment is made on: fresh sockets of one cell, in the state
 * that it asks for, and the recorded calls to put questions to them.
 *
 * Both ends stand in one process, in two lanes of the trace. They are `struct
 * side` (drive/side.h), made of the driver's own steps, so that a probe meets
 * what an exchange of the cell meets: its settings, its namespaces, what
 * prepare() does. Sockets are blocking; what could block for ever is called
 * with MSG_DONTWAIT, waited for with stage_poll(), or done in a task.
 *
 * An experiment is run in a process of its own that ends with it: it closes
 * nothing that it does not want to see closed. If it hangs, it is ended, and
 * the last call is the reason.
 */
#ifndef PROBES_STAGE_H
#define PROBES_STAGE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "drive/side.h"
#include "probes/probe.h"

struct setup;

/* How many sockets an experiment may have. */
#define STAGE_SIDES_MAX 16

/*
 * How long to wait for what has to come: on a busy machine, too. It is waited
 * for no longer than until it comes.
 */
#define STAGE_SURE_MS 1500

/* And for what should not come: it is over when so much time has passed. */
#define STAGE_QUIET_MS 40

/*
 * A message that every cell carries in one packet: a classic CAN frame has
 * eight bytes.
 */
#define STAGE_MESSAGE "abcdef"
#define STAGE_MESSAGE_LENGTH 6

struct stage_side {
	struct side side;	/* first: a side is found by it */
	struct endpoint asked;	/* what it was bound to, as bind() was given */
	long port;		/* as address() was asked; PORT_UNSET: none */
};

struct stage {
	const struct choice *choice;
	const struct setup *setup;
	const char *host;	/* the user's, or NULL */
	/*
	 * A folder of its own, for names; it is removed with all that is in it.
	 */
	const char *directory;
	unsigned run;		/* as in an envelope */
	unsigned names;		/* names given out so far */
	struct trace *trace[SIDE_COUNT];
	struct failure *failure;
	struct stage_side sides[STAGE_SIDES_MAX];
	size_t count;
};

/*
 * A recorded call on a side's socket: STAGE_CALL(client, send, "x", 1, 0).
 * Returns what the call returns: a number, or a negative errno.
 */
#define STAGE_CALL(one, call, ...)                                             \
	((one)->calls->call(&(one)->recorder, (one)->fd, ##__VA_ARGS__))

/* The flags that the cell's send() wants, and these. */
int stage_flags(const struct stage *stage, int flags);

/*
 * A side in one of the two lanes, without a socket. NULL, with a failure, where
 * there are too many.
 */
struct side *stage_side(struct stage *stage, enum side_id id);

/*
 * A fresh socket of the cell, with the settings that an exchange makes. Returns
 * it in *out; 0 or a negative errno with a failure.
 */
int stage_socket(struct stage *stage, enum side_id id, struct side **out);

/*
 * A fresh socket that is bound to a name of its own: side->self. A client's,
 * where clients of this family need no name, gets one as a server does.
 */
int stage_bound(struct stage *stage, enum side_id id, struct side **out);

/*
 * Binds a fresh socket to such a name: for what has to be set before.
 */
int stage_name(struct stage *stage, struct side *side);

/*
 * A client's socket before it does anything: bound only where clients of this
 * family need a name.
 */
int stage_client(struct stage *stage, struct side **out);

/* A bound socket that listens, of a server. */
int stage_listening(struct stage *stage, int backlog, struct side **out);

/*
 * The address at which a bound side of ours is reached: what a client gives to
 * connect() or sendto().
 */
int stage_contact(struct stage *stage, const struct side *side,
    struct endpoint *out);

/*
 * An address of the cell that no socket has: bound once, and given up again.
 */
int stage_vacant(struct stage *stage, struct endpoint *out);

/*
 * The address of a server with that number (--port), for bind(). Fails as an
 * experiment that cannot be made where the numbers of this cell's addresses
 * are none of them.
 */
int stage_numbered(struct stage *stage, long port, struct endpoint *out);

/*
 * Gives up every capability of this thread, and of those that it starts; not
 * its user id, so that its files stay its own. Where there are none to give up,
 * nothing changes.
 */
int stage_drop_privileges(struct stage *stage);

/*
 * Two sockets that can send to each other: a connection that was accepted, or
 * two bound sockets, each the other's `peer`, the client's numbers made of the
 * server's as in an exchange. On a SHAPE_KERNEL *server is NULL: the kernel is.
 */
int stage_pair(struct stage *stage, struct side **client,
    struct side **server);

/* The same; and where the shape is connected, the socket that listens. */
int stage_trio(struct stage *stage, struct side **client,
    struct side **server, struct side **listener);

/*
 * Connects a client to a listener, and accepts; for more connections than one.
 */
int stage_join(struct stage *stage, struct side *listener,
    struct side **client, struct side **server);

/*
 * Puts this payload into side->packet, as it is sent: wrap() does it where the
 * cell has one. Returns the packet's length, or a negative errno: -EMSGSIZE for
 * a payload that takes more than one packet.
 */
ssize_t stage_pack(const struct stage *stage, struct side *side,
    const void *data, size_t length);

/*
 * One packet with this payload, made by wrap() where the cell has one, with one
 * call: send(), sendto() to `peer`, or the cell's own transmit(). The cell's
 * flags are added. Returns the payload bytes or the call's negative errno;
 * -EMSGSIZE also for a payload that takes more than one packet.
 */
ssize_t stage_send(struct stage *stage, struct side *from, const void *data,
    size_t length, int flags);

/*
 * Waits at most ms milliseconds, then receives one packet with one call and
 * finds the payload; packets of others are passed over. At most `room` bytes of
 * it are copied; returns the payload's length, 0 at the end, or the call's
 * negative errno; -ETIMEDOUT where nothing came.
 */
ssize_t stage_receive(struct stage *stage, struct side *to, void *data,
    size_t room, int flags, int ms);

/*
 * poll() as a recorded call: waits at most ms for one of the events. Returns
 * revents, 0 where none came, or a negative errno.
 */
int stage_poll(struct stage *stage, struct side *side, short events, int ms);

/*
 * Which of the events poll() tells now, in words: "POLLIN|POLLHUP", "none".
 */
const char *stage_poll_words(int revents, char *text, size_t room);

/* SIGPIPE has come so often since the stage began. */
unsigned stage_sigpipes(void);

/*
 * Sends messages with MSG_DONTWAIT until the call fails or `most` are sent.
 * Returns how many were sent; *error is the negative errno or 0.
 */
size_t stage_flood(struct stage *stage, struct side *from, size_t length,
    size_t most, int *error);

/*
 * Something done meanwhile, in a thread: a call that blocks. `work` uses the
 * side, and nobody else does until it has ended.
 */
struct stage_task {
	struct stage *stage;
	struct side *side;
	long (*work)(struct stage_task *task);
	void *argument;
	long result;		/* what work() returned */
	/* Private. */
	pthread_t thread;
	_Atomic int state;
	_Atomic int tid;
};

int stage_begin(struct stage_task *task);

/*
 * Waits until the thread sleeps in a call (0), or has ended (1); -ETIMEDOUT
 * where neither is so in time.
 */
int stage_await_sleep(struct stage_task *task);

/*
 * Of a task that slept in its call: whether it still does, or has gone back to
 * sleep, after what was done meanwhile. One that was woken is waited for until
 * it has ended.
 */
bool stage_sleeps_on(struct stage_task *task);

/* Waits at most ms until the work is done. Returns whether it is. */
bool stage_ended(struct stage_task *task, int ms);

/*
 * The experiment cannot be made here, for this reason. Returns -ENOTSUP, for
 * the experiment to return.
 */
int stage_cannot(struct stage *stage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets a failure of a step that the experiment expected. */
void stage_forgive(struct stage *stage);

#endif
