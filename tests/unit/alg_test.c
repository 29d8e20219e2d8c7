#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/uio.h>

#include "../../families/alg/alg_vector.h"
#include "../../families/families.h"
#include "asking.h"
#include "record/calls.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false
#define HASH "seqpacket", "hash"
#define CIPHER "seqpacket", "skcipher"

#define TEN "0123456789"

/* salg_name has 64 bytes, a NUL among them. */
static const struct asking asking_rows[] = {
	{ "address: the default of hash", HASH, CONTACT, true, NULL, 0, false,
	  1, "sha256" },
	{ "address: the default of skcipher", CIPHER, CONTACT, true, NULL, 0,
	  false, 1, "cbc(aes)" },
	{ "address: without a protocol", "seqpacket", NULL, CONTACT, true,
	  NULL, 0, false, 1, "sha256" },
	{ "address: the client binds to it", HASH, CLIENT, false, NULL, 12345,
	  false, 1, "sha256" },
	{ "address: a hash", HASH, CLIENT, false, "sha3-512", 12345, false, 1,
	  "sha3-512" },
	{ "address: a keyed hash", HASH, CLIENT, false, "hmac(sha1)", 0,
	  false, 1, "hmac(sha1)" },
	{ "address: a driver", HASH, CLIENT, false, "pkcs1pad(rsa,sha256)", 0,
	  true, 1, "pkcs1pad(rsa,sha256)" },
	{ "address: a cipher", CIPHER, CLIENT, false, "ctr(aes)", 0, false, 1,
	  "ctr(aes)" },
	{ "address: a cipher that nobody can check", CIPHER, CLIENT, false,
	  "xts(aes)", 0, false, -EINVAL, "cbc(aes), ctr(aes), ecb(aes)" },
	{ "address: a hash is no cipher", CIPHER, CLIENT, false, "sha256", 0,
	  false, -EINVAL, "'sha256'" },
	{ "address: 63 bytes", HASH, CLIENT, false, TEN TEN TEN TEN TEN TEN
	  "012", 0, false, 1, TEN TEN TEN TEN TEN TEN "012" },
	{ "address: 64 bytes", HASH, CLIENT, false, TEN TEN TEN TEN TEN TEN
	  "0123", 0, false, -EINVAL, "of 1 to 63 bytes" },
	{ "address: nothing", HASH, CLIENT, false, "", 0, false, -EINVAL,
	  "'' is no algorithm's name" },
	{ "address: a space", HASH, CLIENT, false, "sha 256", 0, false,
	  -EINVAL, "is no algorithm's name" },
	{ "address: control characters", HASH, CLIENT, false, "sha256\n", 0,
	  false, -EINVAL, "is no algorithm's name" },
	{ "address: no ASCII", HASH, CLIENT, false, "sh\xc3\xa4", 0, false,
	  -EINVAL, "is no algorithm's name" },
	{ "address: a port", HASH, CLIENT, false, NULL, 80, true,
	  -EPROTOTYPE, "leave out --port" },
	{ "address: a port below 0", HASH, CLIENT, false, NULL, -1, true,
	  -EPROTOTYPE, "leave out --port" },
};

static struct endpoint
address(const char *type, const char *name)
{
	struct sockaddr_alg alg = { .salg_family = AF_ALG };
	struct endpoint endpoint;

	strlcpy((char *)alg.salg_type, type, sizeof(alg.salg_type));
	strlcpy((char *)alg.salg_name, name, sizeof(alg.salg_name));
	endpoint_set(&endpoint, &alg, sizeof(alg));
	return endpoint;
}

static void
test_lay_out(void **state)
{
	struct endpoint plain = address("skcipher", "cbc(aes)");
	struct sockaddr_alg *alg = (void *)&plain.storage;
	/* As strace 6.1 wrote them. */
	struct laid expected[] = {
		{ "salg_family", 0, 2, false, "AF_ALG", "" },
		{ "salg_type", 2, 14, false, "skcipher",
		  "salg_type=\"skcipher\"" },
		{ "salg_feat", 16, 4, true, "0", "" },
		{ "salg_mask", 20, 4, true, "0", "" },
		{ "salg_name", 24, 64, false, "cbc(aes)",
		  "salg_name=\"cbc(aes)\"" },
	};

	(void)state;
	check_lay_out(&alg_family, &plain.bytes, plain.length, expected,
	    COUNT(expected));
	alg->salg_feat = 1;
	alg->salg_mask = 2;
	expected[2].value = "1";
	expected[2].strace = "salg_feat=0x1 /* CRYPTO_ALG_??? */";
	expected[3].value = "2";
	expected[3].strace = "salg_mask=0x2 /* CRYPTO_ALG_??? */";
	check_lay_out(&alg_family, &plain.bytes, plain.length, expected,
	    COUNT(expected));
}

