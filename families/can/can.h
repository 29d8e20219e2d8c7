/*
 * can: what the files of this family share: the addresses (can_address.c), the
 * frames of raw and bcm (can_raw.c) and the tables (can.c).
 *
 * A CAN frame has no address: its id says what it is, and who sends such. The
 * frames that we send have extended ids (29 bits), made of these:
 */
#ifndef FAMILIES_CAN_H
#define FAMILIES_CAN_H

#include <linux/can.h>

#include "family/family.h"

#define CAN_ID_OURS 0x10000000u		/* in all of them */
#define CAN_ID_SERVER 0x08000000u	/* sent by the server */
#define CAN_ID_BEGINS 0x04000000u	/* a message begins with it … */
#define CAN_ID_ENDS 0x02000000u		/* … and ends with it */
/*
 * raw, bcm: the run of an exchange, so that others do not hear it; 0 of
 * a client and a server that were started apart. isotp: the run, or the port;
 * it has one id for each side.
 */
#define CAN_ID_NUMBER 0x00ffffffu

/* The forms of raw: frames of at most 8 bytes, and of at most 64. */
enum { CAN_CLASSIC, CAN_FD };
extern const struct variant can_raw_variants[];

/* The options, by level; ended by constant NULL (can_options.c). */
extern const struct option_level can_levels[];

/* Operations of the family; the texts of HOST stand in can_address.c. */
int can_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);
int can_format(const struct endpoint *endpoint, char *text, size_t room);
int can_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX]);
int can_contact(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out);

/*
 * Operations of the cells raw and bcm: a message in as many frames as it needs,
 * in the form that each socket sends and receives. Both put the same frames on
 * the bus.
 *
 * id: of a frame, as it stands in can_id.
 * unwrap: a frame with any other id, from a program that knows nothing of ours,
 * is a whole message to a server that was started apart. Nobody else takes it.
 * prepare: raw has the kernel pass only frames of the peer, where that can be
 * said; bcm has to say which it wants.
 * transmit: send(); a device that has no room for a frame is tried again.
 */
canid_t can_raw_id(enum side_id sender, unsigned run, unsigned parts);
ssize_t can_raw_wrap(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room);
ssize_t can_raw_unwrap(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at);
unsigned can_raw_part(const struct envelope *envelope, const void *packet,
    size_t length);
int can_raw_prepare(struct channel *channel);
ssize_t can_raw_transmit(struct channel *channel, const void *packet,
    size_t length);

ssize_t can_bcm_wrap(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room);
ssize_t can_bcm_unwrap(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at);
unsigned can_bcm_part(const struct envelope *envelope, const void *packet,
    size_t length);
int can_bcm_prepare(struct channel *channel);

#endif
