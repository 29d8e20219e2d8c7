/*
 * Cells that are more than calls on addresses: what the contract's flags make
 * of a conversation, and when prepare(), transmit(), receive(), finish() and
 * verify() are called.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive/side.h"
#include "record/calls.h"
#include "scripted.h"
#include "witness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define LOSSY (TRAIT_BOUNDARIES)
#define SURE (TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED)

/* A pair that is there before the sides are: each takes its end. */
static int pair[SIDE_COUNT];

/* Where an echo listens that is no side of the run. */
static struct endpoint elsewhere;

static int
address_elsewhere(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	(void)wish;
	(void)why;
	(void)room;
	*out = elsewhere;
	return 1;
}

static ssize_t
wrap_plain(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	(void)envelope;
	(void)room;
	return scripted_put(payload, length, taken, packet);
}

/* In pieces of ten bytes, behind one that says whether it is the last. */
static ssize_t
wrap_pieces(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	unsigned parts = envelope->offset == 0 ? PART_BEGINS : 0;

	(void)room;
	*taken = length < 10 ? length : 10;
	parts |= *taken == length ? PART_ENDS : 0;
	*(unsigned char *)packet = (unsigned char)parts;
	memcpy((unsigned char *)packet + 1, payload, *taken);
	return (ssize_t)(1 + *taken);
}

static ssize_t
unwrap_pieces(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	(void)envelope;
	(void)packet;
	*at = 1;
	return (ssize_t)length - 1;
}

static unsigned
part_of(const struct envelope *envelope, const void *packet, size_t length)
{
	(void)envelope;
	(void)length;
	return *(const unsigned char *)packet;
}

/* What a side sends is changed in its last byte. */
static ssize_t
spoil(const struct envelope *envelope, enum side_id side, const void *payload,
    size_t length, size_t *taken, void *packet)
{
	scripted_put(payload, length, taken, packet);
	if (envelope->side == side)
		((unsigned char *)packet)[length - 1] ^= 1;
	return (ssize_t)length;
}

static ssize_t
wrap_wrong_answer(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	(void)room;
	return spoil(envelope, SIDE_SERVER, payload, length, taken, packet);
}

static ssize_t
wrap_wrong_question(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	(void)room;
	return spoil(envelope, SIDE_CLIENT, payload, length, taken, packet);
}

/* The server answers no message but the first. */
static ssize_t
unwrap_deaf_later(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	(void)packet;
	*at = 0;
	return envelope->side == SIDE_SERVER && envelope->number > 1
	    ? -ENOMSG : (ssize_t)length;
}

static ssize_t
unwrap_deaf(const struct envelope *envelope, const void *packet, size_t length,
    size_t *at)
{
	(void)packet;
	*at = 0;
	return envelope->side == SIDE_SERVER ? -ENOMSG : (ssize_t)length;
}

/* Says what of its channel is not as the contract has it. */
static int
prepare_looks(struct channel *channel)
{
	bool client = channel->side == SIDE_CLIENT;
	const char *wrong = NULL;

	scripted_log(channel->side, "prepare");
	if (channel->calls != &recorded_calls)
		wrong = "calls";
	else if (channel->recorder->side != channel->side)
		wrong = "recorder";
	else if (channel->cell->prepare != prepare_looks)
		wrong = "cell";
	else if (channel->self == NULL || channel->run == 0 ||
	    channel->run > 0xffffff)
		wrong = "self or run";
	else if (fcntl(channel->fd, F_GETFD) < 0)
		wrong = "fd";
	else if (channel->state != NULL || channel->why[0] != '\0')
		wrong = "state or why";
	else if (client != (channel->peer != NULL) &&
	    channel->cell->shape != SHAPE_CONNECTED)
		wrong = "peer";
	else if (channel->peer != NULL && client &&
	    channel->peer->length == 0)
		wrong = "the peer's address";
	else if (channel->cell->shape != SHAPE_CONNECTED &&
	    channel->self->length <= sizeof(sa_family_t))
		wrong = "own address";
	if (wrong != NULL)
		scripted_log(channel->side, wrong);
	return 0;
}

/* Its state has to come back to finish(). */
static int
prepare_keeps(struct channel *channel)
{
	scripted_log(channel->side, "prepare");
	channel->state = strdup("kept");
	return channel->state != NULL ? 0 : -ENOMEM;
}

/* Ready at the third try. */
static int
prepare_later(struct channel *channel)
{
	static unsigned tries;

	if (tries++ != 0) {
		scripted_log(channel->side, "again");
		return tries < 3 ? -EAGAIN : 0;
	}
	prepare_keeps(channel);
	return -EAGAIN;
}

