/* What poll() says of a socket, and what a call does that may not wait. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "experiments/experiments.h"
#include "experiments/packet.h"

/* Every set of events that these questions can meet, and no event. */
#define EVENTS                                                                 \
	"none", "POLLIN", "POLLOUT", "POLLIN|POLLOUT", "POLLHUP",              \
	"POLLOUT|POLLHUP", "POLLIN|POLLHUP", "POLLIN|POLLOUT|POLLHUP",         \
	"POLLIN|POLLRDHUP", "POLLIN|POLLRDHUP|POLLHUP",                        \
	"POLLOUT|POLLRDHUP|POLLHUP", "POLLIN|POLLOUT|POLLRDHUP",               \
	"POLLIN|POLLOUT|POLLRDHUP|POLLHUP", "POLLERR", "POLLOUT|POLLERR",      \
	"POLLERR|POLLHUP", "POLLOUT|POLLERR|POLLHUP", "POLLRDHUP|POLLHUP",     \
	"POLLIN|POLLOUT|POLLERR", "POLLIN|POLLOUT|POLLERR|POLLHUP"

#define ASKED (POLLIN | POLLOUT | POLLPRI | POLLRDHUP)

static int
tell_events(struct observation *seen, int revents)
{
	char words[80];

	if (revents < 0)
		return observe(seen, "poll: %s", observed_errno(revents));
	return observe(seen, "%s", stage_poll_words(revents, words,
	    sizeof(words)));
}

static bool
is_polled(const struct choice *choice)
{
	return !choice->row.unpolled;
}

static int
fresh(struct stage *stage, struct observation *seen)
{
	struct side *side;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	return tell_events(seen, stage_poll(stage, side, ASKED, 0));
}

static const struct probe fresh_probe = {
	.id = "poll-state.fresh",
	.group = GROUP_READINESS,
	.question = "What does poll() say of a socket that is just made?",
	.applies = is_polled,
	.answers = (const char *const[]){ EVENTS, "poll: {errno}", NULL },
	.documents = (const struct document[]){ { .answer = NULL } },
	.run = fresh,
};

static int
listening(struct stage *stage, struct observation *seen)
{
	struct side *listener;
	int error = stage_listening(stage, 1, &listener);

	if (error != 0)
		return error;
	listener->fd = listener->listener;
	error = tell_events(seen, stage_poll(stage, listener, ASKED, 0));
	listener->fd = -1;
	return error;
}

static const struct probe listening_probe = {
	.id = "poll-state.listening",
	.group = GROUP_READINESS,
	.question = "What does poll() say of a listener that nobody called?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ EVENTS, "poll: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "none", .source = "accept(2): readable when a "
		    "connection is attempted" },
		{ .answer = NULL },
	},
	.run = listening,
};

/* A connection that was asked for and not accepted yet. */
static int
pending(struct stage *stage, struct observation *seen)
{
	struct side *listener, *client;
	struct endpoint contact;
	int error = stage_listening(stage, 1, &listener);
	int revents;

	if (error == 0)
		error = stage_client(stage, &client);
	if (error == 0)
		error = stage_contact(stage, listener, &contact);
	if (error != 0)
		return error;
	STAGE_CALL(client, fcntl, F_SETFL, O_NONBLOCK);
	error = STAGE_CALL(client, connect, &contact);
	if (error < 0 && error != -EINPROGRESS)
		return observe(seen, "connect: %s", observed_errno(error));
	listener->fd = listener->listener;
	revents = stage_poll(stage, listener, POLLIN, STAGE_SURE_MS);
	if (revents > 0)
		revents = stage_poll(stage, listener, ASKED, 0);
	listener->fd = -1;
	return tell_events(seen, revents);
}

static bool
is_its_own(const struct choice *choice)
{
	return choice->row.carrier == NULL;
}

static const struct probe pending_probe = {
	.id = "poll-state.pending",
	.group = GROUP_READINESS,
	.question = "A connection waits to be accepted: what does poll() say?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = is_its_own,
	.answers = (const char *const[]){ EVENTS, "poll: {errno}",
	    "connect: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "POLLIN", .source = "accept(2): a readable event" },
		{ .answer = NULL },
	},
	.run = pending,
};

