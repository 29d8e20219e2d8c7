/* Sockets that share a port, and a port whose connection has just ended. */
#include <errno.h>
#include <poll.h>

#include "ip_probes.h"
#include "ip_stage.h"

/*
 * So many clients have so many ports that two sockets that share them get some
 * each: the odds are 1 to 8,388,608 that one gets none.
 */
#define CLIENTS 24

static bool
has_ports(const struct choice *choice)
{
	return choice->row.type != SOCK_RAW && !choice->row.listens;
}

static int
share(struct stage *stage, int option, struct side *side[2])
{
	struct endpoint address;
	int error = 0;

	ip_stage_address(stage, "127.0.0.1", "::1", 0, &address);
	for (int i = 0; i < 2 && error == 0; i++) {
		error = stage_socket(stage, SIDE_SERVER, &side[i]);
		if (error == 0)
			error = ip_stage_set(side[i], SOL_SOCKET, option, 1);
		if (error == 0)
			error = ip_stage_bind(side[i], &address);
		address = side[i]->self;
	}
	for (int i = 0; i < 2 && error == 0 &&
	    stage->choice->row.shape == SHAPE_CONNECTED; i++)
		error = STAGE_CALL(side[i], listen, 2 * CLIENTS);
	return error;
}

/* A client of its own port: one message, or a connection that waits. */
static int
call_in(struct side *client, const struct stage *stage,
    const struct endpoint *to)
{
	const struct cell *cell = &stage->choice->row;
	int fd = client->calls->socket(&client->recorder,
	    stage->choice->family->domain, cell->type | SOCK_CLOEXEC,
	    cell->protocol);
	ssize_t result;

	if (fd < 0)
		return fd;
	result = cell->shape == SHAPE_CONNECTED
	    ? client->calls->connect(&client->recorder, fd, to)
	    : client->calls->sendto(&client->recorder, fd, STAGE_MESSAGE,
		STAGE_MESSAGE_LENGTH, stage_flags(stage, 0), to);
	return result < 0 ? (int)result : 0;
}

static int
call_often(struct stage *stage, const struct side *server, int times)
{
	struct side *client = stage_side(stage, SIDE_CLIENT);
	int error = 0;

	for (int i = 0; i < times && error == 0; i++)
		error = call_in(client, stage, &server->self);
	return error;
}

/* Which of them have something to receive or to accept. */
static int
tell_who(struct stage *stage, struct side *side[2], struct observation *seen)
{
	struct pollfd polled[2] = {
		{ .fd = side[0]->fd, .events = POLLIN },
		{ .fd = side[1]->fd, .events = POLLIN },
	};

	(void)stage;
	side[0]->calls->poll(&side[0]->recorder, polled, 2, STAGE_SURE_MS);
	return observe(seen,
	    (polled[0].revents & polled[1].revents & POLLIN) != 0 ? "both"
	    : (polled[0].revents & POLLIN) != 0 ? "the first"
	    : (polled[1].revents & POLLIN) != 0 ? "the last" : "neither");
}

#define WHO_ANSWERS                                                            \
	(const char *const[]){ "both", "the first", "the last", "neither",     \
	    "setup: {errno}", "client: {errno}", NULL }

static int
who_gets(struct stage *stage, struct observation *seen, int option, int times)
{
	struct side *side[2];
	int error = share(stage, option, side);

	if (error != 0)
		return observe(seen, "setup: %s", observed_errno(error));
	error = call_often(stage, side[0], times);
	if (error != 0)
		return observe(seen, "client: %s", observed_errno(error));
	return tell_who(stage, side, seen);
}

static int
datagram(struct stage *stage, struct observation *seen)
{
	return who_gets(stage, seen, SO_REUSEADDR, 1);
}

const struct probe ip_reuse_who = {
	.id = "reuse.who",
	.group = GROUP_SHARING,
	.question = "Two sockets, one port, SO_REUSEADDR: who gets a datagram?",
	.applies = ip_stage_udp,
	.answers = WHO_ANSWERS,
	.run = datagram,
};

static int
balance(struct stage *stage, struct observation *seen)
{
	return who_gets(stage, seen, SO_REUSEPORT, CLIENTS);
}

const struct probe ip_reuse_balance = {
	.id = "reuse.balance",
	.group = GROUP_SHARING,
	.question = "SO_REUSEPORT on two, and 24 clients: who gets them?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = has_ports,
	.answers = WHO_ANSWERS,
	.documents = (const struct document[]){
		{ .cells = { .shapes = ON_CONNECTED }, .answer = "both",
		  .source = "socket(7), SO_REUSEPORT: load distribution" },
		{ .cells = { .shapes = ON_DATAGRAM }, .answer = "both",
		  .source = "socket(7), SO_REUSEPORT: better distribution" },
		{ .answer = NULL },
	},
	.run = balance,
};

/* The server closes first: its address waits for what may still come. */
static int
bind_again(struct stage *stage, struct observation *seen, int option)
{
	struct side *client, *server, *listener, *again;
	struct endpoint address;
	char data[8];
	int error = stage_trio(stage, &client, &server, &listener);

	if (error != 0)
		return error;
	address = listener->self;
	listener->calls->close(&listener->recorder, listener->listener);
	listener->listener = -1;
	STAGE_CALL(server, shutdown, SHUT_WR);
	stage_receive(stage, client, data, sizeof(data), 0, STAGE_SURE_MS);
	STAGE_CALL(client, shutdown, SHUT_WR);
	stage_receive(stage, server, data, sizeof(data), 0, STAGE_SURE_MS);
	STAGE_CALL(server, close);
	server->fd = -1;
	error = stage_socket(stage, SIDE_SERVER, &again);
	if (error == 0 && option != 0)
		error = ip_stage_set(again, SOL_SOCKET, option, 1);
	if (error != 0)
		return error;
	return observe(seen, "%s",
	    observed_errno(ip_stage_bind(again, &address)));
}

static int
time_wait(struct stage *stage, struct observation *seen)
{
	return bind_again(stage, seen, 0);
}

const struct probe ip_reuse_time_wait = {
	.id = "reuse.time-wait",
	.group = GROUP_SHARING,
	.question =
	    "A server ended its connection: can it bind the port again?",
	.cells = { .shapes = ON_CONNECTED, .with = TRAIT_HALF_CLOSE },
	.applies = has_ports,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EADDRINUSE",
		  .source = "ip(7): an address is unavailable for some time "
			    "after closing" },
		{ .answer = NULL },
	},
	.run = time_wait,
};

static int
time_wait_reused(struct stage *stage, struct observation *seen)
{
	return bind_again(stage, seen, SO_REUSEADDR);
}

const struct probe ip_reuse_time_wait_address = {
	.id = "reuse.time-wait-reuse",
	.group = GROUP_SHARING,
	.question =
	    "A server ended its connection: bind() again with SO_REUSEADDR?",
	.cells = { .shapes = ON_CONNECTED, .with = TRAIT_HALF_CLOSE },
	.applies = has_ports,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "ok",
		  .source = "ip(7): available if SO_REUSEADDR has been set" },
		{ .answer = "EADDRINUSE",
		  .source = "socket(7), NOTES: both have to set it" },
		{ .answer = NULL },
	},
	.run = time_wait_reused,
};
