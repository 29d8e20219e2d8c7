/* tipc_documents: what the documents say of TIPC sockets (family.h). */
#ifndef FAMILIES_TIPC_DOCUMENTS_H
#define FAMILIES_TIPC_DOCUMENTS_H

#include "probes/probe.h"

extern const struct document tipc_documents[];

#endif
