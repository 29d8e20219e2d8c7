#include "talk/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The last line was in use until now. */
static void
forget_given(struct lines *lines)
{
	if (lines->given == 0)
		return;
	lines->used -= lines->given;
	memmove(lines->bytes, lines->bytes + lines->given, lines->used);
	lines->given = 0;
}

int
lines_next(struct lines *lines, char **line, size_t *length)
{
	char *start;
	char *newline;
	size_t left;

	forget_given(lines);
	/* The newline that ends a line of which all pieces are given out. */
	if (lines->cut && lines->used != 0 && lines->bytes[0] == '\n') {
		lines->cut = false;
		lines->given = 1;
		forget_given(lines);
	}
	start = lines->bytes;
	left = lines->used;
	newline = left != 0 ? memchr(start, '\n', left) : NULL;
	if (newline == NULL && left < LINE_MAX_BYTES && !lines->ended)
		return -EAGAIN;
	if (left == 0)
		return 0;
	*line = start;
	*length = newline != NULL ? (size_t)(newline - start) : left;
	lines->given = *length + (newline != NULL ? 1 : 0);
	lines->continued = lines->cut;
	lines->cut = newline == NULL && !lines->ended;
	return 1;
}

size_t
lines_left(const struct lines *lines)
{
	return lines->used - lines->given;
}

int
lines_read(struct lines *lines)
{
	ssize_t got;

	if (lines->bytes == NULL) {
		lines->bytes = malloc(LINE_MAX_BYTES);
		if (lines->bytes == NULL)
			return -ENOMEM;
	}
	forget_given(lines);
	got = read(lines->fd, lines->bytes + lines->used,
	    LINE_MAX_BYTES - lines->used);
	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (got == 0)
		lines->ended = true;
	lines->used += (size_t)got;
	return 0;
}

void
lines_free(struct lines *lines)
{
	free(lines->bytes);
	lines->bytes = NULL;
}
