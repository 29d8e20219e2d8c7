/*
 * bluetooth: what linux-libc-dev has no header for (BlueZ has), and
 * what the files of the family share.
 */
#ifndef FAMILIES_BLUETOOTH_H
#define FAMILIES_BLUETOOTH_H

#include <stdint.h>

#include "family/family.h"

enum {
	BTPROTO_L2CAP = 0,
	BTPROTO_HCI = 1,
	BTPROTO_SCO = 2,
	BTPROTO_RFCOMM = 3,
	BTPROTO_BNEP = 4,
	BTPROTO_HIDP = 6,
};

/* A device's address, its last byte first. */
struct bluetooth_address {
	unsigned char b[6];
};

struct sockaddr_l2 {
	uint16_t l2_family;
	uint16_t l2_psm;	/* little endian, as l2_cid */
	struct bluetooth_address l2_bdaddr;
	uint16_t l2_cid;
	uint8_t l2_bdaddr_type;
};

struct sockaddr_rc {
	uint16_t rc_family;
	struct bluetooth_address rc_bdaddr;
	uint8_t rc_channel;
};

struct sockaddr_sco {
	uint16_t sco_family;
	struct bluetooth_address sco_bdaddr;
};

struct sockaddr_hci {
	uint16_t hci_family;
	uint16_t hci_dev;
	uint16_t hci_channel;
};

#define HCI_DEV_NONE 0xffff

/* The options, by level; ended by constant NULL (bluetooth_options.c). */
extern const struct option_level bluetooth_levels[];

/* Operations of the family on its addresses (struct family). */
int bluetooth_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room);
int bluetooth_format(const struct endpoint *endpoint, char *text, size_t room);
int bluetooth_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX]);

/*
 * Puts the address of the other of btvirt's two controllers in the place of the
 * one that an address of L2CAP begins with. Returns whether it was one of them.
 */
bool bluetooth_cross(struct sockaddr_l2 *l2);

/* Operations of the cells of L2CAP that are more than calls on addresses. */
int bluetooth_join(struct channel *channel);
ssize_t bluetooth_wrap_echo(const struct envelope *envelope,
    const void *payload, size_t length, size_t *taken, void *packet,
    size_t room);
ssize_t bluetooth_unwrap_echo(const struct envelope *envelope,
    const void *packet, size_t length, size_t *at);

/* The bytes before the payload of an echo (L2CAP's signalling commands). */
#define BLUETOOTH_ECHO_HEADER 4

#endif
