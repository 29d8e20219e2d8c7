#include "ipv4.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ip.h"

const struct sockaddr_in *
ipv4_of(const struct endpoint *endpoint)
{
	if (endpoint == NULL ||
	    endpoint->length < sizeof(struct sockaddr_in) ||
	    endpoint->any.sa_family != AF_INET)
		return NULL;
	return (const struct sockaddr_in *)(const void *)&endpoint->storage;
}

int
ipv4_parse(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	const char *host = wish->host != NULL ? wish->host : "127.0.0.1";
	int error = ip_port(wish, &in.sin_port, why, room);

	if (error != 0)
		return error;
	if (inet_pton(AF_INET, host, &in.sin_addr) != 1) {
		snprintf(why, room, "'%s' is not an IPv4 address", host);
		return -EINVAL;
	}
	endpoint_set(out, &in, sizeof(in));
	return 1;
}

int
ipv4_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct endpoint parsed;
	int result = ipv4_parse(wish, &parsed, why, room);

	if (result != 1)
		return result;
	if (ip_unbound(wish))
		return 0;
	*out = parsed;
	return 1;
}

int
ipv4_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_in *in = ipv4_of(endpoint);
	char host[INET_ADDRSTRLEN];

	if (in == NULL)
		return -EINVAL;
	inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
	snprintf(text, room, "%s:%u", host, ntohs(in->sin_port));
	return 0;
}

int
ipv4_lay_out(const struct endpoint *endpoint, struct field fields[FIELDS_MAX])
{
	const struct sockaddr_in *in = ipv4_of(endpoint);
	char host[INET_ADDRSTRLEN];

	if (in == NULL)
		return -EINVAL;
	inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
	fields[0] = (struct field){ "sin_family",
		offsetof(struct sockaddr_in, sin_family),
		sizeof(in->sin_family), false, "AF_INET", "" };
	ip_number_field(&fields[1], "sin_port",
	    offsetof(struct sockaddr_in, sin_port), sizeof(in->sin_port),
	    ntohs(in->sin_port), "htons");
	fields[2] = (struct field){ "sin_addr",
		offsetof(struct sockaddr_in, sin_addr), sizeof(in->sin_addr),
		false, "", "" };
	strlcpy(fields[2].value, host, sizeof(fields[2].value));
	snprintf(fields[2].strace, sizeof(fields[2].strace),
	    "sin_addr=inet_addr(\"%s\")", host);
	return 3;
}

int
ipv4_contact(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	const struct sockaddr_in *in = ipv4_of(bound);
	struct sockaddr_in contact;

	(void)asked;
	if (in == NULL)
		return -EINVAL;
	contact = *in;
	if (contact.sin_addr.s_addr == htonl(INADDR_ANY))
		contact.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	endpoint_set(out, &contact, sizeof(contact));
	return 0;
}
