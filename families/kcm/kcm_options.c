/* The options of SOL_KCM (Documentation/networking/kcm.rst). */
#include "kcm_options.h"

#include <linux/kcm.h>
#include <sys/socket.h>

#include "shared/options.h"

static const struct option_name options[] = {
	OPTION(KCM_RECV_DISABLE, BOOL),
	{ .constant = NULL },
};

const struct option_level kcm_levels[] = {
	{ SOL_KCM, "SOL_KCM", options, 0, NULL },
	{ .constant = NULL },
};
