/* phonet_options: the options of phonet, ended by constant NULL. */
#ifndef FAMILIES_PHONET_OPTIONS_H
#define FAMILIES_PHONET_OPTIONS_H

#include "family/family.h"

extern const struct option_level phonet_levels[];

#endif
