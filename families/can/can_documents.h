/* can_documents: what the documents say of can sockets (family.h). */
#ifndef FAMILIES_CAN_DOCUMENTS_H
#define FAMILIES_CAN_DOCUMENTS_H

#include "probes/probe.h"

extern const struct document can_documents[];
extern const struct unsteady can_unsteady[];

#endif
