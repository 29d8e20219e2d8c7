#include "families.h"

const struct family *const families[] = {
	&inet_family,
	&inet6_family,
	&unix_family,
	&can_family,
	&rds_family,
	&vsock_family,
	&tipc_family,
	&netlink_family,
	&packet_family,
	&xdp_family,
	&alg_family,
	&smc_family,
	&kcm_family,
	&qrtr_family,
	&phonet_family,
	&llc_family,
	&bluetooth_family,
	NULL,
};
