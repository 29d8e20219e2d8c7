#include "talk/words.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive/side.h"

#define KEPT_MAX (256u * 1024)

/* A terminal that has any room takes so many bytes without waiting. */
#define TERMINAL_PART 256u

/* How long the end of the program may wait for a reader. */
#define LAST_PATIENCE_NS 500000000

void
words_begin(struct words *words, FILE *out, int signals)
{
	*words = (struct words){ .out = out, .signals = signals };
}

/* Whether a part can be written: 0, or -EAGAIN, or -ECANCELED on a signal. */
static int
await_room(const struct words *words, int milliseconds)
{
	struct pollfd polled[] = {
		{ .fd = fileno(words->out), .events = POLLOUT },
		{ .fd = words->signals, .events = POLLIN },
	};

	while (poll(polled, 2, milliseconds) < 0)
		if (errno != EINTR)
			return -errno;
	if (polled[0].revents != 0)
		return 0;
	return polled[1].revents != 0 ? -ECANCELED : -EAGAIN;
}

/* Writes part by part, each no larger than what never waits (pipe(7)). */
static size_t
write_parts(const struct words *words, const char *text, size_t length,
    int milliseconds)
{
	size_t largest = isatty(fileno(words->out)) ? TERMINAL_PART : PIPE_BUF;
	size_t done = 0;

	while (done < length && await_room(words, milliseconds) == 0) {
		size_t part = length - done < largest ? length - done
						      : largest;

		/* What fails is told when the program ends: ferror(). */
		fwrite(text + done, 1, part, words->out);
		fflush(words->out);
		done += part;
	}
	return done;
}

static void
keep(struct words *words, const char *text, size_t length)
{
	if (words->kept == NULL)
		words->kept = malloc(KEPT_MAX);
	/* Behind a gap nothing is kept: the gap has to be told first. */
	if (words->kept == NULL || words->dropped != 0 ||
	    length > KEPT_MAX - words->length) {
		words->dropped++;
		return;
	}
	memcpy(words->kept + words->length, text, length);
	words->length += length;
}

static void
tell_dropped(struct words *words, const char *why)
{
	char text[120];
	int length = snprintf(text, sizeof(text), "%s: %llu %s left out\n",
	    why, (unsigned long long)words->dropped,
	    words->dropped == 1 ? "line was" : "lines were");

	if (write_parts(words, text, (size_t)length, 0) != 0)
		words->dropped = 0;
}

bool
words_wait(const struct words *words)
{
	return words->length != 0 || words->dropped != 0;
}

void
words_flush(struct words *words)
{
	size_t written = 0;

	if (words->length != 0)
		written = write_parts(words, words->kept, words->length, 0);
	words->length -= written;
	if (written != 0)
		memmove(words->kept, words->kept + written, words->length);
	if (words->length == 0 && words->dropped != 0)
		tell_dropped(words, "nobody read on");
}

void
words_put(struct words *words, const char *text, size_t length)
{
	size_t written = 0;

	if (!words->hasty) {
		write_parts(words, text, length, -1);
		return;
	}
	words_flush(words);
	if (!words_wait(words))
		written = write_parts(words, text, length, 0);
	if (written < length)
		keep(words, text + written, length - written);
}

void
words_print(struct words *words, const char *format, ...)
{
	char *text;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	words_put(words, text, (size_t)length);
	free(text);
}

/* A signal has ended the talk, and is no reason to lose what was said. */
static void
flush_last(struct words *words)
{
	uint64_t end = side_now() + LAST_PATIENCE_NS;

	words->signals = -1;
	words_flush(words);
	while (words_wait(words) && side_now() < end) {
		await_room(words, 50);
		words_flush(words);
	}
}

void
words_end(struct words *words)
{
	if (words->out == NULL)
		return;
	if (words->hasty)
		flush_last(words);
	for (size_t i = 0; i < words->length; i++)
		words->dropped += words->kept[i] == '\n';
	free(words->kept);
	words->kept = NULL;
	words->length = 0;
	if (words->dropped != 0 && words->out != stderr) {
		words->out = stderr;
		tell_dropped(words, "sockdemo: nobody read the output");
	}
	words->dropped = 0;
}
