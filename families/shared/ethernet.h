/*
 * ethernet: frames of an ethertype that IEEE 802 leaves for experiments, as
 * packet and xdp send them, and the pair of interfaces that carries them.
 *
 * A frame has at least 60 bytes; a shorter one is filled up on its way. So what
 * is ours begins with its length: two bytes, then the label (ip.h: everybody
 * hears every frame), then the payload.
 */
#ifndef FAMILIES_ETHERNET_H
#define FAMILIES_ETHERNET_H

#include <linux/if_ether.h>

#include "ip/ip_envelope.h"

/* ETH_P_802_EX1 in the byte order of the network, as frames have it. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ETHERNET_TYPE 0xb588
#else
#define ETHERNET_TYPE 0x88b5
#endif

/* Where the label's first word is, behind the header of a frame. */
#define ETHERNET_LABEL 2

/* The largest payload, on an interface whose MTU is Ethernet's. */
#define ETHERNET_LARGEST (ETH_DATA_LEN - ETHERNET_LABEL - IP_LABEL)

/*
 * wrap() and unwrap() of what a frame carries, for who leaves the header to the
 * kernel.
 */
ssize_t ethernet_wrap(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room);
ssize_t ethernet_unwrap(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at);

/* The same of whole frames with that header, filled up to 60 bytes. */
ssize_t ethernet_wrap_frame(const struct envelope *envelope,
    const struct ethhdr *header, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room);
ssize_t ethernet_unwrap_frame(const struct envelope *envelope,
    const void *packet, size_t length, size_t *at);

/*
 * Two hosts and a cable: each has an interface sd0, with the addresses
 * ETHERNET_CLIENT and ETHERNET_SERVER.
 */
extern const struct surroundings ethernet_pair;
#define ETHERNET_CLIENT "02:00:00:00:00:01"
#define ETHERNET_SERVER "02:00:00:00:00:02"

#endif
