/*
 * endpoint: one socket address of any family, held by value.
 *
 * The sockets API passes an address as a pointer and a length; an endpoint
 * keeps the two together, so that an address can be stored, copied and put
 * into shared memory. What the bytes mean is the family's to say.
 */
#ifndef FAMILY_ENDPOINT_H
#define FAMILY_ENDPOINT_H

#include <stddef.h>
#include <sys/socket.h>

struct family;

/*
 * length: the bytes in use, as bind() or connect() takes them and as accept()
 * or getsockname() returned them; 0 means "no address". A kernel may return a
 * length larger than the storage (it cut the address: accept(2)); whoever
 * stores one keeps length at most sizeof storage.
 */
struct endpoint {
	socklen_t length;
	union {
		struct sockaddr any;
		struct sockaddr_storage storage;
		unsigned char bytes[sizeof(struct sockaddr_storage)];
	};
};

/* The longest text that endpoint_format() writes, its NUL included. */
#define ENDPOINT_TEXT_MAX 512

/* Copies length bytes at address, at most what the storage holds. */
void endpoint_set(struct endpoint *endpoint, const void *address,
    size_t length);

/*
 * Writes the family's own address text ("127.0.0.1:80", "[::1]:80",
 * "@abstract") into text, always NUL-terminated and free of control bytes.
 * "(none)" for an empty endpoint; hexadecimal bytes for one that the family
 * cannot read. Returns text.
 */
char *endpoint_format(const struct family *family,
    const struct endpoint *endpoint, char *text, size_t room);

/* The same bytes and the same length. */
int endpoint_equal(const struct endpoint *a, const struct endpoint *b);

#endif
