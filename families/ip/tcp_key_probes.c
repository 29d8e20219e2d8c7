/* Connections that are signed with a key (RFC 2385, tcp(7) TCP_MD5SIG). */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>

#include "ip_probes.h"
#include "ip_stage.h"

static int
set_key(struct side *side, const struct endpoint *peer, const char *key)
{
	struct tcp_md5sig signature = { .tcpm_keylen = (uint16_t)strlen(key) };

	memcpy(&signature.tcpm_addr, &peer->storage, sizeof(peer->storage));
	memcpy(signature.tcpm_key, key, strlen(key));
	return STAGE_CALL(side, setsockopt, IPPROTO_TCP, TCP_MD5SIG,
	    &signature, sizeof(signature));
}

/* The server's key is "secret"; whether a client with this one gets in. */
static int
connect_with(struct stage *stage, struct observation *seen, const char *key)
{
	struct side *client, *server;
	struct endpoint anyone;
	int error = stage_bound(stage, SIDE_SERVER, &server);

	ip_stage_address(stage, "127.0.0.1", "::1", 0, &anyone);
	if (error == 0)
		error = set_key(server, &anyone, "secret");
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = STAGE_CALL(server, listen, 8);
	if (error == 0)
		error = ip_stage_open(stage, SIDE_CLIENT,
		    stage->choice->family->domain, &client);
	if (error == 0 && key != NULL)
		error = set_key(client, &server->self, key);
	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	/* A SYN that is dropped would be sent again for two minutes. */
	STAGE_CALL(client, fcntl, F_SETFL, O_NONBLOCK);
	error = STAGE_CALL(client, connect, &server->self);
	if (error != 0 && error != -EINPROGRESS)
		return observe(seen, "connect: %s", observed_errno(error));
	return observe(seen, stage_poll(stage, server, POLLIN, key != NULL &&
	    strcmp(key, "secret") == 0 ? STAGE_SURE_MS : STAGE_QUIET_MS) > 0
	    ? "connected" : "no answer");
}

#define KEY_PROBE(words, asked, function, promised)                            \
	{                                                                      \
		.id = (words), .group = GROUP_OPTIONS, .question = (asked),    \
		.cells = { .type = SOCK_STREAM, .protocol = "tcp" },           \
		.answers = (const char *const[]){ "connected", "no answer",    \
		    "connect: {errno}", "setsockopt: {errno}", NULL },         \
		.documents = (const struct document[]){                        \
			{ .answer = (promised),                                \
			  .source = "RFC 2385, 2.0" },                         \
			{ .answer = NULL },                                    \
		},                                                             \
		.run = (function),                                             \
	}

static int
same_key(struct stage *stage, struct observation *seen)
{
	return connect_with(stage, seen, "secret");
}

const struct probe ip_tcp_same_key = KEY_PROBE("tcp-special.md5",
    "TCP_MD5SIG with one key at both ends: connect()?", same_key,
    "connected");

static int
other_key(struct stage *stage, struct observation *seen)
{
	return connect_with(stage, seen, "public");
}

const struct probe ip_tcp_other_key = KEY_PROBE("tcp-special.md5-other",
    "TCP_MD5SIG with different keys at the ends: connect()?",
    other_key, "no answer");

static int
no_key(struct stage *stage, struct observation *seen)
{
	return connect_with(stage, seen, NULL);
}

const struct probe ip_tcp_no_key = KEY_PROBE("tcp-special.md5-none",
    "TCP_MD5SIG at the server only: connect()?", no_key, NULL);
