/*
 * phonet: the modems of phones and their processors (the kernel's
 * Documentation/networking/phonet.rst, linux/phonet.h).
 *
 * Address text: HOST is ADDRESS, a device's 0x04 to 0xf8 in steps of 4, the
 * port being 0 to 1023; or ADDRESS:PORT. Without HOST: 0x10, a PC, which an
 * interface has to be given first; a server is bound to all with 0. Port 0 lets
 * the kernel choose, from 64 to 127. Printed as 0x10:64.
 */
/* linux/phonet.h does not bring what it needs. */
#include <sys/socket.h>

#include <errno.h>
#include <linux/phonet.h>
#include <linux/rtnetlink.h>

#include "families.h"
#include "phonet_address.h"
#include "phonet_options.h"
#include "phonet_documents.h"
#include "phonet_probes.h"

static const struct protocol protocols[] = {
	{ "phonet", NULL, PN_PROTO_PHONET, "PN_PROTO_PHONET", 0 },
	{ "pipe", NULL, PN_PROTO_PIPE, "PN_PROTO_PIPE", 0 },
	{ .name = NULL },
};

/* No tool of iproute2 makes a Phonet address. */
static const struct {
	struct nlmsghdr header;
	struct ifaddrmsg address;
	struct rtattr attribute;
	unsigned char local;
	unsigned char padding[3];
} new_address = {
	.header = {
		.nlmsg_len = sizeof(new_address),
		.nlmsg_type = RTM_NEWADDR,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
	},
	/* The loopback interface is the first of every network namespace. */
	.address = {
		.ifa_family = AF_PHONET, .ifa_flags = IFA_F_PERMANENT,
		.ifa_index = 1,
	},
	.attribute = { .rta_len = RTA_LENGTH(1), .rta_type = IFA_LOCAL },
	.local = PN_DEV_PC,
};

static const struct need needs[] = {
	{
		.message = &new_address, .length = sizeof(new_address),
		.words = "the Phonet address 0x10 on lo (rtnetlink's "
		    "RTM_NEWADDR)",
	},
	{ .command = NULL },
};

static const struct surroundings loopback = {
	SURROUNDINGS_NAMESPACE, needs
};

/*
 * What the kernel says, in the place of an object that is not there, to whoever
 * has sent it a message: its payload (send_obj_unreachable() of the kernel).
 */
#define NOTICE_BYTES 8

static ssize_t
phonet_unwrap(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	const unsigned char *bytes = packet;

	*at = 0;
	if (length != NOTICE_BYTES || bytes[1] != PN_COMMON_MESSAGE ||
	    bytes[2] != PN_COMM_ISA_ENTITY_NOT_REACHABLE_RESP)
		return (ssize_t)length;
	return envelope->side == SIDE_CLIENT ? -ECONNREFUSED : -ENOMSG;
}

static const struct cell cells[] = {
	{
		/*
		 * The loopback's MTU of 65536, less a header of 7. A receiver
		 * that has no room loses messages.
		 */
		.type = SOCK_DGRAM, .protocol = PN_PROTO_PHONET,
		.by_default = true,
		.shape = SHAPE_DATAGRAM, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES | TRAIT_EMPTY,
		.largest = { LIMIT_BYTES, 65529 },
		.surroundings = &loopback, .unwrap = phonet_unwrap,
	},
	{
		/*
		 * Sends whole messages only, and wants to be told so. A peer's
		 * leaving is a POLLHUP, and nothing to be received. The first
		 * connection that ends takes the listening socket along
		 * (pep_sock_unhash()).
		 */
		.type = SOCK_SEQPACKET, .protocol = PN_PROTO_PIPE,
		.by_default = true, .endless = true,
		.shape = SHAPE_CONNECTED, .send_flags = MSG_EOR | MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED,
		.largest = { LIMIT_BYTES, 65526 },
		.origin = { .modules = "pn_pep", .config = "CONFIG_PHONET" },
		.surroundings = &loopback, .lacking = EPROTONOSUPPORT,
	},
	{ .type = 0 },
};

static const int refusals[] = { EPROTONOSUPPORT, 0 };

static const struct hint hints[] = {
	{ 0, PROTOCOL_ANY, "socket", EPERM, VERDICT_DENIED,
	  "Phonet sockets need CAP_SYS_ADMIN, and not in a user namespace: "
	  "run it as root" },
	{ 0, PROTOCOL_ANY, "bind", EADDRNOTAVAIL, VERDICT_NO_DEVICE,
	  "no interface has that Phonet address" },
	{ 0, PROTOCOL_ANY, "recvfrom", ECONNREFUSED, VERDICT_BROKEN,
	  "no socket has that port: start the server first" },
	{ 0, PROTOCOL_ANY, NULL, EHOSTUNREACH, VERDICT_NO_DEVICE,
	  "no interface has a Phonet address, or none leads there" },
	{ .verdict = VERDICT_WORKS },
};

const struct family phonet_family = {
	.name = "phonet",
	.constant = "AF_PHONET",
	.domain = AF_PHONET,
	.summary = "the modem of a phone and its other processors",
	.address_grammar =
	    "ADDRESS or ADDRESS:PORT, 0x10 being a PC; port 0 to 1023",
	.origin = {
		.modules = "phonet", .config = "CONFIG_PHONET",
		.since = "2.6.28",
	},
	.protocols = protocols,
	.protocol_zero = "PN_PROTO_TRANSPORT",
	.protocol_prefix = "PN_PROTO",
	.plain_in_strace = true,
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "pn_socket_create() of the kernel",
	.hints = hints,
	.levels = phonet_levels,
	.probes = phonet_probes,
	.documents = phonet_documents,
	.address = phonet_address,
	.format = phonet_format,
	.lay_out = phonet_lay_out,
};
