#include "ip_probes.h"

#include <stddef.h>

const struct probe *const ip_probes[] = {
	&ip_mapped_peer,
	&ip_v6only_default,
	&ip_v6only_client,
	&ip_bind_both,
	&ip_bind_v6only,
	&ip_bind_foreign,
	&ip_bind_freely,
	&ip_bind_loopback,
	&ip_bind_group,
	&ip_bind_broadcast,
	&ip_connect_any,
	NULL,
};
