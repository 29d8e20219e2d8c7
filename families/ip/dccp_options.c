/* The options of SOL_DCCP (net/dccp of kernels before 6.16). */
#include "ip_options.h"

#include <linux/dccp.h>

#ifndef DCCP_SOCKOPT_QPOLICY_ID
#define DCCP_SOCKOPT_QPOLICY_ID 16
#define DCCP_SOCKOPT_QPOLICY_TXQLEN 17
#endif

static const struct option_word policies[] = {
	OPTION_WORD_OF(DCCPQ_POLICY_SIMPLE), OPTION_WORD_OF(DCCPQ_POLICY_PRIO),
	{ 0, NULL },
};

static const unsigned char service[4] = { 'd', 'e', 'm', 'o' };
/* Congestion control like TCP's (RFC 4341). */
static const unsigned char like_tcp[] = { 2 };

#define GONE .until = "6.16"

const struct option_name dccp_options[] = {
	OPTION(DCCP_SOCKOPT_PACKET_SIZE, INT, TRY_INT(1000), GONE,
	    .note = "without effect"),
	OPTION(DCCP_SOCKOPT_SERVICE, BYTES, OPTION_TRY_BYTES(service), GONE),
	OPTION(DCCP_SOCKOPT_CHANGE_L, BYTES, SET_ONLY, TRY_INT(0), GONE,
	    .note = "without effect since Linux 2.6.35"),
	OPTION(DCCP_SOCKOPT_CHANGE_R, BYTES, SET_ONLY, TRY_INT(0), GONE,
	    .note = "without effect since Linux 2.6.35"),
	OPTION(DCCP_SOCKOPT_GET_CUR_MPS, INT, GET_ONLY, GONE),
	OPTION(DCCP_SOCKOPT_SERVER_TIMEWAIT, BOOL, GONE),
	OPTION(DCCP_SOCKOPT_SEND_CSCOV, INT, TRY_INT(1), GONE),
	OPTION(DCCP_SOCKOPT_RECV_CSCOV, INT, TRY_INT(1), GONE),
	OPTION(DCCP_SOCKOPT_AVAILABLE_CCIDS, BYTES, GET_ONLY, GONE),
	OPTION(DCCP_SOCKOPT_CCID, BYTES, SET_ONLY,
	    OPTION_TRY_BYTES(like_tcp), GONE),
	OPTION(DCCP_SOCKOPT_TX_CCID, INT, .tried = like_tcp, .length = 1,
	    GONE),
	OPTION(DCCP_SOCKOPT_RX_CCID, INT, .tried = like_tcp, .length = 1,
	    GONE),
	OPTION(DCCP_SOCKOPT_QPOLICY_ID, WORD, .words = policies,
	    TRY_INT(DCCPQ_POLICY_PRIO), GONE),
	OPTION(DCCP_SOCKOPT_QPOLICY_TXQLEN, INT, TRY_INT(7), GONE),
	OPTION(DCCP_SOCKOPT_CCID_RX_INFO, BYTES, GET_ONLY, GONE),
	OPTION(DCCP_SOCKOPT_CCID_TX_INFO, BYTES, GET_ONLY, GONE),
	{ .constant = NULL },
};
