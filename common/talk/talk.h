/*
 * talk: one side on its own, with a peer that may be any program: the server
 * and the client of the command line. There is no framing: what a send()
 * carries is what a person typed, or what came.
 */
#ifndef TALK_TALK_H
#define TALK_TALK_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "drive/report.h"
#include "drive/side.h"
#include "talk/lines.h"
#include "talk/words.h"

/* A longer record is cut, and that is told. */
#define RECORD_MAX (256u * 1024)

/* One side that talks. */
struct talk {
	struct side side;
	struct choice choice;
	struct request request;	/* host, port, payload, timeout */
	struct report report;	/* what came of it */
	struct failure failure;
	struct trace *trace;	/* NULL: nothing is kept */
	struct endpoint address;	/* the server's */
	struct lines input;
	struct endpoint own;	/* a client's, where it has to be bound */
	/* stdout is the report's: the conversation goes to stderr as well. */
	bool reports;
	struct words shown;	/* the conversation */
	struct words aside;	/* stderr: troubles, and calls as they come */
	size_t record_room;	/* RECORD_MAX, or more for a long text */
	int signals;		/* signalfd: SIGINT, SIGTERM, SIGHUP */
	sigset_t before;	/* the signals that were blocked before */
	bool patient;		/* a person waits: answers take their time */
};

/*
 * Prepares a side: resolves the server's address (the default port is 12345)
 * and takes the signals. request and choice are filled in by the caller.
 * Returns 0, or a negative errno with a sentence in why; talk_end() is called
 * in either case.
 */
int talk_begin(struct talk *talk, enum side_id id, char *why, size_t room);

/*
 * Closes the sockets, removes what binding left, judges what happened (result
 * is what the talking returned): the report is then complete, and valid until
 * talk_free(). Returns the signal that ended the talk, or 0.
 */
int talk_end(struct talk *talk, int result);

/* Releases a talk that was allocated, and its trace. */
void talk_free(struct talk *talk);

/* Makes a listening (or, for datagrams, bound) socket and says where. */
int talk_listen(struct talk *talk, int backlog);

/* Makes a client's socket, binds it where it has to be, connects it. */
int talk_connect(struct talk *talk);

/* Where the conversation is shown. */
struct words *talk_words(struct talk *talk);

/*
 * Shows "PREFIX TEXT" as a line of the conversation: escaped, a newline at the
 * end of the text left out.
 */
void talk_show(struct talk *talk, const char *prefix, const void *bytes,
    size_t length);

bool talk_is_connected(const struct talk *talk);

/*
 * Whether messages are packets, with or without a connection: they are sent and
 * received with side_sendto() and talk_recvfrom().
 */
bool talk_has_packets(const struct talk *talk);

/*
 * Of a server whose messages are packets on a connection: waits for a peer, and
 * makes its way ready; and closes that way again.
 */
int talk_accept(struct talk *talk);
int talk_close_peer(struct talk *talk);

/*
 * What receiving 0 bytes meant: 1 the end, 0 an empty record (where the cell
 * has such), or a negative errno. An empty record right before the end reads
 * the same, and is taken as the end.
 */
int talk_was_end(struct talk *talk, int fd);

/*
 * A record was received into room for record_room bytes and one more: returns
 * its length without that one, and says that the record of `whom` was cut.
 */
size_t talk_cut(struct talk *talk, size_t got, const char *whom);

/*
 * side_receive() for a conversation: *ended says that the peer has; 0 bytes
 * are an empty record otherwise, and it is told that they were taken as one. A
 * record needs record_room bytes and one more.
 */
ssize_t talk_receive(struct talk *talk, void *bytes, size_t room,
    int64_t timeout_ns, bool *ended);

/*
 * side_recvfrom() for a conversation: a packet that is too long is cut. A
 * client's socket may be written to by anybody: only what came from the server
 * is returned, and the rest counted. -EPIPE: the peer of a connection that
 * does not tell its end has gone.
 */
ssize_t talk_recvfrom(struct talk *talk, const void **bytes, uint64_t number,
    struct endpoint *from, int64_t timeout_ns);

/*
 * Asks `type message: ` and reads a line, while watching that the peer is
 * there. Returns 1 with the line; 0 at the end of the input; -EPIPE when the
 * peer has gone; -ECANCELED on a signal.
 */
int talk_ask(struct talk *talk, char **line, size_t *length);

/*
 * The three ways to talk. Each returns 0 or a negative errno that talk_end()
 * turns into a verdict; -ECANCELED when a signal ended it.
 */
int talk_echo(struct talk *talk);	/* server: sends back what comes */
int talk_chat(struct talk *talk);	/* server: a person answers */
int talk_client(struct talk *talk);	/* client: lines, a text or a file */
int talk_client_file(struct talk *talk);

#endif
