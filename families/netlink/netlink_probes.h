/* netlink_probes: its probes, by theme; netlink_probes.c lists them. */
#ifndef FAMILIES_NETLINK_PROBES_H
#define FAMILIES_NETLINK_PROBES_H

#include <linux/netlink.h>

#include "probes/stage.h"
#include "record/calls.h"

/* Newer than the C library of some systems. */
#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* All of them, ended by NULL. */
extern const struct probe *const netlink_probes[];

/* netlink_group_probes.c: messages to a group */
extern const struct probe netlink_group_member;
extern const struct probe netlink_group_own;
extern const struct probe netlink_group_two;
extern const struct probe netlink_group_send;
extern const struct probe netlink_group_listen;
extern const struct probe netlink_pktinfo;

/* netlink_drop_probes.c: what is lost */
extern const struct probe netlink_drop_told;
extern const struct probe netlink_drop_untold;

/* netlink_kernel_probes.c: what the kernel answers */
extern const struct probe netlink_port;
extern const struct probe netlink_ack;
extern const struct probe netlink_unknown;
extern const struct probe netlink_no_request;

/* A fresh socket of the server's lane that hears these groups. */
int netlink_probes_member(struct stage *stage, unsigned groups,
    struct side **member);

/* A message of `length` bytes to these groups; what sendto() returns. */
ssize_t netlink_probes_cast(struct stage *stage, struct side *from,
    unsigned groups, const void *data, size_t length);

#endif
