#include "tipc_address.h"

#include <errno.h>
#include <linux/tipc.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "shared/number.h"

/* What the examples of the TIPC project use. */
#define DEFAULT_TYPE 18888

static const struct sockaddr_tipc *
tipc_of(const struct endpoint *endpoint)
{
	if (endpoint->length < sizeof(struct sockaddr_tipc) ||
	    endpoint->any.sa_family != AF_TIPC)
		return NULL;
	return (const struct sockaddr_tipc *)(const void *)&endpoint->storage;
}

/*
 * Reads a text into an address: an id, or a range, whose instances are those of
 * the text, or `port` where it has none. *whole says whether it had.
 */
static bool
parse(const char *text, uint32_t port, struct sockaddr_tipc *out, bool *whole)
{
	struct tipc_service_range *range = &out->addr.nameseq;
	struct tipc_socket_addr *id = &out->addr.id;

	*whole = true;
	if (strchr(text, '@') != NULL) {
		out->addrtype = TIPC_SOCKET_ADDR;
		return number_take(&text, UINT32_MAX, &id->ref) &&
		    *text++ == '@' &&
		    number_take_hex(&text, UINT32_MAX, &id->node) &&
		    *text == '\0';
	}
	out->addrtype = TIPC_SERVICE_RANGE;
	if (!number_take(&text, UINT32_MAX, &range->type))
		return false;
	range->lower = range->upper = port;
	*whole = *text == ':';
	if (!*whole)
		return *text == '\0';
	text++;
	if (!number_take(&text, UINT32_MAX, &range->lower))
		return false;
	range->upper = range->lower;
	if (*text == '-') {
		text++;
		if (!number_take(&text, UINT32_MAX, &range->upper))
			return false;
	}
	return *text == '\0' && range->lower <= range->upper;
}

/* What a server binds: a range, if of one instance only. */
static int
check_bound(const struct sockaddr_tipc *tipc, char *why, size_t room)
{
	if (tipc->addrtype == TIPC_SOCKET_ADDR) {
		snprintf(why, room, "the kernel chooses a socket's id: "
		    "a server is bound to a service, TYPE:INSTANCE");
		return -EADDRNOTAVAIL;
	}
	if (tipc->addr.nameseq.type < TIPC_RESERVED_TYPES) {
		snprintf(why, room, "service type %u is TIPC's own: a server's "
		    "is %d or more", tipc->addr.nameseq.type,
		    TIPC_RESERVED_TYPES);
		return -EACCES;
	}
	return 0;
}

/* A name in the place of a range of one instance. */
static void
set_name(struct sockaddr_tipc *tipc)
{
	struct tipc_service_range range = tipc->addr.nameseq;

	tipc->addrtype = TIPC_SERVICE_ADDR;
	tipc->scope = 0;
	tipc->addr.name.name.type = range.type;
	tipc->addr.name.name.instance = range.lower;
	/* The closest first, wherever it is. */
	tipc->addr.name.domain = 0;
}

static int
check_contacted(const struct wish *wish, struct sockaddr_tipc *tipc, bool whole,
    char *why, size_t room)
{
	if (tipc->addrtype == TIPC_SOCKET_ADDR)
		return 0;
	if (!whole && wish->port == 0 && !wish->both_sides) {
		snprintf(why, room, "port 0 cannot be contacted: "
		    "give the server's instance with --port");
		return -EDESTADDRREQ;
	}
	if (tipc->addr.nameseq.lower != tipc->addr.nameseq.upper) {
		snprintf(why, room, "a client contacts one instance: "
		    "%u:%u, say", tipc->addr.nameseq.type,
		    tipc->addr.nameseq.lower);
		return -EDESTADDRREQ;
	}
	set_name(tipc);
	return 0;
}

