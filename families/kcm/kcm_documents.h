/* kcm_documents: what the documents say of kcm sockets (family.h). */
#ifndef FAMILIES_KCM_DOCUMENTS_H
#define FAMILIES_KCM_DOCUMENTS_H

#include "probes/probe.h"

extern const struct document kcm_documents[];

#endif
