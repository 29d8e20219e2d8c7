/*
 * The options of SOL_SCTP (sctp(7), RFC 6458). Where an association is named,
 * it is 0: the socket's only one, or what those of the future begin with.
 * Features that two ends agree upon: sctp_features.c.
 */
#include "ip_options.h"

#include <stdint.h>
#include <sys/socket.h>

/* Behind stdint.h, whose types it uses. */
#include <linux/sctp.h>

static const struct option_field timeouts[] = {
	OPTION_FIELD(struct sctp_rtoinfo, srto_initial, UNSIGNED),
	OPTION_FIELD(struct sctp_rtoinfo, srto_max, UNSIGNED),
	OPTION_FIELD(struct sctp_rtoinfo, srto_min, UNSIGNED),
	{ .name = NULL },
};

static const struct option_field parameters[] = {
	OPTION_FIELD(struct sctp_assocparams, sasoc_asocmaxrxt, UNSIGNED),
	OPTION_FIELD(struct sctp_assocparams, sasoc_cookie_life, UNSIGNED),
	{ .name = NULL },
};

static const struct option_field first_message[] = {
	OPTION_FIELD(struct sctp_initmsg, sinit_num_ostreams, UNSIGNED),
	OPTION_FIELD(struct sctp_initmsg, sinit_max_instreams, UNSIGNED),
	OPTION_FIELD(struct sctp_initmsg, sinit_max_attempts, UNSIGNED),
	OPTION_FIELD(struct sctp_initmsg, sinit_max_init_timeo, UNSIGNED),
	{ .name = NULL },
};

static const struct option_field path[] = {
	OPTION_FIELD(struct sctp_paddrparams, spp_hbinterval, UNSIGNED),
	OPTION_FIELD(struct sctp_paddrparams, spp_pathmaxrxt, UNSIGNED),
	OPTION_FIELD(struct sctp_paddrparams, spp_pathmtu, UNSIGNED),
	OPTION_FIELD(struct sctp_paddrparams, spp_sackdelay, UNSIGNED),
	OPTION_FIELD(struct sctp_paddrparams, spp_flags, HEX),
	{ .name = NULL },
};

static const struct option_field sending[] = {
	OPTION_FIELD(struct sctp_sndrcvinfo, sinfo_stream, UNSIGNED),
	OPTION_FIELD(struct sctp_sndrcvinfo, sinfo_flags, HEX),
	OPTION_FIELD(struct sctp_sndrcvinfo, sinfo_ppid, UNSIGNED),
	OPTION_FIELD(struct sctp_sndrcvinfo, sinfo_timetolive, UNSIGNED),
	{ .name = NULL },
};

static const struct option_field events[] = {
	OPTION_FIELD(struct sctp_event_subscribe, sctp_data_io_event, BOOL),
	OPTION_FIELD(struct sctp_event_subscribe, sctp_association_event,
	    BOOL),
	OPTION_FIELD(struct sctp_event_subscribe, sctp_shutdown_event, BOOL),
	{ .name = NULL },
};

static const struct option_field value[] = {
	OPTION_FIELD(struct sctp_assoc_value, assoc_value, UNSIGNED),
	{ .name = NULL },
};
#define VALUE(number)                                                          \
	FIELDS_OF(value, struct sctp_assoc_value),                             \
	    OPTION_TRY(struct sctp_assoc_value, 0, number)

static const struct option_field status[] = {
	OPTION_FIELD(struct sctp_status, sstat_state, INT),
	OPTION_FIELD(struct sctp_status, sstat_instrms, UNSIGNED),
	OPTION_FIELD(struct sctp_status, sstat_outstrms, UNSIGNED),
	{ .name = NULL },
};

static const struct option_field acknowledgements[] = {
	OPTION_FIELD(struct sctp_sack_info, sack_delay, UNSIGNED),
	OPTION_FIELD(struct sctp_sack_info, sack_freq, UNSIGNED),
	{ .name = NULL },
};

static const struct option_field default_info[] = {
	OPTION_FIELD(struct sctp_sndinfo, snd_sid, UNSIGNED),
	OPTION_FIELD(struct sctp_sndinfo, snd_flags, HEX),
	OPTION_FIELD(struct sctp_sndinfo, snd_ppid, UNSIGNED),
	{ .name = NULL },
};

/* An address more for the socket, of this machine. */
static const struct {
	sa_family_t family;
	uint16_t port;
	unsigned char address[4], rest[8];
} one_more = { AF_INET, 0, { 127, 0, 0, 2 }, { 0 } };

#define ADDRESSES .varies = "addresses and their port"
#define A_CONNECT                                                              \
	.flags = OPTION_UNTRIED | OPTION_SET_ONLY,                             \
	    .note = "it is a connect() to many addresses"

