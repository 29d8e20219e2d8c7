/*
 * verdict: what a failure says about a cell. The one place that decides what
 * counts as "this kernel or machine can't".
 */
#ifndef DRIVE_VERDICT_H
#define DRIVE_VERDICT_H

#include "drive/report.h"
#include "drive/side.h"

/*
 * Fills in verdict and reason from the failure that came first; with none that
 * happened, the verdict is `works`. The family's hints are asked before the
 * driver's own table.
 */
void verdict_judge(const struct choice *choice, const struct failure *failure,
    struct report *report);

/*
 * A verdict that needs no run: the build knows no such family, an interface is
 * not there. error is a positive errno, or 0.
 */
void verdict_without_run(struct report *report, enum verdict verdict, int error,
    const char *text);

/* Adds the commands that make what is missing, and --setup, to the reason. */
void verdict_add_commands(const struct choice *choice, struct report *report);

/* Says in report->contradiction where the verdict is not what the table says. */
void verdict_compare(const struct choice *choice, struct report *report);

#endif
