/* What the header of each datagram has held (ip(7), RFC 3542). */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "ip_probes.h"
#include "ip_stage.h"

#define TTL 42
#define TOS 0x28

/* A message to a server that has set an option, and what comes with it. */
static int
receive_with(struct stage *stage, struct observation *seen, int option,
    struct side **client, struct side **server, struct ip_message *message)
{
	int error;

	error = ip_stage_set(*server, ip_stage_names(stage)->level, option, 1);
	if (error != 0) {
		observe(seen, "setsockopt: %s", observed_errno(error));
		return 1;
	}
	stage_send(stage, *client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH, 0);
	if (ip_stage_receive(stage, *server, message, 0) >= 0)
		return 0;
	observe(seen, "recvmsg: %s", observed_errno(message->got));
	return 1;
}

#define RECEIVE_ANSWERS "setsockopt: {errno}", "recvmsg: {errno}"

static int
address_and_interface(struct stage *stage, struct observation *seen)
{
	const struct ip_names *names = ip_stage_names(stage);
	struct side *client, *server;
	struct ip_message message;
	struct endpoint told = { .length = 0 };
	const void *info;
	unsigned index;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = receive_with(stage, seen, names->receive_info, &client,
		    &server, &message);
	if (error != 0)
		return error < 0 ? error : 0;
	info = ip_stage_control(&message, names->level, names->info_message,
	    NULL);
	if (info == NULL)
		return observe(seen, "not told");
	told = server->self;
	if (ip_stage_is_v6(stage)) {
		const struct in6_pktinfo *v6 = info;
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
			.sin6_addr = v6->ipi6_addr };

		index = v6->ipi6_ifindex;
		endpoint_set(&told, &in6, sizeof(in6));
	} else {
		const struct in_pktinfo *v4 = info;
		struct sockaddr_in in = { .sin_family = AF_INET,
			.sin_addr = v4->ipi_addr };

		index = (unsigned)v4->ipi_ifindex;
		endpoint_set(&told, &in, sizeof(in));
	}
	return observe(seen, ip_stage_same_host(&told, &server->self) &&
	    index == IP_LOOPBACK_INDEX ? "address and interface"
	    : "others than meant");
}

const struct probe ip_pktinfo = {
	.id = "pktinfo",
	.group = GROUP_ANCILLARY,
	.question =
	    "IP_PKTINFO: is the receiver told where a datagram came in?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ "address and interface",
	    "others than meant", "not told", RECEIVE_ANSWERS, NULL },
	.documents = (const struct document[]){
		{ .answer = "address and interface",
		  .source = "ip(7), IP_PKTINFO; RFC 3542, 6.1 and 6.2" },
		{ .answer = NULL },
	},
	.run = address_and_interface,
};

/* The number in a control message: of one byte or of an int. */
static int
number_of(const void *data, size_t length)
{
	int number;

	if (length == 1)
		return *(const uint8_t *)data;
	memcpy(&number, data, sizeof(number));
	return number;
}

/* A field is set by the sender's option, and told by the receiver's. */
static int
carry(struct stage *stage, struct observation *seen, int set, int value,
    int receive, int type, bool size)
{
	const struct ip_names *names = ip_stage_names(stage);
	struct side *client, *server;
	struct ip_message message;
	const void *told;
	size_t length;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = ip_stage_set(client, names->level, set, value);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = receive_with(stage, seen, receive, &client, &server, &message);
	if (error != 0)
		return error < 0 ? error : 0;
	told = ip_stage_control(&message, names->level, type, &length);
	if (told == NULL)
		return observe(seen, "not told");
	return size ? observe(seen, "%zu", length)
		    : observe(seen, "%d", number_of(told, length));
}

#define CARRY_ANSWERS                                                          \
	(const char *const[]){ "{n}", "not told", RECEIVE_ANSWERS, NULL }

static int
time_to_live(struct stage *stage, struct observation *seen)
{
	const struct ip_names *names = ip_stage_names(stage);

	return carry(stage, seen, names->ttl, TTL, names->receive_ttl,
	    names->ttl_message, false);
}

const struct probe ip_pktinfo_ttl = {
	.id = "pktinfo.ttl",
	.group = GROUP_ANCILLARY,
	.question = "IP_TTL is 42: which one is the receiver told?",
	.applies = ip_stage_udp,
	.answers = CARRY_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "42",
		  .source = "ip(7), IP_TTL and IP_RECVTTL; RFC 3542, 6.3" },
		{ .answer = NULL },
	},
	.run = time_to_live,
};

static int
service(struct stage *stage, struct observation *seen)
{
	const struct ip_names *names = ip_stage_names(stage);

	return carry(stage, seen, names->tos, TOS, names->receive_tos,
	    names->tos_message, false);
}

const struct probe ip_pktinfo_tos = {
	.id = "pktinfo.tos",
	.group = GROUP_ANCILLARY,
	.question = "IP_TOS or IPV6_TCLASS is 40: which is the receiver told?",
	.applies = ip_stage_udp,
	.answers = CARRY_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "40",
		  .source = "ip(7), IP_TOS and IP_RECVTOS; RFC 3542, 6.5" },
		{ .answer = NULL },
	},
	.run = service,
};

static int
service_size(struct stage *stage, struct observation *seen)
{
	const struct ip_names *names = ip_stage_names(stage);

	return carry(stage, seen, names->tos, TOS, names->receive_tos,
	    names->tos_message, true);
}

const struct probe ip_pktinfo_tos_size = {
	.id = "pktinfo.tos-size",
	.group = GROUP_ANCILLARY,
	.question =
	    "IP_TOS or IPV6_TCLASS: in how many bytes is the receiver told?",
	.applies = ip_stage_udp,
	.answers = CARRY_ANSWERS,
	.run = service_size,
};

/* One datagram's own: the next one has the socket's again. */
static int
time_once(struct stage *stage, struct observation *seen)
{
	const struct ip_names *names = ip_stage_names(stage);
	struct side *client, *server;
	struct ip_message message;
	int found[2] = { -1, -1 };
	int value = TTL;
	size_t length;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = ip_stage_set(server, names->level,
		    names->receive_ttl, 1);
	if (error != 0)
		return error;
	error = (int)control_send(stage, client, STAGE_MESSAGE,
	    STAGE_MESSAGE_LENGTH, names->level, names->ttl_message, &value,
	    sizeof(value));
	if (error < 0)
		return observe(seen, "sendmsg: %s", observed_errno(error));
	stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH, 0);
	for (int i = 0; i < 2; i++) {
		const void *told;

		if (ip_stage_receive(stage, server, &message, 0) < 0)
			return observe(seen, "recvmsg: %s",
			    observed_errno(message.got));
		told = ip_stage_control(&message, names->level,
		    names->ttl_message, &length);
		if (told != NULL)
			found[i] = number_of(told, length);
	}
	return observe(seen, found[0] != TTL ? "ignored"
	    : found[1] == TTL ? "for all that follow" : "for it alone");
}

const struct probe ip_pktinfo_ttl_once = {
	.id = "pktinfo.ttl-once",
	.group = GROUP_ANCILLARY,
	.question = "sendmsg() with a TTL for one datagram: does it count?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ "for it alone",
	    "for all that follow", "ignored", "sendmsg: {errno}",
	    "recvmsg: {errno}", NULL },
	.run = time_once,
};
