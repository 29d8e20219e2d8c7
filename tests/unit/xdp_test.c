#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/bpf.h>

#include "../../families/shared/ethernet.h"
#include "../../families/families.h"
#include "../../families/xdp/xdp_ring.h"
#include "asking.h"
#include "record/calls.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false
#define XDP "raw", "xdp"

static const struct asking asking_rows[] = {
	{ "address: an interface", XDP, SERVER, false, "eth0", 12345, false,
	  1, "%42:0" },
	{ "address: a queue", XDP, CLIENT, false, "eth0:3", 12345, false, 1,
	  "%42:3" },
	{ "address: by index", XDP, CONTACT, true, "%7:1", 0, false, 1,
	  "%7:1" },
	{ "address: lo", XDP, CONTACT, true, "%1", 0, false, 1, "lo:0" },
	{ "address: the last queue", XDP, SERVER, true, "eth0:65535", 0,
	  false, 1, "%42:65535" },
	{ "address: a queue too many", XDP, SERVER, true, "eth0:65536", 0,
	  false, -EINVAL, "'65536' is no queue" },
	{ "address: a queue below 0", XDP, SERVER, true, "eth0:-1", 0, false,
	  -EINVAL, "'-1' is no queue" },
	{ "address: a queue with a sign", XDP, SERVER, true, "eth0:+1", 0,
	  false, -EINVAL, "'+1' is no queue" },
	{ "address: an empty queue", XDP, SERVER, true, "eth0:", 0, false,
	  -EINVAL, "'' is no queue" },
	{ "address: two queues", XDP, SERVER, true, "eth0:1:2", 0, false,
	  -EINVAL, "'1:2' is no queue" },
	{ "address: nothing", XDP, SERVER, true, "", 0, false, -EINVAL,
	  "a name has 1 to 15 bytes" },
	{ "address: a queue alone", XDP, SERVER, true, ":1", 0, false,
	  -EINVAL, "a name has 1 to 15 bytes" },
	{ "address: a long name", XDP, SERVER, true, "abcdefghijklmnop", 0,
	  false, -EINVAL, "a name has 1 to 15 bytes" },
	{ "address: control characters", XDP, SERVER, true, "eth0:1\n", 0,
	  false, -EINVAL, "is no queue" },
	{ "address: the default", XDP, SERVER, true, NULL, 0, false, -ENODEV,
	  "no interface 'sd0'" },
	{ "address: a port", XDP, SERVER, false, "eth0", 80, true,
	  -EPROTOTYPE, "leave out --port" },
};

/* As strace 6.1 wrote them. */
static void
test_lay_out(void **state)
{
	struct sockaddr_xdp xdp = { .sxdp_family = AF_XDP,
		.sxdp_flags = XDP_COPY, .sxdp_ifindex = 1,
		.sxdp_queue_id = 3 };
	struct laid expected[] = {
		{ "sxdp_family", 0, 2, false, "AF_XDP", "" },
		{ "sxdp_flags", 2, 2, false, "XDP_COPY", "" },
		{ "sxdp_ifindex", 4, 4, false, "lo",
		  "sxdp_ifindex=if_nametoindex(\"lo\")" },
		{ "sxdp_queue_id", 8, 4, true, "3", "" },
	};

	(void)state;
	check_lay_out(&xdp_family, &xdp, sizeof(xdp), expected, 4);
	xdp.sxdp_flags = 0;
	xdp.sxdp_ifindex = 7;
	expected[1] = (struct laid){ "sxdp_flags", 2, 2, true, "0", "" };
	expected[2] = (struct laid){ "sxdp_ifindex", 4, 4, true, "7", "" };
	check_lay_out(&xdp_family, &xdp, sizeof(xdp), expected, 4);
}

static void
test_not_ours(void **state)
{
	unsigned char bytes[sizeof(struct sockaddr_xdp)] = { AF_XDP };
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint;
	char text[64];

	(void)state;
	for (size_t length = 0; length <= sizeof(bytes); length++) {
		if (length == sizeof(bytes))
			bytes[0] = AF_INET;
		endpoint_set(&endpoint, bytes, length);
		assert_int_equal(xdp_family.format(&endpoint, text,
		    sizeof(text)), -EINVAL);
		assert_int_equal(xdp_family.lay_out(&endpoint, fields),
		    -EINVAL);
	}
}

