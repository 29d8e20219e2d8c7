#include "record/errno.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Errnos above this one have no place in errno.h. */
#define ERRNO_LAST 133

/* The kernel's own, which no program should see; some drivers let it out. */
#define ENOTSUPP_NUMBER 524
#define ENOTSUPP_NAME "ENOTSUPP"

const char *
errno_name(int error, char text[NAME_MAX_TEXT])
{
	const char *name = strerrorname_np(error);

	if (name != NULL)
		return name;
	if (error == ENOTSUPP_NUMBER)
		return ENOTSUPP_NAME;
	snprintf(text, NAME_MAX_TEXT, "E%d", error);
	return text;
}

/* Second names of numbers that have another first. */
static const struct alias {
	int error;
	const char *name;
} aliases[] = {
	{ EWOULDBLOCK, "EWOULDBLOCK" },
	{ EDEADLOCK, "EDEADLOCK" },
	{ ENOTSUP, "ENOTSUP" },
	{ ENOTSUPP_NUMBER, ENOTSUPP_NAME },
};

int
errno_number(const char *name)
{
	for (int error = 1; error <= ERRNO_LAST; error++) {
		const char *known = strerrorname_np(error);

		if (known != NULL && strcmp(known, name) == 0)
			return error;
	}
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcmp(aliases[i].name, name) == 0)
			return aliases[i].error;
	return 0;
}

bool
errno_passes(int error)
{
	return error == EAGAIN || error == EINTR || error == EINPROGRESS ||
	    error == EALREADY;
}
