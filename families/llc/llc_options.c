/* The options of SOL_LLC (linux/llc.h; net/llc/af_llc.c of the kernel). */
#include "llc_options.h"

#include <sys/socket.h>

/* Behind sys/socket.h, whose types it uses. */
#include <linux/llc.h>

#include "shared/options.h"

#ifndef SOL_LLC
#define SOL_LLC 268
#endif

static const struct option_name options[] = {
	OPTION(LLC_OPT_RETRY, INT, TRY_INT(3)),
	OPTION(LLC_OPT_SIZE, INT, TRY_INT(1000)),
	OPTION(LLC_OPT_ACK_TMR_EXP, INT, TRY_INT(2)),
	OPTION(LLC_OPT_P_TMR_EXP, INT, TRY_INT(2)),
	OPTION(LLC_OPT_REJ_TMR_EXP, INT, TRY_INT(2)),
	OPTION(LLC_OPT_BUSY_TMR_EXP, INT, TRY_INT(2)),
	OPTION(LLC_OPT_TX_WIN, INT, TRY_INT(5)),
	OPTION(LLC_OPT_RX_WIN, INT, TRY_INT(5)),
	OPTION(LLC_OPT_PKTINFO, BOOL),
	{ .constant = NULL },
};

const struct option_level llc_levels[] = {
	{ SOL_LLC, "SOL_LLC", options, 0, NULL },
	{ .constant = NULL },
};
