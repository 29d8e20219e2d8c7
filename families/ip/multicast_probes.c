/* Groups (ip(7), ipv6(7), RFC 3493), all of them on the loopback interface. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>

#include "ip_probes.h"
#include "ip_stage.h"
#include "ipv4.h"
#include "ipv6.h"

/* Of the ranges that a site may use as it likes. */
#define GROUP4 "239.7.7.7"
#define GROUP6 "ff12::7:7:7"

enum { JOIN, LEAVE };

static int
member(struct stage *stage, struct side *side, int what)
{
	struct endpoint group;
	struct ip_mreqn v4 = { .imr_ifindex = IP_LOOPBACK_INDEX };
	struct ipv6_mreq v6 = { .ipv6mr_interface = IP_LOOPBACK_INDEX };

	ip_stage_address(stage, GROUP4, GROUP6, 0, &group);
	if (ip_stage_is_v6(stage)) {
		v6.ipv6mr_multiaddr = ipv6_of(&group)->sin6_addr;
		return STAGE_CALL(side, setsockopt, IPPROTO_IPV6,
		    what == JOIN ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, &v6,
		    sizeof(v6));
	}
	v4.imr_multiaddr = ipv4_of(&group)->sin_addr;
	return STAGE_CALL(side, setsockopt, IPPROTO_IP, what == JOIN
	    ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &v4, sizeof(v4));
}

/* A sender whose datagrams to groups stay on the machine. */
static int
open_sender(struct stage *stage, struct side **client)
{
	const struct ip_mreqn interface = { .imr_ifindex = IP_LOOPBACK_INDEX };
	int error = ip_stage_bound(stage, SIDE_CLIENT, "127.0.0.1", "::1",
	    client);

	if (error != 0)
		return error;
	if (ip_stage_is_v6(stage))
		return ip_stage_set(*client, IPPROTO_IPV6, IPV6_MULTICAST_IF,
		    IP_LOOPBACK_INDEX);
	return STAGE_CALL(*client, setsockopt, IPPROTO_IP, IP_MULTICAST_IF,
	    &interface, sizeof(interface));
}

static int
send_to_group(struct stage *stage, struct side *client,
    const struct side *server)
{
	struct endpoint group;
	ssize_t sent;

	ip_stage_address(stage, GROUP4, GROUP6, ip_stage_port(&server->self),
	    &group);
	ip_stage_route(stage, client, &group, SIOCADDRT);
	sent = STAGE_CALL(client, sendto, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    stage_flags(stage, 0), &group);
	ip_stage_route(stage, client, &group, SIOCDELRT);
	return sent < 0 ? (int)sent : 0;
}

/* What the sockets of an experiment do before the datagram is sent. */
struct scene {
	bool joins;		/* the receiver */
	bool leaves;		/* and leaves again */
	bool another_joins;	/* a socket with another port */
	bool own_only;		/* the receiver's IP_MULTICAST_ALL is off */
	bool unlooped;		/* the sender's IP_MULTICAST_LOOP is off */
	bool receiver_unlooped;	/* the receiver's is */
	int wait_ms;
};

static int
set_stage(struct stage *stage, const struct scene *scene, struct side *client,
    struct side *server)
{
	const struct ip_names *names = ip_stage_names(stage);
	struct side *another;
	int error = scene->joins ? member(stage, server, JOIN) : 0;

	if (error == 0 && scene->leaves)
		error = member(stage, server, LEAVE);
	if (error == 0 && scene->another_joins)
		error = ip_stage_bound(stage, SIDE_SERVER, "0.0.0.0", "::",
		    &another);
	if (error == 0 && scene->another_joins)
		error = member(stage, another, JOIN);
	if (error == 0 && scene->own_only)
		error = ip_stage_set(server, names->level,
		    names->multicast_all, 0);
	if (error == 0 && scene->unlooped)
		error = ip_stage_set(client, names->level,
		    names->multicast_loop, 0);
	if (error == 0 && scene->receiver_unlooped)
		error = ip_stage_set(server, names->level,
		    names->multicast_loop, 0);
	return error;
}

static int
play(struct stage *stage, struct observation *seen, const struct scene *scene)
{
	struct side *client, *server;
	int error = ip_stage_bound(stage, SIDE_SERVER, "0.0.0.0", "::",
	    &server);

	if (error == 0)
		error = open_sender(stage, &client);
	if (error != 0)
		return error;
	error = set_stage(stage, scene, client, server);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = send_to_group(stage, client, server);
	if (error == -ENETUNREACH)
		return stage_cannot(stage, "the loopback interface has no "
		    "route to groups");
	if (error != 0)
		return observe(seen, "send: %s", observed_errno(error));
	return observe(seen, stage_poll(stage, server, POLLIN, scene->wait_ms)
	    > 0 ? "heard" : "not heard");
}

