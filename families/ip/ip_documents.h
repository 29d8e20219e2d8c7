/* ip_documents: what the documents of IP's protocols say (family.h). */
#ifndef FAMILIES_IP_DOCUMENTS_H
#define FAMILIES_IP_DOCUMENTS_H

#include "probes/probe.h"

extern const struct document inet_documents[];
extern const struct difference inet_differences[];

extern const struct document inet6_documents[];
extern const struct difference inet6_differences[];

extern const struct unsteady ip_unsteady[];

#endif
