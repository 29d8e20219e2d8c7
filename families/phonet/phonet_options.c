/* The options of SOL_PNPIPE (Documentation/networking/phonet.rst). */
#include "phonet_options.h"

#include <sys/socket.h>

/* Behind sys/socket.h, whose types it uses. */
#include <linux/phonet.h>

#include "shared/options.h"

#ifndef SOL_PNPIPE
#define SOL_PNPIPE 275
#endif

static const struct option_word ways[] = {
	OPTION_WORD_OF(PNPIPE_ENCAP_NONE), OPTION_WORD_OF(PNPIPE_ENCAP_IP),
	{ 0, NULL },
};

static const struct option_name options[] = {
	OPTION(PNPIPE_ENCAP, WORD, .words = ways,
	    .note = "PNPIPE_ENCAP_IP makes an interface of the pipe: what is "
	    "tried is PNPIPE_ENCAP_NONE", TRY_INT(PNPIPE_ENCAP_NONE)),
	OPTION(PNPIPE_IFINDEX, INT, GET_ONLY),
	OPTION(PNPIPE_HANDLE, INT, TRY_INT(7), .since = "2.6.39"),
	OPTION(PNPIPE_INITSTATE, BOOL, .since = "3.2"),
	{ .constant = NULL },
};

static const int pipes[] = { PN_PROTO_PIPE, PROTOCOL_ANY };

const struct option_level phonet_levels[] = {
	{ SOL_PNPIPE, "SOL_PNPIPE", options, 0, pipes },
	{ .constant = NULL },
};
