/* The ids of ISO-TP, and when its options may be set. */
#include <linux/can/isotp.h>
#include <string.h>

#include "can_probes.h"

static int
isotp_equal(struct stage *stage, struct observation *seen)
{
	struct side *side, *fresh;
	struct sockaddr_can can;
	struct endpoint address;
	int error = stage_bound(stage, SIDE_SERVER, &side);

	if (error == 0)
		error = stage_socket(stage, SIDE_SERVER, &fresh);
	if (error != 0)
		return error;
	memcpy(&can, &side->self.storage, sizeof(can));
	can.can_addr.tp.tx_id = can.can_addr.tp.rx_id;
	endpoint_set(&address, &can, sizeof(can));
	return observe(seen, "%s", observed_errno(STAGE_CALL(fresh, bind,
	    &address)));
}

const struct probe can_isotp_equal = {
	.id = "isotp.one-id",
	.group = GROUP_NAMING,
	.question = "bind() with one id for sending and receiving?",
	.cells = { .protocol = "isotp" },
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.run = isotp_equal,
};

static int
isotp_late(struct stage *stage, struct observation *seen)
{
	const struct can_isotp_options options = { .txpad_content = 0xcc };
	struct side *side;
	int error = stage_bound(stage, SIDE_SERVER, &side);

	if (error != 0)
		return error;
	return observe(seen, "%s", observed_errno(STAGE_CALL(side, setsockopt,
	    SOL_CAN_ISOTP, CAN_ISOTP_OPTS, &options, sizeof(options))));
}

const struct probe can_isotp_late = {
	.id = "isotp.options",
	.group = GROUP_OPTIONS,
	.question = "CAN_ISOTP_OPTS is set behind bind()?",
	.cells = { .protocol = "isotp" },
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.run = isotp_late,
};
