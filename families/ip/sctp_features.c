/*
 * The options of SOL_SCTP for what two ends agree upon: authentication, partial
 * reliability, reconfiguration, schedulers, interleaving, encapsulation (RFC
 * 4895, 7496, 6525, 8260, 6951, 8899).
 */
#include "ip_options.h"

#include <stdint.h>
#include <sys/socket.h>

/* Behind stdint.h, whose types it uses. */
#include <linux/sctp.h>

/* Newer than the headers of some systems that this is built on. */
#ifndef SCTP_REMOTE_UDP_ENCAPS_PORT
#define SCTP_REMOTE_UDP_ENCAPS_PORT 132
#endif
#ifndef SCTP_PLPMTUD_PROBE_INTERVAL
#define SCTP_PLPMTUD_PROBE_INTERVAL 133
#endif

static const struct option_field value[] = {
	OPTION_FIELD(struct sctp_assoc_value, assoc_value, UNSIGNED),
	{ .name = NULL },
};
#define VALUE(number)                                                          \
	FIELDS_OF(value, struct sctp_assoc_value),                             \
	    OPTION_TRY(struct sctp_assoc_value, 0, number)

static const struct option_field key_number[] = {
	OPTION_FIELD(struct sctp_authkeyid, scact_keynumber, UNSIGNED),
	{ .name = NULL },
};
#define KEY_NUMBER                                                             \
	FIELDS_OF(key_number, struct sctp_authkeyid),                          \
	    OPTION_TRY(struct sctp_authkeyid, 0, 1)

/* As struct sctp_authkey: number 1. */
static const struct {
	int32_t association;
	uint16_t number, length;
	unsigned char key[8];
} key = { 0, 1, 8, "sockdemo" };

/* As struct sctp_hmacalgo: SHA-1, which every end knows. */
static const struct {
	uint32_t count;
	uint16_t id;
} digest = { 1, SCTP_AUTH_HMAC_ID_SHA1 };

/* Messages of the chunk that asks for a change of addresses (RFC 5061). */
static const struct sctp_authchunk chunk = { 0xc1 };

static const struct option_field lossy[] = {
	OPTION_FIELD(struct sctp_default_prinfo, pr_policy, HEX),
	OPTION_FIELD(struct sctp_default_prinfo, pr_value, UNSIGNED),
	{ .name = NULL },
};

static const struct option_field thresholds[] = {
	OPTION_FIELD(struct sctp_paddrthlds, spt_pathmaxrxt, UNSIGNED),
	OPTION_FIELD(struct sctp_paddrthlds, spt_pathpfthld, UNSIGNED),
	{ .name = NULL },
};

static const struct option_field stream[] = {
	OPTION_FIELD(struct sctp_stream_value, stream_id, UNSIGNED),
	OPTION_FIELD(struct sctp_stream_value, stream_value, UNSIGNED),
	{ .name = NULL },
};

static const struct option_field event[] = {
	OPTION_FIELD(struct sctp_event, se_type, HEX),
	OPTION_FIELD(struct sctp_event, se_on, BOOL),
	{ .name = NULL },
};
static const struct sctp_event shutting_down = {
	0, SCTP_SHUTDOWN_EVENT, 1
};

static const struct option_field port[] = {
	OPTION_FIELD(struct sctp_udpencaps, sue_port, NETWORK),
	{ .name = NULL },
};

static const struct option_field interval[] = {
	OPTION_FIELD(struct sctp_probeinterval, spi_interval, UNSIGNED),
	{ .name = NULL },
};

static const struct option_field abandoned[] = {
	OPTION_FIELD(struct sctp_prstatus, sprstat_abandoned_unsent, UNSIGNED),
	OPTION_FIELD(struct sctp_prstatus, sprstat_abandoned_sent, UNSIGNED),
	{ .name = NULL },
};
static const struct sctp_prstatus timed = {
	.sprstat_policy = SCTP_PR_SCTP_TTL
};
#define ABANDONED                                                              \
	GET_ONLY, FIELDS_OF(abandoned, struct sctp_prstatus),                  \
	    .asked = &timed, .since = "4.8"