static void
finish(struct channel *channel)
{
	bool kept = channel->state != NULL &&
	    strcmp(channel->state, "kept") == 0;

	/* The socket is closed afterwards. */
	scripted_log(channel->side, fcntl(channel->fd, F_GETFD) < 0
	    ? "finish-late" : kept ? "finish-kept" : "finish");
	free(channel->state);
	channel->state = NULL;
}

/* Never ready: the driver's patience ends it. */
static int
prepare_again(struct channel *channel)
{
	int waiting;

	if (channel->state == NULL)
		prepare_keeps(channel);
	channel->calls->ioctl(channel->recorder, channel->fd, FIONREAD,
	    &waiting);
	return -EAGAIN;
}

/* The client's only: the server waits for it. */
static int
prepare_client_again(struct channel *channel)
{
	return channel->side == SIDE_CLIENT ? prepare_again(channel)
					    : prepare_keeps(channel);
}

/* A call of its own fails, with a sentence. */
static int
fail_ioctl(struct channel *channel)
{
	int error = channel->calls->ioctl(channel->recorder, channel->fd,
	    0xdead, NULL);

	snprintf(channel->why, sizeof(channel->why), "it has no such request");
	return error;
}

static int
fail_prepare(struct channel *channel, enum side_id side)
{
	prepare_keeps(channel);
	return channel->side == side ? fail_ioctl(channel) : 0;
}

static int
prepare_fails_server(struct channel *channel)
{
	return fail_prepare(channel, SIDE_SERVER);
}

static int
prepare_fails_client(struct channel *channel)
{
	return fail_prepare(channel, SIDE_CLIENT);
}

/* The pair takes the place of the socket. */
static int
prepare_swaps(struct channel *channel)
{
	prepare_keeps(channel);
	channel->fd = pair[channel->side];
	return 0;
}

static int
prepare_swaps_and_fails(struct channel *channel)
{
	prepare_swaps(channel);
	return fail_ioctl(channel);
}

static int
prepare_binds(struct channel *channel)
{
	scripted_log(channel->side, "prepare");
	return channel->calls->bind(channel->recorder, channel->fd,
	    channel->self);
}

/* Sends to itself from then on. */
static int
prepare_connects(struct channel *channel)
{
	return channel->calls->connect(channel->recorder, channel->fd,
	    channel->self);
}

static int
prepare_kills(struct channel *channel)
{
	scripted_log(channel->side, "prepare");
	if (channel->side == SIDE_SERVER)
		raise(SIGKILL);
	return 0;
}

static ssize_t
move(struct channel *channel, const void *packet, size_t length, bool sends)
{
	struct iovec part = {
		.iov_base = (void *)(uintptr_t)packet, .iov_len = length,
	};
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	return sends
	    ? channel->calls->sendmsg(channel->recorder, channel->fd, &message,
		MSG_NOSIGNAL)
	    : channel->calls->recvmsg(channel->recorder, channel->fd, &message,
		0);
}

static ssize_t
transmit(struct channel *channel, const void *packet, size_t length)
{
	scripted_log(channel->side, "transmit");
	return move(channel, packet, length, true);
}

static ssize_t
receive(struct channel *channel, void *packet, size_t room)
{
	scripted_log(channel->side, "receive");
	return move(channel, packet, room, false);
}

/* Each packet at the second try. */
static ssize_t
transmit_later(struct channel *channel, const void *packet, size_t length)
{
	static unsigned tries;

	scripted_log(channel->side, "transmit");
	return tries++ % 2 == 0 ? -EAGAIN
				: move(channel, packet, length, true);
}

static ssize_t
receive_later(struct channel *channel, void *packet, size_t room)
{
	static unsigned tries;

	scripted_log(channel->side, "receive");
	return tries++ % 2 == 0 ? -EINTR : move(channel, packet, room, false);
}

static ssize_t
transmit_short(struct channel *channel, const void *packet, size_t length)
{
	return move(channel, packet, length, true) - 1;
}

static ssize_t
transmit_fails(struct channel *channel, const void *packet, size_t length)
{
	(void)packet;
	(void)length;
	return fail_ioctl(channel);
}

static ssize_t
receive_fails(struct channel *channel, void *packet, size_t room)
{
	(void)packet;
	(void)room;
	return fail_ioctl(channel);
}

/* The pair moves packets of which poll() on the socket tells nothing. */
static ssize_t
transmit_aside(struct channel *channel, const void *packet, size_t length)
{
	return channel->calls->send(channel->recorder, pair[channel->side],
	    packet, length, MSG_DONTWAIT);
}

static ssize_t
receive_aside(struct channel *channel, void *packet, size_t room)
{
	return channel->calls->recv(channel->recorder, pair[channel->side],
	    packet, room, MSG_DONTWAIT);
}

