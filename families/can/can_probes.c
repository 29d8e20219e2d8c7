#include "can_probes.h"

#include <errno.h>
#include <string.h>

canid_t
can_probes_id(const struct stage *stage, unsigned kind)
{
	return CAN_EFF_FLAG | (kind & 15) << 24 | (stage->run & 0xffffff);
}

ssize_t
can_probes_send(struct stage *stage, struct side *from, canid_t id, char byte)
{
	struct can_frame frame;

	memset(&frame, 0, sizeof(frame));
	frame.can_id = id;
	frame.len = 1;
	frame.data[0] = (__u8)byte;
	return STAGE_CALL(from, send, &frame, sizeof(frame),
	    stage_flags(stage, 0));
}

int
can_probes_next(struct stage *stage, struct side *side, int ms, int *flags)
{
	for (;;) {
		struct canfd_frame frame = { .len = 0 };
		struct iovec vector = { &frame, sizeof(frame) };
		struct msghdr message = { .msg_iov = &vector,
			.msg_iovlen = 1 };
		ssize_t got;

		if (ms != 0 && side_wait(side, side->fd, POLLIN,
		    ms * 1000000LL) != 0)
			return -ETIMEDOUT;
		got = STAGE_CALL(side, recvmsg, &message, MSG_DONTWAIT);
		if (got == -EAGAIN)
			return -ETIMEDOUT;
		if (got < 0)
			return (int)got;
		if ((frame.can_id & 0xffffff) != (stage->run & 0xffffff))
			continue;
		if (flags != NULL)
			*flags = message.msg_flags;
		return frame.data[0];
	}
}

int
can_probes_witnessed(struct stage *stage, struct side *from,
    struct side *witness, canid_t id, char byte)
{
	ssize_t sent = can_probes_send(stage, from, id, byte);
	int heard = sent < 0 ? (int)sent : can_probes_next(stage, witness,
	    STAGE_SURE_MS, NULL);

	return heard == byte ? 0 : stage_cannot(stage,
	    "the frame was not sent: %s", observed_errno(heard));
}

const struct probe *const can_probes[] = {
	&can_own_default, &can_own_asked, &can_loopback_off, &can_flags_local,
	&can_size_short, &can_size_fd, &can_unbound,
	&can_filter_none, &can_filter_inverted, &can_filter_two,
	&can_filter_join, &can_error_default, &can_error_asked,
	&can_bcm_bind, &can_bcm_again, &can_bcm_change, &can_bcm_count,
	&can_isotp_equal, &can_isotp_late,
	&can_j1939_send, &can_j1939_receive, &can_j1939_priority,
	&can_j1939_set, &can_j1939_shared, &can_j1939_none,
	NULL,
};
