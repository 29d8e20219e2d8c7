#include "unix_name.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The bytes of the name, and how many; 0 where the socket has none. */
static size_t
name_of(const struct endpoint *endpoint, const char **name)
{
	const struct sockaddr_un *un =
	    (const struct sockaddr_un *)(const void *)&endpoint->storage;

	*name = un->sun_path;
	return endpoint->length > UNIX_NAME_OFFSET
	    ? endpoint->length - UNIX_NAME_OFFSET : 0;
}

static bool
is_unix(const struct endpoint *endpoint)
{
	return endpoint->length >= sizeof(sa_family_t) &&
	    endpoint->any.sa_family == AF_UNIX;
}

int
unix_name_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const char *name;
	size_t length = name_of(endpoint, &name);

	if (!is_unix(endpoint))
		return -EINVAL;
	if (length == 0)
		snprintf(text, room, "(unnamed)");
	else if (name[0] == '\0')
		snprintf(text, room, "@%.*s", (int)length - 1, name + 1);
	else if (name[0] == '@')
		/* A path, and to be read as one. */
		snprintf(text, room, "./%.*s", (int)strnlen(name, length),
		    name);
	else
		snprintf(text, room, "%.*s", (int)strnlen(name, length), name);
	return 0;
}

/* In strace's notation: quotes, and @ for the leading NUL. */
static void
quote_name(const char *name, size_t length, char *text, size_t room)
{
	if (name[0] == '\0')
		snprintf(text, room, "sun_path=@\"%.*s\"", (int)length - 1,
		    name + 1);
	else
		snprintf(text, room, "sun_path=\"%.*s\"",
		    (int)strnlen(name, length), name);
}

int
unix_name_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX])
{
	const char *name;
	size_t length = name_of(endpoint, &name);

	if (!is_unix(endpoint))
		return -EINVAL;
	fields[0] = (struct field){ "sun_family",
		offsetof(struct sockaddr_un, sun_family), sizeof(sa_family_t),
		false, "AF_UNIX", "" };
	if (length == 0)
		return 1;
	fields[1] = (struct field){ "sun_path", UNIX_NAME_OFFSET, length,
		false, "", "" };
	unix_name_format(endpoint, fields[1].value, sizeof(fields[1].value));
	quote_name(name, length, fields[1].strace,
	    sizeof(fields[1].strace));
	return 2;
}

const char *
unix_name_variant(const struct endpoint *endpoint)
{
	const char *name;
	size_t length = name_of(endpoint, &name);

	if (length == 0)
		return "autobind";
	return name[0] == '\0' ? "abstract" : "path";
}

int
unix_name_release(const struct endpoint *endpoint)
{
	const char *name;
	size_t length = name_of(endpoint, &name);

	if (length == 0 || name[0] == '\0')
		return 0;
	return unlink(name) == 0 || errno == ENOENT ? 0 : -errno;
}
