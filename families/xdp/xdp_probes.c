/* How frames get to the socket, and what bind() wants to be told. */
#include "xdp_probes.h"

#include <errno.h>
#include <string.h>

#include "probes/stage.h"
#include "record/calls.h"
#include "xdp.h"

static int
mode(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct xdp_options options = { .flags = 0 };
	socklen_t length = sizeof(options);
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	error = STAGE_CALL(server, getsockopt, SOL_XDP, XDP_OPTIONS, &options,
	    &length);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	return observe(seen, (options.flags & XDP_OPTIONS_ZEROCOPY) != 0
	    ? "zero-copy" : "copied");
}

static const struct probe xdp_mode = {
	.id = "xdp-mode",
	.group = GROUP_OPTIONS,
	.question = "Bound with XDP_COPY: what does XDP_OPTIONS tell?",
	.answers = (const char *const[]){ "copied", "zero-copy", "{errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .answer = "copied", .source = "linux/if_xdp.h: XDP_COPY, "
		    "force copy-mode" },
		{ .answer = NULL },
	},
	.run = mode,
};

/* bind() of a socket that has not been given any memory. */
static int
bare(struct stage *stage, struct observation *seen)
{
	struct side *known, *side;
	int error = stage_bound(stage, SIDE_SERVER, &known);

	if (error == 0)
		error = stage_socket(stage, SIDE_SERVER, &side);
	if (error != 0)
		return error;
	return observe(seen, "%s", observed_errno(STAGE_CALL(side, bind,
	    &known->self)));
}

static const struct probe xdp_bare = {
	.id = "xdp-bind.bare",
	.group = GROUP_ERRORS,
	.question = "bind() of a socket without rings or memory?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "{errno}", .source = "Linux, af_xdp.rst: at least "
		    "one of these rings is mandatory" },
		{ .answer = NULL },
	},
	.run = bare,
};

/* Another socket has the queue of the server. */
static int
taken(struct stage *stage, struct observation *seen)
{
	struct side *client, *server, *other;
	struct xdp_umem_reg memory = { .len = 16 * 4096, .chunk_size = 4096 };
	static _Alignas(4096) unsigned char frames[16 * 4096];
	const int entries = 16;
	int rings[] = { XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING,
		XDP_RX_RING };
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = stage_socket(stage, SIDE_SERVER, &other);
	if (error != 0)
		return error;
	memory.addr = (uint64_t)(uintptr_t)frames;
	error = STAGE_CALL(other, setsockopt, SOL_XDP, XDP_UMEM_REG, &memory,
	    sizeof(memory));
	for (size_t i = 0; error == 0 && i < 3; i++)
		error = STAGE_CALL(other, setsockopt, SOL_XDP, rings[i],
		    &entries, sizeof(entries));
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	return observe(seen, "%s", observed_errno(STAGE_CALL(other, bind,
	    &server->self)));
}

static const struct probe xdp_taken = {
	.id = "xdp-bind.taken",
	.group = GROUP_NAMING,
	.question = "bind() to a queue that another socket has?",
	.answers = (const char *const[]){ "ok", "{errno}",
	    "setsockopt: {errno}", NULL },
	.run = taken,
};

const struct probe *const xdp_probes[] = {
	&xdp_mode, &xdp_bare, &xdp_taken,
	NULL,
};
