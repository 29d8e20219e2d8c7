/* state: brings a socket of a cell into a state, by the steps of the stage. */
#ifndef OPTIONS_STATE_H
#define OPTIONS_STATE_H

#include "options/ask.h"

/* Makes a socket of asker->state: sets side and fd. 0 or a negative errno. */
int state_make(struct asker *asker);

#endif
