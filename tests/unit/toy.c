#include "toy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct toy {
	sa_family_t family;
	uint16_t port;
};

static int
read_toy(const struct endpoint *endpoint, struct toy *toy)
{
	if (endpoint->length != sizeof(*toy))
		return -EINVAL;
	memcpy(toy, endpoint->bytes, sizeof(*toy));
	return toy->family == TOY_DOMAIN ? 0 : -EINVAL;
}

static int
toy_format(const struct endpoint *endpoint, char *text, size_t room)
{
	struct toy toy;

	if (read_toy(endpoint, &toy) != 0)
		return -EINVAL;
	snprintf(text, room, "toy:%u", toy.port);
	return 0;
}

static int
toy_lay_out(const struct endpoint *endpoint, struct field fields[FIELDS_MAX])
{
	struct toy toy;

	if (read_toy(endpoint, &toy) != 0)
		return -EINVAL;
	fields[0] = (struct field){ .name = "toy_family", .value = "AF_TOY" };
	fields[1] = (struct field){ .name = "toy_port", .number = true };
	snprintf(fields[1].value, sizeof(fields[1].value), "%u", toy.port);
	snprintf(fields[1].strace, sizeof(fields[1].strace),
	    "toy_port=htons(%u)", toy.port);
	fields[2] = (struct field){ .name = "toy_zone", .value = "home" };
	return 3;
}

const struct family toy_family = {
	.name = "toy",
	.constant = "AF_TOY",
	.domain = TOY_DOMAIN,
	.summary = "for tests",
	.protocols = (const struct protocol[]){
		{ "one", NULL, 1, "TOYPROTO_ONE", 0 },
		{ .name = NULL },
	},
	.protocol_zero = "TOYPROTO_ANY",
	.cells = (const struct cell[]){
		{ .type = SOCK_STREAM, .protocol = 1, .by_default = true,
		  .shape = SHAPE_CONNECTED },
		{ .type = SOCK_DGRAM, .protocol = 1, .by_default = true,
		  .shape = SHAPE_DATAGRAM },
		{ .type = SOCK_SEQPACKET, .protocol = 1, .by_default = true,
		  .shape = SHAPE_CONNECTED, .traits = TRAIT_EMPTY },
		{ .type = SOCK_RAW, .protocol = 1, .by_default = true,
		  .shape = SHAPE_BUS },
		{ .type = SOCK_RDM, .protocol = 1, .by_default = true,
		  .shape = SHAPE_KERNEL },
		{ .type = 0 },
	},
	.levels = (const struct option_level[]){
		{ TOY_LEVEL, "SOL_TOY", (const struct option_name[]){
			OPTION(TOY_SPEED, INT),
			OPTION(TOY_KEY, BYTES),
			{ .constant = NULL },
		}, 0, NULL },
		{ .constant = NULL },
	},
	.format = toy_format,
	.lay_out = toy_lay_out,
};

struct endpoint
toy_address(unsigned port)
{
	struct toy toy = { .family = TOY_DOMAIN, .port = (uint16_t)port };
	struct endpoint endpoint = { .length = sizeof(toy) };

	memcpy(endpoint.bytes, &toy, sizeof(toy));
	return endpoint;
}

struct event *
toy_event(struct trace *trace, enum side_id side, enum call call,
    int64_t result, int error, const int64_t number[3])
{
	static uint64_t now = 5000000000;
	struct event *event = trace_next(trace);

	now += 1000000;
	event->t_ns = now;
	event->end_ns = now + 1000;
	event->result = result;
	event->error = error;
	event->pid = side == SIDE_CLIENT ? 101 : 102;
	event->side = (uint8_t)side;
	event->call = (uint8_t)call;
	memcpy(event->number, number, sizeof(event->number));
	return event;
}

void
toy_pass(struct event *event, unsigned port)
{
	event->address = toy_address(port);
}

void
toy_return(struct event *event, unsigned port)
{
	event->address = toy_address(port);
	event->room = sizeof(event->address.storage);
	event->returned = event->address.length;
}

void
toy_data(struct event *event, const void *bytes, size_t length)
{
	event->length = length;
	event->kept = (uint32_t)(length < EVENT_DATA_MAX ? length
							 : EVENT_DATA_MAX);
	memcpy(event->data, bytes, event->kept);
}
