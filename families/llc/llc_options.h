/* llc_options: the options of LLC, ended by constant NULL. */
#ifndef FAMILIES_LLC_OPTIONS_H
#define FAMILIES_LLC_OPTIONS_H

#include "family/family.h"

extern const struct option_level llc_levels[];

#endif
