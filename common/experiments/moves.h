/* moves: what several experiments about connections do. */
#ifndef EXPERIMENTS_MOVES_H
#define EXPERIMENTS_MOVES_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/stage.h"

/* The words of move_sent(), and of move_read(). */
#define MOVE_SENT_WORDS "ok", "{errno}", "{errno} and SIGPIPE"
#define MOVE_READ_WORDS "data", "0", "{errno}", "nothing"

/* What poll() may tell of these four, in the words of stage_poll_words(). */
#define MOVE_POLL_WORDS                                                        \
	"none", "POLLIN", "POLLRDHUP", "POLLIN|POLLRDHUP", "POLLERR",          \
	    "POLLIN|POLLERR", "POLLRDHUP|POLLERR",                             \
	    "POLLIN|POLLRDHUP|POLLERR", "POLLHUP", "POLLIN|POLLHUP",           \
	    "POLLRDHUP|POLLHUP", "POLLIN|POLLRDHUP|POLLHUP",                   \
	    "POLLERR|POLLHUP", "POLLIN|POLLERR|POLLHUP",                       \
	    "POLLRDHUP|POLLERR|POLLHUP", "POLLIN|POLLRDHUP|POLLERR|POLLHUP"

/*
 * How long an experiment may take that waits more than once for what may not
 * come.
 */
#define MOVE_LIMIT_MS 10000

/* Room for such a word. */
#define MOVE_WORD 48

/* Sets O_NONBLOCK. Returns 0 or a negative errno. */
int move_nonblocking(struct side *side);

/* The pending error of a socket, as a negative errno; or 0. */
int move_pending(struct side *side);

/*
 * A blocking connect(), for at most STAGE_SURE_MS. Returns what it returned, or
 * 1 where it has not returned by then.
 */
long move_connect(struct stage *stage, struct side *side,
    const struct endpoint *to);

/*
 * Makes two sides without a connection each other's peer, by connect() of the
 * client; nothing is done where there is a connection. Returns 0, or fails as
 * an experiment that cannot be made.
 */
int move_attach(struct stage *stage, struct side *client);

/*
 * Waits at most ms for a connection, and accepts it. Returns it in *out; 0, a
 * negative errno of accept4(), or -ETIMEDOUT.
 */
int move_accept(struct stage *stage, struct side *listener, int ms,
    struct side **out);

/*
 * Sends a message of three bytes with send(), to whom the socket is connected
 * to: with the flags of the cell, but without MSG_NOSIGNAL. Returns what the
 * call returned; *signals is how often SIGPIPE came.
 */
long move_send(struct stage *stage, struct side *from, unsigned *signals);

/* The same in a word: "ok", "EPIPE", "EPIPE and SIGPIPE". */
const char *move_sent(struct stage *stage, struct side *from,
    char word[MOVE_WORD]);

/*
 * stage_receive() that never blocks, also where poll() says more than is true.
 * Returns -ETIMEDOUT where nothing has come.
 */
ssize_t move_receive(struct stage *stage, struct side *to, void *data,
    size_t room, int ms);

/* The same, and says what came, in a word. */
const char *move_read(struct stage *stage, struct side *to, int ms,
    char word[MOVE_WORD]);

/*
 * close() alone, where that closes all there is; what the driver does besides
 * at the end of an exchange (shutdown()) is left out.
 */
int move_close(struct side *side);

/* How long to wait until a side can know that its peer has left. */
int move_leave_ms(const struct stage *stage);

/*
 * Waits at most ms until something can be received from one of two sockets, and
 * receives it. Returns which, or NULL. One that listens is passed over.
 */
struct side *move_which(struct stage *stage, struct side *one,
    struct side *other, int ms);

/* Whether the cell's sockets are its own, and not those of another family. */
bool move_is_direct(const struct choice *choice);

#endif