const struct option_name sctp_features[] = {
	OPTION(SCTP_AUTH_CHUNK, BYTES, SET_ONLY, TRY(chunk)),
	OPTION(SCTP_HMAC_IDENT, BYTES, TRY(digest)),
	OPTION(SCTP_AUTH_KEY, BYTES, SET_ONLY, TRY(key)),
	OPTION(SCTP_AUTH_ACTIVE_KEY, FIELDS, KEY_NUMBER,
	    .first = SCTP_AUTH_KEY),
	OPTION(SCTP_AUTH_DELETE_KEY, FIELDS, SET_ONLY, KEY_NUMBER,
	    .first = SCTP_AUTH_KEY),
	OPTION(SCTP_AUTH_DEACTIVATE_KEY, FIELDS, SET_ONLY, KEY_NUMBER,
	    .first = SCTP_AUTH_KEY, .since = "4.17"),
	OPTION(SCTP_PEER_AUTH_CHUNKS, BYTES, GET_ONLY),
	OPTION(SCTP_LOCAL_AUTH_CHUNKS, BYTES, GET_ONLY),
	OPTION(SCTP_AUTO_ASCONF, BOOL),
	OPTION(SCTP_PEER_ADDR_THLDS, FIELDS,
	    FIELDS_OF(thresholds, struct sctp_paddrthlds)),
	OPTION(SCTP_PEER_ADDR_THLDS_V2, FIELDS, .since = "5.5",
	    FIELDS_OF(thresholds, struct sctp_paddrthlds_v2)),
	OPTION(SCTP_REUSE_PORT, BOOL, .since = "4.19"),
	OPTION(SCTP_PR_SUPPORTED, FIELDS, VALUE(0), .since = "4.8"),
	OPTION(SCTP_DEFAULT_PRINFO, FIELDS, .since = "4.8",
	    FIELDS_OF(lossy, struct sctp_default_prinfo),
	    OPTION_TRY(struct sctp_default_prinfo, 0, 1000,
	    SCTP_PR_SCTP_TTL)),
	OPTION(SCTP_PR_ASSOC_STATUS, FIELDS, ABANDONED),
	OPTION(SCTP_PR_STREAM_STATUS, FIELDS, ABANDONED),
	OPTION(SCTP_RECONFIG_SUPPORTED, FIELDS, VALUE(1), .since = "4.11"),
	OPTION(SCTP_ENABLE_STREAM_RESET, FIELDS,
	    VALUE(SCTP_ENABLE_RESET_STREAM_REQ), .since = "4.11"),
	OPTION(SCTP_RESET_STREAMS, BYTES, SET_ONLY, .since = "4.11",
	    OPTION_TRY(struct sctp_reset_streams, 0,
	    SCTP_STREAM_RESET_OUTGOING, 0)),
	OPTION(SCTP_RESET_ASSOC, INT, SET_ONLY, TRY_INT(0), .since = "4.11"),
	OPTION(SCTP_ADD_STREAMS, BYTES, SET_ONLY, .since = "4.11",
	    OPTION_TRY(struct sctp_add_streams, 0, 0, 1)),
	OPTION(SCTP_STREAM_SCHEDULER, FIELDS, VALUE(SCTP_SS_PRIO),
	    .since = "4.15"),
	OPTION(SCTP_STREAM_SCHEDULER_VALUE, FIELDS, .since = "4.15",
	    FIELDS_OF(stream, struct sctp_stream_value)),
	OPTION(SCTP_INTERLEAVING_SUPPORTED, FIELDS, VALUE(1),
	    .since = "4.16"),
	OPTION(SCTP_SENDMSG_CONNECT, BYTES,
	    .flags = OPTION_UNTRIED | OPTION_SET_ONLY, .since = "4.17",
	    .note = "it is a connect() to many addresses"),
	OPTION(SCTP_EVENT, FIELDS, FIELDS_OF(event, struct sctp_event),
	    .asked = &shutting_down, TRY(shutting_down), .since = "5.0"),
	OPTION(SCTP_ASCONF_SUPPORTED, FIELDS, VALUE(1), .since = "5.4"),
	OPTION(SCTP_AUTH_SUPPORTED, FIELDS, VALUE(1), .since = "5.4"),
	OPTION(SCTP_ECN_SUPPORTED, FIELDS, VALUE(0), .since = "5.4"),
	OPTION(SCTP_EXPOSE_POTENTIALLY_FAILED_STATE, FIELDS, VALUE(1),
	    .since = "5.5"),
	OPTION(SCTP_REMOTE_UDP_ENCAPS_PORT, FIELDS, .since = "5.11",
	    FIELDS_OF(port, struct sctp_udpencaps)),
	OPTION(SCTP_PLPMTUD_PROBE_INTERVAL, FIELDS, .since = "5.14",
	    FIELDS_OF(interval, struct sctp_probeinterval)),
	{ .constant = NULL },
};
