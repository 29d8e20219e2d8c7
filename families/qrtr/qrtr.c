/*
 * qrtr: the IPC router of Qualcomm's modems and other processors (Linux's
 * net/qrtr). Nodes are processors; the local one has a number, too.
 *
 * Address text: HOST is NODE, in decimal or 0x..., or NODE:PORT; node 1, which
 * every kernel begins with, where none is given. A server is bound to the local
 * node, whatever its number: getsockname() tells it. The port is 0 to
 * 4294967295; 0 lets the kernel choose, from 16384 up. Printed as 1:16384.
 */
#include <errno.h>
#include <linux/qrtr.h>
#include <stddef.h>
#include <stdio.h>

#include "families.h"
#include "shared/number.h"
#include "qrtr_probes.h"

/* Linux has it, and glibc's headers of some systems do not. */
#ifndef AF_QIPCRTR
#define AF_QIPCRTR 42
#endif

#define LOCAL_NODE "1"

/* socket() takes any protocol, and looks at none (qrtr_create()). */
static const struct protocol protocols[] = {
	{ "qrtr", NULL, 0, "0", 0 },
	{ .name = NULL },
};

/* There is one space of ports for all network namespaces. */
static const struct surroundings initial = { .where = SURROUNDINGS_INITIAL };

/*
 * No document promises more of it: a receiver without room lets sendto() fail
 * with ENOSPC. It takes no flag but MSG_DONTWAIT (qrtr_sendmsg()).
 */
#define QRTR_CELL                                                              \
	.type = SOCK_DGRAM, .shape = SHAPE_DATAGRAM,                           \
	.traits = TRAIT_BOUNDARIES | TRAIT_EMPTY,                              \
	.largest = { LIMIT_BYTES, 65535 }, .surroundings = &initial

static const struct cell cells[] = {
	{ QRTR_CELL, .by_default = true },
	{ QRTR_CELL, .protocol = PROTOCOL_ANY },
	{ .type = 0 },
};

static const int refusals[] = { EPROTOTYPE, 0 };

static const struct hint hints[] = {
	{ 0, PROTOCOL_ANY, "bind", EACCES, VERDICT_DENIED,
	  "ports below 16384 need CAP_NET_ADMIN: give a higher one, "
	  "--port 16384 say, or 0" },
	{ 0, PROTOCOL_ANY, "bind", EINVAL, VERDICT_BROKEN,
	  "that is not the number of the local node, which is 1 unless "
	  "a modem's driver changed it" },
	{ 0, PROTOCOL_ANY, "sendto", ENODEV, VERDICT_BROKEN,
	  "no socket has that port: start the server first" },
	{ 0, PROTOCOL_ANY, "sendto", ECONNRESET, VERDICT_BROKEN,
	  "no node with that number is connected" },
	{ 0, PROTOCOL_ANY, "sendto", ENOSPC, VERDICT_BROKEN,
	  "the receiver's buffer is full" },
	{ .verdict = VERDICT_WORKS },
};

static const struct sockaddr_qrtr *
qrtr_of(const struct endpoint *endpoint)
{
	if (endpoint->length < sizeof(struct sockaddr_qrtr) ||
	    endpoint->any.sa_family != AF_QIPCRTR)
		return NULL;
	return (const struct sockaddr_qrtr *)(const void *)&endpoint->storage;
}

/* Whether the text is NODE or NODE:PORT; *whole: the latter. */
static bool
parse(const char *text, struct sockaddr_qrtr *out, bool *whole)
{
	if (!number_take(&text, UINT32_MAX, &out->sq_node))
		return false;
	*whole = *text == ':';
	if (*whole) {
		text++;
		if (!number_take(&text, UINT32_MAX, &out->sq_port))
			return false;
	}
	return *text == '\0';
}

static int
qrtr_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct sockaddr_qrtr qrtr = { .sq_family = AF_QIPCRTR };
	const char *host = wish->host != NULL ? wish->host : LOCAL_NODE;
	bool whole;
	int error = number_port(wish, UINT32_MAX, &qrtr.sq_port, why, room);

	if (error != 0)
		return error;
	if (!parse(host, &qrtr, &whole)) {
		snprintf(why, room, "'%s' is neither NODE nor NODE:PORT",
		    host);
		return -EINVAL;
	}
	if (whole && wish->port_given && wish->port != 0) {
		snprintf(why, room, "'%s' says it all: leave out --port",
		    host);
		return -EPROTOTYPE;
	}
	/* sendto() binds it, as it does a client of UDP. */
	if (wish->side == SIDE_CLIENT && !wish->to_contact)
		return 0;
	if (wish->to_contact && qrtr.sq_port == 0) {
		snprintf(why, room, "port 0 cannot be contacted: "
		    "give the server's with --port");
		return -EDESTADDRREQ;
	}
	if (!wish->to_contact && qrtr.sq_port == QRTR_PORT_CTRL) {
		snprintf(why, room, "port %u is the name service's: whoever "
		    "takes it resets all other sockets", QRTR_PORT_CTRL);
		return -EADDRINUSE;
	}
	endpoint_set(out, &qrtr, sizeof(qrtr));
	return 1;
}

static int
qrtr_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_qrtr *qrtr = qrtr_of(endpoint);

	if (qrtr == NULL)
		return -EINVAL;
	snprintf(text, room, "%u:%u", qrtr->sq_node, qrtr->sq_port);
	return 0;
}

/* strace tells them in base 16, and the special ones by name. */
static void
set_field(struct field *field, const char *name, size_t offset, uint32_t value,
    uint32_t special, const char *constant)
{
	number_field(field, name, offset, sizeof(value), value);
	if (value == special)
		snprintf(field->strace, sizeof(field->strace), "%s=%s", name,
		    constant);
	else
		snprintf(field->strace, sizeof(field->strace), "%s=%#x", name,
		    value);
}

static int
qrtr_lay_out(const struct endpoint *endpoint, struct field fields[FIELDS_MAX])
{
	const struct sockaddr_qrtr *qrtr = qrtr_of(endpoint);

	if (qrtr == NULL)
		return -EINVAL;
	number_named(&fields[0], "sq_family",
	    offsetof(struct sockaddr_qrtr, sq_family),
	    sizeof(qrtr->sq_family), "AF_QIPCRTR");
	set_field(&fields[1], "sq_node",
	    offsetof(struct sockaddr_qrtr, sq_node), qrtr->sq_node,
	    QRTR_NODE_BCAST, "QRTR_NODE_BCAST");
	set_field(&fields[2], "sq_port",
	    offsetof(struct sockaddr_qrtr, sq_port), qrtr->sq_port,
	    QRTR_PORT_CTRL, "QRTR_PORT_CTRL");
	return 3;
}

const struct family qrtr_family = {
	.name = "qrtr",
	.constant = "AF_QIPCRTR",
	.domain = AF_QIPCRTR,
	.summary = "the IPC router between a Qualcomm chip's processors",
	.address_grammar = "NODE or NODE:PORT; port 0 to 4294967295",
	.origin = {
		.modules = "qrtr", .config = "CONFIG_QRTR", .since = "4.7",
	},
	.brought_by =
	    "this kernel has no AF_QIPCRTR: modprobe qrtr (CONFIG_QRTR; since "
	    "Linux 4.7); or this is not the network namespace that the system "
	    "started with, and it has no other",
	.protocols = protocols,
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "qrtr_create() of the kernel",
	.hints = hints,
	.probes = qrtr_probes,
	.address = qrtr_address,
	.format = qrtr_format,
	.lay_out = qrtr_lay_out,
};
