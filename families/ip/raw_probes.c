/* Headers: who writes them, who reads them (raw(7), RFC 3542). */
#include <errno.h>
#include <netinet/ip.h>
#include <poll.h>
#include <string.h>

#include "ip_envelope.h"
#include "ip_probes.h"
#include "ip_stage.h"
#include "ipv4.h"

#define ON_RAW { .shapes = ON_BUS, .type = SOCK_RAW }

/* A packet of ours, as recv() gives it; its length or a negative errno. */
static ssize_t
receive_packet(struct stage *stage, struct side *server, unsigned char *packet,
    size_t room)
{
	if (stage_poll(stage, server, POLLIN, STAGE_SURE_MS) <= 0)
		return -ETIMEDOUT;
	return STAGE_CALL(server, recv, packet, room, 0);
}

static int
first_bytes(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	unsigned char packet[256] = { 0 };
	ssize_t got;
	int version;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH, 0);
	got = receive_packet(stage, server, packet, sizeof(packet));
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	version = packet[0] >> 4;
	return observe(seen, version == 4 || version == 6 ? "the IP header"
	    : "what follows the header");
}

const struct probe ip_raw_first = {
	.id = "raw-ping",
	.group = GROUP_ANCILLARY,
	.question = "With what does a packet begin that recv() gives?",
	.cells = ON_RAW,
	.answers = (const char *const[]){ "the IP header",
	    "what follows the header", "recv: {errno}", NULL },
	.run = first_bytes,
};

static int
header_included(struct stage *stage, struct observation *seen)
{
	struct side *side;
	int value = -1;
	socklen_t length = sizeof(value);
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	error = STAGE_CALL(side, getsockopt, ip_stage_names(stage)->level,
	    ip_stage_is_v6(stage) ? IPV6_HDRINCL : IP_HDRINCL, &value,
	    &length);
	return error != 0 ? observe(seen, "%s", observed_errno(error))
			  : observe(seen, "%d", value);
}

const struct probe ip_raw_included = {
	.id = "raw-ping.hdrincl",
	.group = GROUP_OPTIONS,
	.question = "IP_HDRINCL of a fresh socket: does its sender write it?",
	.cells = ON_RAW,
	.answers = (const char *const[]){ "{n}", "{errno}", NULL },
	.run = header_included,
};

/* The sum of the header's words is all ones where its checksum is right. */
static bool
sums_up(const struct iphdr *header)
{
	uint16_t words[sizeof(*header) / 2];
	uint32_t sum = 0;

	memcpy(words, header, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

/* The cell's own header has neither checksum, source nor ID. */
static int
filled_in(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	unsigned char packet[256] = { 0 };
	struct iphdr header;
	ssize_t got;
	bool source;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH, 0);
	got = receive_packet(stage, server, packet, sizeof(packet));
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	memcpy(&header, packet, sizeof(header));
	source = header.saddr == ipv4_of(&client->self)->sin_addr.s_addr;
	if (!sums_up(&header))
		return observe(seen, source ? "the source only" : "neither");
	return observe(seen, !source ? "the checksum only"
	    : header.id != 0 ? "checksum, source and ID"
	    : "checksum and source");
}

const struct probe ip_raw_filled = {
	.id = "raw-ping.filled",
	.group = GROUP_ANCILLARY,
	.question =
	    "A header with zeroes is sent: what does the kernel fill in?",
	.cells = { .type = SOCK_RAW, .protocol = "raw" },
	.applies = ip_stage_v4,
	.answers = (const char *const[]){ "checksum, source and ID",
	    "checksum and source", "the checksum only", "the source only",
	    "neither", "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "checksum, source and ID",
		  .source = "raw(7), IP Header fields modified on sending" },
		{ .answer = NULL },
	},
	.run = filled_in,
};

static int
hears_itself(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	unsigned char packet[256];
	ssize_t got;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH, 0);
	/* When the other has it, its sender has it too, or never. */
	got = receive_packet(stage, server, packet, sizeof(packet));
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	return observe(seen, stage_poll(stage, client, POLLIN, STAGE_QUIET_MS)
	    > 0 ? "heard" : "not heard");
}

const struct probe ip_raw_itself = {
	.id = "raw-ping.itself",
	.group = GROUP_MULTICAST,
	.question = "A packet to one's own machine: does its sender hear it?",
	.cells = ON_RAW,
	.answers = (const char *const[]){ "heard", "not heard",
	    "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "heard",
		  .source = "raw(7): all packets matching the protocol" },
		{ .answer = NULL },
	},
	.run = hears_itself,
};

#define WRONG 0xdead

/* An echo reply with our label and a checksum that is wrong. */
static size_t
forge(const struct stage *stage, unsigned char *packet)
{
	const uint32_t word = htonl(IP_LABEL_WORD);
	const uint16_t wrong = htons(WRONG);

	memset(packet, 0, IP_ECHO_HEADER + IP_LABEL);
	packet[0] = ip_stage_is_v6(stage) ? 129 : 0;
	memcpy(packet + 2, &wrong, sizeof(wrong));
	memcpy(packet + IP_ECHO_HEADER, &word, sizeof(word));
	return IP_ECHO_HEADER + IP_LABEL;
}

static int
wrong_checksum(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	unsigned char packet[256];
	size_t header = ip_stage_is_v6(stage) ? 0 : sizeof(struct iphdr);
	uint16_t sum;
	ssize_t got;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	got = STAGE_CALL(client, sendto, packet, forge(stage, packet),
	    stage_flags(stage, 0), &client->peer);
	if (got < 0)
		return observe(seen, "send: %s", observed_errno(got));
	got = receive_packet(stage, server, packet, sizeof(packet));
	if (got < 0)
		return observe(seen, "recv: %s", observed_errno(got));
	memcpy(&sum, packet + header + 2, sizeof(sum));
	return observe(seen, sum == htons(WRONG) ? "as sent" : "put right");
}

const struct probe ip_raw_checksum = {
	.id = "raw-ping.checksum",
	.group = GROUP_ANCILLARY,
	.question = "A wrong ICMP checksum is sent: what is received?",
	.cells = { .type = SOCK_RAW, .protocol = "icmp" },
	.answers = (const char *const[]){ "as sent", "put right",
	    "send: {errno}", "recv: {errno}", NULL },
	.run = wrong_checksum,
};
