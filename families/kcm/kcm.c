/*
 * kcm: the Kernel Connection Multiplexor (Documentation/networking/kcm.rst).
 * Messages over a TCP connection: the kernel cuts its bytes into messages, by
 * the length that a BPF program finds in the first bytes of each. A KCM socket
 * is made, the connection is attached to it with an ioctl, and from then on
 * nothing is said on the connection itself.
 *
 * Here a message has two bytes in front, the length of the rest in network
 * order. Addresses are those of the TCP connection (ipv4.h), and so is the
 * port.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/kcm.h>
#include <linux/sockios.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "families.h"
#include "ip/ip.h"
#include "ip/ipv4.h"
#include "kcm_options.h"
#include "record/calls.h"
#include "kcm_documents.h"
#include "kcm_probes.h"

#define LENGTH_BYTES 2

static const struct protocol protocols[] = {
	{ "kcm", NULL, KCMPROTO_CONNECTED, "KCMPROTO_CONNECTED", 0 },
	{ .name = NULL },
};

/* Where a message ends: at the number in its first two bytes, and these. */
static const struct bpf_insn parser[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_6,
	  .src_reg = BPF_REG_1 },
	{ .code = BPF_LD | BPF_ABS | BPF_H, .imm = 0 },
	/* BPF_K is 0, as BPF_ADD is. */
	{ .code = BPF_ALU64 | BPF_ADD, .dst_reg = BPF_REG_0,
	  .imm = LENGTH_BYTES },
	{ .code = BPF_JMP | BPF_EXIT },
};

static int
load_parser(struct channel *channel)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attributes.insn_cnt = sizeof(parser) / sizeof(parser[0]);
	attributes.insns = (uint64_t)(uintptr_t)parser;
	attributes.license = (uint64_t)(uintptr_t)"GPL";
	return channel->calls->bpf(channel->recorder, BPF_PROG_LOAD,
	    &attributes, sizeof(attributes));
}

/*
 * The socket comes first: on a kernel without KCM that says it all, whatever
 * else would have been forbidden. The program's descriptor is finish()'s, since
 * a call that fails here has to be the last one.
 */
static int
kcm_prepare(struct channel *channel)
{
	const struct calls *calls = channel->calls;
	struct kcm_attach attach = { .fd = channel->fd };
	int *program = malloc(sizeof(*program));
	int fd;

	if (program == NULL)
		return -ENOMEM;
	*program = -1;
	channel->state = program;
	fd = calls->socket(channel->recorder, AF_KCM,
	    channel->cell->type | SOCK_CLOEXEC, channel->cell->protocol);
	if (fd < 0)
		return fd;
	channel->fd = fd;
	*program = load_parser(channel);
	if (*program < 0)
		return *program;
	attach.bpf_fd = *program;
	return calls->ioctl(channel->recorder, fd, SIOCKCMATTACH, &attach);
}

static void
kcm_finish(struct channel *channel)
{
	int *program = channel->state;

	if (program != NULL && *program >= 0)
		channel->calls->close(channel->recorder, *program);
	free(program);
	channel->state = NULL;
}

static ssize_t
kcm_wrap(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	unsigned char *bytes = packet;

	(void)envelope;
	*taken = length;
	if (length > UINT16_MAX || room < LENGTH_BYTES ||
	    length > room - LENGTH_BYTES)
		return -EMSGSIZE;
	bytes[0] = (unsigned char)(length >> 8);
	bytes[1] = (unsigned char)length;
	if (length != 0)
		memcpy(bytes + LENGTH_BYTES, payload, length);
	return (ssize_t)(LENGTH_BYTES + length);
}

static ssize_t
kcm_unwrap(const struct envelope *envelope, const void *packet, size_t length,
    size_t *at)
{
	const unsigned char *bytes = packet;

	(void)envelope;
	if (length < LENGTH_BYTES ||
	    (size_t)(bytes[0] << 8 | bytes[1]) != length - LENGTH_BYTES)
		return -EBADMSG;
	*at = LENGTH_BYTES;
	return (ssize_t)(length - LENGTH_BYTES);
}

static const struct carrier tcp = { AF_INET, SOCK_STREAM, 0 };

/* A message without payload is not empty: it has a length. */
#define KCM_TRAITS                                                             \
	(TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED | TRAIT_EMPTY)

/* A record of SOCK_SEQPACKET ends with MSG_EOR, and not with the call. */
#define KCM_CELL(kind, flags)                                                  \
	{                                                                      \
		.type = (kind), .protocol = KCMPROTO_CONNECTED,                \
		.by_default = true,                                            \
		.shape = SHAPE_CONNECTED, .send_flags = (flags),               \
		.unaddressed = true, .endless = true, .close_drops = true,     \
		.traits = KCM_TRAITS, .largest = { LIMIT_BYTES, UINT16_MAX },  \
		.settings = ip_reuse, .carrier = &tcp,                         \
		.wrap = kcm_wrap, .unwrap = kcm_unwrap,                        \
		.prepare = kcm_prepare, .finish = kcm_finish,                  \
	}

static const struct cell cells[] = {
	KCM_CELL(SOCK_DGRAM, MSG_NOSIGNAL),
	KCM_CELL(SOCK_SEQPACKET, MSG_NOSIGNAL | MSG_EOR),
	{ .type = 0 },
};

static const int refusals[] = { ESOCKTNOSUPPORT, EPROTONOSUPPORT, 0 };

static const struct hint hints[] = {
	{ 0, PROTOCOL_ANY, "bpf", EPERM, VERDICT_DENIED,
	  "KCM takes a BPF program, and loading one takes CAP_BPF: run it as "
	  "root, or sysctl -w kernel.unprivileged_bpf_disabled=0" },
	{ 0, PROTOCOL_ANY, "bpf", ENOSYS, VERDICT_ABSENT,
	  "KCM takes a BPF program, and this kernel was built without "
	  "CONFIG_BPF_SYSCALL" },
	IP_ADDRESS_HINTS,
	{ .verdict = VERDICT_WORKS },
};

static const struct request_name requests[] = {
	{ SIOCKCMATTACH, "SIOCKCMATTACH" },
	{ .constant = NULL },
};

const struct family kcm_family = {
	.name = "kcm",
	.constant = "AF_KCM",
	.domain = AF_KCM,
	.summary = "messages over a TCP connection, cut by a BPF program",
	.address_grammar = "a.b.c.d or a host name; port 0 to 65535",
	.origin = { "kcm", "CONFIG_AF_KCM", "4.6", NULL },
	.protocols = protocols,
	.protocol_zero = "KCMPROTO_CONNECTED",
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "kcm_create() of Linux's net/kcm/kcmsock.c",
	.hints = hints,
	.levels = kcm_levels,
	.probes = kcm_probes,
	.documents = kcm_documents,
	.requests = requests,
	.host_names = true,
	.address = ipv4_address,
	.format = ipv4_format,
	.lay_out = ipv4_lay_out,
	.contact = ipv4_contact,
};
