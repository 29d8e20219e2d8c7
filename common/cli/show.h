/* show: from options to a request, and from a report to what the user sees. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "cli/options.h"
#include "drive/report.h"

/* Copies what is asked for into a request, but for its choice. */
void request_from_options(const struct options *options,
    struct request *request);

/*
 * Prints the report to stdout in the format that is asked for, and a failure
 * to stderr as well where it would not be seen.
 */
void show_report(const struct options *options, const struct report *report);

/*
 * "sockdemo: SENTENCE" on stderr. It may hold words of the user, and these may
 * hold anything: the sentence is escaped.
 */
void tell_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line on stderr: the cell, its verdict, the call, the errno and why. */
void tell_failure(const struct report *report);

#endif