int
tipc_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct sockaddr_tipc tipc = { .family = AF_TIPC };
	char type[16];
	const char *host = wish->host;
	uint32_t port;
	bool whole;
	int error = number_port(wish, UINT32_MAX, &port, why, room);

	if (error != 0)
		return error;
	snprintf(type, sizeof(type), "%d", DEFAULT_TYPE);
	if (!parse(host != NULL ? host : type, port != 0 ? port : wish->run,
	    &tipc, &whole)) {
		snprintf(why, room, "'%s' is none of TYPE, TYPE:INSTANCE, "
		    "TYPE:LOWER-UPPER and REF@NODE", host);
		return -EINVAL;
	}
	if (whole && wish->port_given && port != 0) {
		snprintf(why, room, "'%s' says it all: leave out --port",
		    host);
		return -EPROTOTYPE;
	}
	if (wish->side == SIDE_CLIENT && !wish->to_contact)
		return 0;
	if (wish->to_contact) {
		error = check_contacted(wish, &tipc, whole, why, room);
	} else {
		tipc.scope = TIPC_CLUSTER_SCOPE;
		error = check_bound(&tipc, why, room);
	}
	if (error != 0)
		return error;
	endpoint_set(out, &tipc, sizeof(tipc));
	return 1;
}

int
tipc_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_tipc *tipc = tipc_of(endpoint);

	if (tipc == NULL)
		return -EINVAL;
	switch (tipc->addrtype) {
	case TIPC_SERVICE_RANGE:
		snprintf(text, room, tipc->addr.nameseq.lower ==
		    tipc->addr.nameseq.upper ? "%u:%u" : "%u:%u-%u",
		    tipc->addr.nameseq.type, tipc->addr.nameseq.lower,
		    tipc->addr.nameseq.upper);
		return 0;
	case TIPC_SERVICE_ADDR:
		snprintf(text, room, "%u:%u", tipc->addr.name.name.type,
		    tipc->addr.name.name.instance);
		return 0;
	case TIPC_SOCKET_ADDR:
		snprintf(text, room, "%u@%x", tipc->addr.id.ref,
		    tipc->addr.id.node);
		return 0;
	default:
		return -EINVAL;
	}
}

#define MEMBER(member)                                                         \
	#member, offsetof(struct sockaddr_tipc, member),                       \
	    sizeof(((struct sockaddr_tipc *)0)->member)
#define NUMBER(member) MEMBER(member), tipc->member

int
tipc_lay_out(const struct endpoint *endpoint, struct field fields[FIELDS_MAX])
{
	static const char *const types[] = { "", "TIPC_SERVICE_RANGE",
		"TIPC_SERVICE_ADDR", "TIPC_SOCKET_ADDR" };
	const struct sockaddr_tipc *tipc = tipc_of(endpoint);

	if (tipc == NULL || tipc->addrtype == 0 ||
	    tipc->addrtype >= sizeof(types) / sizeof(types[0]))
		return -EINVAL;
	number_named(&fields[0], MEMBER(family), "AF_TIPC");
	number_named(&fields[1], MEMBER(addrtype), types[tipc->addrtype]);
	if (tipc->scope == TIPC_CLUSTER_SCOPE)
		number_named(&fields[2], MEMBER(scope), "TIPC_CLUSTER_SCOPE");
	else
		number_field(&fields[2], MEMBER(scope),
		    (unsigned char)tipc->scope);
	switch (tipc->addrtype) {
	case TIPC_SERVICE_RANGE:
		number_field(&fields[3], NUMBER(addr.nameseq.type));
		number_field(&fields[4], NUMBER(addr.nameseq.lower));
		number_field(&fields[5], NUMBER(addr.nameseq.upper));
		return 6;
	case TIPC_SERVICE_ADDR:
		number_field(&fields[3], NUMBER(addr.name.name.type));
		number_field(&fields[4], NUMBER(addr.name.name.instance));
		number_field(&fields[5], NUMBER(addr.name.domain));
		return 6;
	default:
		number_field(&fields[3], NUMBER(addr.id.ref));
		number_field(&fields[4], NUMBER(addr.id.node));
		return 5;
	}
}

/* getsockname() tells the socket's id; what clients know is its name. */
int
tipc_contact(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	const struct sockaddr_tipc *tipc = tipc_of(asked);
	struct sockaddr_tipc contact;

	(void)bound;
	if (tipc == NULL)
		return -EINVAL;
	contact = *tipc;
	if (tipc->addrtype == TIPC_SERVICE_RANGE)
		set_name(&contact);
	endpoint_set(out, &contact, sizeof(contact));
	return 0;
}

/* Whoever has the name may answer, and does with the id of its socket. */
bool
tipc_answers(const struct endpoint *contacted, const struct endpoint *from)
{
	const struct sockaddr_tipc *tipc = tipc_of(contacted);

	return tipc != NULL && tipc->addrtype == TIPC_SERVICE_ADDR &&
	    tipc_of(from) != NULL;
}
