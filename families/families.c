#include "families.h"

const struct family *const families[] = {
	&inet_family,
	&inet6_family,
	&unix_family,
	&can_family,
	&netlink_family,
	&packet_family,
	&xdp_family,
	&alg_family,
	NULL,
};
