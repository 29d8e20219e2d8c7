/*
 * lines: reads lines from a descriptor that is polled, so that a program can
 * wait for a person and for a peer at the same time.
 */
#ifndef TALK_LINES_H
#define TALK_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* A longer line is given out in pieces of this size. */
#define LINE_MAX_BYTES (64u * 1024)

struct lines {
	int fd;
	bool ended;
	char *bytes;		/* LINE_MAX_BYTES, made at the first read */
	size_t used;
	size_t given;		/* of the bytes, how many are given out */
	bool continued;		/* the line given last goes on from before */
	bool cut;		/* and it goes on */
};

/*
 * The next line without its newline, valid until the next call of any of
 * these. Returns 1; 0 at the end of the input; -EAGAIN when more has to be read
 * first.
 */
int lines_next(struct lines *lines, char **line, size_t *length);

/* How many bytes are read and not given out. */
size_t lines_left(const struct lines *lines);

/*
 * Reads once: call it when fd is readable and fewer than LINE_MAX_BYTES are
 * left. Returns 0 or a negative errno.
 */
int lines_read(struct lines *lines);

void lines_free(struct lines *lines);

#endif
