/* Addresses that a datagram tells, and those that its sender asks for. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "ip_probes.h"
#include "ip_stage.h"
#include "ipv4.h"
#include "ipv6.h"

/* Another address of this machine. */
#define OTHER "127.7.7.7"

/* The sender is bound to no address, and asks for one of its machine's. */
static int
chosen_source(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct in_pktinfo info = { .ipi_ifindex = 0 };
	struct endpoint asked, from;
	char data[64];
	ssize_t sent, got;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = ip_stage_bound(stage, SIDE_CLIENT, "0.0.0.0", "::",
		    &client);
	if (error == 0)
		error = stage_contact(stage, server, &client->peer);
	if (error != 0)
		return error;
	ip_stage_address(stage, OTHER, "::1", 0, &asked);
	info.ipi_spec_dst = ipv4_of(&asked)->sin_addr;
	sent = control_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
	if (sent < 0)
		return observe(seen, "sendmsg: %s", observed_errno(sent));
	if (stage_poll(stage, server, POLLIN, STAGE_SURE_MS) <= 0)
		return observe(seen, "nothing comes");
	got = STAGE_CALL(server, recvfrom, data, sizeof(data), 0, &from);
	if (got < 0)
		return observe(seen, "recvfrom: %s", observed_errno(got));
	return observe(seen, ip_stage_same_host(&from, &asked)
	    ? "as asked" : "another");
}

const struct probe ip_pktinfo_source = {
	.id = "pktinfo.source",
	.group = GROUP_ANCILLARY,
	.question = "sendmsg() asks for a source of 127.7.7.7: which has it?",
	.applies = ip_stage_udp4,
	.answers = (const char *const[]){ "as asked", "another",
	    "nothing comes", "sendmsg: {errno}", "recvfrom: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "as asked",
		  .source = "ip(7), IP_PKTINFO: ipi_spec_dst is the source" },
		{ .answer = NULL },
	},
	.run = chosen_source,
};

static int
destination(struct stage *stage, struct observation *seen)
{
	const struct ip_names *names = ip_stage_names(stage);
	struct side *client, *server;
	struct ip_message message;
	struct endpoint told = { .length = 0 };
	const void *data;
	size_t length;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = ip_stage_set(server, names->level,
		    names->receive_destination, 1);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH, 0);
	if (ip_stage_receive(stage, server, &message, 0) < 0)
		return observe(seen, "recvmsg: %s",
		    observed_errno(message.got));
	data = ip_stage_control(&message, names->level,
	    names->destination_message, &length);
	if (data == NULL)
		return observe(seen, "not told");
	endpoint_set(&told, data, length);
	return observe(seen, ip_stage_same_host(&told, &server->self) &&
	    ip_stage_port(&told) == ip_stage_port(&server->self)
	    ? "address and port" : "others than meant");
}

const struct probe ip_pktinfo_destination = {
	.id = "pktinfo.destination",
	.group = GROUP_ANCILLARY,
	.question = "IP_RECVORIGDSTADDR: is it told where a datagram was sent?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ "address and port",
	    "others than meant", "not told", "setsockopt: {errno}",
	    "recvmsg: {errno}", NULL },
	.run = destination,
};

/* A foreign source: no privilege, no option helps. */
static int
forged_source(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct in_pktinfo v4 = { .ipi_ifindex = 0 };
	struct in6_pktinfo v6 = { .ipi6_ifindex = 0 };
	struct endpoint asked;
	ssize_t sent;
	bool is_v6 = ip_stage_is_v6(stage);
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = ip_stage_bound(stage, SIDE_CLIENT, "0.0.0.0", "::",
		    &client);
	if (error == 0)
		error = stage_contact(stage, server, &client->peer);
	if (error != 0)
		return error;
	ip_stage_address(stage, "192.0.2.1", "2001:db8::1", 0, &asked);
	if (is_v6)
		v6.ipi6_addr = ipv6_of(&asked)->sin6_addr;
	else
		v4.ipi_spec_dst = ipv4_of(&asked)->sin_addr;
	sent = is_v6 ? control_send(stage, client, "x", 1, IPPROTO_IPV6,
		IPV6_PKTINFO, &v6, sizeof(v6))
	    : control_send(stage, client, "x", 1, IPPROTO_IP, IP_PKTINFO, &v4,
		sizeof(v4));
	return observe(seen, "%s", sent < 0 ? observed_errno(sent) : "sent");
}

const struct probe ip_pktinfo_forged = {
	.id = "pktinfo.forged",
	.group = GROUP_ANCILLARY,
	.question =
	    "sendmsg() asks for a source that this machine does not have?",
	.applies = ip_stage_udp,
	.answers = (const char *const[]){ "{errno}", "sent", NULL },
	.run = forged_source,
};
