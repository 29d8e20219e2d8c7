#include "ipv6.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ip.h"

const struct sockaddr_in6 *
ipv6_of(const struct endpoint *endpoint)
{
	if (endpoint == NULL ||
	    endpoint->length < sizeof(struct sockaddr_in6) ||
	    endpoint->any.sa_family != AF_INET6)
		return NULL;
	return (const struct sockaddr_in6 *)(const void *)&endpoint->storage;
}

static int
parse_scope(const struct wish *wish, const char *text, uint32_t *scope,
    char *why, size_t room)
{
	const char *error;
	unsigned index;

	*scope = (uint32_t)strtonum(text, 1, UINT32_MAX, &error);
	if (error == NULL)
		return 0;
	if (wish->lookup->interface(text, &index) != 0) {
		snprintf(why, room, "no interface '%s' on this machine: "
		    "ip link lists them", text);
		return -ENODEV;
	}
	*scope = index;
	return 0;
}

static int
parse_host(const struct wish *wish, const char *text, struct sockaddr_in6 *in6,
    char *why, size_t room)
{
	char host[INET6_ADDRSTRLEN];
	const char *percent = strchr(text, '%');
	size_t length = percent != NULL ? (size_t)(percent - text)
					: strlen(text);

	snprintf(host, sizeof(host), "%.*s", (int)length, text);
	if (length >= sizeof(host) ||
	    inet_pton(AF_INET6, host, &in6->sin6_addr) != 1) {
		snprintf(why, room, "'%s' is not an IPv6 address", text);
		return -EINVAL;
	}
	if (percent == NULL)
		return 0;
	return parse_scope(wish, percent + 1, &in6->sin6_scope_id, why, room);
}

int
ipv6_parse(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	const char *host = wish->host != NULL ? wish->host : "::1";
	int error = ip_port(wish, &in6.sin6_port, why, room);

	if (error == 0)
		error = parse_host(wish, host, &in6, why, room);
	if (error != 0)
		return error;
	endpoint_set(out, &in6, sizeof(in6));
	return 1;
}

int
ipv6_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct endpoint parsed;
	int result = ipv6_parse(wish, &parsed, why, room);

	if (result != 1)
		return result;
	if (ip_unbound(wish))
		return 0;
	*out = parsed;
	return 1;
}

static void
scoped_host(const struct sockaddr_in6 *in6, char *text, size_t room)
{
	char host[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
	if (in6->sin6_scope_id != 0)
		snprintf(text, room, "%s%%%u", host, in6->sin6_scope_id);
	else
		snprintf(text, room, "%s", host);
}

int
ipv6_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_in6 *in6 = ipv6_of(endpoint);
	char host[INET6_ADDRSTRLEN + 12];

	if (in6 == NULL)
		return -EINVAL;
	scoped_host(in6, host, sizeof(host));
	snprintf(text, room, "[%s]:%u", host, ntohs(in6->sin6_port));
	return 0;
}

int
ipv6_lay_out(const struct endpoint *endpoint, struct field fields[FIELDS_MAX])
{
	const struct sockaddr_in6 *in6 = ipv6_of(endpoint);
	char host[INET6_ADDRSTRLEN];

	if (in6 == NULL)
		return -EINVAL;
	inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
	fields[0] = (struct field){ "sin6_family",
		offsetof(struct sockaddr_in6, sin6_family),
		sizeof(in6->sin6_family), false, "AF_INET6", "" };
	ip_number_field(&fields[1], "sin6_port",
	    offsetof(struct sockaddr_in6, sin6_port), sizeof(in6->sin6_port),
	    ntohs(in6->sin6_port), "htons");
	ip_number_field(&fields[2], "sin6_flowinfo",
	    offsetof(struct sockaddr_in6, sin6_flowinfo),
	    sizeof(in6->sin6_flowinfo), ntohl(in6->sin6_flowinfo), "htonl");
	fields[3] = (struct field){ "sin6_addr",
		offsetof(struct sockaddr_in6, sin6_addr),
		sizeof(in6->sin6_addr), false, "", "" };
	strlcpy(fields[3].value, host, sizeof(fields[3].value));
	snprintf(fields[3].strace, sizeof(fields[3].strace),
	    "inet_pton(AF_INET6, \"%s\", &sin6_addr)", host);
	ip_number_field(&fields[4], "sin6_scope_id",
	    offsetof(struct sockaddr_in6, sin6_scope_id),
	    sizeof(in6->sin6_scope_id), in6->sin6_scope_id, NULL);
	return 5;
}

int
ipv6_contact(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	const struct sockaddr_in6 *in6 = ipv6_of(bound);
	struct sockaddr_in6 contact;

	(void)asked;
	if (in6 == NULL)
		return -EINVAL;
	contact = *in6;
	if (IN6_IS_ADDR_UNSPECIFIED(&contact.sin6_addr))
		contact.sin6_addr = in6addr_loopback;
	endpoint_set(out, &contact, sizeof(contact));
	return 0;
}
