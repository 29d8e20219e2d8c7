/* What is told of a frame. */
#include "llc_probes.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/llc.h>
#include <string.h>

#include "record/calls.h"
#include "probes/control.h"

#ifndef SOL_LLC
#define SOL_LLC 268
#endif

static int
pktinfo(struct stage *stage, struct observation *seen)
{
	struct control control = { .room = CONTROL_ROOM };
	struct side *client, *server;
	struct sockaddr_llc self;
	const struct llc_pktinfo *info;
	char data[64];
	size_t size;
	int on = 1;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = STAGE_CALL(server, setsockopt, SOL_LLC, LLC_OPT_PKTINFO, &on,
	    sizeof(on));
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH, 0);
	if (stage_poll(stage, server, POLLIN, STAGE_SURE_MS) <= 0)
		return observe(seen, "nothing comes");
	control_receive(server, data, sizeof(data), MSG_DONTWAIT, &control);
	info = control_find(&control, SOL_LLC, LLC_OPT_PKTINFO, &size);
	if (info == NULL)
		return observe(seen, "none");
	memcpy(&self, &server->self.storage, sizeof(self));
	return observe(seen, info->lpi_sap == self.sllc_sap &&
	    memcmp(info->lpi_mac, self.sllc_mac, sizeof(info->lpi_mac)) == 0
	    ? "where it came to" : "another address");
}

static const struct probe llc_info = {
	.id = "pktinfo.llc",
	.group = GROUP_ANCILLARY,
	.question = "Which address does LLC_OPT_PKTINFO tell?",
	.answers = (const char *const[]){ "where it came to",
	    "another address", "none", "nothing comes", "{errno}", NULL },
	.run = pktinfo,
};

const struct probe *const llc_probes[] = {
	&llc_info,
	NULL,
};

const struct unsteady llc_unsteady[] = {
	{ .probe = "peek", .cells = { .type = SOCK_STREAM },
	  .why = "LLC makes and ends a connection by timers and retries" },
	{ .probe = NULL },
};
