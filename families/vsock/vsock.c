/*
 * vsock: between a virtual machine and its host (vsock(7)); between two
 * processes of one machine by its loopback transport. Its addresses, and the
 * rule that keeps loopback on this machine: vsock_address.h.
 */
#include <errno.h>
#include <sys/socket.h>

#include "families.h"
#include "vsock_address.h"
#include "vsock_options.h"
#include "vsock_documents.h"
#include "vsock_probes.h"

/* The kernel takes the family's own number as well as 0 (vsock_create()). */
static const struct protocol protocols[] = {
	{ "vsock", NULL, 0, "0", PF_VSOCK },
	{ .name = NULL },
};

/* What a receiver has room for (VIRTIO_VSOCK_DEFAULT_BUF_SIZE). */
#define RECORD_LARGEST (256 * 1024)

static const struct cell cells[] = {
	{
		.type = SOCK_STREAM, .by_default = true,
		.shape = SHAPE_CONNECTED, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_RELIABLE | TRAIT_ORDERED | TRAIT_HALF_CLOSE,
	},
	{
		.type = SOCK_SEQPACKET, .by_default = true,
		.shape = SHAPE_CONNECTED, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED |
		    TRAIT_HALF_CLOSE,
		.largest = { LIMIT_BYTES, RECORD_LARGEST },
		.lacking = ESOCKTNOSUPPORT, .origin = { .since = "5.14" },
	},
	{ .type = 0 },
};

static const int refusals[] = { ESOCKTNOSUPPORT, EPROTONOSUPPORT, ENODEV, 0 };

static const struct hint hints[] = {
	{ SOCK_DGRAM, PROTOCOL_ANY, "socket", ENODEV, VERDICT_REFUSED,
	  "only the transport of VMware's machines carries datagrams "
	  "(vmw_vsock_vmci_transport)" },
	{ 0, PROTOCOL_ANY, "bind", EADDRNOTAVAIL, VERDICT_NO_DEVICE,
	  "no transport here has that CID; 1 is the loopback transport's: "
	  "modprobe vsock_loopback (CONFIG_VSOCKETS_LOOPBACK; since Linux "
	  "5.6)" },
	{ 0, PROTOCOL_ANY, "bind", EACCES, VERDICT_DENIED,
	  "ports below 1024 need CAP_NET_BIND_SERVICE: choose a higher one" },
	{ 0, PROTOCOL_ANY, "getsockname", EADDRNOTAVAIL, VERDICT_BROKEN,
	  "a server with every CID has none to contact it at: give one" },
	{ 0, PROTOCOL_ANY, "connect", ENODEV, VERDICT_NO_DEVICE,
	  "no transport of this machine leads to that CID" },
	{ 0, PROTOCOL_ANY, "connect", ECONNRESET, VERDICT_BROKEN,
	  "nobody listens at that address: start the server first" },
	{ 0, PROTOCOL_ANY, "connect", ETIMEDOUT, VERDICT_BROKEN,
	  "nobody has that CID, or it does not answer" },
	{ .verdict = VERDICT_WORKS },
};

const struct family vsock_family = {
	.name = "vsock",
	.constant = "AF_VSOCK",
	.domain = AF_VSOCK,
	.summary = "a virtual machine and its host, or one machine's loopback",
	.address_grammar =
	    "a CID: a number, or local (1), host (2), hypervisor (0) or, of a "
	    "server, any; port 0 to 4294967295",
	.origin = { "vsock vsock_loopback", "CONFIG_VSOCKETS", "3.9", NULL },
	.protocols = protocols,
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "vsock_create() of Linux's net/vmw_vsock/af_vsock.c",
	.hints = hints,
	.levels = vsock_levels,
	.probes = vsock_probes,
	.documents = vsock_documents,
	.address = vsock_address_choose,
	.format = vsock_address_format,
	.lay_out = vsock_address_lay_out,
	.contact = vsock_address_contact,
};
