/* Out-of-band data: who takes it, and what its reader sees. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "experiments/experiments.h"
#include "probes/stage.h"

static bool
sends_itself(const struct choice *choice)
{
	return choice->row.transmit == NULL && choice->row.receive == NULL &&
	    !choice->row.unpolled;
}

/* Bytes without boundaries: where urgent ones can have a place. */
static bool
is_stream(const struct choice *choice)
{
	return sends_itself(choice) && choice->row.shape == SHAPE_CONNECTED &&
	    (choice->row.traits & TRAIT_BOUNDARIES) == 0;
}

static ssize_t
send_bytes(const struct stage *stage, struct side *from, const char *bytes,
    int flags)
{
	return STAGE_CALL(from, send, bytes, strlen(bytes),
	    stage_flags(stage, flags));
}

/*
 * A pair whose client has sent these bytes with MSG_OOB, and they are there;
 * 1: they were refused, and that is the answer.
 */
static int
urgent_pair(struct stage *stage, struct observation *seen, const char *bytes,
    bool in_line, struct side **server)
{
	struct side *client;
	const int on = 1;
	ssize_t sent;
	int error = stage_pair(stage, &client, server);

	if (error != 0)
		return error;
	if (in_line)
		STAGE_CALL(*server, setsockopt, SOL_SOCKET, SO_OOBINLINE, &on,
		    sizeof(on));
	sent = send_bytes(stage, client, bytes, MSG_OOB);
	if (sent < 0) {
		observe(seen, "send: %s", observed_errno(sent));
		return 1;
	}
	if (stage_poll(stage, *server, POLLIN | POLLPRI, STAGE_SURE_MS) <= 0) {
		observe(seen, "nothing comes");
		return 1;
	}
	return 0;
}

#define URGENT_PAIR_ANSWERS "send: {errno}", "nothing comes"

static ssize_t
receive_urgent(struct side *side, char *byte)
{
	return STAGE_CALL(side, recv, byte, 1, MSG_OOB | MSG_DONTWAIT);
}

static int
is_taken(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	sent = stage_send(stage, client, "abc", 3, MSG_OOB);
	return observe(seen, "%s", sent < 0 ? observed_errno(sent) : "taken");
}

static const struct probe is_taken_probe = {
	.id = "oob",
	.group = GROUP_ERRORS,
	.question = "send() with MSG_OOB: is it taken?",
	.cells = { .shapes = ON_PAIRS | ON_KERNEL },
	.applies = sends_itself,
	.answers = (const char *const[]){ "taken", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .with = TRAIT_BOUNDARIES }, .answer = "EOPNOTSUPP",
		  .source = "send(2), EOPNOTSUPP: a flag that is inappropriate "
			    "for the socket type" },
		{ .answer = NULL },
	},
	.run = is_taken,
};

static int
none_is_there(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char byte;
	ssize_t got;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	got = receive_urgent(server != NULL ? server : client, &byte);
	return got < 0 ? observe(seen, "%s", observed_errno(got))
		       : observe(seen, "%zd", got);
}

static const struct probe none_is_there_probe = {
	.id = "oob.none",
	.group = GROUP_ERRORS,
	.question = "recv() with MSG_OOB where no such byte has come?",
	.cells = { .shapes = ON_PAIRS | ON_KERNEL },
	.applies = sends_itself,
	.answers = (const char *const[]){ "{errno}", "{n}", NULL },
	.documents = (const struct document[]){
		{ .cells = { .without = TRAIT_BOUNDARIES },
		  .answer = "EINVAL or EOPNOTSUPP",
		  .source = "POSIX.1-2017, recv(), ERRORS" },
		{ .cells = { .with = TRAIT_BOUNDARIES }, .answer = "EOPNOTSUPP",
		  .source = "POSIX.1-2017, recv(), ERRORS" },
		{ .answer = NULL },
	},
	.run = none_is_there,
};

/* "2 in line, 1 apart": what recv() gives, and what it gives with MSG_OOB. */
static int
read_both(struct stage *stage, struct observation *seen)
{
	struct side *server;
	char data[8];
	ssize_t in_line, apart;
	int error = urgent_pair(stage, seen, "abc", false, &server);

	if (error != 0)
		return error < 0 ? error : 0;
	in_line = STAGE_CALL(server, recv, data, sizeof(data), MSG_DONTWAIT);
	apart = receive_urgent(server, data);
	if (in_line < 0)
		return observe(seen, "recv: %s", observed_errno(in_line));
	if (apart < 0)
		return observe(seen, "%zd in line, MSG_OOB: %s", in_line,
		    observed_errno(apart));
	return observe(seen, "%zd in line, %zd apart", in_line, apart);
}

static const struct probe read_both_probe = {
	.id = "oob.read",
	.group = GROUP_ERRORS,
	.question = "Three bytes sent with MSG_OOB: what can be read, and how?",
	.applies = is_stream,
	.answers = (const char *const[]){ "{n} in line, {n} apart",
	    "{n} in line, MSG_OOB: {errno}", "recv: {errno}",
	    URGENT_PAIR_ANSWERS, NULL },
	.run = read_both,
};

static int
urgent_poll(struct stage *stage, struct observation *seen)
{
	struct side *server;
	char words[64];
	int error = urgent_pair(stage, seen, "x", false, &server);

	if (error != 0)
		return error < 0 ? error : 0;
	return observe(seen, "%s", stage_poll_words(stage_poll(stage, server,
	    POLLIN | POLLPRI, 0), words, sizeof(words)));
}