/* A frame has a header, and 60 bytes at least. */
static void
test_wrap(void **state)
{
	struct choice choice = asking_choice(&xdp_family, XDP);
	struct envelope client = { .cell = &choice.row, .side = SIDE_CLIENT,
		.number = 1, .run = 0x123456 };
	struct envelope server = client;
	unsigned char packet[128];
	size_t taken, at;

	(void)state;
	server.side = SIDE_SERVER;
	assert_int_equal(choice.row.wrap(&client, "hello", 5, &taken, packet,
	    sizeof(packet)), 60);
	assert_int_equal(taken, 5);
	assert_memory_equal(packet, "\2\0\0\0\0\2\2\0\0\0\0\1\x88\xb5", 14);
	assert_int_equal(choice.row.unwrap(&client, packet, 60, &at),
	    -ENOMSG);
	assert_int_equal(choice.row.unwrap(&server, packet, 60, &at), 5);
	assert_memory_equal(packet + at, "hello", 5);
	assert_int_equal(choice.row.wrap(&server, "hello", 5, &taken, packet,
	    sizeof(packet)), 60);
	assert_memory_equal(packet, "\2\0\0\0\0\1\2\0\0\0\0\2", 12);
	assert_int_equal(choice.row.wrap(&server, "hello", 5, &taken, packet,
	    59), -EMSGSIZE);
}

/* A kernel with the four rings in memory of its own. */

#define SOCKET 3
#define PRODUCER 0
#define CONSUMER 64
#define ENTRIES 128
#define ROOM 8192

enum { FILL, COMPLETION, RECEIVE, TRANSMIT, RINGS };

static struct {
	int calls, fails_at, error;	/* that call fails, with -error */
	unsigned char *ring[RINGS];
	unsigned char *memory;
	size_t memory_size;
	int open;		/* descriptors, but the socket */
	int mapped;
	bool bound, old;
	bool stays;		/* what is sent stays under way */
	uint32_t map_size, key, value;
	struct bpf_insn code[32];
	unsigned instructions;
} kernel;

static int
step(void)
{
	return ++kernel.calls == kernel.fails_at ? -kernel.error : 0;
}

static uint32_t *
index_of(int ring, size_t offset)
{
	return (uint32_t *)(void *)(kernel.ring[ring] + offset);
}

static void *
entry_of(int ring, uint32_t index, size_t size)
{
	return kernel.ring[ring] + ENTRIES + index % XDP_RING * size;
}

static int
fake_setsockopt(struct recorder *recorder, int fd, int level, int name,
    const void *value, socklen_t length)
{
	struct xdp_umem_reg memory;

	(void)recorder;
	assert_int_equal(fd, SOCKET);
	assert_int_equal(level, 283);
	if (name != XDP_UMEM_REG) {
		assert_int_equal(*(const int *)value, XDP_RING);
		return step();
	}
	assert_int_equal(length, sizeof(memory));
	memcpy(&memory, value, sizeof(memory));
	kernel.memory = (unsigned char *)(uintptr_t)memory.addr;
	kernel.memory_size = memory.len;
	/* xdp_umem_reg() of the kernel: whole pages, and chunks in them. */
	assert_int_equal(memory.addr % 4096, 0);
	assert_int_equal(memory.chunk_size, 2048);
	assert_int_equal(memory.len % memory.chunk_size, 0);
	return step();
}

static int
fake_getsockopt(struct recorder *recorder, int fd, int level, int name,
    void *value, socklen_t *length)
{
	const struct xdp_ring_offset offset = { .producer = PRODUCER,
		.consumer = CONSUMER, .desc = ENTRIES };
	struct xdp_mmap_offsets offsets = { offset, offset, offset, offset };

	(void)recorder;
	assert_int_equal(fd, SOCKET);
	assert_int_equal(level, 283);
	assert_int_equal(name, XDP_MMAP_OFFSETS);
	assert_int_equal(*length, sizeof(offsets));
	memcpy(value, &offsets, sizeof(offsets));
	if (kernel.old)
		*length = 4 * 3 * 8;
	return step();
}

