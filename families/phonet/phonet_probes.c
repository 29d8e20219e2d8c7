/* Addresses of others, connect(), and resources. */
#include "phonet_probes.h"

#include <errno.h>
#include <linux/phonet.h>
#include <linux/sockios.h>
#include <stdint.h>
#include <string.h>

#include "probes/stage.h"
#include "record/calls.h"

/* None that anybody has. */
#define ANOTHER_ADDRESS 0x24

static int
nonlocal(struct stage *stage, struct observation *seen)
{
	struct sockaddr_pn pn;
	struct endpoint address;
	struct side *known, *side;
	int error = stage_bound(stage, SIDE_SERVER, &known);

	if (error == 0)
		error = stage_socket(stage, SIDE_SERVER, &side);
	if (error != 0)
		return error;
	memcpy(&pn, &known->self.storage, sizeof(pn));
	pn.spn_dev = ANOTHER_ADDRESS;
	pn.spn_obj = 0;
	endpoint_set(&address, &pn, sizeof(pn));
	return observe(seen, "%s", observed_errno(STAGE_CALL(side, bind,
	    &address)));
}

static const struct probe phonet_nonlocal = {
	.id = "nonlocal-bind.phonet",
	.group = GROUP_NAMING,
	.question = "bind() to an address that no interface has?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EADDRNOTAVAIL",
		  .source = "bind(2), EADDRNOTAVAIL: not local" },
		{ .answer = NULL },
	},
	.run = nonlocal,
};

static int
connect_dgram(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	return observe(seen, "%s", observed_errno(STAGE_CALL(client, connect,
	    &client->peer)));
}

static const struct probe phonet_connect = {
	.id = "phonet-connect",
	.group = GROUP_CONNECT,
	.question = "connect() of a datagram socket?",
	.cells = { .shapes = ON_DATAGRAM },
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "{errno}", .source = "Linux, phonet.rst: "
		    "connect() is not supported" },
		{ .answer = NULL },
	},
	.run = connect_dgram,
};

/* Two sockets subscribe to one resource. */
static int
resource(struct stage *stage, struct observation *seen)
{
	struct side *first, *second;
	uint32_t number = 0x42;
	int error = stage_bound(stage, SIDE_SERVER, &first);

	if (error == 0)
		error = stage_bound(stage, SIDE_SERVER, &second);
	if (error != 0)
		return error;
	error = STAGE_CALL(first, ioctl, SIOCPNADDRESOURCE, &number);
	if (error != 0)
		return observe(seen, "the first: %s", observed_errno(error));
	return observe(seen, "the second: %s", observed_errno(STAGE_CALL(
	    second, ioctl, SIOCPNADDRESOURCE, &number)));
}

static const struct probe phonet_resource = {
	.id = "phonet-resource",
	.group = GROUP_SHARING,
	.question = "Two sockets subscribe to one resource?",
	.cells = { .shapes = ON_DATAGRAM },
	.answers = (const char *const[]){ "the second: ok",
	    "the second: {errno}", "the first: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "the second: EBUSY",
		  .source = "Linux, phonet.rst: ioctl() will return EBUSY" },
		{ .answer = NULL },
	},
	.differences = (const struct difference[]){
		{ .answer = "the first: ENOTTY",
		  .text = "Resources are had in the network namespace that "
		      "the system started with, and in no other.",
		  .source = "Linux, net/phonet/socket.c: "
		      "pn_socket_bind_res()" },
		{ .answer = NULL },
	},
	.run = resource,
};

const struct probe *const phonet_probes[] = {
	&phonet_nonlocal, &phonet_connect, &phonet_resource,
	NULL,
};
