/*
 * exchange: the driver. It puts one cell through its conversation, both sides
 * in processes of their own, and says what became of it.
 */
#ifndef DRIVE_EXCHANGE_H
#define DRIVE_EXCHANGE_H

#include <stddef.h>

#include "drive/report.h"

/*
 * Runs the exchange and fills *report, whose traces stay valid until
 * exchange_free(). The request has to outlive the report.
 *
 * Returns 0 whatever the verdict is; report->signal is set where SIGINT,
 * SIGTERM or SIGHUP ended it, and the caller should then die by it. A negative
 * errno, with a sentence in why, where nothing could be run; report->unusable
 * is then set if that lies in the request's words (an address that is none).
 *
 * When it returns, both processes are gone, what binding left is removed, and
 * the caller's signal mask is as it was. Not for programs with threads.
 */
int exchange_run(const struct request *request, struct report *report,
    char *why, size_t room);

/* Releases the report's traces. Safe on a zeroed report. */
void exchange_free(struct report *report);

#endif
