/*
 * shapes: the conversations, one function a side. The driver picks a pair by
 * the cell's shape and runs each in a process of its own.
 */
#ifndef DRIVE_SHAPES_H
#define DRIVE_SHAPES_H

#include <stdatomic.h>

#include "drive/payload.h"
#include "drive/side.h"

/* Why a side that is woken should end what it does. */
enum stop { STOP_NOT, STOP_CLIENT_DONE, STOP_ABORT };

/* How a side ended, as far as it could say. */
enum ending { ENDING_NONE, ENDING_DONE, ENDING_FAILED, ENDING_CANCELED };

/* What one side leaves in shared memory for the parent to read. */
struct account {
	_Atomic int ending;		/* enum ending */
	_Atomic uint64_t done;		/* payload bytes verified so far */
	struct failure failure;
	struct tally tally;
	size_t notes;
	char note[NOTES_MAX][NOTE_MAX];
};

/*
 * Shared memory of both sides and the parent. The server writes `contact` and
 * `chunk` before it tells the client to go on.
 */
struct meeting {
	_Atomic int stop;		/* enum stop, set by the parent */
	bool ready;			/* the server can be contacted */
	struct endpoint contact;	/* at this address */
	uint64_t chunk;			/* bytes of a file's messages */
	struct account account[SIDE_COUNT];
	struct trace trace[SIDE_COUNT];
};

/* One side's part in a conversation. */
struct conversation {
	struct side side;
	struct payload payload;
	const struct request *request;
	struct meeting *meeting;
	struct account *account;	/* this side's own */
	/*
	 * The pipe on which the server says that it can be contacted: it closes
	 * the write end, and the client's read end then sees the end. -1: the
	 * client is alone.
	 */
	int ready;
	struct endpoint bind_to;	/* length 0: bind to nothing */
	bool fixed_port;
	unsigned char *scratch;		/* a whole message; or NULL */
};

typedef int conversation_part(struct conversation *conversation);

/* NULL where the shape has no such side. */
conversation_part *shape_part(enum shape shape, enum side_id side);

/* Each returns 0; -ECANCELED when it was stopped; else as side.h says. */
int hindered_client(struct conversation *conversation);
int unknown_client(struct conversation *conversation);
int connected_client(struct conversation *conversation);
int connected_server(struct conversation *conversation);
int datagram_client(struct conversation *conversation);
int datagram_server(struct conversation *conversation);
int kernel_client(struct conversation *conversation);

/* Steps that the shapes share. */

/*
 * Server: bind; prepare (a connected one is when it has accepted); settle how
 * large a message may be (a larger one is refused, a file is cut); listen where
 * the cell does; then tell the client.
 */
int conversation_open_server(struct conversation *conversation);

/*
 * Client: waits for the server, where there is one; makes its socket, binds
 * where it should, prepares where it does not connect first. Then the payload's
 * chunk is the one that was settled.
 */
int conversation_open_client(struct conversation *conversation);

/*
 * Whether there is nothing to be sent: messages of no bytes, where the cell
 * carries none. The client notes it.
 */
bool conversation_has_nothing(struct conversation *conversation);

/* Writes a note for the report, once. */
void conversation_note(struct conversation *conversation, const char *format,
    ...) __attribute__((format(printf, 2, 3)));

/*
 * Client: sends every message to the server's address and waits for its
 * answer, the same message of the side `answers` or what the cell's verify()
 * finds right; counts what is lost, late or doubled, and fails where the cell's
 * traits promise that nothing is.
 */
int conversation_ask_each(struct conversation *conversation,
    enum side_id answers);

/* Server: answers every message, until the last has been. */
int conversation_answer_each(struct conversation *conversation);

/* Writes each line of a text, ended by newlines, as a note. */
void conversation_note_lines(struct conversation *conversation,
    const char *text);

/* Counts payload bytes that were received and are right. */
void conversation_count(struct conversation *conversation, uint64_t bytes);

/*
 * A server whose close() would drop its last message: waits for its client to
 * be done (-ECANCELED, as for every side that is told to end). Others: 0.
 */
int conversation_stay(struct conversation *conversation);

/* Closes the side's sockets, in a good end or after `result`. */
int conversation_close(struct conversation *conversation, int result);

#endif
