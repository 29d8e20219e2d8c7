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
#include <linux/kcm.h>
#include <linux/sockios.h>
#include <sys/socket.h>

#include "../../families/families.h"
#include "asking.h"
#include "record/calls.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false

/* The addresses of the TCP connection. */
static const struct asking asking_rows[] = {
	{ "address: the default", "dgram", NULL, SERVER, true, NULL, 0, false,
	  1, "127.0.0.1:0" },
	{ "address: of records", "seqpacket", "kcm", SERVER, false, NULL,
	  12345, false, 1, "127.0.0.1:12345" },
	{ "address: IPv6", "dgram", NULL, SERVER, false, "::1", 80, true,
	  -EINVAL, "'::1' is not an IPv4 address" },
	{ "address: to contact", "dgram", NULL, CONTACT, false, "192.0.2.1",
	  80, true, 1, "192.0.2.1:80" },
	{ "address: a client needs none", "dgram", NULL, CLIENT, true, NULL, 0,
	  false, 0, NULL },
};

/* A kernel that does as told, and writes down what it was asked. */
enum { TCP = 4, KCM = 7, PROGRAM = 8 };
static int socket_result, bpf_result, ioctl_result;
static char asked[256];

static void
note(const char *text)
{
	strncat(asked, text, sizeof(asked) - strlen(asked) - 1);
}

static int
make_socket(struct recorder *recorder, int domain, int type, int protocol)
{
	(void)recorder;
	assert_int_equal(domain, AF_KCM);
	assert_int_equal(type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK),
	    SOCK_SEQPACKET);
	assert_int_not_equal(type & SOCK_CLOEXEC, 0);
	assert_int_equal(protocol, 0);
	note("socket ");
	return socket_result;
}

static int
load_program(struct recorder *recorder, int command, void *attributes,
    unsigned size)
{
	const union bpf_attr *attr = attributes;
	const struct bpf_insn *code = (const struct bpf_insn *)
	    (uintptr_t)attr->insns;

	(void)recorder;
	assert_int_equal(command, BPF_PROG_LOAD);
	assert_int_equal(size, sizeof(*attr));
	assert_int_equal(attr->prog_type, BPF_PROG_TYPE_SOCKET_FILTER);
	assert_int_equal(code[attr->insn_cnt - 1].code, BPF_JMP | BPF_EXIT);
	note("bpf ");
	return bpf_result;
}

static int
attach(struct recorder *recorder, int fd, unsigned long request,
    void *argument)
{
	const struct kcm_attach *both = argument;

	(void)recorder;
	assert_int_equal(fd, KCM);
	assert_int_equal(request, SIOCKCMATTACH);
	assert_int_equal(both->fd, TCP);
	assert_int_equal(both->bpf_fd, PROGRAM);
	note("ioctl ");
	return ioctl_result;
}

static int
close_program(struct recorder *recorder, int fd)
{
	(void)recorder;
	assert_int_equal(fd, PROGRAM);
	note("close ");
	return 0;
}

/* The first call that fails is the last one before finish(). */
static const struct prepare_row {
	const char *name;
	int socket_result, bpf_result, ioctl_result;
	int result, fd;
	const char *asked, *finished;
} prepare_rows[] = {
	{ "prepare: it works", KCM, PROGRAM, 0, 0, KCM, "socket bpf ioctl ",
	  "close " },
	{ "prepare: no KCM", -EAFNOSUPPORT, PROGRAM, 0, -EAFNOSUPPORT, TCP,
	  "socket ", "" },
	{ "prepare: no program", KCM, -EPERM, 0, -EPERM, KCM, "socket bpf ",
	  "" },
	{ "prepare: not attached", KCM, PROGRAM, -EINVAL, -EINVAL, KCM,
	  "socket bpf ioctl ", "close " },
};

