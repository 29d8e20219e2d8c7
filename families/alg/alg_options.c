/* The options of SOL_ALG (Documentation/crypto/userspace-if.rst). */
#include <sys/socket.h>

#include "alg.h"
#include "shared/options.h"

/* Newer than the headers of some systems that this is built on. */
#ifndef ALG_SET_DRBG_ENTROPY
#define ALG_SET_DRBG_ENTROPY 6
#endif
#ifndef ALG_SET_KEY_BY_KEY_SERIAL
#define ALG_SET_KEY_BY_KEY_SERIAL 7
#endif

static const unsigned char key[16] = "sixteen bytes..";

#define MESSAGE                                                                \
	SET_ONLY, .note = "it goes with a message, as a control message"

static const struct option_name options[] = {
	OPTION(ALG_SET_KEY, BYTES, SET_ONLY, OPTION_TRY_BYTES(key)),
	OPTION(ALG_SET_IV, BYTES, MESSAGE, OPTION_TRY_BYTES(key)),
	OPTION(ALG_SET_OP, INT, MESSAGE, TRY_INT(ALG_OP_ENCRYPT)),
	OPTION(ALG_SET_AEAD_ASSOCLEN, INT, MESSAGE, TRY_INT(0)),
	OPTION(ALG_SET_AEAD_AUTHSIZE, BYTES,
	    .flags = OPTION_UNTRIED | OPTION_SET_ONLY,
	    .note = "its value is the length, of algorithms of another kind"),
	OPTION(ALG_SET_DRBG_ENTROPY, BYTES, SET_ONLY, OPTION_TRY_BYTES(key),
	    .since = "5.10"),
	OPTION(ALG_SET_KEY_BY_KEY_SERIAL, INT, SET_ONLY, TRY_INT(0),
	    .since = "6.2"),
	{ .constant = NULL },
};

const struct option_level alg_levels[] = {
	{ SOL_ALG, "SOL_ALG", options, 0, NULL },
	{ .constant = NULL },
};
