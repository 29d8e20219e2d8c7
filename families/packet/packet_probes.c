#include "packet_probes.h"

const struct probe *const packet_probes[] = {
	&packet_tap_all, &packet_tap_one, &packet_tap_ignore, &packet_fanout,
	&packet_drops, &packet_reset, &packet_auxdata,
	&packet_auxdata_peek,
	NULL,
};