static int
fake_mmap(struct recorder *recorder, int fd, off_t offset, size_t length,
    void **memory)
{
	int ring = offset == XDP_PGOFF_RX_RING ? RECEIVE
	    : offset == XDP_PGOFF_TX_RING ? TRANSMIT
	    : (unsigned long long)offset == XDP_UMEM_PGOFF_FILL_RING ? FILL
	    : COMPLETION;
	int error = step();

	(void)recorder;
	assert_int_equal(fd, SOCKET);
	*memory = (void *)-1;
	if (error != 0)
		return error;
	assert_int_equal(length, ENTRIES + XDP_RING * (ring >= RECEIVE
	    ? sizeof(struct xdp_desc) : sizeof(uint64_t)));
	*memory = kernel.ring[ring] = calloc(1, length);
	assert_non_null(*memory);
	kernel.mapped++;
	return 0;
}

static int
fake_munmap(struct recorder *recorder, void *memory, size_t length)
{
	(void)recorder;
	assert_true(length > ENTRIES);
	free(memory);
	kernel.mapped--;
	return 0;
}

static int
fake_bind(struct recorder *recorder, int fd, const struct endpoint *address)
{
	(void)recorder;
	assert_int_equal(fd, SOCKET);
	assert_int_equal(address->any.sa_family, AF_XDP);
	kernel.bound = true;
	return step();
}

static int
fake_bpf(struct recorder *recorder, int command, void *attributes,
    unsigned size)
{
	const union bpf_attr *attr = attributes;
	int error = step();

	(void)recorder;
	assert_int_equal(size, sizeof(*attr));
	assert_true(kernel.bound);
	switch (command) {
	case BPF_MAP_CREATE:
		assert_int_equal(attr->map_type, BPF_MAP_TYPE_XSKMAP);
		kernel.map_size = attr->max_entries;
		break;
	case BPF_MAP_UPDATE_ELEM:
		kernel.key = *(uint32_t *)(uintptr_t)attr->key;
		kernel.value = *(uint32_t *)(uintptr_t)attr->value;
		return error;
	case BPF_PROG_LOAD:
		kernel.instructions = attr->insn_cnt;
		assert_true(attr->insn_cnt <= COUNT(kernel.code));
		memcpy(kernel.code, (void *)(uintptr_t)attr->insns,
		    attr->insn_cnt * sizeof(struct bpf_insn));
		break;
	case BPF_LINK_CREATE:
		assert_int_equal(attr->link_create.target_ifindex, 42);
		assert_int_equal(attr->link_create.attach_type, BPF_XDP);
		break;
	default:
		fail_msg("bpf(%d)", command);
	}
	return error != 0 ? error : 100 + kernel.open++;
}

static int
fake_close(struct recorder *recorder, int fd)
{
	(void)recorder;
	assert_true(fd >= 100);
	kernel.open--;
	return 0;
}

/* The kernel takes what is in the ring, and says that it has. */
static ssize_t
fake_send(struct recorder *recorder, int fd, const void *data, size_t length,
    int flags)
{
	int error = step();

	(void)recorder;
	(void)data;
	assert_int_equal(fd, SOCKET);
	assert_int_equal(length, 0);
	assert_int_equal(flags, MSG_DONTWAIT);
	if (error != 0)
		return error;
	while (*index_of(TRANSMIT, CONSUMER) != *index_of(TRANSMIT,
	    PRODUCER)) {
		struct xdp_desc *desc = entry_of(TRANSMIT,
		    (*index_of(TRANSMIT, CONSUMER))++, sizeof(*desc));

		if (!kernel.stays)
			*(uint64_t *)entry_of(COMPLETION,
			    (*index_of(COMPLETION, PRODUCER))++, 8) =
			    desc->addr;
	}
	return 0;
}

static const struct calls fakes = {
	.bind = fake_bind, .setsockopt = fake_setsockopt,
	.getsockopt = fake_getsockopt, .mmap = fake_mmap,
	.munmap = fake_munmap, .bpf = fake_bpf, .close = fake_close,
	.send = fake_send,
};

