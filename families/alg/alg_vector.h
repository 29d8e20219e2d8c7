/*
 * alg_vector: what is published of ciphers (NIST SP 800-38A, appendix F). One
 * key and one plaintext serve for all of them.
 */
#ifndef FAMILIES_ALG_VECTOR_H
#define FAMILIES_ALG_VECTOR_H

#include <stdint.h>

#include "alg.h"

#define ALG_VECTOR (4 * ALG_BLOCK)

extern const unsigned char alg_vector_key[ALG_BLOCK];
extern const unsigned char alg_vector_plaintext[ALG_VECTOR];

struct alg_vector {
	const char *name;	/* of the algorithm in the kernel */
	const char *section;	/* "F.2.1" */
	uint32_t iv_length;	/* 0 where there is none */
	unsigned char iv[ALG_BLOCK];
	unsigned char ciphertext[ALG_VECTOR];
};

/* That algorithm's, or NULL. */
const struct alg_vector *alg_vector_of(const char *name);

#endif