static int
verify_right(struct verification *verification)
{
	const struct envelope *envelope = verification->envelope;
	char text[8];

	if (verification->question_length != verification->answer_length ||
	    memcmp(verification->question, verification->answer,
		verification->answer_length) != 0)
		return -EBADMSG;
	if (envelope->side != SIDE_CLIENT || envelope->number == 0 ||
	    envelope->run == 0 || envelope->cell->verify != verify_right ||
	    envelope->self->length == 0)
		return -EINVAL;
	if (verification->lookup->read("/proc/self/comm", text,
	    sizeof(text)) != sizeof(text) - 1)
		return -ENOENT;
	snprintf(verification->text, sizeof(verification->text),
	    "message %llu is right\n", envelope->number);
	return 0;
}

static int
verify_lines(struct verification *verification)
{
	snprintf(verification->text, sizeof(verification->text),
	    "two lines,\nof which the last has no end");
	return 0;
}

static int
verify_wrong(struct verification *verification)
{
	snprintf(verification->text, sizeof(verification->text),
	    "it says 3, and /sys says 4");
	return -EBADMSG;
}

/* Right, and then wrong. */
static int
verify_wrong_later(struct verification *verification)
{
	if (verification->envelope->number > 1)
		return verify_wrong(verification);
	return 0;
}

static int
verify_cannot(struct verification *verification)
{
	snprintf(verification->text, sizeof(verification->text),
	    "there is no second source");
	return -ENOENT;
}

static const int yes = 1;
#define BOTH (1u << SIDE_CLIENT | 1u << SIDE_SERVER)
static const struct setting cell_setting[] = {
	{ BOTH, false, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes) },
	{ .sides = 0 },
};
static const struct setting variant_settings[] = {
	{ 1u << SIDE_SERVER, false, SOL_SOCKET, SO_KEEPALIVE, &yes,
	  sizeof(yes) },
	{ BOTH, true, SOL_SOCKET, SO_DEBUG, &yes, sizeof(yes) },
	{ .sides = 0 },
};
static const struct variant strict = {
	.name = "strict", .settings = variant_settings,
};
static const struct carrier carrier = { AF_UNIX, SOCK_STREAM, 0 };

/* Packets on a connection, each a record. */
#define RECORDS                                                                \
	SOCK_SEQPACKET, .shape = SHAPE_CONNECTED, .traits = SURE,              \
	    .unaddressed = true
/* Datagrams on the pair. */
#define PAIRED(how)                                                            \
	SOCK_DGRAM, .shape = SHAPE_DATAGRAM, .traits = (how),                  \
	    .unaddressed = true, .prepare = prepare_swaps, .finish = finish
#define UNPOLLED(how)                                                          \
	SOCK_DGRAM, .shape = SHAPE_DATAGRAM, .traits = (how),                  \
	    .unpolled = true, .transmit = transmit_aside,                      \
	    .receive = receive_aside
#define KERNEL                                                                 \
	SOCK_DGRAM, .shape = SHAPE_KERNEL, .traits = SURE