static int
prepare(struct channel *channel)
{
	static struct choice choice;
	static struct endpoint self;
	const struct sockaddr_xdp xdp = { .sxdp_family = AF_XDP,
		.sxdp_flags = XDP_COPY, .sxdp_ifindex = 42,
		.sxdp_queue_id = 5 };

	choice = asking_choice(&xdp_family, XDP);
	endpoint_set(&self, &xdp, sizeof(xdp));
	*channel = (struct channel){ .calls = &fakes, .cell = &choice.row,
		.self = &self, .fd = SOCKET };
	return choice.row.prepare(channel);
}

static void
finish(struct channel *channel)
{
	channel->cell->finish(channel);
	assert_null(channel->state);
	assert_int_equal(kernel.open, 0);
	assert_int_equal(kernel.mapped, 0);
}

static void
test_prepare(void **state)
{
	struct channel channel;

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	assert_int_equal(prepare(&channel), 0);
	/* Each chunk of the first half is there to be filled, once. */
	assert_int_equal(*index_of(FILL, PRODUCER), XDP_RING);
	for (uint32_t i = 0; i < XDP_RING; i++)
		assert_int_equal(*(uint64_t *)entry_of(FILL, i, 8), i * 2048);
	assert_int_equal(kernel.memory_size, 2 * XDP_RING * 2048);
	assert_int_equal(kernel.map_size, 6);
	assert_int_equal(kernel.key, 5);
	assert_int_equal(kernel.value, SOCKET);
	finish(&channel);
}

/* Whichever call fails, its errno is told and all is given back. */
static void
test_failing(void **state)
{
	struct channel channel;
	int calls;

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	assert_int_equal(prepare(&channel), 0);
	calls = kernel.calls;
	finish(&channel);
	assert_true(calls >= 16);
	for (int i = 1; i <= calls; i++) {
		memset(&kernel, 0, sizeof(kernel));
		kernel.fails_at = i;
		kernel.error = EIO;
		assert_int_equal(prepare(&channel), -EIO);
		assert_int_equal(kernel.calls, i);
		finish(&channel);
	}
	memset(&kernel, 0, sizeof(kernel));
	kernel.old = true;
	assert_int_equal(prepare(&channel), -EOPNOTSUPP);
	assert_non_null(strstr(channel.why, "before Linux 5.4"));
	finish(&channel);
}

/* A queue that is another's is tried again, and no longer than needed. */
static void
test_taken(void **state)
{
	struct channel channel;
	int tries = 1;
	int before;

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	kernel.fails_at = 11;
	kernel.error = EBUSY;
	assert_int_equal(prepare(&channel), -EAGAIN);
	assert_true(kernel.bound);
	before = kernel.calls;
	assert_int_equal(before, kernel.fails_at);
	for (int error = -EAGAIN; error == -EAGAIN; tries++) {
		kernel.fails_at = kernel.calls + 1;
		error = channel.cell->prepare(&channel);
		if (error != -EAGAIN)
			assert_int_equal(error, -EBUSY);
		/* Nothing but bind() is called again. */
		assert_int_equal(kernel.calls, before + tries);
		assert_true(tries < 1000);
	}
	assert_true(tries > 10);
	finish(&channel);

	memset(&kernel, 0, sizeof(kernel));
	kernel.fails_at = 11;
	kernel.error = EBUSY;
	assert_int_equal(prepare(&channel), -EAGAIN);
	assert_int_equal(channel.cell->prepare(&channel), 0);
	assert_int_equal(*index_of(FILL, PRODUCER), XDP_RING);
	finish(&channel);
}

/*
 * An interface whose last program is on its way is tried again, too; nothing is
 * made twice.
 */
static void
test_occupied(void **state)
{
	struct channel channel;
	int before, open;

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	kernel.fails_at = 15;
	kernel.error = EBUSY;
	assert_int_equal(prepare(&channel), -EAGAIN);
	assert_int_equal(kernel.calls, kernel.fails_at);
	before = kernel.calls;
	open = kernel.open;
	/* The link, and the first look into the ring. */
	assert_int_equal(channel.cell->prepare(&channel), 0);
	assert_int_equal(kernel.calls, before + 2);
	assert_int_equal(kernel.open, open + 1);
	finish(&channel);

	memset(&kernel, 0, sizeof(kernel));
	kernel.fails_at = 15;
	kernel.error = EBUSY;
	assert_int_equal(prepare(&channel), -EAGAIN);
	for (int tries = 0, error = -EAGAIN; error == -EAGAIN; tries++) {
		kernel.fails_at = kernel.calls + 1;
		error = channel.cell->prepare(&channel);
		assert_true(error == -EAGAIN || error == -EBUSY);
		assert_true(tries < 1000);
	}
	finish(&channel);
}

