/* nobody: an experiment goes on as a user who may do nothing special. */
#ifndef FAMILIES_SHARED_NOBODY_H
#define FAMILIES_SHARED_NOBODY_H

#include "probes/stage.h"

/* The user that has nothing (user_namespaces(7), overflowuid). */
#define NOBODY 65534

/*
 * Root becomes `user` until the experiment's process ends, as far as
 * permissions are asked for (seteuid(2)), and gives up the capabilities that
 * are in effect; 0 takes them back. Returns 0; or what stage_cannot() does,
 * where the process is not root.
 */
int nobody_become(struct stage *stage, unsigned user);

#endif
