/* families: the descriptors that families.c lists. */
#ifndef FAMILIES_FAMILIES_H
#define FAMILIES_FAMILIES_H

#include "family/family.h"

extern const struct family inet_family;
extern const struct family inet6_family;
extern const struct family unix_family;
extern const struct family can_family;
extern const struct family tipc_family;
extern const struct family qrtr_family;
extern const struct family phonet_family;
extern const struct family llc_family;
extern const struct family bluetooth_family;
extern const struct family netlink_family;
extern const struct family packet_family;
extern const struct family xdp_family;
extern const struct family alg_family;
extern const struct family vsock_family;
extern const struct family rds_family;
extern const struct family smc_family;
extern const struct family kcm_family;

#endif
