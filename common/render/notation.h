/*
 * notation: arguments and results as strace 6.1 writes them. Its sources are
 * the reference (src/net.c, src/poll.c, src/fcntl.c, src/sockaddr.c).
 */
#ifndef RENDER_NOTATION_H
#define RENDER_NOTATION_H

#include <stdio.h>

#include "record/describe.h"

/* A line in the making, and the column that it has reached. */
struct line {
	FILE *out;
	int column;
};

void notation_put(struct line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void notation_argument(struct line *line, const struct family *family,
    const struct event *event, const struct argument *argument);

/* The result of a call that worked, and what strace says of it behind it. */
void notation_result(struct line *line, const struct event *event);

#endif