static void
test_transmit(void **state)
{
	struct channel channel;
	unsigned char frame[2048];

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	assert_int_equal(prepare(&channel), 0);
	for (unsigned i = 0; i < 5 * XDP_RING; i++) {
		const struct xdp_desc *desc;

		memset(frame, (int)i, sizeof(frame));
		assert_int_equal(channel.cell->transmit(&channel, frame,
		    60 + i), 60 + i);
		desc = entry_of(TRANSMIT, i, sizeof(*desc));
		assert_int_equal(desc->len, 60 + i);
		assert_int_equal(desc->options, 0);
		/* In the half of what is sent. */
		assert_true(desc->addr >= XDP_RING * 2048 &&
		    desc->addr + 2048 <= kernel.memory_size);
		assert_memory_equal(kernel.memory + desc->addr, frame,
		    60 + i);
	}
	assert_int_equal(channel.cell->transmit(&channel, frame, 2049),
	    -EMSGSIZE);
	finish(&channel);
}

/* A frame that is in its ring is not put there twice. */
static void
test_busy(void **state)
{
	static const int passing[] = { EAGAIN, EBUSY, ENOBUFS };
	struct channel channel;

	(void)state;
	for (size_t i = 0; i < COUNT(passing); i++) {
		memset(&kernel, 0, sizeof(kernel));
		assert_int_equal(prepare(&channel), 0);
		kernel.fails_at = kernel.calls + 1;
		kernel.error = passing[i];
		assert_int_equal(channel.cell->transmit(&channel, "x", 1),
		    -EAGAIN);
		assert_int_equal(*index_of(TRANSMIT, PRODUCER), 1);
		assert_int_equal(channel.cell->transmit(&channel, "x", 1), 1);
		assert_int_equal(*index_of(TRANSMIT, PRODUCER), 1);
		kernel.fails_at = kernel.calls + 1;
		kernel.error = ENETDOWN;
		assert_int_equal(channel.cell->transmit(&channel, "x", 1),
		    -ENETDOWN);
		finish(&channel);
	}
}

/* Memory of a frame that is under way is not written to. */
static void
test_full(void **state)
{
	struct channel channel;

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	assert_int_equal(prepare(&channel), 0);
	kernel.stays = true;
	for (int i = 0; i < XDP_RING; i++)
		assert_int_equal(channel.cell->transmit(&channel, "x", 1), 1);
	assert_int_equal(channel.cell->transmit(&channel, "x", 1), -EAGAIN);
	assert_int_equal(*index_of(TRANSMIT, PRODUCER), XDP_RING);
	/* One has left. */
	(*index_of(COMPLETION, PRODUCER))++;
	assert_int_equal(channel.cell->transmit(&channel, "x", 1), 1);
	assert_int_equal(channel.cell->transmit(&channel, "x", 1), -EAGAIN);
	finish(&channel);
}

/* What the kernel receives into a chunk that it was given. */
static void
arrive(const void *frame, uint32_t length)
{
	struct xdp_desc desc = { .len = length };

	assert_true(*index_of(FILL, CONSUMER) != *index_of(FILL, PRODUCER));
	desc.addr = *(uint64_t *)entry_of(FILL, (*index_of(FILL,
	    CONSUMER))++, 8) + 256;
	memcpy(kernel.memory + desc.addr, frame, length);
	memcpy(entry_of(RECEIVE, (*index_of(RECEIVE, PRODUCER))++,
	    sizeof(desc)), &desc, sizeof(desc));
}

