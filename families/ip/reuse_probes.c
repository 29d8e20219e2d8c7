/* Two sockets on one port: who may, and who then gets what comes. */
#include <errno.h>
#include <poll.h>

#include "ip_probes.h"
#include "ip_stage.h"

/* What the two sockets set before bind(); 0: nothing. */
struct pair {
	int first, second;
	bool listens;		/* the first one, before the second is bound */
	const char *v4, *v6;	/* what the first is bound to */
};

static bool
has_ports(const struct choice *choice)
{
	return choice->row.type != SOCK_RAW;
}

static int
bind_with(struct stage *stage, const struct endpoint *address, int option,
    struct side **side)
{
	int error = stage_socket(stage, SIDE_SERVER, side);

	if (error == 0 && option != 0)
		error = ip_stage_set(*side, SOL_SOCKET, option, 1);
	return error != 0 ? error : ip_stage_bind(*side, address);
}

/* Both are bound, the second to the loopback; or its negative errno. */
static int
bind_two(struct stage *stage, const struct pair *pair, struct side *side[2])
{
	struct endpoint address;
	int error;

	ip_stage_address(stage, pair->v4 != NULL ? pair->v4 : "127.0.0.1",
	    pair->v6 != NULL ? pair->v6 : "::1", 0, &address);
	error = bind_with(stage, &address, pair->first, &side[0]);
	if (error == 0 && pair->listens)
		error = STAGE_CALL(side[0], listen, 64);
	if (error != 0)
		return stage_cannot(stage, "the first socket is not bound");
	ip_stage_address(stage, "127.0.0.1", "::1",
	    ip_stage_port(&side[0]->self), &address);
	return bind_with(stage, &address, pair->second, &side[1]);
}

static int
second_bind(struct stage *stage, struct observation *seen,
    const struct pair *pair)
{
	struct side *side[2];
	int error = bind_two(stage, pair, side);

	return stage->failure->happened && error == -ENOTSUP ? error
	    : observe(seen, "%s", observed_errno(error));
}

#define SECOND(function, ...)                                                  \
	static int function(struct stage *stage, struct observation *seen)     \
	{                                                                      \
		const struct pair pair = { __VA_ARGS__ };                      \
		return second_bind(stage, seen, &pair);                        \
	}

#define SECOND_PROBE(words, asked, on, function, promised, said)               \
	{                                                                      \
		.id = (words), .group = GROUP_SHARING, .question = (asked),    \
		.cells = { .shapes = (on) }, .applies = has_ports,             \
		.answers = (const char *const[]){ "ok", "{errno}", NULL },     \
		.documents = (const struct document[]){                        \
			{ .answer = (promised), .source = (said) },            \
			{ .answer = NULL },                                    \
		},                                                             \
		.run = (function),                                             \
	}

SECOND(both_addresses, SO_REUSEADDR, SO_REUSEADDR, .listens = false)
const struct probe ip_reuse_address = SECOND_PROBE("reuse.address",
    "One port, two sockets, both with SO_REUSEADDR: second bind()?",
    ON_CONNECTED | ON_DATAGRAM, both_addresses, "ok",
    "socket(7), SO_REUSEADDR");

SECOND(one_address, 0, SO_REUSEADDR, .listens = false)
const struct probe ip_reuse_one = SECOND_PROBE("reuse.address-one",
    "Only the second socket has SO_REUSEADDR: bind()?",
    ON_CONNECTED | ON_DATAGRAM,
    one_address, "EADDRINUSE", "socket(7), NOTES: both have to set it");

SECOND(listening, SO_REUSEADDR, SO_REUSEADDR, .listens = true)
const struct probe ip_reuse_listening = SECOND_PROBE("reuse.address-listen",
    "Both have SO_REUSEADDR, the first listens: second bind()?", ON_CONNECTED,
    listening, "EADDRINUSE", "socket(7), SO_REUSEADDR");

SECOND(listening_any, SO_REUSEADDR, SO_REUSEADDR, .listens = true,
    .v4 = "0.0.0.0", .v6 = "::")
const struct probe ip_reuse_any = SECOND_PROBE("reuse.address-any",
    "SO_REUSEADDR, the first listens on any address: second bind()?",
    ON_CONNECTED, listening_any, "EADDRINUSE", "socket(7), SO_REUSEADDR");

SECOND(both_ports, SO_REUSEPORT, SO_REUSEPORT, .listens = false)
const struct probe ip_reuse_port = SECOND_PROBE("reuse.port",
    "Both sockets have SO_REUSEPORT: second bind()?",
    ON_CONNECTED | ON_DATAGRAM, both_ports, "ok",
    "socket(7), SO_REUSEPORT");

SECOND(one_port, 0, SO_REUSEPORT, .listens = false)
const struct probe ip_reuse_port_one = SECOND_PROBE("reuse.port-one",
    "Only the second socket has SO_REUSEPORT: bind()?",
    ON_CONNECTED | ON_DATAGRAM,
    one_port, "EADDRINUSE",
    "socket(7), SO_REUSEPORT: on the first socket, too");

SECOND(mixed, SO_REUSEADDR, SO_REUSEPORT, .listens = false)
const struct probe ip_reuse_mixed = SECOND_PROBE("reuse.mixed",
    "The first has SO_REUSEADDR, the second SO_REUSEPORT: bind()?",
    ON_CONNECTED | ON_DATAGRAM, mixed, "EADDRINUSE",
    "socket(7), NOTES and SO_REUSEPORT");