static const struct scripted_row rows[] = {
	/* What the flags of a cell make of its calls. */
	{ "unaddressed: packets on a connection", .cell = { RECORDS,
	  .wrap = wrap_plain }, .messages = 2, .tally = TALLY(2, 2, 116),
	  .calls = { "socket connect send recv send recv close",
	  "socket bind getsockname listen accept4 recv send recv send recv "
	  "close close" } },
	{ "unaddressed: parts on a connection", .cell = { RECORDS,
	  .wrap = wrap_pieces, .unwrap = unwrap_pieces, .part = part_of },
	  .tally = TALLY(1, 1, 58),
	  .calls = { "socket connect send send send recv recv recv close" } },
	{ "unaddressed: hundreds of parts", .cell = { RECORDS,
	  .wrap = wrap_pieces, .unwrap = unwrap_pieces, .part = part_of },
	  .size = 3000, .tally = TALLY(1, 1, 6000) },
	{ "unaddressed: no empty message on a connection", .cell = { RECORDS,
	  .wrap = wrap_plain }, .empty = true,
	  .calls = { "socket connect close" },
	  .note = "this cell carries no empty message: nothing crossed but "
	  "the end" },
	{ "unaddressed: a wrong answer on a connection", .cell = { RECORDS,
	  .wrap = wrap_wrong_answer }, .verdict = VERDICT_BROKEN,
	  .call = "recv", .text = "none of those sent", .status = 1,
	  .tally = TALLY(1, 0, 29) },
	{ "unaddressed: a wrong question on a connection",
	  .cell = { RECORDS, .wrap = wrap_wrong_question },
	  .verdict = VERDICT_BROKEN, .call = "recv",
	  .text = "none of those sent", .status = 1, .tally = TALLY(1, 0, 0) },
	{ "unaddressed: to a kernel", .cell = { KERNEL, .unaddressed = true,
	  .prepare = prepare_connects },
	  .family = { .address = scripted_mirror }, .tally = TALLY(1, 1, 29),
	  .calls = { "socket bind getsockname connect send recv close" } },
	{ "unaddressed: datagrams on a pair", .cell = { PAIRED(SURE) },
	  .messages = 2, .tally = TALLY(2, 2, 116),
	  .calls = { "socket bind getsockname send recv send recv close close",
	  "socket bind getsockname recv send recv send close close" },
	  .log = { "prepare finish-kept ", "prepare finish-kept " } },
	{ "unaddressed: a wrong answer on a pair", .cell = { PAIRED(SURE),
	  .wrap = wrap_wrong_answer }, .verdict = VERDICT_BROKEN,
	  .call = "recv", .text = "none of those sent", .status = 1,
	  .tally = TALLY(1, 0, 29) },
	{ "unaddressed: a wrong question on a pair", .cell = { PAIRED(SURE),
	  .wrap = wrap_wrong_question }, .verdict = VERDICT_BROKEN,
	  .call = "recv", .text = "none of those sent", .status = 1,
	  .tally = TALLY(1, 0, 0) },
	{ "unaddressed: no answer", .cell = { PAIRED(SURE),
	  .unwrap = unwrap_deaf }, .verdict = VERDICT_BROKEN, .call = "recv",
	  .error = ETIMEDOUT, .text = "no answer to message 1", .status = 1,
	  .tally = TALLY(1, 0, 0, .lost = 1) },
	{ "unaddressed: too large", .cell = { PAIRED(SURE),
	  .largest = { LIMIT_BYTES, 100 } }, .size = 101,
	  .verdict = VERDICT_BROKEN, .call = "send", .error = EMSGSIZE,
	  .text = "at most 100", .status = 2 },
	{ "joins: connect() in the place of bind()", .cell = { SOCK_SEQPACKET,
	  .shape = SHAPE_KERNEL, .traits = SURE, .unaddressed = true,
	  .joins = true }, .family = { .address = address_elsewhere,
	  .release = scripted_release }, .messages = 2,
	  .tally = TALLY(2, 2, 58),
	  .calls = { "socket connect send recv send recv close" } },
	{ "joins: a failure is connect()'s", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_KERNEL, .traits = SURE, .unaddressed = true,
	  .joins = true }, .family = { .address = address_elsewhere },
	  .verdict = VERDICT_BROKEN, .call = "connect", .error = ECONNREFUSED,
	  .status = 1, .calls = { "socket connect close" } },
	{ "binds itself", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = SURE, .binds_itself = true, .prepare = prepare_binds },
	  .family = { .address = scripted_path }, .tally = TALLY(1, 1, 58),
	  .calls = { "socket bind sendto recvfrom close",
	  "socket bind recvfrom sendto close" }, .released = 2 },
	{ "binds itself, and cannot", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE, .binds_itself = true,
	  .prepare = prepare_binds }, .family = { .address = scripted_path },
	  .fault = { SIDE_SERVER, CALL_BIND, 1, EADDRINUSE, 0 },
	  .verdict = VERDICT_BROKEN, .call = "bind", .error = EADDRINUSE,
	  .status = 1, .calls = { "", "socket bind close" } },
	{ "unpolled", .cell = { UNPOLLED(SURE) }, .messages = 2,
	  .tally = TALLY(2, 2, 116) },
	{ "unpolled: no answer", .cell = { UNPOLLED(SURE),
	  .unwrap = unwrap_deaf }, .verdict = VERDICT_BROKEN, .call = "recv", .error = ETIMEDOUT,
	  .text = "no answer to message 1", .status = 1,
	  .tally = TALLY(1, 0, 0, .lost = 1) },
	{ "unpolled: the server ends when the client has",
	  .cell = { UNPOLLED(LOSSY), .unwrap = unwrap_deaf_later },
	  .messages = 2, .tally = TALLY(2, 1, 58, .lost = 1) },
	{ "a carrier of another family", .cell = { 7,
	  .shape = SHAPE_CONNECTED, .carrier = &carrier },
	  .family = { .domain = 77 }, .tally = TALLY(1, 1, 58) },
	{ "endless: nobody waits for an end", .cell = { SOCK_STREAM,
	  .shape = SHAPE_CONNECTED, .endless = true },
	  .tally = TALLY(1, 1, 58), .calls = { "socket connect send recv close",
	  "socket bind getsockname listen accept4 recv send close close" } },
	{ "settings of a variant, after the cell's", .cell = { SOCK_STREAM,
	  .shape = SHAPE_CONNECTED, .settings = cell_setting },
	  .variant = &strict, .tally = TALLY(1, 1, 58),
	  .calls = { "socket setsockopt connect send recv close",
	  "socket setsockopt setsockopt bind getsockname listen accept4 recv "
	  "send recv close close" } },
	{ "settings of a variant alone", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_BUS, .traits = SURE }, .variant = &strict,
	  .tally = TALLY(1, 1, 58),
	  .calls = { "socket bind getsockname sendto recvfrom close" } },

	/* When the operations are called. */
	{ "prepare: datagrams", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = SURE, .prepare = prepare_looks, .finish = finish },
	  .tally = TALLY(1, 1, 58),
	  .log = { "prepare finish ", "prepare finish " } },
	{ "prepare: a bus", .cell = { SOCK_DGRAM, .shape = SHAPE_BUS,
	  .traits = SURE, .prepare = prepare_looks, .finish = finish },
	  .tally = TALLY(1, 1, 58),
	  .log = { "prepare finish ", "prepare finish " } },
	{ "prepare: a kernel", .cell = { KERNEL, .prepare = prepare_looks,
	  .finish = finish }, .family = { .address = scripted_mirror },
	  .tally = TALLY(1, 1, 29), .log = { "prepare finish ", "" } },
	{ "prepare: a connection", .cell = { SOCK_STREAM,
	  .shape = SHAPE_CONNECTED, .prepare = prepare_looks,
	  .finish = finish }, .messages = 2, .tally = TALLY(2, 2, 116),
	  .log = { "prepare finish ", "prepare finish " } },
	{ "prepare: its state comes to finish()", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE, .prepare = prepare_keeps,
	  .finish = finish }, .tally = TALLY(1, 1, 58),
	  .log = { "prepare finish-kept ", "prepare finish-kept " } },
	{ "prepare: again, after a pause", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE, .prepare = prepare_later,
	  .finish = finish }, .tally = TALLY(1, 1, 58),
	  .log = { "prepare again again finish-kept ",
	  "prepare again again finish-kept " } },
	{ "prepare: another descriptor on a connection",
	  .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED,
	  .prepare = prepare_swaps, .finish = finish, .endless = true },
	  .tally = TALLY(1, 1, 58),
	  .calls = { "socket connect send recv close close",
	  "socket bind getsockname listen accept4 recv send close close "
	  "close" },
	  .log = { "prepare finish-kept ", "prepare finish-kept " } },
	{ "operations: datagrams on a pair", .cell = { PAIRED(SURE),
	  .transmit = transmit, .receive = receive }, .messages = 2,
	  .tally = TALLY(2, 2, 116),
	  .calls = { "socket bind getsockname sendmsg recvmsg sendmsg recvmsg "
	  "close close" },
	  .log = { "prepare transmit receive transmit receive finish-kept ",
	  "prepare receive transmit receive transmit finish-kept " } },
	{ "operations: parts on a connection", .cell = { RECORDS,
	  .prepare = prepare_keeps, .finish = finish, .transmit = transmit,
	  .receive = receive, .wrap = wrap_pieces, .unwrap = unwrap_pieces,
	  .part = part_of }, .tally = TALLY(1, 1, 58),
	  .calls = { "socket connect sendmsg sendmsg sendmsg recvmsg recvmsg "
	  "recvmsg close", "socket bind getsockname listen accept4 recvmsg "
	  "recvmsg recvmsg sendmsg sendmsg sendmsg recv close close" },
	  .log = { "prepare transmit transmit transmit receive receive "
	  "receive finish-kept " } },
	{ "operations: again at once, or later", .cell = { PAIRED(SURE),
	  .transmit = transmit_later, .receive = receive_later },
	  .tally = TALLY(1, 1, 58),
	  .log = { "prepare transmit transmit receive receive finish-kept ",
	  "prepare receive receive transmit transmit finish-kept " } },

	/* When they fail. */
	{ "failing: the server's prepare()", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE,
	  .prepare = prepare_fails_server, .finish = finish },
	  .verdict = VERDICT_BROKEN, .call = "ioctl", .error = ENOTTY,
	  .text = "it has no such request: ", .status = 1,
	  .calls = { "", "socket bind getsockname ioctl close" },
	  .log = { "", "prepare finish-kept " } },
	{ "failing: the client's prepare()", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE,
	  .prepare = prepare_fails_client, .finish = finish },
	  .verdict = VERDICT_BROKEN, .call = "ioctl", .error = ENOTTY,
	  .text = "it has no such request: ", .status = 1,
	  .calls = { "socket bind getsockname ioctl close",
	  "socket bind getsockname close" },
	  .log = { "prepare finish-kept ", "prepare finish-kept " } },
	{ "failing: a prepare() that is never done", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE,
	  .prepare = prepare_again, .finish = finish },
	  .verdict = VERDICT_BROKEN, .call = "ioctl", .error = EAGAIN,
	  .status = 1, .log = { "", "prepare finish-kept " } },
	{ "failing: a client's prepare() that is never done",
	  .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED,
	  .prepare = prepare_client_again, .finish = finish },
	  .verdict = VERDICT_BROKEN, .call = "ioctl", .error = EAGAIN,
	  .status = 1, .log = { "prepare finish-kept ",
	  "prepare finish-kept " } },
	{ "failing: prepare() on a connection", .cell = { SOCK_STREAM,
	  .shape = SHAPE_CONNECTED, .prepare = prepare_fails_server,
	  .finish = finish }, .verdict = VERDICT_BROKEN, .call = "ioctl",
	  .error = ENOTTY, .text = "it has no such request: ", .status = 1,
	  .tally = ANY_TALLY,
	  .calls = { NULL, "socket bind getsockname listen accept4 ioctl close "
	  "close" },
	  .log = { "prepare finish-kept ", "prepare finish-kept " } },
	{ "failing: prepare(), with another descriptor",
	  .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM, .traits = SURE,
	  .prepare = prepare_swaps_and_fails, .finish = finish },
	  .verdict = VERDICT_BROKEN, .call = "ioctl", .error = ENOTTY,
	  .status = 1,
	  .calls = { "", "socket bind getsockname ioctl close close" },
	  .log = { "", "prepare finish-kept " } },
	{ "failing: before prepare(), no finish()", .cell = { SOCK_STREAM,
	  .shape = SHAPE_CONNECTED, .prepare = prepare_keeps,
	  .finish = finish },
	  .fault = { SIDE_SERVER, CALL_ACCEPT4, 1, ENOMEM, 0 },
	  .verdict = VERDICT_BROKEN, .call = "accept4", .error = ENOMEM,
	  .status = 1, .tally = ANY_TALLY, .log = { NULL, "" } },
	{ "failing: killed in prepare()", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE, .prepare = prepare_kills,
	  .finish = finish }, .family = { .address = scripted_path },
	  .verdict = VERDICT_BROKEN, .text = "server died: Killed",
	  .status = 1, .released = 1, .log = { "", "prepare " } },
	{ "failing: transmit()", .cell = { PAIRED(SURE),
	  .transmit = transmit_fails }, .verdict = VERDICT_BROKEN,
	  .call = "ioctl", .error = ENOTTY, .text = "it has no such request: ",
	  .status = 1 },
	{ "failing: transmit(), short", .cell = { PAIRED(SURE),
	  .transmit = transmit_short }, .verdict = VERDICT_BROKEN,
	  .call = "sendmsg", .text = "28 of a message of 29 bytes were sent",
	  .status = 1, .tally = ANY_TALLY },
	{ "failing: receive()", .cell = { PAIRED(SURE),
	  .receive = receive_fails }, .verdict = VERDICT_BROKEN,
	  .call = "ioctl", .error = ENOTTY, .text = "it has no such request: ",
	  .status = 1, .tally = TALLY(1, 0, 0) },
	{ "failing: no answer to receive()", .cell = { PAIRED(LOSSY),
	  .transmit = transmit, .receive = receive,
	  .unwrap = unwrap_deaf_later }, .messages = 2,
	  .tally = TALLY(2, 1, 58, .lost = 1) },
	{ "failing: a wrong answer to receive()", .cell = { PAIRED(SURE),
	  .transmit = transmit, .receive = receive,
	  .wrap = wrap_wrong_answer }, .verdict = VERDICT_BROKEN,
	  .call = "recvmsg", .text = "none of those sent", .status = 1,
	  .tally = TALLY(1, 0, 29) },

	/* A kernel's answer that is not the question. */
	{ "verify: right", .cell = { KERNEL, .verify = verify_right },
	  .family = { .address = scripted_mirror }, .messages = 2,
	  .tally = TALLY(2, 2, 58), .note = "message 1 is right" },
	{ "verify: right, in parts", .cell = { KERNEL, .verify = verify_right,
	  .wrap = wrap_pieces, .unwrap = unwrap_pieces, .part = part_of },
	  .family = { .address = scripted_mirror }, .messages = 2,
	  .tally = TALLY(2, 2, 58), .note = "message 1 is right" },
	{ "verify: wrong", .cell = { KERNEL, .verify = verify_wrong },
	  .family = { .address = scripted_mirror },
	  .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .text = "it says 3, and /sys says 4", .status = 1,
	  .tally = TALLY(1, 0, 0) },
	{ "verify: wrong at the second message", .cell = { KERNEL,
	  .verify = verify_wrong_later },
	  .family = { .address = scripted_mirror }, .messages = 3,
	  .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .text = "it says 3, and /sys says 4", .status = 1,
	  .tally = TALLY(2, 1, 29) },
	{ "verify: not possible", .cell = { KERNEL, .verify = verify_cannot },
	  .family = { .address = scripted_mirror },
	  .verdict = VERDICT_BROKEN, .call = "recvfrom", .error = ENOENT,
	  .text = "there is no second source: ", .status = 1,
	  .tally = TALLY(1, 0, 0) },
};

