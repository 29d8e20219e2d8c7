/*
 * xdp: frames of an interface in memory that is shared with the kernel, past
 * its network stack (the kernel's documentation: networking, af_xdp).
 *
 * Address text: HOST is an interface, and behind a colon one of its queues,
 * 0 to 65535: sd0, sd0:1, or %4:0 for the one with that index. Printed so. Where frames go is not said; there are no ports.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/ethernet.h"
#include "families.h"
#include "shared/interface.h"
#include "xdp.h"
#include "xdp_probes.h"

static const struct protocol protocols[] = {
	{ "xdp", NULL, 0, "0", PF_XDP },
	{ .name = NULL },
};

/* Whoever is at the other end of the cable hears every frame. */
static ssize_t
xdp_wrap(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	bool client = envelope->side == SIDE_CLIENT;
	const struct ethhdr header = {
		.h_dest = { 2, 0, 0, 0, 0, client ? 2 : 1 },
		.h_source = { 2, 0, 0, 0, 0, client ? 1 : 2 },
		.h_proto = ETHERNET_TYPE,
	};

	return ethernet_wrap_frame(envelope, &header, payload, length, taken,
	    packet, room);
}

static const struct variant variants[] = {
	{ .name = "veth", .host = "sd0", .surroundings = &ethernet_pair },
	{ .name = NULL },
};

static const struct cell cells[] = {
	{
		.type = SOCK_RAW, .by_default = true,
		.binds_itself = true, .unaddressed = true,
		.shape = SHAPE_BUS,
		.traits = TRAIT_BOUNDARIES | TRAIT_EMPTY,
		.largest = { LIMIT_BYTES, ETHERNET_LARGEST },
		.wrap = xdp_wrap, .unwrap = ethernet_unwrap_frame,
		.prepare = xdp_prepare, .transmit = xdp_transmit,
		.receive = xdp_receive, .finish = xdp_finish,
	},
	{ .type = 0 },
};

/* xsk_create() of the kernel. */
static const int refusals[] = { ESOCKTNOSUPPORT, EPROTONOSUPPORT, 0 };

static const struct hint hints[] = {
	{ 0, PROTOCOL_ANY, "socket", EPERM, VERDICT_DENIED,
	  "XDP sockets need CAP_NET_RAW: run it as root" },
	{ 0, PROTOCOL_ANY, "setsockopt", ENOBUFS, VERDICT_DENIED,
	  "the memory for frames is more than may be locked (ulimit -l): run "
	  "it as root" },
	{ 0, PROTOCOL_ANY, "bind", EBUSY, VERDICT_BROKEN,
	  "another socket has that queue" },
	{ 0, PROTOCOL_ANY, "bind", EINVAL, VERDICT_NO_DEVICE,
	  "the interface has no such queue" },
	{ 0, PROTOCOL_ANY, "bpf", EPERM, VERDICT_DENIED,
	  "programs at an interface need CAP_BPF and CAP_NET_ADMIN, not those "
	  "of a user namespace: run it as root" },
	{ 0, PROTOCOL_ANY, "bpf", EBUSY, VERDICT_BROKEN,
	  "another program is at that interface: ip link shows it" },
	{ 0, PROTOCOL_ANY, "bpf", ENOSYS, VERDICT_REFUSED,
	  "this kernel has no bpf(2) (CONFIG_BPF_SYSCALL)" },
	{ 0, PROTOCOL_ANY, "bpf", EINVAL, VERDICT_REFUSED,
	  "this kernel has no links of XDP programs (since Linux 5.9)" },
	{ .verdict = VERDICT_WORKS },
};

const struct sockaddr_xdp *
xdp_of(const struct endpoint *endpoint)
{
	if (endpoint->length < sizeof(struct sockaddr_xdp) ||
	    endpoint->any.sa_family != AF_XDP)
		return NULL;
	return (const struct sockaddr_xdp *)(const void *)&endpoint->storage;
}

static int
parse_queue(const char *colon, uint32_t *queue, char *why, size_t room)
{
	const char *error = NULL;

	*queue = 0;
	if (*colon == '\0')
		return 0;
	*queue = (uint32_t)strtonum(colon + 1, 0, UINT16_MAX, &error);
	/* It skips what may stand before a number. */
	if (error == NULL && strspn(colon + 1, "0123456789") ==
	    strlen(colon + 1))
		return 0;
	snprintf(why, room, "'%s' is no queue of an interface: 0 to 65535",
	    colon + 1);
	return -EINVAL;
}

static int
xdp_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct sockaddr_xdp xdp = { .sxdp_family = AF_XDP,
		.sxdp_flags = XDP_COPY };
	const char *host = wish->host != NULL ? wish->host : "sd0";
	size_t length = strcspn(host, ":");
	int error;

	if (wish->port_given && wish->port != 0) {
		snprintf(why, room, "an XDP socket has a queue and no port: "
		    "leave out --port");
		return -EPROTOTYPE;
	}
	error = parse_queue(host + length, &xdp.sxdp_queue_id, why, room);
	if (error == 0)
		error = interface_parse(wish, host, length,
		    &xdp.sxdp_ifindex, why, room);
	if (error != 0)
		return error;
	endpoint_set(out, &xdp, sizeof(xdp));
	return 1;
}

static int
xdp_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_xdp *xdp = xdp_of(endpoint);
	char interface[INTERFACE_ROOM];

	if (xdp == NULL)
		return -EINVAL;
	interface_format(xdp->sxdp_ifindex, interface);
	snprintf(text, room, "%s:%u", interface, xdp->sxdp_queue_id);
	return 0;
}

#define MEMBER(member)                                                         \
	#member, offsetof(struct sockaddr_xdp, member),                        \
	    sizeof(((struct sockaddr_xdp *)0)->member)

static int
xdp_lay_out(const struct endpoint *endpoint, struct field fields[FIELDS_MAX])
{
	const struct sockaddr_xdp *xdp = xdp_of(endpoint);

	if (xdp == NULL)
		return -EINVAL;
	fields[0] = (struct field){ MEMBER(sxdp_family), false, "AF_XDP", "" };
	fields[1] = (struct field){ MEMBER(sxdp_flags), false, "XDP_COPY",
		"" };
	if (xdp->sxdp_flags != XDP_COPY) {
		fields[1].number = true;
		snprintf(fields[1].value, sizeof(fields[1].value), "%u",
		    xdp->sxdp_flags);
	}
	interface_field(&fields[2], "sxdp_ifindex",
	    offsetof(struct sockaddr_xdp, sxdp_ifindex), xdp->sxdp_ifindex);
	fields[3] = (struct field){ MEMBER(sxdp_queue_id), true, "", "" };
	snprintf(fields[3].value, sizeof(fields[3].value), "%u",
	    xdp->sxdp_queue_id);
	return 4;
}

const struct family xdp_family = {
	.name = "xdp",
	.constant = "AF_XDP",
	.domain = AF_XDP,
	.summary = "frames of an interface, past the kernel's network stack",
	.address_grammar = "an interface, and behind a colon its queue: sd0:0",
	.origin = { .config = "CONFIG_XDP_SOCKETS", .since = "4.18" },
	.protocols = protocols,
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "the kernel's networking documentation (af_xdp)",
	.hints = hints,
	.levels = xdp_levels,
	.probes = xdp_probes,
	.variants = variants,
	.address = xdp_address,
	.format = xdp_format,
	.lay_out = xdp_lay_out,
};
