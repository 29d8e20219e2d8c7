/*
 * side: one end of a conversation, and the steps it is made of.
 *
 * A step makes recorded calls, waits with poll() where the call could block,
 * and goes on after what is no failure (EINTR, EAGAIN, a short send). Every
 * step returns 0 (or a length) or a negative errno, and has then written down
 * in `failure` which call was at fault and why; the first failure stays.
 *
 * The two sides of an exchange, the server and the client of the command line
 * are all made of these steps.
 */
#ifndef DRIVE_SIDE_H
#define DRIVE_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "drive/report.h"
#include "record/calls.h"

#define FAILURE_MAX 240

/* Why a step failed. Plain data: it is read by another process. */
struct failure {
	bool happened;
	bool unusable;		/* the request was at fault, not the cell */
	bool named;		/* `call` says which call was at fault */
	enum call call;
	int error;		/* positive errno, or 0 */
	uint64_t t_ns;		/* CLOCK_MONOTONIC */
	char text[FAILURE_MAX];	/* a sentence, where errno does not say it */
};

struct side {
	enum side_id id;
	const struct choice *choice;
	const struct calls *calls;
	struct recorder recorder;
	int fd;			/* the socket that data goes through */
	int below;		/* what prepare() made fd from; else -1 */
	int listener;		/* a connected server's; else -1 */
	bool nonblocking;	/* sockets are made with SOCK_NONBLOCK */
	/*
	 * Readable or hung up when waiting should end (-ECANCELED): the read
	 * end of a pipe whose write end the parent holds. -1: none.
	 */
	int wake;
	int64_t timeout_ns;	/* of every wait; 0: as long as it takes */
	struct endpoint self;	/* own address, as getsockname() returned it */
	struct endpoint peer;
	bool bound;		/* bind() took self: release it when done */
	unsigned run;		/* for envelopes */
	/* Bytes of the longest message it may get; 0: not known. */
	uint64_t expects;
	/* A packet in the making; made when needed, freed by side_close(). */
	unsigned char *packet;
	size_t packet_room;
	/* A message that is put together from its parts; likewise. */
	unsigned char *message;
	size_t message_room;
	size_t message_length;
	bool message_begun;
	struct channel channel;	/* for the cell's own operations */
	bool prepared;		/* prepare() was called: finish() has to be */
	/* The last call of the cell's own operations; CALL_COUNT: none yet. */
	enum call sent_with;
	enum call received_with;
	uint64_t ignored;	/* packets of others, passed over */
	struct failure *failure;
};

/* A side without sockets. The caller fills in what it needs to differ. */
void side_init(struct side *side, enum side_id id, const struct choice *choice,
    struct failure *failure);

/*
 * Writes down why a step failed, where nothing was before. text is a format;
 * empty where the errno says it all. Returns -error, or -EIO where that is 0.
 */
int side_fail(struct side *side, enum call call, int error, const char *text,
    ...) __attribute__((format(printf, 4, 5)));

/* The time on the clock of events, in nanoseconds. */
uint64_t side_now(void);

/*
 * Waits until fd has one of the poll() events, for at most timeout_ns (0: as
 * long as it takes; below 0: not at all). Returns 0, -ETIMEDOUT or -ECANCELED;
 * writes no failure.
 */
int side_wait(const struct side *side, int fd, short events,
    int64_t timeout_ns);

/*
 * socket(), and the cell's settings for this side. On a bus whose cell has
 * settings, what came before them is received and dropped.
 */
int side_socket(struct side *side, bool fixed_port);

/*
 * Takes an address, by bind() or as the cell says: self is then the address as
 * getsockname() returned it.
 */
int side_bind(struct side *side, const struct endpoint *address);

/*
 * The cell's prepare(), if it has one: fd may be another socket afterwards.
 * peer is whom messages will go to, or NULL.
 */
int side_prepare(struct side *side, const struct endpoint *peer);

/* listen() on fd, which becomes the listener. */
int side_listen(struct side *side, int backlog);

/* Waits for a connection; fd and peer are then the client's. */
int side_accept(struct side *side, int64_t timeout_ns);

/* connect(), and waits until the connection is made. */
int side_connect(struct side *side, const struct endpoint *address);

/* How many of `length` bytes the cell's send() is given at once. */
size_t side_portion(const struct side *side, size_t length);

/* Sends all of it: a loop of send(), each of them an event of its own. */
int side_sendall(struct side *side, const void *bytes, size_t length);

/*
 * Receives what is there, at most room bytes, waiting at most timeout_ns.
 * Returns how many; 0 is the peer's end (or an empty record).
 */
ssize_t side_receive(struct side *side, void *bytes, size_t room,
    int64_t timeout_ns);

/*
 * Sends one message to an address, in as many packets as wrap() makes of it;
 * on an unaddressed cell the address is only told to wrap().
 */
int side_sendto(struct side *side, const void *bytes, size_t length,
    uint64_t number, const struct endpoint *to);

/*
 * Receives one message, of one packet or put together from many: *bytes points
 * to it, until the next packet is made or received. `number` is the message
 * that is awaited. On an unaddressed cell *from is empty. Packets that are not
 * part of the conversation are counted and passed over. Returns the payload's
 * length; -ETIMEDOUT is no failure yet: the caller says what it means.
 */
ssize_t side_recvfrom(struct side *side, const void **bytes, uint64_t number,
    struct endpoint *from, int64_t timeout_ns);

/*
 * Asks the cell's verify() about the answer to message `number`. The caller has
 * filled in question and answer, and finds in `text` what they say. Returns 0,
 * or fails because the answer is wrong or could not be verified.
 */
int side_verify(struct side *side, uint64_t number,
    struct verification *verification);

/* Makes sure that `packet` has room for so many bytes. 0 or -ENOMEM. */
int side_need_packet(struct side *side, size_t room);

/*
 * The largest message that the cell's socket carries, asking it where the
 * family says so; SIZE_UNSET where there is no limit. Returns 0 or -errno.
 */
int side_largest(struct side *side, uint64_t *largest);

/* close() on all sockets that are open. */
int side_close(struct side *side);

#endif