/* Closed by the test when it ends; and by the echo when it has ended. */
static int life[2], echo_ended[2];

/* Echoes records to one client after the other, as long as the test lives. */
static _Noreturn void
be_echo(int listener)
{
	struct pollfd polled[2] = {
		{ .fd = listener, .events = POLLIN },
		{ .fd = life[0], .events = POLLIN },
	};
	char bytes[256];

	while (poll(polled, 2, -1) > 0 && polled[1].revents == 0) {
		int fd = accept(listener, NULL, NULL);
		ssize_t got;

		while ((got = recv(fd, bytes, sizeof(bytes), 0)) > 0)
			send(fd, bytes, (size_t)got, MSG_NOSIGNAL);
		close(fd);
	}
	_exit(0);
}

/* No child of the test: a run may leave none, and this one stays. */
static int
start_echo(int listener)
{
	pid_t pid;

	if (pipe2(life, O_CLOEXEC) != 0 || pipe2(echo_ended, O_CLOEXEC) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(life[1]);
		close(echo_ended[0]);
		if (fork() == 0)
			be_echo(listener);
		_exit(0);
	}
	close(life[0]);
	close(echo_ended[1]);
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

static int
begin(void **state)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int error;

	scripted_name(&elsewhere, "", 0);
	error = bind(fd, &elsewhere.any, elsewhere.length);
	elsewhere.length = sizeof(elsewhere.storage);
	if (error == 0)
		error = getsockname(fd, &elsewhere.any, &elsewhere.length);
	if (error == 0)
		error = listen(fd, 5);
	if (error == 0)
		error = start_echo(fd);
	close(fd);
	return error == 0 ? scripted_begin(state) : -1;
}

