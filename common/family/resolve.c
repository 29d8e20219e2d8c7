#include "family/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static int
find_interface(const char *name, unsigned *index)
{
	*index = if_nametoindex(name);
	return *index != 0 ? 0 : -errno;
}

static ssize_t
read_text(const char *path, char *text, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t got;

	if (fd < 0)
		return -errno;
	do {
		got = read(fd, text + length, room - 1 - length);
		length += got > 0 ? (size_t)got : 0;
	} while (got > 0 && length < room - 1);
	text[length] = '\0';
	got = got < 0 ? -errno : (ssize_t)length;
	close(fd);
	return got;
}

const struct lookup family_lookup = {
	.interface = find_interface,
	.read = read_text,
};

/* The first address of a host name, as numeric text. */
static int
find_host(const struct family *family, const char *host, char *numeric,
    size_t numeric_room, char *why, size_t room)
{
	struct addrinfo hints = { .ai_family = family->domain };
	struct addrinfo *found = NULL;
	int error = getaddrinfo(host, NULL, &hints, &found);

	if (error == 0)
		error = getnameinfo(found->ai_addr, found->ai_addrlen, numeric,
		    (socklen_t)numeric_room, NULL, 0, NI_NUMERICHOST);
	if (found != NULL)
		freeaddrinfo(found);
	if (error == 0)
		return 0;
	snprintf(why, room, "host '%s' has no %s address: %s", host,
	    family->name, error == EAI_SYSTEM ? strerror(errno)
					      : gai_strerror(error));
	return -EINVAL;
}

int
resolve_endpoint(const struct family *family, struct wish *wish,
    struct endpoint *out, char *why, size_t room)
{
	char numeric[NI_MAXHOST];
	int result;

	wish->lookup = &family_lookup;
	result = family->address(wish, out, why, room);
	if (result != -EINVAL || wish->host == NULL || wish->host[0] == '\0' ||
	    !family->host_names)
		return result;
	result = find_host(family, wish->host, numeric, sizeof(numeric), why,
	    room);
	/* localhost is loopback, whatever a hosts file leaves out (RFC 6761). */
	if (result != 0 && strcasecmp(wish->host, "localhost") != 0)
		return result;
	wish->host = result == 0 ? numeric : NULL;
	result = family->address(wish, out, why, room);
	wish->host = NULL;
	return result;
}

const char *
resolve_variant(const struct variant *variant, enum side_id side,
    bool to_contact, const char *word, char *text, size_t room)
{
	const char *host = variant->host;
	const char *percent;

	if (side == SIDE_CLIENT && !to_contact && variant->client_host != NULL)
		host = variant->client_host;
	percent = host != NULL ? strchr(host, '%') : NULL;
	if (percent == NULL)
		return host;
	snprintf(text, room, "%.*s%s%s", (int)(percent - host), host, word,
	    percent + 1);
	return text;
}
