#include "family/resolve.h"

#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static int
find_interface(const char *name, unsigned *index)
{
	*index = if_nametoindex(name);
	return *index != 0 ? 0 : -errno;
}

static const struct lookup lookup = {
	.interface = find_interface,
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

	wish->lookup = &lookup;
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