static void
test_prepare(void **state)
{
	static const struct calls calls = { .socket = make_socket,
		.bpf = load_program, .ioctl = attach, .close = close_program };
	const struct prepare_row *row = *state;
	struct choice choice = asking_choice(&kcm_family, "seqpacket", NULL);
	struct channel channel = { .calls = &calls, .cell = &choice.row,
		.fd = TCP };

	socket_result = row->socket_result;
	bpf_result = row->bpf_result;
	ioctl_result = row->ioctl_result;
	asked[0] = '\0';
	assert_int_equal(choice.row.prepare(&channel), row->result);
	assert_int_equal(channel.fd, row->fd);
	assert_string_equal(asked, row->asked);
	asked[0] = '\0';
	choice.row.finish(&channel);
	assert_string_equal(asked, row->finished);
	assert_null(channel.state);
}

/* Where prepare() was called, and had no memory. */
static void
test_finish(void **state)
{
	struct choice choice = asking_choice(&kcm_family, "dgram", NULL);
	struct channel channel = { .cell = &choice.row, .fd = TCP };

	(void)state;
	choice.row.finish(&channel);
}

static ssize_t
unwrap(const void *packet, size_t length, size_t *at)
{
	struct choice choice = asking_choice(&kcm_family, "dgram", NULL);
	struct envelope envelope = { .cell = &choice.row };
	/* Of exactly that size, so that a sanitizer sees what is behind it. */
	unsigned char *copy = malloc(length + (length == 0));
	ssize_t result;

	assert_non_null(copy);
	memcpy(copy, packet, length);
	result = choice.row.unwrap(&envelope, copy, length, at);
	free(copy);
	return result;
}

/* Two bytes in front, the length of the rest in network order. */
static void
test_wrap(void **state)
{
	static const size_t lengths[] = { 0, 1, 255, 256, 65534, 65535 };
	struct choice choice = asking_choice(&kcm_family, "dgram", NULL);
	struct envelope envelope = { .cell = &choice.row };
	unsigned char *payload = calloc(1, 65536);
	unsigned char *packet = malloc(65536 + 2);
	size_t taken, at;

	(void)state;
	assert_non_null(payload);
	assert_non_null(packet);
	memset(payload, 'x', 65536);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		size_t length = lengths[i];

		assert_int_equal(choice.row.wrap(&envelope, payload, length,
		    &taken, packet, length + 2), length + 2);
		assert_int_equal(taken, length);
		assert_int_equal(packet[0] << 8 | packet[1], length);
		assert_memory_equal(packet + 2, payload, length);
		assert_int_equal(unwrap(packet, length + 2, &at), length);
		assert_int_equal(at, 2);
		/* Too little room, and packets that were cut. */
		assert_int_equal(choice.row.wrap(&envelope, payload, length,
		    &taken, packet, length + 1), -EMSGSIZE);
		assert_int_equal(choice.row.wrap(&envelope, payload, length,
		    &taken, packet, 1), -EMSGSIZE);
		assert_int_equal(choice.row.wrap(&envelope, payload, length,
		    &taken, packet, 0), -EMSGSIZE);
		assert_int_equal(unwrap(packet, length + 1, &at), -EBADMSG);
		assert_int_equal(unwrap(packet, 1, &at), -EBADMSG);
		assert_int_equal(unwrap(packet, 0, &at), -EBADMSG);
	}
	/* A length of 16 bits says no more. */
	assert_int_equal(choice.row.wrap(&envelope, payload, 65536, &taken,
	    packet, 65538), -EMSGSIZE);
	free(payload);
	free(packet);
}

/* Lengths that lie. */
static void
test_foreign(void **state)
{
	size_t at;

	(void)state;
	assert_int_equal(unwrap("\0\0", 2, &at), 0);
	assert_int_equal(unwrap("\0\1", 2, &at), -EBADMSG);
	assert_int_equal(unwrap("\xff\xffx", 3, &at), -EBADMSG);
	assert_int_equal(unwrap("\0\0x", 3, &at), -EBADMSG);
	assert_int_equal(unwrap("\1\0x", 3, &at), -EBADMSG);
	assert_int_equal(unwrap("\0\1x", 3, &at), 1);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_finish),
	cmocka_unit_test(test_wrap),
	cmocka_unit_test(test_foreign),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(prepare_rows) +
    COUNT(others)];

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

	asked_family = &kcm_family;
	ADD(asking_rows, test_asking);
	ADD(prepare_rows, test_prepare);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("kcm", tests, NULL, NULL);
}
