/*
 * progress: a bar on a terminal, for what takes long. It shows nothing in the
 * first half second, and nothing at all where the stream is no terminal.
 */
#ifndef RENDER_PROGRESS_H
#define RENDER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out;	/* NULL: not a terminal */
	uint64_t begun_ns;
	bool shown;
};

void progress_begin(struct progress *progress, FILE *out);

/* Shows how much of the total (in bytes) is done; context is a progress. */
void progress_show(uint64_t done, uint64_t total, void *context);

/* Removes the bar. */
void progress_end(struct progress *progress);

#endif
