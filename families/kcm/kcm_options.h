/* kcm_options: the options of KCM, ended by constant NULL. */
#ifndef FAMILIES_KCM_OPTIONS_H
#define FAMILIES_KCM_OPTIONS_H

#include "family/family.h"

extern const struct option_level kcm_levels[];

#endif
