/*
 * tipc: services of a cluster, found by name (Linux's net/tipc; the TIPC
 * project's programmer's guide, tipc.io).
 *
 * Address text: HOST is TYPE, a service type of 64 and more (18888 where none
 * is given), with the port as its instance; or TYPE:INSTANCE; or, for a server,
 * TYPE:LOWER-UPPER, a range of instances, of which a client contacts one; or,
 * for a client, REF@NODE, a socket's own id, the node in hexadecimal digits.
 * Numbers have 32 bits. Printed the same way. Port 0 takes an instance that no
 * other run uses. Several sockets may be bound to one name: they take turns.
 */
#include <errno.h>
#include <linux/tipc.h>

#include "families.h"
#include "tipc_address.h"
#include "tipc_documents.h"
#include "tipc_options.h"
#include "tipc_probes.h"

static const struct protocol protocols[] = {
	{ "tipc", NULL, 0, "0", 0 },
	{ .name = NULL },
};

#define TIPC_MESSAGE { LIMIT_BYTES, TIPC_MAX_USER_MSG_SIZE }

/*
 * An empty message is sent, and the receiver skips it (tipc_recvmsg()). Only
 * both directions can be shut down, and close() alone lets the peer's recv()
 * fail with ECONNRESET.
 */
static const struct cell cells[] = {
	{
		.type = SOCK_STREAM, .by_default = true,
		.shape = SHAPE_CONNECTED, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_RELIABLE | TRAIT_ORDERED, .shuts_down = true,
	},
	{
		.type = SOCK_SEQPACKET, .by_default = true,
		.shape = SHAPE_CONNECTED, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_RELIABLE | TRAIT_ORDERED | TRAIT_BOUNDARIES,
		.largest = TIPC_MESSAGE, .shuts_down = true,
	},
	{
		.type = SOCK_DGRAM, .by_default = true,
		.shape = SHAPE_DATAGRAM, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES, .largest = TIPC_MESSAGE,
	},
	{
		/*
		 * Reliable, says socket(2). What the receiver has no room for
		 * comes back to whoever has unset TIPC_DEST_DROPPABLE, and is
		 * dropped otherwise.
		 */
		.type = SOCK_RDM, .by_default = true,
		.shape = SHAPE_DATAGRAM, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES | TRAIT_RELIABLE,
		.largest = TIPC_MESSAGE,
	},
	{ .type = 0 },
};

static const int refusals[] = { EPROTONOSUPPORT, EPROTOTYPE, 0 };

#define NOBODY "no socket is bound to that service: start the server first"

static const struct hint hints[] = {
	{ 0, PROTOCOL_ANY, "connect", EHOSTUNREACH, VERDICT_BROKEN, NOBODY },
	{ 0, PROTOCOL_ANY, "sendto", EHOSTUNREACH, VERDICT_BROKEN, NOBODY },
	{ 0, PROTOCOL_ANY, "connect", ECONNREFUSED, VERDICT_BROKEN,
	  "the socket with that name does not listen, or is of another type" },
	{ 0, PROTOCOL_ANY, "connect", ETIMEDOUT, VERDICT_BROKEN,
	  "the server did not accept within 8 s (TIPC_CONN_TIMEOUT)" },
	{ .verdict = VERDICT_WORKS },
};

const struct family tipc_family = {
	.name = "tipc",
	.constant = "AF_TIPC",
	.domain = AF_TIPC,
	.summary = "services of a cluster's nodes, found by name",
	.address_grammar =
	    "TYPE of a service, the port being its instance; TYPE:INSTANCE; "
	    "a server's TYPE:LOWER-UPPER; a socket's REF@NODE",
	.origin = {
		.modules = "tipc", .config = "CONFIG_TIPC", .since = "2.6.16",
	},
	.protocols = protocols,
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "tipc_sk_create() of the kernel",
	.hints = hints,
	.levels = tipc_levels,
	.probes = tipc_probes,
	.documents = tipc_documents,
	.plain_in_strace = true,
	.bound_unnamed = true,
	.address = tipc_address,
	.format = tipc_format,
	.lay_out = tipc_lay_out,
	.contact = tipc_contact,
	.answers = tipc_answers,
};