#define HEARS(function, ...)                                                   \
	static int function(struct stage *stage, struct observation *seen)     \
	{                                                                      \
		const struct scene scene = { __VA_ARGS__ };                    \
                                                                               \
		return play(stage, seen, &scene);                              \
	}

#define HEAR_PROBE(words, asked, function, promised, said)                     \
	{                                                                      \
		.id = (words), .group = GROUP_MULTICAST, .question = (asked),  \
		.applies = ip_stage_udp,                                       \
		.answers = (const char *const[]){ "heard", "not heard",        \
		    "setsockopt: {errno}", "send: {errno}", NULL },            \
		.documents = (const struct document[]){                        \
			{ .answer = (promised), .source = (said) },            \
			{ .answer = NULL },                                    \
		},                                                             \
		.run = (function),                                             \
	}

HEARS(joined, .joins = true, .wait_ms = STAGE_SURE_MS)
const struct probe ip_multicast_joined = HEAR_PROBE("multicast",
    "Does a socket that has joined a group hear it?", joined, "heard",
    "ip(7), IP_ADD_MEMBERSHIP; RFC 3493, 5.2");

HEARS(strangers, .another_joins = true, .wait_ms = STAGE_QUIET_MS)
const struct probe ip_multicast_all = HEAR_PROBE("multicast.not-joined",
    "Does a socket hear a group that another on the machine joined?", strangers,
    NULL, NULL);

HEARS(only_own, .another_joins = true, .own_only = true,
    .wait_ms = STAGE_QUIET_MS)
const struct probe ip_multicast_own = HEAR_PROBE("multicast.all-off",
    "Another has joined: is a group heard with IP_MULTICAST_ALL 0?",
    only_own, NULL, NULL);

HEARS(left, .joins = true, .leaves = true, .wait_ms = STAGE_QUIET_MS)
const struct probe ip_multicast_left = HEAR_PROBE("multicast.left",
    "Does a socket hear a group that it joined and left again?",
    left, "not heard", "ip(7), IP_DROP_MEMBERSHIP; RFC 3493, 5.2");

HEARS(unlooped, .joins = true, .unlooped = true,
    .wait_ms = STAGE_QUIET_MS)
const struct probe ip_multicast_loop = HEAR_PROBE("multicast.loop",
    "IP_MULTICAST_LOOP is 0 at the sender: is a group heard here?", unlooped,
    "not heard", "ip(7), IP_MULTICAST_LOOP; RFC 3493, 5.2");

HEARS(receiver_unlooped, .joins = true, .receiver_unlooped = true,
    .wait_ms = STAGE_SURE_MS)
const struct probe ip_multicast_receiver_loop = HEAR_PROBE(
    "multicast.loop-receiver",
    "IP_MULTICAST_LOOP is 0 at the receiver: is a group heard here?",
    receiver_unlooped, "heard", "ip(7), IP_MULTICAST_LOOP: of what is sent");

/* What a second call, or one too many, says. */
static int
say_twice(struct stage *stage, struct observation *seen, int first, int second)
{
	struct side *server;
	int error = ip_stage_bound(stage, SIDE_SERVER, "0.0.0.0", "::",
	    &server);

	if (error != 0)
		return error;
	if (first >= 0)
		error = member(stage, server, first);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	return observe(seen, "%s",
	    observed_errno(member(stage, server, second)));
}

static int
join_twice(struct stage *stage, struct observation *seen)
{
	return say_twice(stage, seen, JOIN, JOIN);
}

const struct probe ip_multicast_twice = {
	.id = "multicast.twice",
	.group = GROUP_MULTICAST,
	.question = "A group is joined twice by one socket?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ "ok", "{errno}",
	    "setsockopt: {errno}", NULL },
	.run = join_twice,
};

static int
leave_none(struct stage *stage, struct observation *seen)
{
	return say_twice(stage, seen, -1, LEAVE);
}

const struct probe ip_multicast_leave = {
	.id = "multicast.leave",
	.group = GROUP_MULTICAST,
	.question = "A group is left that was not joined?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ "ok", "{errno}",
	    "setsockopt: {errno}", NULL },
	.run = leave_none,
};
