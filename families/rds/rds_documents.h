/* rds_documents: what the documents say of rds sockets (family.h). */
#ifndef FAMILIES_RDS_DOCUMENTS_H
#define FAMILIES_RDS_DOCUMENTS_H

#include "probes/probe.h"

extern const struct document rds_documents[];
extern const struct unsteady rds_unsteady[];

#endif
