/* vsock_documents: what the documents say of vsock sockets (family.h). */
#ifndef FAMILIES_VSOCK_DOCUMENTS_H
#define FAMILIES_VSOCK_DOCUMENTS_H

#include "probes/probe.h"

extern const struct document vsock_documents[];

#endif
