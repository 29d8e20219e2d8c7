/* Whether a connection is one of SMC, or has become one of TCP. */
#include "smc_probes.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/smc_diag.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "probes/stage.h"
#include "record/calls.h"

#ifndef AF_SMC
#define AF_SMC 43
#endif

/* Asks for all of this network: NETLINK_SOCK_DIAG (sock_diag(7)). */
static int
ask(struct stage *stage, struct side **out)
{
	struct {
		struct nlmsghdr header;
		struct smc_diag_req request;
	} question = {
		.header = {
			.nlmsg_len = sizeof(question),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.request = { .diag_family = AF_SMC },
	};
	struct side *side = stage_side(stage, SIDE_CLIENT);
	ssize_t sent;

	*out = side;
	if (side == NULL)
		return -ENOTSUP;
	side->fd = side->calls->socket(&side->recorder, AF_NETLINK,
	    SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (side->fd < 0)
		return side->fd;
	sent = STAGE_CALL(side, send, &question, sizeof(question), 0);
	return sent < 0 ? (int)sent : 0;
}

/* Adds the modes of what a packet tells; false at its end. */
static bool
read_modes(const void *packet, ssize_t length, unsigned *modes)
{
	const struct nlmsghdr *header = packet;

	for (; NLMSG_OK(header, (size_t)length);
	     header = NLMSG_NEXT(header, length)) {
		struct smc_diag_msg message;

		if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY)
			return false;
		memcpy(&message, NLMSG_DATA(header), sizeof(message));
		/* One that listens has no peer. */
		if (message.id.idiag_dport != 0)
			*modes |= 1u << message.diag_mode;
	}
	return true;
}

static int
mode(struct stage *stage, struct observation *seen)
{
	_Alignas(struct nlmsghdr) char packet[8192];
	struct side *client, *server, *diagnosis;
	unsigned modes = 0;
	ssize_t got;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = ask(stage, &diagnosis);
	do {
		got = error != 0 ? error : STAGE_CALL(diagnosis, recv, packet,
		    sizeof(packet), MSG_DONTWAIT);
	} while (got > 0 && read_modes(packet, got, &modes));
	if (got < 0 || modes == 0)
		return stage_cannot(stage, "the kernel does not tell: "
		    "modprobe smc_diag");
	return observe(seen, modes == 1u << SMC_DIAG_MODE_FALLBACK_TCP
	    ? "TCP" : modes == 1u << SMC_DIAG_MODE_SMCR ? "SMC-R"
	    : modes == 1u << SMC_DIAG_MODE_SMCD ? "SMC-D"
	    : "one of each");
}

static const struct probe smc_mode = {
	.id = "fallback-id.smc",
	.group = GROUP_CONNECT,
	.question = "What has the connection become: SMC, or TCP?",
	.answers = (const char *const[]){ "TCP", "SMC-R", "SMC-D",
	    "one of each", NULL },
	.run = mode,
};

const struct probe *const smc_probes[] = {
	&smc_mode,
	NULL,
};
