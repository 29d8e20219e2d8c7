#include "family/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* The interfaces that were looked up last: a run has two networks at most. */
static struct {
	unsigned index;
	char name[IF_NAMESIZE];
} found_interfaces[4];
static unsigned found_count;

static int
find_interface(const char *name, unsigned *index)
{
	unsigned slot = found_count %
	    (sizeof(found_interfaces) / sizeof(found_interfaces[0]));

	*index = if_nametoindex(name);
	if (*index == 0)
		return -errno;
	if (interface_name(*index) == NULL) {
		found_interfaces[slot].index = *index;
		strlcpy(found_interfaces[slot].name, name, IF_NAMESIZE);
		found_count++;
	}
	return 0;
}

const char *
interface_name(unsigned index)
{
	for (size_t i = 0; i < sizeof(found_interfaces) /
	    sizeof(found_interfaces[0]); i++)
		if (index != 0 && found_interfaces[i].index == index)
			return found_interfaces[i].name;
	return NULL;
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

/*
 * The addresses of a host name. getaddrinfo() knows the domains of IP and no
 * other: for a family that has such addresses all of them are looked up.
 */
static int
find_host(const struct family *family, const char *host,
    struct addrinfo **found, char *why, size_t room)
{
	struct addrinfo hints = { .ai_family = family->domain };
	int error = getaddrinfo(host, NULL, &hints, found);

	if (error == EAI_FAMILY) {
		hints.ai_family = AF_UNSPEC;
		error = getaddrinfo(host, NULL, &hints, found);
	}
	if (error == 0)
		return 0;
	snprintf(why, room, "host '%s' has no %s address: %s", host,
	    family->name, error == EAI_SYSTEM ? strerror(errno)
					      : gai_strerror(error));
	return -EINVAL;
}

/* Asks the family with each of the addresses, until it takes one. */
static int
try_each(const struct family *family, struct wish *wish,
    const struct addrinfo *found, struct endpoint *out, char *why, size_t room)
{
	char numeric[NI_MAXHOST];
	int result = -EINVAL;

	for (; found != NULL && result == -EINVAL; found = found->ai_next) {
		if (getnameinfo(found->ai_addr, found->ai_addrlen, numeric,
		    sizeof(numeric), NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		wish->host = numeric;
		result = family->address(wish, out, why, room);
	}
	wish->host = NULL;
	return result;
}

int
resolve_endpoint(const struct family *family, struct wish *wish,
    struct endpoint *out, char *why, size_t room)
{
	const char *host = wish->host;
	struct addrinfo *found;
	int result;

	wish->lookup = &family_lookup;
	result = family->address(wish, out, why, room);
	if (result != -EINVAL || host == NULL || host[0] == '\0' ||
	    !family->host_names)
		return result;
	result = find_host(family, host, &found, why, room);
	if (result == 0) {
		result = try_each(family, wish, found, out, why, room);
		freeaddrinfo(found);
	}
	/* localhost is loopback, whatever a hosts file leaves out (RFC 6761). */
	if (result != -EINVAL || strcasecmp(host, "localhost") != 0)
		return result;
	wish->host = NULL;
	return family->address(wish, out, why, room);
}

const char *
resolve_directory(void)
{
	const char *directory = getenv("TMPDIR");

	return directory != NULL && directory[0] != '\0' ? directory : "/tmp";
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

int
resolve_wish(const struct family *family, struct wish *wish, const char *word,
    struct endpoint *out, char *why, size_t room)
{
	char host[512];

	if (wish->directory == NULL)
		wish->directory = resolve_directory();
	if (wish->host == NULL && wish->variant != NULL)
		wish->host = resolve_variant(wish->variant, wish->side,
		    wish->to_contact, word, host, sizeof(host));
	return resolve_endpoint(family, wish, out, why, room);
}
