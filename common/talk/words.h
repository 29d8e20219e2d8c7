/*
 * words: what a talk prints while it goes on, written so that a reader who has
 * stalled (a pipe that nobody reads, a terminal that is stopped) holds up no
 * signal, and no other peer either where there are any.
 */
#ifndef TALK_WORDS_H
#define TALK_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct words {
	FILE *out;
	int signals;		/* readable: waiting for the reader ends */
	/*
	 * Nothing waits for the reader: what finds no room is kept, up to a
	 * bound, and dropped beyond it. What is dropped is counted, and told
	 * when all that was kept has been read, or at the end.
	 */
	bool hasty;
	char *kept;
	size_t length;		/* of what is kept */
	uint64_t dropped;
};

void words_begin(struct words *words, FILE *out, int signals);

/* Writes it all, as far as `hasty` and a signal allow. */
void words_put(struct words *words, const char *text, size_t length);
void words_print(struct words *words, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether something is kept, which words_flush() writes as far as it can. */
bool words_wait(const struct words *words);
void words_flush(struct words *words);

/* Writes what is kept, waiting a moment; tells on stderr what was dropped. */
void words_end(struct words *words);

#endif
