/*
 * asking: asks a family for an address, as the driver would, and looks at what
 * it says; shared by the tests of the families.
 */
#ifndef UNIT_ASKING_H
#define UNIT_ASKING_H

#include <stdbool.h>
#include <stddef.h>

#include "family/cell.h"

/* The run's number, for which text or number is made. */
#define ASKED_RUN 0x123456u

/* What is asked for, and what is expected. */
struct asking {
	const char *name;
	const char *type, *protocol;
	enum side_id side;
	bool to_contact, both_sides;
	const char *host;	/* NULL: the default */
	long port;
	bool port_given;
	int result;		/* 1: text is the address's; 0; or -errno … */
	const char *text;	/* … and text is part of why */
};

/* A test of cmocka, whose state is a struct asking; set the family before. */
extern const struct family *asked_family;
void test_asking(void **state);

/* The cell of that family; fails the test where there is none. */
struct choice asking_choice(const struct family *family, const char *type,
    const char *protocol);

/* A field as it should be laid out: name, offset, size, value, strace. */
struct laid {
	const char *name;
	size_t offset, size;
	bool number;
	const char *value, *strace;
};

/*
 * Compares lay_out() of these bytes with the fields expected, which also have
 * to be in order and apart; between two there may be bytes that say nothing.
 */
void check_lay_out(const struct family *family, const void *bytes,
    size_t length, const struct laid *expected, size_t count);

/* The Internet checksum of RFC 1071, added up byte by byte: 0 if it is right. */
unsigned add_up(const unsigned char *bytes, size_t length);

#endif
