/* Names, buffers, and records that are longer than the room there is. */
#include "vsock_probes.h"

#include <errno.h>
#include <linux/vm_sockets.h>
#include <string.h>
#include <unistd.h>

#include "probes/stage.h"
#include "record/calls.h"
#include "shared/nobody.h"

/* A CID that no machine has which runs this. */
#define ANOTHER_CID 4711
#define PRIVILEGED_PORT 80

/* What bind() to it returns; the CID is our own where 0 is given. */
static int
try_bind(struct stage *stage, unsigned cid, unsigned port, bool nobody,
    int *bound)
{
	struct side *known, *side;
	struct sockaddr_vm vm;
	struct endpoint address;
	int error = stage_bound(stage, SIDE_SERVER, &known);

	if (error == 0)
		error = stage_socket(stage, SIDE_SERVER, &side);
	if (error == 0 && nobody && geteuid() == 0)
		error = nobody_become(stage, NOBODY);
	if (error != 0)
		return error;
	memcpy(&vm, &known->self.storage, sizeof(vm));
	vm.svm_port = port;
	if (cid != 0)
		vm.svm_cid = cid;
	endpoint_set(&address, &vm, sizeof(vm));
	*bound = STAGE_CALL(side, bind, &address);
	return 0;
}

static int
privileged(struct stage *stage, struct observation *seen)
{
	int bound;
	int error = try_bind(stage, 0, PRIVILEGED_PORT, true, &bound);

	return error != 0 ? error
	    : observe(seen, "%s", observed_errno(bound));
}

static const struct probe priv_name = {
	.id = "priv-name.vsock",
	.group = GROUP_NAMING,
	.question = "bind() to port 80 without CAP_NET_BIND_SERVICE?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EACCES", .source = "vsock(7), ERRORS: EACCES" },
		{ .answer = NULL },
	},
	.run = privileged,
};

static int
nonlocal(struct stage *stage, struct observation *seen)
{
	int bound;
	int error = try_bind(stage, ANOTHER_CID, VMADDR_PORT_ANY, false,
	    &bound);

	return error != 0 ? error
	    : observe(seen, "%s", observed_errno(bound));
}

static const struct probe nonlocal_bind = {
	.id = "nonlocal-bind.vsock",
	.group = GROUP_NAMING,
	.question = "bind() to the CID of another machine?",
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EADDRNOTAVAIL",
		  .source = "vsock(7), ERRORS: a nonlocal CID" },
		{ .answer = NULL },
	},
	.run = nonlocal,
};

static int
option(struct side *side, int name, unsigned long long *value)
{
	socklen_t length = sizeof(*value);

	return STAGE_CALL(side, getsockopt, AF_VSOCK, name, value, &length);
}

/* A size that is too large, and what becomes of it. */
static int
clamp(struct stage *stage, struct observation *seen)
{
	unsigned long long most = 0, asked, got = 0;
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	error = option(side, SO_VM_SOCKETS_BUFFER_MAX_SIZE, &most);
	asked = 2 * most;
	if (error == 0)
		error = STAGE_CALL(side, setsockopt, AF_VSOCK,
		    SO_VM_SOCKETS_BUFFER_SIZE, &asked, sizeof(asked));
	if (error == 0)
		error = option(side, SO_VM_SOCKETS_BUFFER_SIZE, &got);
	if (error != 0)
		return observe(seen, "%s", observed_errno(error));
	return observe(seen, got == most ? "the maximum" : got == asked
	    ? "what was asked for" : "another");
}

static const struct probe buffer_clamp = {
	.id = "vsock-buffer.clamp",
	.group = GROUP_BUFFERS,
	.question = "A buffer of twice the maximum: how large does it become?",
	.answers = (const char *const[]){ "the maximum", "what was asked for",
	    "another", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "the maximum", .source = "linux/vm_sockets.h: "
		    "clamped to the MIN and MAX" },
		{ .answer = NULL },
	},
	.run = clamp,
};

/* Records of which the first has room at the peer, and the second has not. */
#define FIRST 200000u
#define SECOND 100000u

static char record[FIRST + SECOND];

/*
 * The next record, which poll() may have told of before all of it was there;
 * or a negative errno when it is late.
 */
static ssize_t
next_record(struct side *side)
{
	uint64_t end = side_now() + STAGE_SURE_MS * 1000000ULL;
	ssize_t got;

	do {
		side_wait(side, side->fd, POLLIN, STAGE_SURE_MS * 1000000LL);
		got = STAGE_CALL(side, recv, record, sizeof(record),
		    MSG_DONTWAIT);
		if (got == -EAGAIN)
			side_wait(side, -1, 0, 1000000);
	} while (got == -EAGAIN && side_now() < end);
	return got;
}

/* What the reader finds behind the first record. */
static int
read_on(struct stage *stage, struct observation *seen, struct side *client,
    struct side *server, const char *second)
{
	ssize_t got;

	got = next_record(server);
	if (got < 0)
		return observe(seen, "%s, none arrives", second);
	if (got != FIRST)
		return observe(seen, "%s, the first is damaged", second);
	/* That there is room again is told a moment later. */
	stage_poll(stage, client, POLLOUT, STAGE_SURE_MS);
	got = STAGE_CALL(client, send, "x", 1,
	    stage_flags(stage, MSG_DONTWAIT));
	if (got < 0)
		return observe(seen, "%s, then %s", second,
		    observed_errno(got));
	got = next_record(server);
	if (got < 0)
		return observe(seen, "%s, no record any more", second);
	return observe(seen, got == 1 ? "%s, the next is whole"
	    : "%s, a part is in the next", second);
}

static int
wedge(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	sent = STAGE_CALL(client, send, record, FIRST,
	    stage_flags(stage, MSG_DONTWAIT));
	if (sent != FIRST)
		return observe(seen, "the first: %s", observed_errno(sent));
	sent = STAGE_CALL(client, send, record, SECOND,
	    stage_flags(stage, MSG_DONTWAIT));
	if (sent == SECOND)
		return observe(seen, "sent");
	return read_on(stage, seen, client, server, sent < 0
	    ? observed_errno(sent) : "in part");
}

static const struct probe seq_wedge = {
	.id = "vs-seq-wedge",
	.group = GROUP_BUFFERS,
	.question = "A record longer than the room left, sent non-blocking?",
	.cells = { .type = SOCK_SEQPACKET },
	.answers = (const char *const[]){ "{errno}, the next is whole",
	    "{errno}, a part is in the next",
	    "{errno}, no record any more", "{errno}, none arrives",
	    "{errno}, then {errno}", "{errno}, the first is damaged", "sent",
	    "in part, the next is whole", "in part, a part is in the next",
	    "in part, no record any more", "in part, none arrives",
	    "in part, then {errno}", "in part, the first is damaged",
	    "the first: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EAGAIN, the next is whole", .source = "send(2): "
		    "in nonblocking mode it would fail with EAGAIN" },
		{ .answer = NULL },
	},
	.run = wedge,
};

const struct probe *const vsock_probes[] = {
	&priv_name, &nonlocal_bind, &buffer_clamp, &seq_wedge,
	NULL,
};