static int
connected(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	int error = packet_pair(stage, &from, &to);
	int revents;

	if (error != 0)
		return error;
	revents = stage_poll(stage, from, POLLOUT, STAGE_SURE_MS);
	if (revents > 0)
		revents = stage_poll(stage, from, ASKED, 0);
	return tell_events(seen, revents);
}

static const struct probe connected_probe = {
	.id = "poll-state.ready",
	.group = GROUP_READINESS,
	.question = "What does poll() say of a socket that could send?",
	.applies = is_polled,
	.answers = (const char *const[]){ EVENTS, "poll: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "POLLOUT", .source = "poll(2), POLLOUT" },
		{ .answer = NULL },
	},
	.run = connected,
};

/*
 * A message is there: whether poll() tells it by this name, and that more could
 * be sent by the other.
 */
static int
tell_pair(struct stage *stage, struct observation *seen, short in, short out,
    const char *class)
{
	struct side *from, *to;
	ssize_t got;
	int revents;
	int error = packet_pair(stage, &from, &to);

	if (error != 0)
		return error;
	got = packet_await(stage, from, to);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	revents = stage_poll(stage, to, (short)(in | out), 0);
	if (revents < 0)
		return observe(seen, "poll: %s", observed_errno(revents));
	if ((revents & in) != 0 && (revents & out) != 0)
		return observe(seen, "both");
	if ((revents & (in | out)) == 0)
		return observe(seen, "neither");
	return observe(seen, "POLL%s%s only", (revents & in) != 0 ? "RD" : "WR",
	    class);
}

/* POLLIN and POLLOUT by their other names. */
static int
norm(struct stage *stage, struct observation *seen)
{
	return tell_pair(stage, seen, POLLRDNORM, POLLWRNORM, "NORM");
}

static const struct probe norm_probe = {
	.id = "poll-norm",
	.group = GROUP_READINESS,
	.question = "Do POLLRDNORM, POLLWRNORM come with POLLIN, POLLOUT?",
	.applies = packet_received,
	.answers = (const char *const[]){ "both", "POLLRDNORM only",
	    "POLLWRNORM only", "neither", "no message: {errno}",
	    "poll: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "both", .source = "poll(2): POLLRDNORM, POLLWRNORM "
		    "are equivalent" },
		{ .answer = NULL },
	},
	.run = norm,
};

static int
band(struct stage *stage, struct observation *seen)
{
	return tell_pair(stage, seen, POLLRDBAND, POLLWRBAND, "BAND");
}

static const struct probe band_probe = {
	.id = "poll-norm.band",
	.group = GROUP_READINESS,
	.question = "Do POLLRDBAND, POLLWRBAND come of an ordinary message?",
	.applies = packet_received,
	.answers = (const char *const[]){ "both", "POLLRDBAND only",
	    "POLLWRBAND only", "neither", "no message: {errno}",
	    "poll: {errno}", NULL },
	.documents = (const struct document[]){ { .answer = NULL } },
	.run = band,
};

/* POLLIN and what recv() then does, with a message and without. */
static int
pollin(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char data[PACKET_MAX];
	ssize_t got;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	got = packet_await(stage, from, to);
	if (got < 0)
		return observe(seen, "no message: %s", observed_errno(got));
	got = STAGE_CALL(to, recv, data, sizeof(data), MSG_DONTWAIT);
	if (got < 0)
		return observe(seen, "POLLIN, yet %s", observed_errno(got));
	error = stage_poll(stage, to, POLLIN, 0);
	got = STAGE_CALL(to, recv, data, sizeof(data), MSG_DONTWAIT);
	if (got < 0 && (error & POLLIN) != 0)
		return observe(seen, "POLLIN, yet %s", observed_errno(got));
	return observe(seen, got < 0 ? "no" : "another message came");
}

static const struct probe pollin_probe = {
	.id = "poll-lies.pollin",
	.group = GROUP_READINESS,
	.question = "Does recv() find nothing where poll() said POLLIN?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = packet_received,
	.answers = (const char *const[]){ "no", "POLLIN, yet {errno}",
	    "another message came", "no message: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "no", .source = "poll(2), POLLIN" },
		{ .answer = NULL },
	},
	.run = pollin,
};