/* Waits until the echo has ended, which is nobody's child here. */
static int
end(void **state)
{
	char byte;

	close(life[1]);
	while (read(echo_ended[0], &byte, 1) > 0)
		;
	close(echo_ended[0]);
	return scripted_end(state);
}

/* The pair of a row is of the type that its packets need. */
static int
make_pair(void **state)
{
	const struct scripted_row *row = *state;

	return socketpair(AF_UNIX, row != NULL &&
	    row->cell.type == SOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM, 0, pair);
}

static int
close_pair(void **state)
{
	(void)state;
	close(pair[0]);
	close(pair[1]);
	return 0;
}

/* finish() first, then what prepare() made, then what it made it from. */
static void
test_order_of_closing(void **state)
{
	static const struct cell cell = { PAIRED(SURE) };
	struct family family = scripted_family(&(struct family){ .domain = 0 });
	struct request request = scripted_request(&family, &cell);
	struct report report;

	(void)state;
	scripted_run(&request, &report);
	assert_int_equal(report.verdict, VERDICT_WORKS);
	for (int id = 0; id < SIDE_COUNT; id++) {
		const struct trace *trace = report.trace[id];
		size_t kept = trace_kept(trace);

		assert_int_equal(trace_at(trace, kept - 2)->number[0],
		    pair[id]);
		assert_int_equal(trace_at(trace, kept - 1)->number[0],
		    trace_at(trace, 0)->result);
	}
	exchange_free(&report);
}