static void
test_not_ours(void **state)
{
	struct endpoint whole = address("hash", "sha256");
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint;
	char text[128];

	(void)state;
	for (size_t length = 0; length < whole.length; length++) {
		endpoint_set(&endpoint, whole.bytes, length);
		assert_int_equal(alg_family.format(&endpoint, text,
		    sizeof(text)), -EINVAL);
		assert_int_equal(alg_family.lay_out(&endpoint, fields),
		    -EINVAL);
	}
	whole.bytes[0] = AF_INET;
	assert_int_equal(alg_family.format(&whole, text, sizeof(text)),
	    -EINVAL);
	/* Names without an end. */
	whole.bytes[0] = AF_ALG;
	memset(whole.bytes + 24, 'x', 64);
	assert_int_equal(alg_family.format(&whole, text, sizeof(text)),
	    -EINVAL);
	whole = address("hash", "sha256");
	memset(whole.bytes + 2, 'x', 14);
	assert_int_equal(alg_family.lay_out(&whole, fields), -EINVAL);
}

static int
verify(const char *protocol, const char *algorithm, const void *question,
    size_t question_length, const void *answer, size_t answer_length,
    struct verification *verification)
{
	struct choice choice = asking_choice(&alg_family, "seqpacket",
	    protocol);
	struct endpoint self = address(protocol, algorithm);
	struct envelope envelope = { .cell = &choice.row, .self = &self };

	*verification = (struct verification){ .envelope = &envelope,
		.question = question, .question_length = question_length,
		.answer = answer, .answer_length = answer_length };
	return choice.row.verify(verification);
}

/* Digests of "abc": RFC 1320, RFC 1321, FIPS 180-4, and RIPEMD-160's paper. */
static const struct digest_row {
	const char *name, *algorithm, *hex;
	int result;
	const char *text;
} digest_rows[] = {
	{ "digest: md4", "md4", "a448017aaf21d8525fc10ae87aa6729d", 0,
	  "md4 a448017aaf21d8525fc10ae87aa6729d\nlibmd computes the same\n" },
	{ "digest: md5", "md5", "900150983cd24fb0d6963f7d28e17f72", 0,
	  "md5 9001" },
	{ "digest: rmd160", "rmd160",
	  "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc", 0, "rmd160 8eb2" },
	{ "digest: sha1", "sha1", "a9993e364706816aba3e25717850c26c9cd0d89d",
	  0, "sha1 a999" },
	{ "digest: sha256", "sha256",
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	  0, "sha256 ba78" },
	{ "digest: sha384", "sha384",
	  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	  "8086072ba1e7cc2358baeca134c825a7", 0, "sha384 cb00" },
	{ "digest: sha512", "sha512",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	  0, "a54ca49f\n" },
	{ "digest: an implementation", "sha1-generic",
	  "a9993e364706816aba3e25717850c26c9cd0d89d", 0,
	  "sha1-generic a999" },
	{ "digest: a wrong one", "md5", "900150983cd24fb0d6963f7d28e17f73",
	  -EBADMSG, "md5 is 900150983cd24fb0d6963f7d28e17f73 by the kernel, "
	  "900150983cd24fb0d6963f7d28e17f72 by libmd" },
	{ "digest: a short one", "md5", "900150983cd24fb0d6963f7d28e17f",
	  -EBADMSG, "by libmd" },
	{ "digest: a long one", "md5", "900150983cd24fb0d6963f7d28e17f7200",
	  -EBADMSG, "by libmd" },
	{ "digest: none", "md5", "", -EBADMSG, "by libmd" },
	{ "digest: unknown", "sha3-256", "1234", -EOPNOTSUPP,
	  "sha3-256 is 1234 by the kernel, and cannot be checked" },
	{ "digest: a longer name", "md55", "1234", -EOPNOTSUPP,
	  "cannot be checked" },
	{ "digest: longer than any", "sha512",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	  -EBADMSG, "the kernel says 96 bytes" },
};

static size_t
bytes_of(const char *hex, unsigned char *bytes)
{
	size_t length = strlen(hex) / 2;

	for (size_t i = 0; i < length; i++) {
		char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		bytes[i] = (unsigned char)strtoul(digits, NULL, 16);
	}
	return length;
}

