/* packet_probes: its probes, by theme; packet_probes.c lists them. */
#ifndef FAMILIES_PACKET_PROBES_H
#define FAMILIES_PACKET_PROBES_H

#include "probes/stage.h"
#include "record/calls.h"

/* All of them, ended by NULL. */
extern const struct probe *const packet_probes[];

/* packet_tap_probes.c: who hears a frame, and how often */
extern const struct probe packet_tap_all;
extern const struct probe packet_tap_one;
extern const struct probe packet_tap_ignore;
extern const struct probe packet_fanout;

/* packet_count_probes.c: what is told of frames and their number */
extern const struct probe packet_drops;
extern const struct probe packet_reset;
extern const struct probe packet_auxdata;
extern const struct probe packet_auxdata_peek;

#endif
