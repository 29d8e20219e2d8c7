#include "netlink_probes.h"

#include "families.h"

static struct endpoint
address_of(unsigned groups)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK,
		.nl_groups = groups };
	struct endpoint address;

	endpoint_set(&address, &nl, sizeof(nl));
	return address;
}

int
netlink_probes_member(struct stage *stage, unsigned groups,
    struct side **member)
{
	const struct endpoint address = address_of(groups);
	int error = stage_socket(stage, SIDE_SERVER, member);

	return error != 0 ? error : STAGE_CALL(*member, bind, &address);
}

ssize_t
netlink_probes_cast(struct stage *stage, struct side *from, unsigned groups,
    const void *data, size_t length)
{
	const struct endpoint address = address_of(groups);

	return STAGE_CALL(from, sendto, data, length, stage_flags(stage, 0),
	    &address);
}

const struct probe *const netlink_probes[] = {
	&netlink_port,
	&netlink_group_member, &netlink_group_own, &netlink_group_two,
	&netlink_group_send, &netlink_group_listen, &netlink_pktinfo,
	&netlink_drop_told, &netlink_drop_untold,
	&netlink_ack, &netlink_unknown, &netlink_no_request,
	NULL,
};
