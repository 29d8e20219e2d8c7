#include "xdp_program.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <string.h>

#include "shared/ethernet.h"
#include "record/calls.h"

/* Instructions, as bpf_design_QA and instruction-set.rst of Linux have them. */
#define MOVE(to, from) { BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0 }
#define SET(to, value) { BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value }
#define ADD(to, value) { BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, value }
#define LOAD(width, to, from, offset)                                          \
	{ BPF_LDX | BPF_MEM | (width), to, from, offset, 0 }
#define SKIP_IF_MORE(a, b, skipped)                                            \
	{ BPF_JMP | BPF_JGT | BPF_X, a, b, skipped, 0 }
#define SKIP_UNLESS(a, value, skipped)                                         \
	{ BPF_JMP | BPF_JNE | BPF_K, a, 0, skipped, value }
/* A map's descriptor, of 64 bits in two instructions. */
#define SET_MAP(to, map)                                                       \
	{ BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_FD, 0, map },          \
	    { 0, 0, 0, 0, 0 }
#define CALL(function) { BPF_JMP | BPF_CALL, 0, 0, 0, function }
#define EXIT { BPF_JMP | BPF_EXIT, 0, 0, 0, 0 }

#define CONTEXT(member) (short)offsetof(struct xdp_md, member)

static uint64_t
pointer(const void *memory)
{
	return (uint64_t)(uintptr_t)memory;
}

static int
make_map(struct channel *channel, uint32_t queue)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.map_type = BPF_MAP_TYPE_XSKMAP;
	attributes.key_size = sizeof(uint32_t);
	attributes.value_size = sizeof(uint32_t);
	attributes.max_entries = queue + 1;
	return channel->calls->bpf(channel->recorder, BPF_MAP_CREATE,
	    &attributes, sizeof(attributes));
}

static int
fill_map(struct channel *channel, int map, uint32_t queue)
{
	union bpf_attr attributes;
	uint32_t socket = (uint32_t)channel->fd;

	memset(&attributes, 0, sizeof(attributes));
	attributes.map_fd = (uint32_t)map;
	attributes.key = pointer(&queue);
	attributes.value = pointer(&socket);
	return channel->calls->bpf(channel->recorder, BPF_MAP_UPDATE_ELEM,
	    &attributes, sizeof(attributes));
}

static int
load_program(struct channel *channel, int map)
{
	const struct bpf_insn code[] = {
		/* r3 = data, r4 = its end: is there a header? */
		LOAD(BPF_W, BPF_REG_3, BPF_REG_1, CONTEXT(data)),
		LOAD(BPF_W, BPF_REG_4, BPF_REG_1, CONTEXT(data_end)),
		MOVE(BPF_REG_5, BPF_REG_3),
		ADD(BPF_REG_5, ETH_HLEN),
		SKIP_IF_MORE(BPF_REG_5, BPF_REG_4, 8),
		/* Of our type? */
		LOAD(BPF_H, BPF_REG_3, BPF_REG_3,
		    (short)offsetof(struct ethhdr, h_proto)),
		SKIP_UNLESS(BPF_REG_3, ETHERNET_TYPE, 6),
		/* return bpf_redirect_map(map, context->queue, XDP_PASS); */
		LOAD(BPF_W, BPF_REG_2, BPF_REG_1, CONTEXT(rx_queue_index)),
		SET_MAP(BPF_REG_1, map),
		SET(BPF_REG_3, XDP_PASS),
		CALL(BPF_FUNC_redirect_map),
		EXIT,
		SET(BPF_REG_0, XDP_PASS),
		EXIT,
	};
	static const char license[] = "MIT";
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.prog_type = BPF_PROG_TYPE_XDP;
	attributes.insns = pointer(code);
	attributes.insn_cnt = sizeof(code) / sizeof(code[0]);
	attributes.license = pointer(license);
	return channel->calls->bpf(channel->recorder, BPF_PROG_LOAD,
	    &attributes, sizeof(attributes));
}

/* The generic mode, which every interface has. */
static int
make_link(struct channel *channel, int program, unsigned interface)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.link_create.prog_fd = (uint32_t)program;
	attributes.link_create.target_ifindex = interface;
	attributes.link_create.attach_type = BPF_XDP;
	attributes.link_create.flags = XDP_FLAGS_SKB_MODE;
	return channel->calls->bpf(channel->recorder, BPF_LINK_CREATE,
	    &attributes, sizeof(attributes));
}

/* A map with the socket in it, and the program that reads it. */
static int
load(struct channel *channel, struct xdp_program *program, uint32_t queue)
{
	int error;

	if (program->map < 0)
		program->map = make_map(channel, queue);
	if (program->map < 0)
		return program->map;
	error = fill_map(channel, program->map, queue);
	if (error != 0)
		return error;
	program->program = load_program(channel, program->map);
	return program->program < 0 ? program->program : 0;
}

int
xdp_program_attach(struct channel *channel, struct xdp_program *program,
    unsigned interface, uint32_t queue)
{
	int error = program->program < 0 ? load(channel, program, queue) : 0;

	if (error != 0)
		return error;
	program->link = make_link(channel, program->program, interface);
	return program->link < 0 ? program->link : 0;
}

void
xdp_program_detach(struct channel *channel, struct xdp_program *program)
{
	const int open[] = { program->link, program->program, program->map };

	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		if (open[i] >= 0)
			channel->calls->close(channel->recorder, open[i]);
	program->link = program->program = program->map = -1;
}
