/* phonet_documents: what the documents say of phonet sockets (family.h). */
#ifndef FAMILIES_PHONET_DOCUMENTS_H
#define FAMILIES_PHONET_DOCUMENTS_H

#include "probes/probe.h"

extern const struct document phonet_documents[];

#endif
