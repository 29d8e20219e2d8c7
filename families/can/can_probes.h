/* can_probes: the probes of can, by theme; can_probes.c lists them. */
#ifndef FAMILIES_CAN_PROBES_H
#define FAMILIES_CAN_PROBES_H

#include <linux/can.h>
#include <linux/can/raw.h>

#include "probes/stage.h"
#include "record/calls.h"

/* All of them, ended by NULL. */
extern const struct probe *const can_probes[];

/* can_raw_probes.c: who hears a frame, and which are taken */
extern const struct probe can_own_default;
extern const struct probe can_own_asked;
extern const struct probe can_loopback_off;
extern const struct probe can_flags_local;
extern const struct probe can_size_short;
extern const struct probe can_size_fd;
extern const struct probe can_unbound;

/* can_filter_probes.c: what is passed to a socket */
extern const struct probe can_filter_none;
extern const struct probe can_filter_inverted;
extern const struct probe can_filter_two;
extern const struct probe can_filter_join;
extern const struct probe can_error_default;
extern const struct probe can_error_asked;

/* can_bcm_probes.c, can_isotp_probes.c: the protocols above frames */
extern const struct probe can_bcm_bind;
extern const struct probe can_bcm_again;
extern const struct probe can_bcm_change;
extern const struct probe can_bcm_count;
extern const struct probe can_isotp_equal;
extern const struct probe can_isotp_late;

/* can_j1939_probes.c: addresses and priorities */
extern const struct probe can_j1939_send;
extern const struct probe can_j1939_receive;
extern const struct probe can_j1939_priority;
extern const struct probe can_j1939_set;
extern const struct probe can_j1939_shared;
extern const struct probe can_j1939_none;

/* An id of this run, `kind` (0 to 15) in its upper bits. */
canid_t can_probes_id(const struct stage *stage, unsigned kind);

/* A classic frame with one byte; what send() returns. */
ssize_t can_probes_send(struct stage *stage, struct side *from, canid_t id,
    char byte);

/*
 * The byte of the next frame of this run, waited for at most ms milliseconds
 * (0: not at all); or a negative errno, -ETIMEDOUT where none comes. *flags,
 * if not NULL, are those of recvmsg().
 */
int can_probes_next(struct stage *stage, struct side *side, int ms,
    int *flags);

/*
 * Sends a frame, and waits until the witness, a bound socket, has heard it: so
 * has whoever else does.
 */
int can_probes_witnessed(struct stage *stage, struct side *from,
    struct side *witness, canid_t id, char byte);

#endif
