/*
 * payload: the messages of an exchange. Both sides compute the same bytes, so
 * that each can verify what the other sent without being told.
 *
 * A made message begins with readable text that carries its number,
 * "2/3 hello from client #9f2c41", and goes on with the alphabet, or is cut, to
 * its size. A text is sent as it is, every time. A file travels in chunks, one
 * a message, and comes back the same.
 */
#ifndef DRIVE_PAYLOAD_H
#define DRIVE_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "drive/report.h"

struct payload {
	enum payload_kind kind;
	uint32_t run;		/* PAYLOAD_MADE: the number behind '#' */
	const char *text;	/* PAYLOAD_TEXT */
	int fd;			/* PAYLOAD_FILE: open for pread(); else -1 */
	uint64_t file_size;
	uint64_t chunk;		/* PAYLOAD_FILE: bytes of a message */
	uint64_t messages;	/* each way; of a file: see payload_messages */
	uint64_t size;		/* of a made message, or SIZE_UNSET */
};

/*
 * Opens what a request sends. Returns 0 or a negative errno with a sentence in
 * why: the file is missing, unreadable, or not a regular file.
 */
int payload_open(struct payload *payload, const struct request *request,
    uint32_t run, char *why, size_t room);
void payload_close(struct payload *payload);

/* How many messages go each way. An empty file is one empty message. */
uint64_t payload_messages(const struct payload *payload);

/* Bytes of message `number` (from 1) of that side, and the largest of all. */
uint64_t payload_length(const struct payload *payload, enum side_id from,
    uint64_t number);
uint64_t payload_largest(const struct payload *payload);

/*
 * Writes length bytes of a message, from its offset on. Returns 0; -EIO where
 * the file has become shorter; another negative errno from pread().
 */
int payload_read(const struct payload *payload, enum side_id from,
    uint64_t number, uint64_t offset, void *bytes, size_t length);

/* 0 where the bytes are those; -EBADMSG where not; or as payload_read(). */
int payload_check(const struct payload *payload, enum side_id from,
    uint64_t number, uint64_t offset, const void *bytes, size_t length);

/*
 * Which message a whole received message is: `expected` where it fits, else the
 * number that it carries itself; 0 for none of this payload's.
 */
uint64_t payload_identify(const struct payload *payload, enum side_id from,
    uint64_t expected, const void *bytes, size_t length);

#endif