static void
test_receive(void **state)
{
	struct channel channel;
	unsigned char frame[1700], packet[1700];

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	assert_int_equal(prepare(&channel), 0);
	assert_int_equal(channel.cell->receive(&channel, packet,
	    sizeof(packet)), -EAGAIN);
	for (unsigned i = 0; i < 5 * XDP_RING; i++) {
		memset(frame, (int)i, sizeof(frame));
		arrive(frame, 60 + i);
		assert_int_equal(channel.cell->receive(&channel, packet,
		    sizeof(packet)), 60 + i);
		assert_memory_equal(packet, frame, 60 + i);
	}
	/* Several wait; one is longer than there is room for. */
	for (int i = 0; i < XDP_RING; i++)
		arrive(frame, 100);
	memset(packet, 'x', sizeof(packet));
	assert_int_equal(channel.cell->receive(&channel, packet, 10), 10);
	assert_int_equal(packet[10], 'x');
	for (int i = 1; i < XDP_RING; i++)
		assert_int_equal(channel.cell->receive(&channel, packet,
		    sizeof(packet)), 100);
	assert_int_equal(channel.cell->receive(&channel, packet,
	    sizeof(packet)), -EAGAIN);
	/* All chunks are given back, each once, by where they begin. */
	assert_int_equal(*index_of(FILL, PRODUCER) - *index_of(FILL,
	    CONSUMER), XDP_RING);
	for (uint32_t i = 0; i < XDP_RING; i++)
		for (uint32_t j = 0; j <= i; j++) {
			uint64_t one = *(uint64_t *)entry_of(FILL, i, 8);

			assert_int_equal(one % 2048, 0);
			assert_true(one < XDP_RING * 2048);
			assert_int_equal(one == *(uint64_t *)entry_of(FILL, j,
			    8), i == j);
		}
	finish(&channel);
}

static void
test_hostile(void **state)
{
	static const struct xdp_desc wrong[] = {
		{ 2 * XDP_RING * 2048, 0, 0 },
		{ 2 * XDP_RING * 2048 - 1, 2, 0 },
		{ UINT64_MAX, 1, 0 },
		{ UINT64_MAX - 10, 20, 0 },
		{ 0, UINT32_MAX, 0 },
	};
	struct channel channel;
	unsigned char packet[100];

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	assert_int_equal(prepare(&channel), 0);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		memcpy(entry_of(RECEIVE, (*index_of(RECEIVE, PRODUCER))++,
		    sizeof(wrong[i])), &wrong[i], sizeof(wrong[i]));
		assert_int_equal(channel.cell->receive(&channel, packet,
		    sizeof(packet)), -EBADMSG);
	}
	finish(&channel);
}

/* Every jump of the program ends at an instruction, behind its own. */
static void
test_program(void **state)
{
	struct channel channel;
	unsigned jumps = 0;

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	assert_int_equal(prepare(&channel), 0);
	for (unsigned i = 0; i < kernel.instructions; i++) {
		const struct bpf_insn *code = &kernel.code[i];
		unsigned to = i + 1 + (unsigned)code->off;

		if ((code->code & 7) != BPF_JMP || code->off == 0)
			continue;
		/* To the last two: return XDP_PASS. */
		assert_int_equal(to, kernel.instructions - 2);
		jumps++;
	}
	assert_int_equal(jumps, 2);
	assert_int_equal(kernel.code[kernel.instructions - 2].imm, XDP_PASS);
	assert_int_equal(kernel.code[kernel.instructions - 1].code,
	    BPF_JMP | BPF_EXIT);
	finish(&channel);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_lay_out),
	cmocka_unit_test(test_not_ours),
	cmocka_unit_test(test_wrap),
	cmocka_unit_test(test_prepare),
	cmocka_unit_test(test_failing),
	cmocka_unit_test(test_taken),
	cmocka_unit_test(test_occupied),
	cmocka_unit_test(test_transmit),
	cmocka_unit_test(test_busy),
	cmocka_unit_test(test_full),
	cmocka_unit_test(test_receive),
	cmocka_unit_test(test_hostile),
	cmocka_unit_test(test_program),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(others)];

#define ADD(table, function)                                                   \
	for (size_t i = 0; i < COUNT(table); i++)                              \
		tests[count++] = (struct CMUnitTest){                          \
			.name = (table)[i].name,                               \
			.test_func = (function),                               \
			.initial_state = (void *)(uintptr_t)&(table)[i],       \
		}

int
main(void)
{
	size_t count = 0;

	asked_family = &xdp_family;
	ADD(asking_rows, test_asking);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("xdp", tests, NULL, NULL);
}
