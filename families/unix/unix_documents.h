/* unix_documents: what the documents say of unix sockets (family.h). */
#ifndef FAMILIES_UNIX_DOCUMENTS_H
#define FAMILIES_UNIX_DOCUMENTS_H

#include "probes/probe.h"

extern const struct document unix_documents[];
extern const struct difference unix_differences[];

#endif
