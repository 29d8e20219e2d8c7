/*
 * unix: sockets between the processes of one machine (unix(7)).
 *
 * Address text: HOST is a path; or @name, in the abstract namespace of Linux
 * (the bytes after a leading NUL); or @ alone, and the kernel chooses an
 * abstract name (autobind). Without HOST: a path made from the port's number.
 * Printed the same way; a socket without a name is printed as (unnamed).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "families.h"
#include "unix_documents.h"
#include "unix_name.h"
#include "unix_probes.h"

/* The kernel takes the family's own number as well as 0 (unix_create()). */
static const struct protocol protocols[] = {
	{ "unix", NULL, 0, "0", PF_UNIX },
	{ .name = NULL },
};

#define UNIX_STREAM_TRAITS                                                     \
	(TRAIT_RELIABLE | TRAIT_ORDERED | TRAIT_HALF_CLOSE)
/* Some of the buffer is kept for bookkeeping (unix_dgram_sendmsg()). */
#define UNIX_MESSAGE { LIMIT_SEND_BUFFER, 32 }

static const struct cell cells[] = {
	{
		.type = SOCK_STREAM, .by_default = true,
		.shape = SHAPE_CONNECTED, .send_flags = MSG_NOSIGNAL,
		.traits = UNIX_STREAM_TRAITS,
	},
	{
		.type = SOCK_DGRAM, .by_default = true,
		.shape = SHAPE_DATAGRAM, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED |
		    TRAIT_EMPTY,
		.largest = UNIX_MESSAGE,
	},
	{
		.type = SOCK_SEQPACKET, .by_default = true,
		.shape = SHAPE_CONNECTED, .send_flags = MSG_NOSIGNAL,
		.traits = UNIX_STREAM_TRAITS | TRAIT_BOUNDARIES | TRAIT_EMPTY,
		.largest = UNIX_MESSAGE,
	},
	{
		/* Linux makes a datagram socket of it (unix_create()). */
		.type = SOCK_RAW, .by_default = true,
		.shape = SHAPE_DATAGRAM, .send_flags = MSG_NOSIGNAL,
		.traits = TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED |
		    TRAIT_EMPTY,
		.largest = UNIX_MESSAGE,
	},
	{ .type = 0 },
};

static const int refusals[] = { ESOCKTNOSUPPORT, EPROTONOSUPPORT, 0 };

static const struct hint hints[] = {
	{ 0, PROTOCOL_ANY, "bind", EADDRINUSE, VERDICT_BROKEN,
	  "something is there already: choose another path; a socket file "
	  "that no server runs on may be removed" },
	{ 0, PROTOCOL_ANY, "bind", EACCES, VERDICT_DENIED,
	  "you may not write into the path's directory" },
	{ 0, PROTOCOL_ANY, "bind", ENOENT, VERDICT_BROKEN,
	  "the path's directory does not exist, or nothing can be made in "
	  "it: mkdir -p makes one" },
	{ 0, PROTOCOL_ANY, "connect", ENOENT, VERDICT_BROKEN,
	  "there is no such socket: start the server first" },
	{ 0, PROTOCOL_ANY, "connect", EACCES, VERDICT_DENIED,
	  "connecting needs permission to write to the socket file" },
	{ 0, PROTOCOL_ANY, "connect", EPROTOTYPE, VERDICT_BROKEN,
	  "the server's socket is of another type" },
	{ .verdict = VERDICT_WORKS },
};

static const struct variant variants[] = {
	{ .name = "path" },
	{ .name = "abstract", .host = "@sockdemo-%" },
	{ .name = "autobind", .host = "@" },
	{ .name = NULL },
};

static int
set_path(struct endpoint *out, const char *path, char *why, size_t room)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t length = strlen(path);

	if (length >= sizeof(un.sun_path)) {
		snprintf(why, room, "a path of %zu bytes is too long: "
		    "sun_path holds %zu and a NUL", length,
		    sizeof(un.sun_path) - 1);
		return -ENAMETOOLONG;
	}
	if (length == 0) {
		snprintf(why, room, "an empty path names no socket; "
		    "@ lets the kernel choose a name");
		return -ENOENT;
	}
	memcpy(un.sun_path, path, length);
	endpoint_set(out, &un, UNIX_NAME_OFFSET + length + 1);
	return 1;
}

