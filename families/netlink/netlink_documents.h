/* netlink_documents: what the documents say of netlink sockets (family.h). */
#ifndef FAMILIES_NETLINK_DOCUMENTS_H
#define FAMILIES_NETLINK_DOCUMENTS_H

#include "probes/probe.h"

extern const struct document netlink_documents[];

#endif
