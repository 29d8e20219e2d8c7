/* What becomes of the boundaries between messages. */
#include <errno.h>
#include <string.h>

#include "experiments/experiments.h"
#include "probes/stage.h"

/* Two messages are sent before the first is received. */
static int
two_sends(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char data[64];
	ssize_t first;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	for (int i = 0; i < 2; i++) {
		ssize_t sent = stage_send(stage, client, "abc", 3, 0);

		if (sent < 0)
			return observe(seen, "send: %s", observed_errno(sent));
	}
	first = stage_receive(stage, server, data, sizeof(data), 0,
	    STAGE_SURE_MS);
	if (first < 0)
		return observe(seen, "recv: %s", observed_errno(first));
	if (first == 3 && (stage->choice->row.traits & TRAIT_BOUNDARIES) == 0)
		/* A stream may give what has come so far. */
		first += stage_receive(stage, server, data + 3,
		    sizeof(data) - 3, 0, STAGE_SURE_MS) == 3 ? 0 : 100;
	return observe(seen, first == 3 ? "kept" : first == 6 ? "merged"
	    : "neither");
}

static const struct probe two_sends_probe = {
	.id = "boundaries",
	.group = GROUP_BOUNDARIES,
	.question = "Two sends of three bytes: one receive, or two?",
	.cells = { .shapes = ON_PAIRS },
	.answers = (const char *const[]){ "kept", "merged", "neither",
	    "send: {errno}", "recv: {errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .without = TRAIT_BOUNDARIES },
		  .answer = "merged",
		  .source = "socket(2): SOCK_STREAM are byte streams" },
		{ .cells = { .with = TRAIT_BOUNDARIES }, .answer = "kept",
		  .source = "POSIX.1-2017, 2.10.6 Socket Types" },
		{ .answer = NULL },
	},
	.run = two_sends,
};

const struct probe *const boundaries_probes[] = {
	&two_sends_probe,
	NULL,
};
