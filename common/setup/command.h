/*
 * command: runs one of the system's commands (ip, modprobe), bounded in time,
 * with what it says on stderr as the reason of its failure.
 */
#ifndef SETUP_COMMAND_H
#define SETUP_COMMAND_H

#include <signal.h>
#include <stddef.h>

/* Room for the text of a command. */
#define COMMAND_TEXT 4200

/*
 * Runs a command whose words are parted by single spaces; it is looked for in
 * PATH and in the folders of system programs. Ends it when one of the signals
 * of `ending` (blocked by the caller; may be NULL) waits to be taken. Returns
 * 0, or with a sentence in why: -EINTR for such a signal; -ENOENT where there
 * is no such command; -ETIMEDOUT; -E2BIG for a text that is too long; -EIO
 * where it failed, whose last line why then holds.
 */
int command_run(const char *text, const sigset_t *ending, char *why,
    size_t room);

#endif
