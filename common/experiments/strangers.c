/* What a socket that has a peer hears of others. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/moves.h"

/* A server that is connected to its client; and a third that knows its name. */
static int
three(struct stage *stage, struct side **client, struct side **server,
    struct side **third)
{
	int error = stage_pair(stage, client, server);

	if (error == 0)
		error = stage_bound(stage, SIDE_CLIENT, third);
	if (error == 0)
		error = side_prepare(*third, &(*client)->peer);
	if (error == 0)
		(*third)->peer = (*client)->peer;
	return error;
}

static int
third_party(struct stage *stage, struct observation *seen)
{
	struct side *client, *server, *third;
	char data[16] = "";
	ssize_t sent;
	int error = three(stage, &client, &server, &third);

	if (error == 0)
		error = move_attach(stage, server);
	if (error != 0)
		return error;
	sent = stage_send(stage, third, "3rd", 3, 0);
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	/* What comes from the peer has to be behind it. */
	stage_send(stage, client, "abc", 3, 0);
	if (move_receive(stage, server, data, sizeof(data), STAGE_SURE_MS) < 0)
		return observe(seen, "neither is heard");
	if (data[0] == '3')
		return observe(seen, "heard");
	return observe(seen, "%s", move_receive(stage, server, data,
	    sizeof(data), STAGE_QUIET_MS) > 0 ? "heard" : "dropped");
}

/* Where whoever is connected to has to listen, there are connections. */
static bool
only_names(const struct choice *choice)
{
	return !choice->row.listens;
}

static const struct probe third_party_probe = {
	.id = "third-party",
	.group = GROUP_CONNECT,
	.question = "A connected socket: does it hear others than its peer?",
	.cells = { .shapes = ON_DATAGRAM },
	.applies = only_names,
	.answers = (const char *const[]){ "dropped", "heard",
	    "neither is heard", "send: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .type = SOCK_DGRAM },
		  .answer = "dropped or send: {errno}",
		  .source = "connect(2); POSIX.1-2017, connect()" },
		{ .answer = NULL },
	},
	.limit_ms = MOVE_LIMIT_MS,
	.run = third_party,
};

/* A third one's message is there before connect() is called. */
static int
third_party_before(struct stage *stage, struct observation *seen)
{
	struct side *client, *server, *third;
	char word[MOVE_WORD];
	ssize_t sent;
	int error = three(stage, &client, &server, &third);

	if (error != 0)
		return error;
	sent = stage_send(stage, third, "3rd", 3, 0);
	if (sent < 0 ||
	    stage_poll(stage, server, POLLIN, STAGE_SURE_MS) == 0)
		return stage_cannot(stage, "a message of three bytes does not "
		    "arrive: %s", observed_errno(sent));
	error = move_attach(stage, server);
	if (error != 0)
		return error;
	move_read(stage, server, STAGE_QUIET_MS, word);
	return observe(seen, "%s", strcmp(word, "data") == 0 ? "heard"
	    : strcmp(word, "nothing") == 0 ? "dropped" : word);
}

static const struct probe third_party_before_probe = {
	.id = "third-party.before",
	.group = GROUP_CONNECT,
	.question = "Others' messages that came before connect(): dropped?",
	.cells = { .shapes = ON_DATAGRAM },
	.applies = only_names,
	.answers = (const char *const[]){ "dropped", "heard", "0", "{errno}",
	    NULL },
	.documents = (const struct document[]){
		{ .cells = { .type = SOCK_DGRAM }, .answer = "dropped",
		  .source = "POSIX.1-2017, connect(): it limits the sender for "
		      "subsequent recv()" },
		{ .answer = NULL },
	},
	.run = third_party_before,
};

const struct probe *const strangers_probes[] = {
	&third_party_probe,
	&third_party_before_probe,
	NULL,
};
