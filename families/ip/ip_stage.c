#include "ip_stage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/route.h>
#include <poll.h>
#include <string.h>

#include "ipv4.h"
#include "ipv6.h"

/* Newer than the headers of some systems that this is built on. */
#ifndef IPV6_ORIGDSTADDR
#define IPV6_ORIGDSTADDR 74
#endif
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif

static const struct ip_names v4_names = {
	.level = IPPROTO_IP,
	.ttl = IP_TTL, .receive_ttl = IP_RECVTTL, .ttl_message = IP_TTL,
	.tos = IP_TOS, .receive_tos = IP_RECVTOS, .tos_message = IP_TOS,
	.receive_info = IP_PKTINFO, .info_message = IP_PKTINFO,
	.receive_destination = IP_RECVORIGDSTADDR,
	.destination_message = IP_ORIGDSTADDR,
	.receive_errors = IP_RECVERR,
	.free_bind = IP_FREEBIND,
	.multicast_loop = IP_MULTICAST_LOOP,
	.multicast_all = IP_MULTICAST_ALL,
};

static const struct ip_names v6_names = {
	.level = IPPROTO_IPV6,
	.ttl = IPV6_UNICAST_HOPS, .receive_ttl = IPV6_RECVHOPLIMIT,
	.ttl_message = IPV6_HOPLIMIT,
	.tos = IPV6_TCLASS, .receive_tos = IPV6_RECVTCLASS,
	.tos_message = IPV6_TCLASS,
	.receive_info = IPV6_RECVPKTINFO, .info_message = IPV6_PKTINFO,
	.receive_destination = IPV6_ORIGDSTADDR,
	.destination_message = IPV6_ORIGDSTADDR,
	.receive_errors = IPV6_RECVERR,
	.free_bind = IPV6_FREEBIND,
	.multicast_loop = IPV6_MULTICAST_LOOP,
	.multicast_all = IPV6_MULTICAST_ALL,
};

bool
ip_stage_v6(const struct choice *choice)
{
	return choice->family->domain == AF_INET6;
}

bool
ip_stage_v4(const struct choice *choice)
{
	return choice->family->domain == AF_INET;
}

bool
ip_stage_udp(const struct choice *choice)
{
	return choice->row.type == SOCK_DGRAM &&
	    choice->row.shape == SHAPE_DATAGRAM;
}

bool
ip_stage_udp4(const struct choice *choice)
{
	return ip_stage_udp(choice) && ip_stage_v4(choice);
}

bool
ip_stage_is_v6(const struct stage *stage)
{
	return ip_stage_v6(stage->choice);
}

const struct ip_names *
ip_stage_names(const struct stage *stage)
{
	return ip_stage_is_v6(stage) ? &v6_names : &v4_names;
}

int
ip_stage_set(struct side *side, int level, int name, int value)
{
	return STAGE_CALL(side, setsockopt, level, name, &value,
	    sizeof(value));
}

void
ip_stage_address(const struct stage *stage, const char *v4, const char *v6,
    in_port_t port, struct endpoint *out)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = port };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = port };

	if (ip_stage_is_v6(stage)) {
		inet_pton(AF_INET6, v6, &in6.sin6_addr);
		endpoint_set(out, &in6, sizeof(in6));
	} else {
		inet_pton(AF_INET, v4, &in.sin_addr);
		endpoint_set(out, &in, sizeof(in));
	}
}

in_port_t
ip_stage_port(const struct endpoint *endpoint)
{
	const struct sockaddr_in *in = ipv4_of(endpoint);
	const struct sockaddr_in6 *in6 = ipv6_of(endpoint);

	return in != NULL ? in->sin_port : in6 != NULL ? in6->sin6_port : 0;
}

bool
ip_stage_same_host(const struct endpoint *a, const struct endpoint *b)
{
	const struct sockaddr_in *in[] = { ipv4_of(a), ipv4_of(b) };
	const struct sockaddr_in6 *in6[] = { ipv6_of(a), ipv6_of(b) };

	if (in[0] != NULL && in[1] != NULL)
		return in[0]->sin_addr.s_addr == in[1]->sin_addr.s_addr;
	return in6[0] != NULL && in6[1] != NULL &&
	    memcmp(&in6[0]->sin6_addr, &in6[1]->sin6_addr,
		sizeof(in6[0]->sin6_addr)) == 0;
}

int
ip_stage_open(struct stage *stage, enum side_id id, int domain,
    struct side **out)
{
	const struct cell *cell = &stage->choice->row;
	struct side *side = stage_side(stage, id);
	const struct setting *set;

	*out = side;
	if (side == NULL)
		return -ENOTSUP;
	side->fd = side->calls->socket(&side->recorder, domain,
	    cell->type | SOCK_CLOEXEC, cell->protocol);
	for (set = cell->settings; side->fd >= 0 && set != NULL &&
	    set->sides != 0; set++)
		if ((set->sides & 1u << id) != 0 && !set->fixed_port_only)
			STAGE_CALL(side, setsockopt, set->level, set->name,
			    set->value, set->length);
	return side->fd >= 0 ? 0 : side->fd;
}

int
ip_stage_bind(struct side *side, const struct endpoint *address)
{
	int error = STAGE_CALL(side, bind, address);

	return error != 0 ? error : STAGE_CALL(side, getsockname, &side->self);
}

int
ip_stage_bound(struct stage *stage, enum side_id id, const char *v4,
    const char *v6, struct side **out)
{
	struct endpoint address;
	int error = stage_socket(stage, id, out);

	ip_stage_address(stage, v4, v6, 0, &address);
	if (error == 0)
		error = ip_stage_bind(*out, &address);
	return error;
}

void
ip_stage_route(struct stage *stage, struct side *side,
    const struct endpoint *group, unsigned long request)
{
	struct in6_rtmsg route = {
		.rtmsg_dst_len = 128, .rtmsg_metric = 1,
		.rtmsg_flags = RTF_UP | RTF_LOCAL,
		.rtmsg_ifindex = IP_LOOPBACK_INDEX,
	};

	if (!ip_stage_is_v6(stage) || stage->host != NULL)
		return;
	route.rtmsg_dst = ipv6_of(group)->sin6_addr;
	STAGE_CALL(side, ioctl, request, &route);
}

ssize_t
ip_stage_receive(struct stage *stage, struct side *to,
    struct ip_message *message, int flags)
{
	message->control.room = CONTROL_ROOM;
	message->got = -ETIMEDOUT;
	if (stage_poll(stage, to, POLLIN, STAGE_SURE_MS) > 0)
		message->got = control_receive(to, message->data,
		    sizeof(message->data), flags, &message->control);
	return message->got;
}

const void *
ip_stage_control(struct ip_message *message, int level, int type,
    size_t *length)
{
	size_t size = 0;
	const void *found = control_find(&message->control, level, type,
	    &size);

	if (length != NULL)
		*length = size;
	return found;
}