/* An abstract name is exactly the bytes that the length counts (unix(7)). */
static int
set_abstract(struct endpoint *out, const char *name, char *why, size_t room)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t length = strlen(name);

	if (length + 1 > sizeof(un.sun_path)) {
		snprintf(why, room, "an abstract name of %zu bytes is too "
		    "long: %zu fit behind the NUL", length,
		    sizeof(un.sun_path) - 1);
		return -ENAMETOOLONG;
	}
	memcpy(un.sun_path + 1, name, length);
	endpoint_set(out, &un, UNIX_NAME_OFFSET + 1 + length);
	return 1;
}

static int
set_autobind(struct endpoint *out)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	endpoint_set(out, &un, UNIX_NAME_OFFSET);
	return 1;
}

/* The path that a server and its client agree on without being told one. */
static int
default_path(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	char path[4096];

	if (wish->both_sides || (wish->port == 0 && !wish->to_contact))
		snprintf(path, sizeof(path), "%s/sockdemo-%s.sock",
		    wish->directory, wish->tag);
	else
		snprintf(path, sizeof(path), "%s/sockdemo-%ld.sock",
		    wish->directory, wish->port);
	return set_path(out, path, why, room);
}

/* A client of a datagram server needs a name to be answered at. */
static int
client_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	const char *host = wish->host;
	char name[4096];

	if (wish->cell->shape == SHAPE_CONNECTED)
		return 0;
	if (!wish->both_sides || (host != NULL && strcmp(host, "@") == 0))
		return set_autobind(out);
	if (host == NULL)
		snprintf(name, sizeof(name), "%s/sockdemo-%s.client.sock",
		    wish->directory, wish->tag);
	else
		snprintf(name, sizeof(name), "%s.client", host);
	return name[0] == '@' ? set_abstract(out, name + 1, why, room)
			      : set_path(out, name, why, room);
}

static int
unix_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	const char *host = wish->host;

	if (wish->port < 0) {
		snprintf(why, room, "port %ld is below 0", wish->port);
		return -ERANGE;
	}
	if (host != NULL && wish->port_given && wish->port != 0) {
		snprintf(why, room,
		    "a unix socket has a name and no port: leave out --port");
		return -EPROTOTYPE;
	}
	if (wish->side == SIDE_CLIENT && !wish->to_contact)
		return client_address(wish, out, why, room);
	if (host == NULL)
		return default_path(wish, out, why, room);
	if (host[0] != '@')
		return set_path(out, host, why, room);
	if (host[1] != '\0')
		return set_abstract(out, host + 1, why, room);
	if (wish->to_contact) {
		snprintf(why, room, "@ asks the kernel for a name; a client "
		    "needs the one that the server printed");
		return -EDESTADDRREQ;
	}
	return set_autobind(out);
}

const struct family unix_family = {
	.name = "unix",
	.constant = "AF_UNIX",
	.domain = AF_UNIX,
	.summary = "processes of one machine, by a path or an abstract name",
	.address_grammar =
	    "a path; @name for an abstract name; @ for one that the kernel "
	    "chooses",
	.origin = { NULL, "CONFIG_UNIX", NULL, NULL },
	.brought_by = "this kernel was built without CONFIG_UNIX",
	.protocols = protocols,
	.cells = cells,
	.refusals = refusals,
	.refusal_source = "unix(7), socket(2)",
	.hints = hints,
	.probes = unix_probes,
	.documents = unix_documents,
	.differences = unix_differences,
	.variants = variants,
	.address = unix_address,
	.format = unix_name_format,
	.lay_out = unix_name_lay_out,
	.variant = unix_name_variant,
	.release = unix_name_release,
};