static void
test_digest(void **state)
{
	const struct digest_row *row = *state;
	struct verification verification;
	unsigned char digest[256];
	size_t length = bytes_of(row->hex, digest);

	assert_int_equal(verify("hash", row->algorithm, "abc", 3, digest,
	    length, &verification), row->result);
	if (strstr(verification.text, row->text) == NULL)
		fail_msg("%s", verification.text);
}

static void
test_empty_digest(void **state)
{
	struct verification verification;
	unsigned char digest[64];
	size_t length = bytes_of("d41d8cd98f00b204e9800998ecf8427e", digest);

	(void)state;
	assert_int_equal(verify("hash", "md5", NULL, 0, digest, length,
	    &verification), 0);
}

/* RFC 5652, 6.3: 1 to 16 bytes, each saying how many. */
static void
test_padding(void **state)
{
	struct choice choice = asking_choice(&alg_family, CIPHER);
	struct envelope envelope = { .cell = &choice.row };

	(void)state;
	for (size_t length = 0; length < 50; length++) {
		size_t whole = (length / 16 + 1) * 16;
		unsigned char payload[64], packet[128];
		size_t taken = 99;

		memset(payload, 'p', sizeof(payload));
		memset(packet, 'x', sizeof(packet));
		assert_int_equal(choice.row.wrap(&envelope, payload, length,
		    &taken, packet, sizeof(packet)), whole);
		assert_int_equal(taken, length);
		assert_memory_equal(packet, payload, length);
		for (size_t i = length; i < whole; i++)
			assert_int_equal(packet[i], whole - length);
		assert_int_equal(packet[whole], 'x');
		for (size_t room = 0; room < whole; room++)
			assert_int_equal(choice.row.wrap(&envelope, payload,
			    length, &taken, packet, room), -EMSGSIZE);
		assert_int_equal(choice.row.wrap(&envelope, payload, length,
		    &taken, packet, whole), whole);
	}
}

/* "abc", encrypted as whatever, and back with its padding. */
static const struct back_row {
	const char *name, *hex;
	int result;
	const char *text;
} back_rows[] = {
#define CIPHERTEXT "f327e7290b9b923d29d949db2c9f75cc"
#define BACK "6162630d0d0d0d0d0d0d0d0d0d0d0d0d"
	{ "cipher: right", CIPHERTEXT BACK, 0,
	  "cbc(aes): 3 bytes, padded to 16, are " CIPHERTEXT "\nand are "
	  "decrypted again; the vectors of NIST SP 800-38A, F.2.1, " },
	{ "cipher: other bytes", CIPHERTEXT "6162640d0d0d0d0d0d0d0d0d0d0d0d0d",
	  -EBADMSG, "is not what is decrypted" },
	{ "cipher: other padding",
	  CIPHERTEXT "6162630d0d0d0d0d0d0d0d0d0d0d0d0c", -EBADMSG,
	  "is not what is decrypted" },
	{ "cipher: not encrypted", BACK BACK, -EBADMSG,
	  "nothing was encrypted" },
	{ "cipher: a byte too few",
	  CIPHERTEXT "6162630d0d0d0d0d0d0d0d0d0d0d0d", -EBADMSG,
	  "31 bytes came back, not 2 times 16" },
	{ "cipher: a byte too many", CIPHERTEXT BACK "0d", -EBADMSG,
	  "33 bytes came back" },
	{ "cipher: nothing", "", -EBADMSG, "0 bytes came back" },
};

static void
test_back(void **state)
{
	const struct back_row *row = *state;
	struct verification verification;
	unsigned char answer[64];
	size_t length = bytes_of(row->hex, answer);

	assert_int_equal(verify("skcipher", "cbc(aes)", "abc", 3, answer,
	    length, &verification), row->result);
	if (strstr(verification.text, row->text) == NULL)
		fail_msg("%s", verification.text);
}

/*
 * A kernel that only knows the published vectors, and what a row makes it do
 * otherwise at its n-th call.
 */
enum { BIND = 1, SET_KEY, ACCEPT, ENCRYPT, GET, DECRYPT, GET_BACK };

static struct {
	int calls;
	int fails_at, error;	/* that call fails, with -error … */
	int wrong_at;		/* … or its result is wrong by a byte … */
	int short_at;		/* … or is a byte short */
	bool encrypts;
	unsigned char bytes[256];	/* what was submitted */
	const struct alg_vector *vector;
} kernel;

#define BOUND 3
#define OPERATION 4

static int
step(int fd, int expected)
{
	assert_int_equal(fd, expected);
	return ++kernel.calls == kernel.fails_at ? -kernel.error : 0;
}