const struct option_name sctp_options[] = {
	OPTION(SCTP_RTOINFO, FIELDS, OPTION_TRY(struct sctp_rtoinfo, 0, 2000,
	    30000, 500), FIELDS_OF(timeouts, struct sctp_rtoinfo)),
	OPTION(SCTP_ASSOCINFO, FIELDS,
	    FIELDS_OF(parameters, struct sctp_assocparams)),
	OPTION(SCTP_INITMSG, FIELDS, OPTION_TRY(struct sctp_initmsg, 5, 5, 3,
	    0), FIELDS_OF(first_message, struct sctp_initmsg)),
	OPTION(SCTP_NODELAY, BOOL),
	OPTION(SCTP_AUTOCLOSE, INT, TRY_INT(30)),
	OPTION(SCTP_SET_PEER_PRIMARY_ADDR, BYTES, SET_ONLY,
	    OPTION_TRY(struct sctp_prim, 0)),
	OPTION(SCTP_PRIMARY_ADDR, BYTES, .size = sizeof(struct sctp_prim),
	    ADDRESSES),
	OPTION(SCTP_ADAPTATION_LAYER, UNSIGNED, TRY_INT(7)),
	OPTION(SCTP_DISABLE_FRAGMENTS, BOOL),
	OPTION(SCTP_PEER_ADDR_PARAMS, FIELDS,
	    FIELDS_OF(path, struct sctp_paddrparams)),
	OPTION(SCTP_DEFAULT_SEND_PARAM, FIELDS,
	    FIELDS_OF(sending, struct sctp_sndrcvinfo)),
	OPTION(SCTP_EVENTS, FIELDS, OPTION_TRY(struct sctp_event_subscribe,
	    .sctp_association_event = 1),
	    FIELDS_OF(events, struct sctp_event_subscribe)),
	OPTION(SCTP_I_WANT_MAPPED_V4_ADDR, BOOL),
	OPTION(SCTP_MAXSEG, FIELDS, VALUE(1000)),
	OPTION(SCTP_STATUS, FIELDS, GET_ONLY,
	    FIELDS_OF(status, struct sctp_status)),
	OPTION(SCTP_GET_PEER_ADDR_INFO, BYTES, GET_ONLY, ADDRESSES,
	    .size = sizeof(struct sctp_paddrinfo)),
	OPTION(SCTP_DELAYED_SACK, FIELDS, OPTION_TRY(struct sctp_sack_info,
	    0, 100, 3), FIELDS_OF(acknowledgements, struct sctp_sack_info)),
	OPTION(SCTP_CONTEXT, FIELDS, VALUE(7)),
	OPTION(SCTP_FRAGMENT_INTERLEAVE, BOOL),
	OPTION(SCTP_PARTIAL_DELIVERY_POINT, UNSIGNED, TRY_INT(1000)),
	OPTION(SCTP_MAX_BURST, FIELDS, VALUE(8)),
	OPTION(SCTP_GET_ASSOC_NUMBER, UNSIGNED, GET_ONLY),
	OPTION(SCTP_GET_ASSOC_ID_LIST, BYTES, GET_ONLY,
	    .varies = "the ids of its associations"),
	OPTION(SCTP_RECVRCVINFO, BOOL, .since = "3.17"),
	OPTION(SCTP_RECVNXTINFO, BOOL, .since = "3.17"),
	OPTION(SCTP_DEFAULT_SNDINFO, FIELDS, .since = "3.17",
	    OPTION_TRY(struct sctp_sndinfo, .snd_ppid = 7),
	    FIELDS_OF(default_info, struct sctp_sndinfo)),
	OPTION(SCTP_SOCKOPT_BINDX_ADD, BYTES, SET_ONLY, TRY(one_more)),
	OPTION(SCTP_SOCKOPT_BINDX_REM, BYTES, SET_ONLY, TRY(one_more), .first = SCTP_SOCKOPT_BINDX_ADD),
	OPTION(SCTP_SOCKOPT_PEELOFF, BYTES,
	    .flags = OPTION_GET_ONLY | OPTION_UNREAD, .size = 8,
	    .note = "reading it makes another socket of an association"),
	OPTION(SCTP_SOCKOPT_PEELOFF_FLAGS, BYTES,
	    .flags = OPTION_GET_ONLY | OPTION_UNREAD, .size = 12,
	    .since = "4.13",
	    .note = "reading it makes another socket of an association"),
	OPTION(SCTP_SOCKOPT_CONNECTX_OLD, BYTES, A_CONNECT),
	OPTION(SCTP_SOCKOPT_CONNECTX, BYTES, A_CONNECT),
	OPTION(SCTP_SOCKOPT_CONNECTX3, BYTES,
	    .flags = OPTION_UNREAD | OPTION_GET_ONLY,
	    .note = "it is a connect() to many addresses"),
	OPTION(SCTP_GET_PEER_ADDRS, BYTES, GET_ONLY, ADDRESSES,
	    .size = 256),
	OPTION(SCTP_GET_LOCAL_ADDRS, BYTES, GET_ONLY, ADDRESSES,
	    .size = 256),
	OPTION(SCTP_GET_ASSOC_STATS, BYTES, GET_ONLY, .since = "3.8",
	    .size = sizeof(struct sctp_assoc_stats),
	    .varies = "counters of an association"),
	{ .constant = NULL },
};
