/*
 * fault: results that a test puts in the place of the kernel's.
 *
 * The recorded calls look here before they call the kernel. A program that was
 * given no faults pays one comparison a call.
 */
#ifndef RECORD_FAULT_H
#define RECORD_FAULT_H

#include <stddef.h>

#include "record/event.h"

/* Room for the faults that one run can be given. */
#define FAULTS_MAX 4

struct fault {
	enum side_id side;
	enum call call;
	unsigned occurrence;	/* the n-th call of its kind, from 1; 0: all */
	int error;		/* positive errno to fail with; 0: a short one */
	/*
	 * error 0: the most bytes that the call may send or receive; the
	 * kernel is called with no more. 0 is no limit. Of sendmmsg() and
	 * recvmmsg() it is the most messages.
	 */
	size_t at_most;
};

/*
 * A fault on connect() with EINTR or EINPROGRESS lets the kernel's call happen
 * first: both mean that the connection goes on being made (connect(2)).
 */
struct fault_plan {
	size_t count;
	struct fault faults[FAULTS_MAX];
	/* Calls of each kind so far; each side counts its own. */
	unsigned seen[CALL_COUNT];
};

/* Counts a call; the fault that applies to it, or NULL. */
const struct fault *fault_take(struct fault_plan *plan, enum side_id side,
    enum call call);

#endif