static int
prepare_nothing(struct channel *channel)
{
	(void)channel;
	return 0;
}

/* The client takes its time before it closes. */
static void
finish_slowly(struct channel *channel)
{
	if (channel->side == SIDE_CLIENT)
		poll(NULL, 0, 50);
}

/* A server whose close() drops what it sent closes after its client. */
static void
test_close_drops(void **state)
{
	static const struct cell cells[] = {
		{ .type = SOCK_DGRAM, .shape = SHAPE_DATAGRAM, .traits = SURE,
		  .close_drops = true, .prepare = prepare_nothing,
		  .finish = finish_slowly },
		{ RECORDS, .endless = true, .close_drops = true,
		  .wrap = wrap_plain, .prepare = prepare_nothing,
		  .finish = finish_slowly },
	};
	struct family family = scripted_family(&(struct family){ .domain = 0 });

	(void)state;
	for (size_t i = 0; i < COUNT(cells); i++) {
		struct request request = scripted_request(&family, &cells[i]);
		const struct trace *client, *server;
		struct report report;

		scripted_run(&request, &report);
		assert_int_equal(report.verdict, VERDICT_WORKS);
		client = report.trace[SIDE_CLIENT];
		server = report.trace[SIDE_SERVER];
		assert_true(trace_at(server, trace_kept(server) - 1)->t_ns >
		    trace_at(client, trace_kept(client) - 1)->end_ns);
		exchange_free(&report);
	}
}

