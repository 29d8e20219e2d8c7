/* options: what the tables of the families' options have in common. */
#ifndef FAMILIES_SHARED_OPTIONS_H
#define FAMILIES_SHARED_OPTIONS_H

#include "family/family.h"

/* What a row may say behind its name and its kind. */
#define TRY_INT(number) OPTION_TRY(int, number)
#define GET_ONLY .flags = OPTION_GET_ONLY
#define SET_ONLY .flags = OPTION_SET_ONLY
#define ADMIN .needs = "CAP_NET_ADMIN"

/* The value of a struct, as a table of its fields reads it. */
#define FIELDS_OF(table, type) .fields = (table), .size = sizeof(type)

/* A value that is tried, and stands in a constant. */
#define TRY(constant) .tried = &(constant), .length = sizeof(constant)

#endif
