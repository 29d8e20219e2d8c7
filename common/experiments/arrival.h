/* arrival: clients that come while the experiment does something else. */
#ifndef EXPERIMENTS_ARRIVAL_H
#define EXPERIMENTS_ARRIVAL_H

#include "probes/stage.h"

/*
 * A client that connects to the listener, in a task: where connect() returns
 * only after accept(), too. Returns 0, or a negative errno of the stage. The
 * task has to live as long as the experiment.
 */
int arrival_begin(struct stage *stage, struct side *listener,
    struct stage_task *task);

/* connect() of a client to its peer, in a task. */
int arrival_connect(struct stage *stage, struct side *client,
    struct stage_task *task);

/*
 * A listener and a client that arrives there; *server is a side of the stage
 * without a socket, for what accept() returns.
 */
int arrival_of_one(struct stage *stage, struct stage_task *task,
    struct side **listener, struct side **server);

/*
 * Waits until the listener is readable, and accepts with these flags, and no
 * others. Returns 0 or the negative errno of a call; -ETIMEDOUT.
 */
int arrival_accept(struct side *listener, struct side *server, int flags);

/*
 * A second side of the same lane with the same descriptors: for what is done to
 * a socket that a task is blocked in.
 */
struct side *arrival_beside(struct stage *stage, const struct side *side);

#endif
