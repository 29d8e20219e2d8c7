/*
 * alg: what its two cells do (alg.c has the tables and addresses): hash
 * (alg_hash.c) and skcipher (alg_cipher.c).
 */
#ifndef FAMILIES_ALG_H
#define FAMILIES_ALG_H

#include <linux/if_alg.h>

#include "family/family.h"

/*
 * Numbers of ours: socket() takes 0 only, and what is wanted of an algorithm
 * stands in the address (salg_type).
 */
enum { ALG_HASH, ALG_SKCIPHER };

/* Newer than the C library of some systems. */
#ifndef SOL_ALG
#define SOL_ALG 279
#endif

/* The options, by level; ended by constant NULL (alg_options.c). */
extern const struct option_level alg_levels[];

/* The address, or NULL for what is none. */
const struct sockaddr_alg *alg_of(const struct endpoint *endpoint);

/* Binds the socket to its algorithm. */
int alg_bind(struct channel *channel);

/* The socket that operations are made on takes the place of the bound one. */
int alg_accept(struct channel *channel);

/* Operations of hash: the digest of a message, as another library has it. */
#define ALG_HASHES_KNOWN "md4, md5, rmd160, sha1, sha256, sha384, sha512"
int alg_hash_prepare(struct channel *channel);
int alg_hash_verify(struct verification *verification);

/*
 * Operations of skcipher: a message is padded, encrypted, and decrypted again;
 * the answer is the one behind the other, of the same length. prepare() sets
 * the key and first tries what is published for it.
 */
#define ALG_BLOCK 16
#define ALG_CIPHER_LARGEST 65536
#define ALG_CIPHERS_KNOWN "cbc(aes), ctr(aes), ecb(aes)"
ssize_t alg_cipher_wrap(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room);
int alg_cipher_verify(struct verification *verification);
int alg_cipher_prepare(struct channel *channel);
ssize_t alg_cipher_transmit(struct channel *channel, const void *packet,
    size_t length);
ssize_t alg_cipher_receive(struct channel *channel, void *packet, size_t room);
void alg_cipher_finish(struct channel *channel);

#endif