/* What socket() is asked for, and what is set: the numbers of events. */
static void
test_numbers(void **state)
{
	static const struct cell carried = { .type = 7,
		.shape = SHAPE_CONNECTED, .carrier = &carrier };
	static const struct cell set = { .type = SOCK_STREAM,
		.shape = SHAPE_CONNECTED, .settings = cell_setting };
	struct family family = scripted_family(&(struct family){ .domain = 0 });
	struct request request = scripted_request(&family, &carried);
	struct report report;
	const struct event *event;

	(void)state;
	scripted_run(&request, &report);
	event = trace_at(report.trace[SIDE_CLIENT], 0);
	assert_int_equal(event->number[0], AF_UNIX);
	assert_int_equal(event->number[1], SOCK_STREAM | SOCK_CLOEXEC);
	assert_int_equal(event->number[2], 0);
	exchange_free(&report);

	request = scripted_request(&family, &set);
	request.choice.variant = &strict;
	request.port = 1;
	scripted_run(&request, &report);
	/* With a port of the user's, what is only for such. */
	assert_string_equal(scripted_calls(report.trace[SIDE_SERVER]),
	    "socket setsockopt setsockopt setsockopt bind getsockname listen "
	    "accept4 recv send recv close close");
	event = trace_at(report.trace[SIDE_SERVER], 1);
	assert_int_equal(event->number[2], SO_PASSCRED);
	event = trace_at(report.trace[SIDE_SERVER], 2);
	assert_int_equal(event->number[2], SO_KEEPALIVE);
	assert_string_equal(report.variant, "strict");
	exchange_free(&report);
}

/* The lines of verify() are notes, once. */
static void
test_notes(void **state)
{
	static const struct cell cell = { KERNEL, .verify = verify_lines };
	struct family family = scripted_family(&(struct family){
		.address = scripted_mirror });
	struct request request = scripted_request(&family, &cell);
	struct report report;

	(void)state;
	request.messages = 3;
	scripted_run(&request, &report);
	assert_int_equal(report.verdict, VERDICT_WORKS);
	assert_int_equal(report.notes, 2);
	assert_string_equal(report.note[0], "two lines,");
	assert_string_equal(report.note[1], "of which the last has no end");
	exchange_free(&report);
}

/* An address that was joined is nobody's to release. */
static void
test_joined_is_not_bound(void **state)
{
	static const struct cell joining = { .type = SOCK_SEQPACKET,
		.shape = SHAPE_KERNEL, .joins = true };
	static const struct cell binding = { .type = SOCK_SEQPACKET,
		.shape = SHAPE_KERNEL };
	struct family family = scripted_family(&(struct family){ .domain = 0 });
	struct choice choice = { .family = &family, .row = joining };
	struct failure failure = { .happened = false };
	struct endpoint any;
	struct side side;

	(void)state;
	side_init(&side, SIDE_CLIENT, &choice, &failure);
	assert_int_equal(side_socket(&side, false), 0);
	assert_int_equal(side_bind(&side, &elsewhere), 0);
	assert_true(endpoint_equal(&side.self, &elsewhere));
	assert_false(side.bound);
	side_close(&side);

	choice.row = binding;
	scripted_name(&any, "", 0);
	side_init(&side, SIDE_CLIENT, &choice, &failure);
	assert_int_equal(side_socket(&side, false), 0);
	assert_int_equal(side_bind(&side, &any), 0);
	assert_true(side.bound);
	side_close(&side);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test_setup_teardown(test_order_of_closing, make_pair,
	    close_pair),
	cmocka_unit_test(test_close_drops),
	cmocka_unit_test(test_numbers),
	cmocka_unit_test(test_notes),
	cmocka_unit_test(test_joined_is_not_bound),
};
static struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

int
main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = scripted_test,
			.setup_func = make_pair,
			.teardown_func = close_pair,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(tests + COUNT(rows), others, sizeof(others));
	return cmocka_run_group_tests_name("channel", tests, begin, end);
}