/* Nothing is there: recv() by each of the two ways. */
static int
nonblocking(struct stage *stage, struct observation *seen)
{
	struct side *from, *to;
	char data[64];
	ssize_t by_flag, by_file;
	int error = stage_pair(stage, &from, &to);

	if (error != 0)
		return error;
	by_flag = STAGE_CALL(to, recv, data, sizeof(data), MSG_DONTWAIT);
	error = STAGE_CALL(to, fcntl, F_SETFL, O_NONBLOCK);
	if (error < 0)
		return observe(seen, "fcntl: %s", observed_errno(error));
	by_file = STAGE_CALL(to, recv, data, sizeof(data), 0);
	if (by_flag >= 0 || by_file >= 0)
		return observe(seen, "something came");
	if (by_flag == by_file)
		return observe(seen, "both %s", observed_errno(by_flag));
	return observe(seen, "%s, with O_NONBLOCK %s", observed_errno(by_flag),
	    observed_errno(by_file));
}

static const struct probe nonblocking_probe = {
	.id = "nonblock.recv",
	.group = GROUP_READINESS,
	.question = "recv() of nothing, by MSG_DONTWAIT and by O_NONBLOCK?",
	.cells = { .shapes = ON_CONNECTED | ON_DATAGRAM },
	.applies = packet_received,
	.answers = (const char *const[]){ "both {errno}",
	    "{errno}, with O_NONBLOCK {errno}", "something came",
	    "fcntl: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "both EAGAIN",
		  .source = "recv(2), MSG_DONTWAIT: similar to O_NONBLOCK" },
		{ .answer = NULL },
	},
	.run = nonblocking,
};

static int
nonblocking_accept(struct stage *stage, struct observation *seen)
{
	struct side *listener;
	int error = stage_listening(stage, 1, &listener);

	if (error != 0)
		return error;
	listener->calls->fcntl(&listener->recorder, listener->listener,
	    F_SETFL, O_NONBLOCK);
	error = listener->calls->accept(&listener->recorder,
	    listener->listener, NULL, 0);
	return observe(seen, error < 0 ? "%s" : "a connection",
	    observed_errno(error));
}

static const struct probe nonblocking_accept_probe = {
	.id = "nonblock.accept",
	.group = GROUP_READINESS,
	.question = "accept() where nobody calls, with O_NONBLOCK?",
	.cells = { .shapes = ON_CONNECTED },
	.answers = (const char *const[]){ "{errno}", "a connection", NULL },
	.documents = (const struct document[]){
		{ .answer = "EAGAIN", .source = "accept(2), EAGAIN" },
		{ .answer = NULL },
	},
	.run = nonblocking_accept,
};

/* The flag is of the open file, which a copied descriptor shares. */
static int
shared_flag(struct stage *stage, struct observation *seen)
{
	struct side *side;
	int copy, flags;
	int error = stage_socket(stage, SIDE_CLIENT, &side);

	if (error != 0)
		return error;
	copy = STAGE_CALL(side, dup);
	if (copy < 0)
		return observe(seen, "dup: %s", observed_errno(copy));
	side->calls->fcntl(&side->recorder, copy, F_SETFL, O_NONBLOCK);
	flags = STAGE_CALL(side, fcntl, F_GETFL, 0);
	return observe(seen, flags >= 0 && (flags & O_NONBLOCK) != 0
	    ? "of both" : "of the one only");
}

static const struct probe shared_flag_probe = {
	.id = "nonblock.dup",
	.group = GROUP_READINESS,
	.question = "O_NONBLOCK is set on a copy by dup(): of which is it?",
	.answers = (const char *const[]){ "of both", "of the one only",
	    "dup: {errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "of both", .source = "dup(2): the file status "
		    "flags are shared" },
		{ .answer = NULL },
	},
	.run = shared_flag,
};

const struct probe *const readiness_probes[] = {
	&fresh_probe,
	&listening_probe,
	&pending_probe,
	&connected_probe,
	&norm_probe,
	&band_probe,
	&pollin_probe,
	&nonblocking_probe,
	&nonblocking_accept_probe,
	&shared_flag_probe,
	NULL,
};
