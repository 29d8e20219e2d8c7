/* netlink_options: the options of netlink, ended by constant NULL. */
#ifndef FAMILIES_NETLINK_OPTIONS_H
#define FAMILIES_NETLINK_OPTIONS_H

#include "family/family.h"

extern const struct option_level netlink_levels[];

#endif
