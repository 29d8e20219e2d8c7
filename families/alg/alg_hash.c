/*
 * AF_ALG, type "hash": what is sent to the operation is hashed, and received is
 * the digest. libmd is the second source.
 */
#include <errno.h>
#include <md4.h>
#include <md5.h>
#include <rmd160.h>
#include <sha1.h>
#include <sha2.h>
#include <stdio.h>
#include <string.h>

#include "alg.h"
#include "record/calls.h"
#include "shared/saying.h"

/* No digest is longer; two digits for each byte, and a NUL. */
#define DIGEST_MOST 64
#define HEX_ROOM (2 * DIGEST_MOST + 1)

static const struct source {
	const char *name;
	char *(*compute)(const uint8_t *bytes, size_t length, char *hex);
} sources[] = {
	{ "md4", MD4Data },
	{ "md5", MD5Data },
	{ "rmd160", RMD160Data },
	{ "sha1", SHA1Data },
	{ "sha256", SHA256Data },
	{ "sha384", SHA384Data },
	{ "sha512", SHA512Data },
};

int
alg_bind(struct channel *channel)
{
	return channel->calls->bind(channel->recorder, channel->fd,
	    channel->self);
}

int
alg_accept(struct channel *channel)
{
	int fd = channel->calls->accept(channel->recorder, channel->fd, NULL,
	    SOCK_CLOEXEC);

	if (fd < 0)
		return fd;
	channel->fd = fd;
	return 0;
}

int
alg_hash_prepare(struct channel *channel)
{
	int error = alg_bind(channel);

	return error != 0 ? error : alg_accept(channel);
}

/* An algorithm may be named with its implementation: sha256-generic. */
static const struct source *
source_of(const char *name)
{
	size_t length = strcspn(name, "-");

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (strlen(sources[i].name) == length &&
		    memcmp(sources[i].name, name, length) == 0)
			return &sources[i];
	return NULL;
}

static void
write_hex(const struct verification *verification, char hex[HEX_ROOM])
{
	const unsigned char *bytes = verification->answer;

	hex[0] = '\0';
	for (size_t i = 0; i < verification->answer_length; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

int
alg_hash_verify(struct verification *verification)
{
	const struct sockaddr_alg *alg = alg_of(verification->envelope->self);
	const char *name = alg != NULL ? (const char *)alg->salg_name : "";
	const struct source *source = source_of(name);
	char expected[HEX_ROOM];
	char digest[HEX_ROOM];

	if (verification->answer_length > DIGEST_MOST)
		return saying_wrong(verification, -EBADMSG, "%s: the kernel "
		    "says %zu bytes, and no digest has so many", name,
		    verification->answer_length);
	write_hex(verification, digest);
	if (source == NULL)
		return saying_wrong(verification, -EOPNOTSUPP, "%s is %s "
		    "by the kernel, and cannot be checked", name, digest);
	source->compute(verification->question, verification->question_length,
	    expected);
	if (strcmp(digest, expected) != 0)
		return saying_wrong(verification, -EBADMSG, "%s is %s by the "
		    "kernel, %s by libmd", name, digest, expected);
	saying_add(verification, "%s %s\n", name, digest);
	saying_add(verification, "libmd computes the same\n");
	return 0;
}
