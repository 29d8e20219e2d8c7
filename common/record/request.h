/*
 * request: the requests of ioctl() that a socket of any family may have, and
 * whose argument is an int.
 */
#ifndef RECORD_REQUEST_H
#define RECORD_REQUEST_H

#include <stdbool.h>

struct request {
	unsigned long number;
	const char *name;
	const char *in_strace;	/* which has another name first; or NULL */
	bool returned;		/* the kernel fills the int in; or reads it */
};

/* The request of that number, or NULL. */
const struct request *request_find(unsigned long number);

#endif
