/* packet_documents: what the documents say of packet sockets (family.h). */
#ifndef FAMILIES_PACKET_DOCUMENTS_H
#define FAMILIES_PACKET_DOCUMENTS_H

#include "probes/probe.h"

extern const struct document packet_documents[];
extern const struct unsteady packet_unsteady[];

#endif