static int
fake_bind(struct recorder *recorder, int fd, const struct endpoint *endpoint)
{
	(void)recorder;
	assert_int_equal(endpoint->any.sa_family, AF_ALG);
	return step(fd, BOUND);
}

static int
fake_setsockopt(struct recorder *recorder, int fd, int level, int name,
    const void *value, socklen_t length)
{
	(void)recorder;
	assert_int_equal(level, SOL_ALG);
	assert_int_equal(name, ALG_SET_KEY);
	assert_int_equal(length, 16);
	assert_memory_equal(value, alg_vector_key, 16);
	return step(fd, BOUND);
}

static int
fake_accept(struct recorder *recorder, int fd, struct endpoint *peer,
    int flags)
{
	int error = step(fd, BOUND);

	(void)recorder;
	/* The kernel has no name for it (sock_no_getname()). */
	assert_null(peer);
	assert_int_equal(flags, SOCK_CLOEXEC);
	return error != 0 ? error : OPERATION;
}

static ssize_t
fake_sendmsg(struct recorder *recorder, int fd, const struct msghdr *message,
    int flags)
{
	int error = step(fd, OPERATION);
	size_t length = message->msg_iov[0].iov_len;
	struct cmsghdr *control = CMSG_FIRSTHDR(message);
	uint32_t operation;
	uint32_t iv_length = 0;

	(void)recorder;
	assert_int_equal(flags, MSG_DONTWAIT);
	assert_int_equal(message->msg_iovlen, 1);
	assert_int_equal(control->cmsg_level, SOL_ALG);
	assert_int_equal(control->cmsg_type, ALG_SET_OP);
	assert_int_equal(control->cmsg_len, CMSG_LEN(4));
	memcpy(&operation, CMSG_DATA(control), sizeof(operation));
	kernel.encrypts = operation == ALG_OP_ENCRYPT;
	control = CMSG_NXTHDR((struct msghdr *)(uintptr_t)message, control);
	if (control != NULL) {
		assert_int_equal(control->cmsg_type, ALG_SET_IV);
		assert_int_equal(control->cmsg_len, CMSG_LEN(4 + 16));
		memcpy(&iv_length, CMSG_DATA(control), sizeof(iv_length));
		assert_memory_equal(CMSG_DATA(control) + 4, kernel.vector->iv,
		    16);
	}
	assert_int_equal(iv_length, kernel.vector->iv_length);
	memcpy(kernel.bytes, message->msg_iov[0].iov_base, length);
	if (error != 0)
		return error;
	return (ssize_t)length - (kernel.calls == kernel.short_at);
}

static ssize_t
fake_recv(struct recorder *recorder, int fd, void *data, size_t room,
    int flags)
{
	int error = step(fd, OPERATION);
	const unsigned char *from = kernel.encrypts ? alg_vector_plaintext
						    : kernel.vector->ciphertext;
	const unsigned char *to = kernel.encrypts ? kernel.vector->ciphertext
						  : alg_vector_plaintext;
	unsigned char *bytes = data;

	(void)recorder;
	assert_int_equal(flags, 0);
	if (error != 0)
		return error;
	memset(data, 0, room);
	if (room == 64 && memcmp(kernel.bytes, from, 64) == 0)
		memcpy(data, to, 64);
	else
		for (size_t i = 0; i < room; i++)
			bytes[i] = kernel.bytes[i] ^ 0x55;
	if (kernel.calls == kernel.wrong_at)
		bytes[room - 1] ^= 1;
	return (ssize_t)room - (kernel.calls == kernel.short_at);
}

static const struct calls fakes = {
	.bind = fake_bind, .setsockopt = fake_setsockopt,
	.accept = fake_accept, .sendmsg = fake_sendmsg, .recv = fake_recv,
};

static int
prepare(const char *protocol, const char *algorithm, struct endpoint *self,
    struct channel *channel)
{
	static struct choice choice;

	choice = asking_choice(&alg_family, "seqpacket", protocol);
	*self = address(protocol, algorithm);
	kernel.calls = 0;
	kernel.vector = alg_vector_of(algorithm);
	*channel = (struct channel){ .calls = &fakes, .cell = &choice.row,
		.self = self, .fd = BOUND };
	return choice.row.prepare(channel);
}

