/* rds_options: the options of RDS, ended by constant NULL. */
#ifndef FAMILIES_RDS_OPTIONS_H
#define FAMILIES_RDS_OPTIONS_H

#include "family/family.h"

extern const struct option_level rds_levels[];

#endif
