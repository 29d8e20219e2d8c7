/* vsock_options: the options of vsock, ended by constant NULL. */
#ifndef FAMILIES_VSOCK_OPTIONS_H
#define FAMILIES_VSOCK_OPTIONS_H

#include "family/family.h"

extern const struct option_level vsock_levels[];

#endif
