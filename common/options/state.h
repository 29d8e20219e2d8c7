/* state: brings a socket of a cell into a state, by the steps of the stage. */
#ifndef OPTIONS_STATE_H
#define OPTIONS_STATE_H

#include "options/ask.h"

/*
 * Makes a socket of asker->state: sets side and fd, and in `kept` how many of
 * the stage's sides are good for the next one. Returns 0 or a negative errno.
 */
int state_make(struct asker *asker);

#endif
