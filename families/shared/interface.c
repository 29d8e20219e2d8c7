#include "interface.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
interface_parse(const struct wish *wish, const char *text, size_t length,
    unsigned *index, char *why, size_t room)
{
	char name[IFNAMSIZ];
	const char *error = NULL;
	int missing;

	if (length == 0 || length >= sizeof(name)) {
		snprintf(why, room, "'%.*s' is no interface: a name has 1 to "
		    "%zu bytes", (int)length, text, sizeof(name) - 1);
		return -EINVAL;
	}
	snprintf(name, sizeof(name), "%.*s", (int)length, text);
	if (name[0] == '%') {
		*index = (unsigned)strtonum(name + 1, 1, INT_MAX, &error);
		/* It skips what may stand before a number. */
		if (error == NULL && strspn(name + 1, "0123456789") ==
		    length - 1)
			return 0;
		snprintf(why, room, "'%s' is no interface: behind %%, an "
		    "index is expected", name);
		return -EINVAL;
	}
	missing = wish->lookup->interface(name, index);
	if (missing != 0) {
		snprintf(why, room, "no interface '%s' here: ip link lists "
		    "them", name);
		return -ENODEV;
	}
	return 0;
}

static const char *
name_of(unsigned index)
{
	return index == INTERFACE_LOOPBACK ? "lo" : interface_name(index);
}

void
interface_format(unsigned index, char text[INTERFACE_ROOM])
{
	const char *name = name_of(index);

	if (name != NULL)
		strlcpy(text, name, INTERFACE_ROOM);
	else
		snprintf(text, INTERFACE_ROOM, "%%%u", index);
}

void
interface_field(struct field *field, const char *name, size_t offset,
    unsigned index)
{
	const char *known = name_of(index);

	*field = (struct field){ name, offset, sizeof(index), known == NULL,
		"", "" };
	if (known == NULL) {
		snprintf(field->value, sizeof(field->value), "%u", index);
		return;
	}
	snprintf(field->value, sizeof(field->value), "%s", known);
	snprintf(field->strace, sizeof(field->strace),
	    "%s=if_nametoindex(\"%s\")", name, known);
}
