/* tipc_options: the options of TIPC, ended by constant NULL. */
#ifndef FAMILIES_TIPC_OPTIONS_H
#define FAMILIES_TIPC_OPTIONS_H

#include "family/family.h"

extern const struct option_level tipc_levels[];

#endif
