/*
 * xdp_program: the program at an interface that hands frames of our ethertype
 * to a socket, and lets all others pass (bpf(2)).
 */
#ifndef FAMILIES_XDP_PROGRAM_H
#define FAMILIES_XDP_PROGRAM_H

#include <stdint.h>

#include "family/family.h"

/* Descriptors; -1: there is none. The program is in effect until all close. */
struct xdp_program {
	int map, program, link;
};

/*
 * Puts the channel's socket, which is bound to that queue, into a map, and a
 * program that reads the map at the interface. Returns 0 or a negative errno;
 * after -EBUSY, where the interface has a program, it may be called again.
 */
int xdp_program_attach(struct channel *channel, struct xdp_program *program,
    unsigned interface, uint32_t queue);

void xdp_program_detach(struct channel *channel, struct xdp_program *program);

#endif
