/*
 * ip_probes: the probes of inet and inet6. They are one list, which both
 * families have: each says by type, protocol or family what it is for.
 */
#ifndef FAMILIES_IP_PROBES_H
#define FAMILIES_IP_PROBES_H

#include "probes/probe.h"

extern const struct probe *const ip_probes[];

/* dual_stack_probes.c */
extern const struct probe ip_mapped_peer;
extern const struct probe ip_v6only_default;
extern const struct probe ip_v6only_client;
extern const struct probe ip_bind_both;
extern const struct probe ip_bind_v6only;

/* ip_bind_probes.c */
extern const struct probe ip_bind_foreign;
extern const struct probe ip_bind_freely;
extern const struct probe ip_bind_loopback;
extern const struct probe ip_bind_group;
extern const struct probe ip_bind_broadcast;
extern const struct probe ip_connect_any;

#endif
