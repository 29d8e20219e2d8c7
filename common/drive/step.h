/*
 * step: what the steps of a side are made of.
 */
#ifndef DRIVE_STEP_H
#define DRIVE_STEP_H

#include "drive/side.h"

/* Fails with the errno of a call, a negative one, that says it all. */
int step_fail(struct side *side, enum call call, ssize_t error);

/* Fails because a wait has ended: "WHAT within N s". */
int step_timeout(struct side *side, enum call call, int64_t timeout_ns,
    const char *what);

/* When a time-out ends; 0 is never. */
uint64_t step_end(int64_t timeout_ns);

/* What is left until then, as side_wait() takes it. */
int64_t step_left(uint64_t end);

/*
 * Whether a call should be made again: it was interrupted, or it would block
 * although poll() said it would not; there is then a short pause before.
 */
bool step_again(struct side *side, ssize_t result);

/*
 * The call that a message is sent with, and the one it is received with: where
 * the cell brings its own operation, the last that this has made.
 */
enum call step_sending_call(const struct side *side);
enum call step_receiving_call(const struct side *side);

#endif
