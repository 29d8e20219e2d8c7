/* DCCP: service codes, and packets that are not cut (RFC 4340). */
#include <errno.h>

#include "ip_probes.h"
#include "ip_stage.h"

/* From linux/dccp.h, which not every system has. */
#define DCCP_LEVEL 269
#define DCCP_SERVICE_OPTION 2
#define DCCP_CUR_MPS_OPTION 5

#define DCCP_ONLY { .type = SOCK_DCCP, .protocol = "dccp" }

/* A client that names this service, or none, to a server of "demo". */
static int
connect_for(struct stage *stage, struct observation *seen, const char *service)
{
	struct side *client, *server;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	if (error == 0)
		error = STAGE_CALL(server, listen, 8);
	if (error != 0)
		return error;
	/* Without the settings of an exchange: it names the service. */
	client = stage_side(stage, SIDE_CLIENT);
	client->fd = client->calls->socket(&client->recorder,
	    stage->choice->family->domain, SOCK_DCCP | SOCK_CLOEXEC,
	    IPPROTO_DCCP);
	if (service != NULL)
		STAGE_CALL(client, setsockopt, DCCP_LEVEL,
		    DCCP_SERVICE_OPTION, service, 4);
	return observe(seen, "%s", observed_errno(STAGE_CALL(client, connect,
	    &server->self)));
}

static int
other_service(struct stage *stage, struct observation *seen)
{
	return connect_for(stage, seen, "else");
}

const struct probe ip_dccp_service = {
	.id = "dccp-service",
	.group = GROUP_CONNECT,
	.question = "connect() for another service than the server's?",
	.cells = DCCP_ONLY,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "{errno}",
		  .source = "RFC 4340, 8.1.2: Reset, Bad Service Code" },
		{ .answer = NULL },
	},
	.run = other_service,
};

static int
no_service(struct stage *stage, struct observation *seen)
{
	return connect_for(stage, seen, NULL);
}

const struct probe ip_dccp_no_service = {
	.id = "dccp-service.none",
	.group = GROUP_CONNECT,
	.question = "connect() without naming a service?",
	.cells = DCCP_ONLY,
	.answers = (const char *const[]){ "ok", "{errno}", NULL },
	.run = no_service,
};

static int
too_large(struct stage *stage, struct observation *seen)
{
	static const char message[65536];
	struct side *client, *server;
	int most = 0;
	socklen_t length = sizeof(most);
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error == 0)
		error = STAGE_CALL(client, getsockopt, DCCP_LEVEL,
		    DCCP_CUR_MPS_OPTION, &most, &length);
	if (error != 0)
		return error;
	if (most <= 0 || (size_t)most >= sizeof(message))
		return stage_cannot(stage, "the largest packet is %d", most);
	sent = STAGE_CALL(client, send, message, (size_t)most + 1,
	    stage_flags(stage, MSG_DONTWAIT));
	return observe(seen, "%s", sent < 0 ? observed_errno(sent) : "sent");
}

const struct probe ip_dccp_too_large = {
	.id = "dccp-largest",
	.group = GROUP_BOUNDARIES,
	.question = "A message one byte above DCCP_SOCKOPT_GET_CUR_MPS?",
	.cells = DCCP_ONLY,
	.answers = (const char *const[]){ "sent", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "{errno}", .source = "RFC 4340, 14" },
		{ .answer = NULL },
	},
	.run = too_large,
};
