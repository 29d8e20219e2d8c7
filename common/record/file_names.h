/*
 * file_names: what files are opened with and asked for, by name: the flags of
 * open(), the commands of fcntl(), the events of poll(), the mode of fstat().
 * All in strace's order.
 */
#ifndef RECORD_FILE_NAMES_H
#define RECORD_FILE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "O_RDWR|O_NONBLOCK" */
void file_names_open_flags(int64_t flags, char *text, size_t room);

/* "POLLIN|POLLHUP"; "0" for none. */
void file_names_events(int asked, char *text, size_t room);

/* "S_IFSOCK|0777" */
void file_names_mode(unsigned mode, char *text, size_t room);

/* "SEEK_CUR"; "SPLICE_F_MOVE|SPLICE_F_MORE". */
void file_names_whence(int64_t whence, char *text, size_t room);
void file_names_splice_flags(unsigned flags, char *text, size_t room);

/* "F_GETFL" */
void file_names_command(int64_t command, char *text, size_t room);

/*
 * The argument of fcntl() by its command. Returns whether the command takes
 * one; text is left empty where it is a mere number.
 */
bool file_names_argument(int64_t command, int64_t argument, char *text,
    size_t room);

/*
 * What a result of fcntl() means, where it is no mere number: "flags
 * O_RDWR|O_NONBLOCK". Returns whether there is something to say.
 */
bool file_names_result(int64_t command, int64_t result, char *text,
    size_t room);

#endif