static const struct prepare_row {
	const char *name, *protocol, *algorithm;
	int fails_at, error, wrong_at, short_at;
	int result;
	const char *why;
} prepare_rows[] = {
	{ "prepare: hash", "hash", "sha256", 0, 0, 0, 0, 0, "" },
	{ "prepare: hash, no bind", "hash", "sha256", BIND, ENOENT, 0, 0,
	  -ENOENT, "" },
	{ "prepare: hash, no accept", "hash", "sha256", 2, ENOKEY, 0, 0,
	  -ENOKEY, "" },
	{ "prepare: cbc", "skcipher", "cbc(aes)", 0, 0, 0, 0, 0, "" },
	{ "prepare: ctr", "skcipher", "ctr(aes)", 0, 0, 0, 0, 0, "" },
	{ "prepare: ecb", "skcipher", "ecb(aes)", 0, 0, 0, 0, 0, "" },
	{ "prepare: no bind", "skcipher", "cbc(aes)", BIND, ENOENT, 0, 0,
	  -ENOENT, "" },
	{ "prepare: no key", "skcipher", "cbc(aes)", SET_KEY, EINVAL, 0, 0,
	  -EINVAL, "" },
	{ "prepare: no accept", "skcipher", "cbc(aes)", ACCEPT, ENOMEM, 0, 0,
	  -ENOMEM, "" },
	{ "prepare: no encryption", "skcipher", "cbc(aes)", ENCRYPT, EIO, 0,
	  0, -EIO, "" },
	{ "prepare: no ciphertext", "skcipher", "cbc(aes)", GET, EIO, 0, 0,
	  -EIO, "" },
	{ "prepare: no decryption", "skcipher", "cbc(aes)", DECRYPT, EIO, 0,
	  0, -EIO, "" },
	{ "prepare: no plaintext", "skcipher", "cbc(aes)", GET_BACK, EIO, 0,
	  0, -EIO, "" },
	{ "prepare: wrong ciphertext", "skcipher", "cbc(aes)", 0, 0, GET, 0,
	  -EBADMSG, "cbc(aes) does not compute what NIST SP 800-38A says in "
	  "F.2.1" },
	{ "prepare: wrong plaintext", "skcipher", "ctr(aes)", 0, 0, GET_BACK,
	  0, -EBADMSG, "F.5.1" },
	{ "prepare: a short submission", "skcipher", "cbc(aes)", 0, 0, 0,
	  ENCRYPT, -EBADMSG, "63 of 64 bytes went into the cipher" },
	{ "prepare: a short result", "skcipher", "cbc(aes)", 0, 0, 0, GET,
	  -EBADMSG, "63 of 64 bytes came out" },
};

static void
test_prepare(void **state)
{
	const struct prepare_row *row = *state;
	struct channel channel;
	struct endpoint self;

	kernel.fails_at = row->fails_at;
	kernel.error = row->error;
	kernel.wrong_at = row->wrong_at;
	kernel.short_at = row->short_at;
	assert_int_equal(prepare(row->protocol, row->algorithm, &self,
	    &channel), row->result);
	if (strstr(channel.why, row->why) == NULL ||
	    (row->why[0] == '\0' && channel.why[0] != '\0'))
		fail_msg("%s", channel.why);
	/* The driver closes the other one, too, whenever there was one. */
	if (row->result == 0)
		assert_int_equal(channel.fd, OPERATION);
	if (channel.cell->finish != NULL)
		channel.cell->finish(&channel);
	assert_null(channel.state);
}

/* A message goes in, its ciphertext comes out, goes in, comes out. */
static void
test_round(void **state)
{
	unsigned char packet[64] = "sixteen bytes...";
	struct channel channel;
	struct endpoint self;

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	assert_int_equal(prepare("skcipher", "cbc(aes)", &self, &channel), 0);
	assert_int_equal(channel.cell->transmit(&channel, packet, 16), 16);
	assert_true(kernel.encrypts);
	memset(packet, 0, sizeof(packet));
	for (size_t room = 0; room < 32; room++)
		assert_int_equal(channel.cell->receive(&channel, packet,
		    room), -EMSGSIZE);
	assert_int_equal(channel.cell->receive(&channel, packet, 32), 32);
	assert_false(kernel.encrypts);
	assert_memory_equal(packet + 16, "sixteen bytes...", 16);
	assert_memory_not_equal(packet, packet + 16, 16);
	assert_int_equal(packet[32], 0);
	channel.cell->finish(&channel);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_lay_out),
	cmocka_unit_test(test_not_ours),
	cmocka_unit_test(test_empty_digest),
	cmocka_unit_test(test_padding),
	cmocka_unit_test(test_round),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(digest_rows) +
    COUNT(back_rows) + COUNT(prepare_rows) + COUNT(others)];

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

	asked_family = &alg_family;
	ADD(asking_rows, test_asking);
	ADD(digest_rows, test_digest);
	ADD(back_rows, test_back);
	ADD(prepare_rows, test_prepare);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("alg", tests, NULL, NULL);
}