static const struct probe urgent_poll_probe = {
	.id = "oob.poll",
	.group = GROUP_ERRORS,
	.question = "What does poll() tell of a single urgent byte?",
	.applies = is_stream,
	.answers = (const char *const[]){ "POLLIN", "POLLPRI",
	    "POLLIN|POLLPRI", "none", URGENT_PAIR_ANSWERS, NULL },
	.run = urgent_poll,
};

static int
in_line(struct stage *stage, struct observation *seen)
{
	struct side *server;
	char data[8];
	ssize_t first, second;
	int error = urgent_pair(stage, seen, "abc", true, &server);

	if (error != 0)
		return error < 0 ? error : 0;
	first = STAGE_CALL(server, recv, data, sizeof(data), MSG_DONTWAIT);
	second = STAGE_CALL(server, recv, data, sizeof(data), MSG_DONTWAIT);
	if (first < 0)
		return observe(seen, "recv: %s", observed_errno(first));
	return second < 0 ? observe(seen, "%zd at once", first)
			  : observe(seen, "%zd, then %zd", first, second);
}

static const struct probe in_line_probe = {
	.id = "oob.inline",
	.group = GROUP_ERRORS,
	.question = "SO_OOBINLINE: how are three bytes sent with MSG_OOB read?",
	.applies = is_stream,
	.answers = (const char *const[]){ "{n} at once", "{n}, then {n}",
	    "recv: {errno}", URGENT_PAIR_ANSWERS, NULL },
	.run = in_line,
};

static int
in_line_apart(struct stage *stage, struct observation *seen)
{
	struct side *server;
	char byte;
	ssize_t got;
	int error = urgent_pair(stage, seen, "abc", true, &server);

	if (error != 0)
		return error < 0 ? error : 0;
	got = receive_urgent(server, &byte);
	return got < 0 ? observe(seen, "%s", observed_errno(got))
		       : observe(seen, "%zd apart", got);
}

static const struct probe in_line_apart_probe = {
	.id = "oob.inline-apart",
	.group = GROUP_ERRORS,
	.question = "SO_OOBINLINE is set: does recv() with MSG_OOB read it?",
	.applies = is_stream,
	.answers = (const char *const[]){ "{errno}", "{n} apart",
	    URGENT_PAIR_ANSWERS, NULL },
	.run = in_line_apart,
};

/* SIOCATMARK, or -1 where there is no such thing. */
static int
at_mark(struct side *side)
{
	int mark = -1;
	int error = STAGE_CALL(side, ioctl, SIOCATMARK, &mark);

	return error < 0 ? error : mark;
}

static int
mark(struct stage *stage, struct observation *seen)
{
	struct side *server;
	char data[8];
	int before, after;
	int error = urgent_pair(stage, seen, "abc", false, &server);

	if (error != 0)
		return error < 0 ? error : 0;
	before = at_mark(server);
	STAGE_CALL(server, recv, data, 2, MSG_DONTWAIT);
	after = at_mark(server);
	if (before < 0)
		return observe(seen, "ioctl: %s", observed_errno(before));
	return observe(seen, "%d, then %d", before, after);
}

static const struct probe mark_probe = {
	.id = "oob.mark",
	.group = GROUP_ERRORS,
	.question = "SIOCATMARK two bytes before the urgent one, and at it?",
	.applies = is_stream,
	.answers = (const char *const[]){ "{n}, then {n}", "ioctl: {errno}",
	    URGENT_PAIR_ANSWERS, NULL },
	.run = mark,
};

static volatile sig_atomic_t urgent_signals;

static void
count_urgent(int number)
{
	(void)number;
	urgent_signals++;
}

static int
urgent_signal(struct stage *stage, struct observation *seen)
{
	const struct sigaction action = { .sa_handler = count_urgent };
	struct side *client, *server;
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	sigaction(SIGURG, &action, NULL);
	STAGE_CALL(server, fcntl, F_SETOWN, getpid());
	sent = send_bytes(stage, client, "x", MSG_OOB);
	if (sent < 0)
		return observe(seen, "send: %s", observed_errno(sent));
	if (stage_poll(stage, server, POLLIN | POLLPRI, STAGE_SURE_MS) <= 0)
		return observe(seen, "nothing comes");
	return observe(seen, urgent_signals != 0 ? "SIGURG" : "no signal");
}

static const struct probe urgent_signal_probe = {
	.id = "oob.signal",
	.group = GROUP_ERRORS,
	.question = "Does a socket's owner (F_SETOWN) get SIGURG?",
	.applies = is_stream,
	.answers = (const char *const[]){ "SIGURG", "no signal",
	    URGENT_PAIR_ANSWERS, NULL },
	.documents = (const struct document[]){
		{ .answer = "SIGURG or send: EOPNOTSUPP",
		  .source = "socket(7): SIGURG is sent then; fcntl(2)" },
		{ .answer = NULL },
	},
	.run = urgent_signal,
};

const struct probe *const urgent_probes[] = {
	&is_taken_probe,
	&none_is_there_probe,
	&read_both_probe,
	&urgent_poll_probe,
	&in_line_probe,
	&in_line_apart_probe,
	&mark_probe,
	&urgent_signal_probe,
	NULL,
};
