/*
 * witness: what a function under test may not leave behind: child processes,
 * descriptors, a changed signal mask, files in TMPDIR.
 */
#ifndef UNIT_WITNESS_H
#define UNIT_WITNESS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct witness {
	size_t descriptors;
	size_t files;
	sigset_t mask;
	uint64_t start_ns;
};

void witness_begin(struct witness *witness);

/*
 * What was left since witness_begin(), in one sentence; NULL where nothing
 * was, and no more than limit_ns went by (0: any time may).
 */
const char *witness_end(const struct witness *witness, uint64_t limit_ns);

/*
 * Makes a folder for this process and sets TMPDIR to it; removes it again.
 * A group setup and teardown of cmocka.
 */
int witness_make_folder(void **state);
int witness_remove_folder(void **state);

/* Whether the process may open descriptors; with false, one more is too many. */
void witness_descriptors(bool allowed);

/* Nanoseconds on the clock of events. */
uint64_t witness_now(void);

#endif
