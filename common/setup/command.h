/*
 * command: runs one of the system's commands (ip, modprobe), bounded in time,
 * with what it says on stderr as the reason of its failure.
 */
#ifndef SETUP_COMMAND_H
#define SETUP_COMMAND_H

#include <signal.h>
#include <stddef.h>

/* The most words of a command, and its longest text. */
#define COMMAND_WORDS 64
#define COMMAND_TEXT 4200

/*
 * Runs a command whose words are parted by single spaces; it is looked for in
 * PATH and in the folders of system programs. Ends it when one of the signals
 * of `ending` (blocked by the caller; may be NULL) waits to be taken. Returns
 * 0; -EINTR for such a signal; -ENOENT where there is no such command;
 * -ETIMEDOUT; -EIO where it failed; why then holds its last line.
 */
int command_run(const char *text, const sigset_t *ending, char *why,
    size_t room);

#endif
