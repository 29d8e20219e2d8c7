/*
 * AF_ALG, type "skcipher": a symmetric cipher. Each message of an operation
 * says by control messages whether it is to be encrypted or decrypted, and with
 * which initialization vector.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "alg_vector.h"
#include "record/calls.h"
#include "shared/saying.h"

/* What receive() has to know of transmit(). */
struct cipher {
	const struct alg_vector *vector;
	size_t sent;
};

/* sendmsg() of bytes that are to be encrypted, or decrypted. */
static ssize_t
submit(struct channel *channel, uint32_t operation, const void *bytes,
    size_t length)
{
	const struct alg_vector *vector = ((struct cipher *)channel->state)->vector;
	struct iovec piece = { (void *)(uintptr_t)bytes, length };
	struct { uint32_t length; unsigned char iv[ALG_BLOCK]; } iv;
	union {
		struct cmsghdr first;
		char room[CMSG_SPACE(sizeof(operation)) +
		    CMSG_SPACE(sizeof(iv))];
	} control = { .room = { 0 } };
	struct msghdr message = {
		.msg_iov = &piece, .msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = vector->iv_length != 0 ? sizeof(control)
		    : CMSG_SPACE(sizeof(operation)),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_ALG;
	header->cmsg_type = ALG_SET_OP;
	header->cmsg_len = CMSG_LEN(sizeof(operation));
	memcpy(CMSG_DATA(header), &operation, sizeof(operation));
	header = CMSG_NXTHDR(&message, header);
	if (header != NULL) {
		iv.length = vector->iv_length;
		memcpy(iv.iv, vector->iv, sizeof(iv.iv));
		header->cmsg_level = SOL_ALG;
		header->cmsg_type = ALG_SET_IV;
		header->cmsg_len = CMSG_LEN(sizeof(iv));
		memcpy(CMSG_DATA(header), &iv, sizeof(iv));
	}
	/* It waits for room that only we could make. */
	return channel->calls->sendmsg(channel->recorder, channel->fd,
	    &message, MSG_DONTWAIT);
}

/* The result of the same length, or -errno. */
static int
collect(struct channel *channel, void *bytes, size_t length)
{
	ssize_t got = channel->calls->recv(channel->recorder, channel->fd,
	    bytes, length, 0);

	if (got >= 0 && (size_t)got != length) {
		snprintf(channel->why, sizeof(channel->why),
		    "%zd of %zu bytes came out of the cipher", got, length);
		return -EBADMSG;
	}
	return got < 0 ? (int)got : 0;
}

static int
transform(struct channel *channel, uint32_t operation, const void *bytes,
    size_t length, void *out)
{
	ssize_t sent = submit(channel, operation, bytes, length);

	if (sent >= 0 && (size_t)sent != length) {
		snprintf(channel->why, sizeof(channel->why),
		    "%zd of %zu bytes went into the cipher", sent, length);
		return -EBADMSG;
	}
	return sent < 0 ? (int)sent : collect(channel, out, length);
}

static int
try_vector(struct channel *channel, const struct alg_vector *vector)
{
	unsigned char bytes[ALG_VECTOR];
	int error = transform(channel, ALG_OP_ENCRYPT, alg_vector_plaintext,
	    ALG_VECTOR, bytes);

	if (error == 0 && memcmp(bytes, vector->ciphertext, ALG_VECTOR) != 0)
		error = -EBADMSG;
	if (error == 0)
		error = transform(channel, ALG_OP_DECRYPT, vector->ciphertext,
		    ALG_VECTOR, bytes);
	if (error == 0 && memcmp(bytes, alg_vector_plaintext, ALG_VECTOR) != 0)
		error = -EBADMSG;
	if (error == -EBADMSG && channel->why[0] == '\0')
		snprintf(channel->why, sizeof(channel->why),
		    "%s does not compute what NIST SP 800-38A says in %s",
		    vector->name, vector->section);
	return error;
}

int
alg_cipher_prepare(struct channel *channel)
{
	const struct sockaddr_alg *alg = alg_of(channel->self);
	struct cipher *cipher = calloc(1, sizeof(*cipher));
	int error;

	channel->state = cipher;
	if (cipher == NULL)
		return -ENOMEM;
	if (alg != NULL)
		cipher->vector = alg_vector_of((const char *)alg->salg_name);
	if (cipher->vector == NULL)
		return -EINVAL;
	error = alg_bind(channel);
	if (error == 0)
		error = channel->calls->setsockopt(channel->recorder,
		    channel->fd, SOL_ALG, ALG_SET_KEY, alg_vector_key,
		    sizeof(alg_vector_key));
	if (error == 0)
		error = alg_accept(channel);
	return error == 0 ? try_vector(channel, cipher->vector) : error;
}

/* Filled up to whole blocks as RFC 5652 has it (6.3), by 1 to 16 bytes. */
static size_t
padding_of(size_t length)
{
	return ALG_BLOCK - length % ALG_BLOCK;
}

ssize_t
alg_cipher_wrap(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	size_t padding = padding_of(length);

	(void)envelope;
	*taken = length;
	if (length + padding > room)
		return -EMSGSIZE;
	if (length != 0)
		memcpy(packet, payload, length);
	memset((unsigned char *)packet + length, (int)padding, padding);
	return (ssize_t)(length + padding);
}

ssize_t
alg_cipher_transmit(struct channel *channel, const void *packet,
    size_t length)
{
	struct cipher *cipher = channel->state;

	cipher->sent = length;
	return submit(channel, ALG_OP_ENCRYPT, packet, length);
}

ssize_t
alg_cipher_receive(struct channel *channel, void *packet, size_t room)
{
	const struct cipher *cipher = channel->state;
	unsigned char *bytes = packet;
	size_t length = cipher->sent;
	int error;

	if (2 * length > room)
		return -EMSGSIZE;
	error = collect(channel, bytes, length);
	if (error == 0)
		error = transform(channel, ALG_OP_DECRYPT, bytes, length,
		    bytes + length);
	return error != 0 ? error : (ssize_t)(2 * length);
}

void
alg_cipher_finish(struct channel *channel)
{
	free(channel->state);
	channel->state = NULL;
}

static bool
is_padded(const unsigned char *bytes, size_t length, size_t padding)
{
	for (size_t i = length; i < length + padding; i++)
		if (bytes[i] != padding)
			return false;
	return true;
}

int
alg_cipher_verify(struct verification *verification)
{
	const struct sockaddr_alg *alg = alg_of(verification->envelope->self);
	const char *name = alg != NULL ? (const char *)alg->salg_name : "";
	const struct alg_vector *vector = alg_vector_of(name);
	size_t length = verification->question_length;
	size_t padding = padding_of(length);
	size_t whole = length + padding;
	const unsigned char *ciphertext = verification->answer;
	const unsigned char *back = ciphertext + whole;

	if (vector == NULL || verification->answer_length != 2 * whole)
		return saying_wrong(verification, -EBADMSG, "%s: %zu bytes "
		    "came back, not 2 times %zu", name,
		    verification->answer_length, whole);
	if ((length != 0 && memcmp(back, verification->question, length) !=
	    0) || !is_padded(back, length, padding))
		return saying_wrong(verification, -EBADMSG, "%s: what was "
		    "encrypted is not what is decrypted", name);
	if (memcmp(ciphertext, back, whole) == 0)
		return saying_wrong(verification, -EBADMSG, "%s: nothing was "
		    "encrypted", name);
	saying_add(verification, "%s: %zu bytes, padded to %zu, are ", name,
	    length, whole);
	saying_add_hex(verification, ciphertext, whole, 32);
	saying_add(verification, "\nand are decrypted again; the vectors of "
	    "NIST SP 800-38A, %s, came out right\n", vector->section);
	return 0;
}
