/*
 * The driver, with families written for it: good ones of each shape, and ones
 * that fail, hang, die, lose, double and swap. Their sockets are those of
 * unix(7), with names that the kernel chooses or paths.
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
#include <poll.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "drive/exchange.h"
#include "record/calls.h"
#include "scripted.h"
#include "witness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define NOISE "noise"

/* Where contact() sends the client; length 0: to the server. */
static struct endpoint elsewhere;

static int
address_nowhere(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	(void)wish;
	(void)why;
	(void)room;
	return scripted_name(out, "/nowhere/at/all", sizeof("/nowhere/at/all"));
}

static int
address_refused(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	(void)wish;
	(void)out;
	snprintf(why, room, "this family has no addresses");
	return -ERANGE;
}

static int
contact_elsewhere(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	(void)asked;
	(void)bound;
	*out = elsewhere;
	return 0;
}

static int
contact_nobody(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	(void)asked;
	(void)bound;
	return scripted_name(out, "\0exchange-test-nobody", 21) == 1 ? 0 : -EIO;
}

static int
contact_fails(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	(void)asked;
	(void)bound;
	(void)out;
	return -EOVERFLOW;
}

static int
contact_kills(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	(void)asked;
	*out = *bound;
	raise(SIGKILL);
	return 0;
}

static int
contact_exits(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	(void)asked;
	(void)bound;
	(void)out;
	_exit(3);
}

/* The caller of exchange_run() is interrupted while both sides are at work. */
static int
contact_interrupts(const struct endpoint *asked, const struct endpoint *bound,
    struct endpoint *out)
{
	(void)asked;
	*out = *bound;
	kill(getppid(), SIGTERM);
	return 0;
}

static ssize_t
put_noise(size_t *taken, void *packet)
{
	memcpy(packet, NOISE, sizeof(NOISE));
	*taken = 0;
	return sizeof(NOISE);
}

static ssize_t
wrap_plain(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	(void)envelope;
	(void)room;
	return scripted_put(payload, length, taken, packet);
}

/* Drops noise. */
static ssize_t
unwrap_plain(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	(void)envelope;
	*at = 0;
	if (length == sizeof(NOISE) && memcmp(packet, NOISE, length) == 0)
		return -ENOMSG;
	return (ssize_t)length;
}

/* A packet of somebody else's before each message. */
static ssize_t
wrap_noisy(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	static unsigned long long told;

	(void)room;
	if (told != envelope->number) {
		told = envelope->number;
		return put_noise(taken, packet);
	}
	return scripted_put(payload, length, taken, packet);
}

/* The server's answer to message 2 is lost. */
static ssize_t
wrap_loses(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	(void)room;
	if (envelope->side == SIDE_SERVER && envelope->number == 2) {
		put_noise(taken, packet);
		*taken = length;
		return sizeof(NOISE);
	}
	return scripted_put(payload, length, taken, packet);
}

/* The server's answer to message 2 comes twice. */
static ssize_t
wrap_doubles(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	static bool done;

	(void)room;
	scripted_put(payload, length, taken, packet);
	if (envelope->side == SIDE_SERVER && envelope->number == 2 && !done) {
		done = true;
		*taken = 0;
	}
	return (ssize_t)length;
}

/* The answer to message 2 waits for, and follows, the one to message 3. */
static ssize_t
wrap_swaps(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	static unsigned char kept[256];
	static size_t kept_length;
	static bool told;

	(void)room;
	if (envelope->side == SIDE_SERVER && envelope->number == 2) {
		memcpy(kept, payload, length);
		kept_length = length;
		put_noise(taken, packet);
		*taken = length;
		return sizeof(NOISE);
	}
	if (envelope->side == SIDE_SERVER && envelope->number == 3 && !told) {
		told = true;
		scripted_put(payload, length, taken, packet);
		*taken = 0;
		return (ssize_t)length;
	}
	if (envelope->side == SIDE_SERVER && envelope->number == 3) {
		memcpy(packet, kept, kept_length);
		*taken = length;
		return (ssize_t)kept_length;
	}
	return scripted_put(payload, length, taken, packet);
}

static ssize_t
wrap_wrong(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	(void)room;
	scripted_put(payload, length, taken, packet);
	if (envelope->side == SIDE_SERVER)
		((unsigned char *)packet)[length - 1] ^= 1;
	return (ssize_t)length;
}

static ssize_t
wrap_slow(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	(void)room;
	if (envelope->side == SIDE_SERVER)
		poll(NULL, 0, 30);
	return scripted_put(payload, length, taken, packet);
}

/* The first answer comes when it has been given up. */
static ssize_t
wrap_late(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	(void)room;
	if (envelope->side == SIDE_SERVER && envelope->number == 1)
		poll(NULL, 0, SCRIPTED_LOST_NS / 1000000 + 50);
	return scripted_put(payload, length, taken, packet);
}

static ssize_t
wrap_fails(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	(void)room;
	if (envelope->side == SIDE_SERVER)
		return -EPROTO;
	return scripted_put(payload, length, taken, packet);
}

static ssize_t
wrap_kills_server(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	(void)room;
	if (envelope->side == SIDE_SERVER)
		raise(SIGKILL);
	return scripted_put(payload, length, taken, packet);
}

static ssize_t
wrap_kills_client(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	(void)room;
	if (envelope->side == SIDE_CLIENT)
		raise(SIGKILL);
	return scripted_put(payload, length, taken, packet);
}

/* Blocked where no deadline of ours can reach it. */
static ssize_t
wrap_hangs_server(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	(void)room;
	while (envelope->side == SIDE_SERVER)
		pause();
	return scripted_put(payload, length, taken, packet);
}

/* Cuts a message into frames of 8 bytes, of which the last may be shorter. */
static ssize_t
wrap_frames(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	(void)envelope;
	(void)room;
	return scripted_put(payload, length < 8 ? length : 8, taken, packet);
}

static ssize_t
unwrap_deaf(const struct envelope *envelope, const void *packet, size_t length,
    size_t *at)
{
	(void)packet;
	*at = 0;
	return envelope->side == SIDE_SERVER ? -ENOMSG : (ssize_t)length;
}

static ssize_t
unwrap_fails(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	(void)envelope;
	(void)packet;
	(void)length;
	(void)at;
	return -EBADMSG;
}

#define LOSSY (TRAIT_BOUNDARIES)
#define SURE (TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED)

static const int yes = 1;
static const struct setting bad_setting[] = {
	{ 1u << SIDE_CLIENT | 1u << SIDE_SERVER, false, SOL_SOCKET, 9999, &yes,
	  sizeof(yes) },
	{ .sides = 0 },
};

static const struct scripted_row rows[] = {
	{ "a stream", .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED },
	  .tally = TALLY(1, 1, 58) },
	{ "a stream, five messages",
	  .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED },
	  .messages = 5, .tally = TALLY(5, 5, 290) },
	{ "a stream, 3 MB",
	  .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED },
	  .size = 3000000, .tally = TALLY(1, 1, 6000000) },
	{ "records", .cell = { SOCK_SEQPACKET, .shape = SHAPE_CONNECTED,
	  .traits = SURE }, .messages = 3, .tally = TALLY(3, 3, 174) },
	{ "records, 5000 bytes, a limit that is asked",
	  .cell = { SOCK_SEQPACKET, .shape = SHAPE_CONNECTED, .traits = SURE,
	  .largest = { LIMIT_SEND_BUFFER, 32 } },
	  .size = 5000, .tally = TALLY(1, 1, 10000) },
	{ "datagrams", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = SURE }, .messages = 3, .tally = TALLY(3, 3, 174) },
	{ "a bus", .cell = { SOCK_DGRAM, .shape = SHAPE_BUS,
	  .traits = SURE, .wrap = wrap_noisy, .unwrap = unwrap_plain },
	  .messages = 3, .tally = TALLY(3, 3, 174, .ignored = 3) },
	{ "a kernel that answers", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_KERNEL, .traits = SURE },
	  .family = { .address = scripted_mirror }, .messages = 3,
	  .tally = TALLY(3, 3, 87) },
	{ "a wrapped payload", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = SURE, .wrap = wrap_plain, .unwrap = unwrap_plain },
	  .messages = 2, .tally = TALLY(2, 2, 116) },
	{ "slow, but in time", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = LOSSY, .wrap = wrap_slow }, .messages = 4,
	  .tally = TALLY(4, 4, 232) },
	{ "paths, released", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = SURE }, .family = { .address = scripted_path },
	  .tally = TALLY(1, 1, 58), .released = 2 },
	{ "a path, released", .cell = { SOCK_STREAM,
	  .shape = SHAPE_CONNECTED }, .family = { .address = scripted_path },
	  .tally = TALLY(1, 1, 58), .released = 1 },

	/* Failing at each step. */
	{ "no such domain", .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED },
	  .family = { .domain = 77 }, .verdict = VERDICT_ABSENT,
	  .call = "socket", .error = EAFNOSUPPORT,
	  .text = "modprobe scripted", .status = 77 },
	{ "no such type", .cell = { 7, .shape = SHAPE_CONNECTED,
	  .lacking = ESOCKTNOSUPPORT }, .verdict = VERDICT_REFUSED,
	  .call = "socket", .error = ESOCKTNOSUPPORT, .text = "type",
	  .status = 77 },
	{ "no such type, where the table promises one", .cell = { 7,
	  .shape = SHAPE_CONNECTED }, .verdict = VERDICT_REFUSED,
	  .call = "socket", .error = ESOCKTNOSUPPORT, .contradicts = true,
	  .status = 77 },
	{ "a refusal that is documented", .cell = { 7, .shape = SHAPE_NONE },
	  .verdict = VERDICT_REFUSED, .call = "socket",
	  .error = ESOCKTNOSUPPORT, .status = 77 },
	{ "a refusal that is not documented", .cell = { SOCK_STREAM, 99,
	  .shape = SHAPE_NONE }, .verdict = VERDICT_REFUSED,
	  .call = "socket", .error = EPROTONOSUPPORT, .contradicts = true,
	  .status = 77 },
	{ "a socket where a refusal is documented", .cell = { SOCK_STREAM,
	  .shape = SHAPE_NONE }, .verdict = VERDICT_BROKEN,
	  .call = "socket", .text = "succeeded", .contradicts = true,
	  .status = 1 },
	{ "an option that there is not", .cell = { SOCK_STREAM,
	  .shape = SHAPE_CONNECTED, .settings = bad_setting },
	  .verdict = VERDICT_BROKEN, .call = "setsockopt",
	  .error = ENOPROTOOPT, .status = 1 },
	{ "bind", .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED },
	  .family = { .address = address_nowhere },
	  .verdict = VERDICT_BROKEN, .call = "bind", .error = ENOENT,
	  .status = 1 },
	{ "listen", .cell = { SOCK_DGRAM, .shape = SHAPE_CONNECTED },
	  .family = { .address = scripted_path },
	  .verdict = VERDICT_BROKEN, .call = "listen", .error = EOPNOTSUPP,
	  .status = 1, .released = 1 },
	{ "getsockname", .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED },
	  .family = { .address = scripted_path }, .verdict = VERDICT_BROKEN,
	  .call = "getsockname", .error = ENOBUFS, .status = 1,
	  .released = 1,
	  .fault = { SIDE_SERVER, CALL_GETSOCKNAME, 1, ENOBUFS, 0 } },
	{ "contact()", .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED },
	  .family = { .contact = contact_fails, .address = scripted_path },
	  .verdict = VERDICT_BROKEN, .call = "getsockname",
	  .error = EOVERFLOW, .text = "cannot be contacted", .status = 1,
	  .released = 1 },
	{ "connect", .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED },
	  .family = { .contact = contact_nobody, .address = scripted_path },
	  .verdict = VERDICT_BROKEN, .call = "connect",
	  .error = ECONNREFUSED, .text = "nobody listens", .status = 1,
	  .released = 1 },
	{ "accept", .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED },
	  .family = { .address = scripted_path }, .verdict = VERDICT_BROKEN,
	  .call = "accept4", .error = ENOMEM, .status = 1, .released = 1,
	  .tally = ANY_TALLY,
	  .fault = { SIDE_SERVER, CALL_ACCEPT4, 1, ENOMEM, 0 } },
	{ "send", .cell = { SOCK_SEQPACKET, .shape = SHAPE_CONNECTED,
	  .traits = SURE, .send_flags = MSG_OOB },
	  .verdict = VERDICT_BROKEN, .call = "send", .error = EOPNOTSUPP,
	  .status = 1 },
	{ "sendto", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = SURE, .send_flags = MSG_OOB },
	  .verdict = VERDICT_BROKEN, .call = "sendto", .error = EOPNOTSUPP,
	  .status = 1 },
	{ "sendto, to nobody", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE },
	  .family = { .contact = contact_nobody },
	  .verdict = VERDICT_BROKEN, .call = "sendto",
	  .error = ECONNREFUSED, .status = 1 },
	{ "recv", .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED },
	  .verdict = VERDICT_BROKEN, .call = "recv", .error = ECONNRESET,
	  .text = "reset", .status = 1, .tally = TALLY(1, 0, 29),
	  .fault = { SIDE_CLIENT, CALL_RECV, 1, ECONNRESET, 0 } },
	{ "recvfrom", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = SURE }, .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .error = ENOMEM, .status = 1, .tally = TALLY(1, 0, 0),
	  .fault = { SIDE_SERVER, CALL_RECVFROM, 1, ENOMEM, 0 } },
	{ "close", .cell = { SOCK_STREAM, .shape = SHAPE_CONNECTED },
	  .verdict = VERDICT_BROKEN, .call = "close", .error = EIO,
	  .status = 1, .tally = TALLY(1, 1, 58),
	  .fault = { SIDE_SERVER, CALL_CLOSE, 1, EIO, 0 } },
	{ "wrap()", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = SURE, .wrap = wrap_fails }, .verdict = VERDICT_BROKEN,
	  .call = "sendto", .error = EPROTO, .status = 1,
	  .tally = TALLY(1, 0, 29) },
	{ "unwrap()", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = SURE, .unwrap = unwrap_fails },
	  .verdict = VERDICT_BROKEN, .call = "recvfrom", .error = EBADMSG,
	  .status = 1, .tally = TALLY(1, 0, 0) },

	/* Silent, slow, dead, stuck. */
	{ "silent, where loss is allowed", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = LOSSY, .unwrap = unwrap_deaf },
	  .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .error = ETIMEDOUT, .text = "no answer to message 1",
	  .status = 1, .tally = TALLY(1, 0, 0, .lost = 1) },
	{ "silent, where nothing is lost", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE, .unwrap = unwrap_deaf },
	  .messages = 3, .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .error = ETIMEDOUT, .text = "no answer to message 1",
	  .status = 1, .tally = TALLY(1, 0, 0, .lost = 1) },
	{ "silent, with a patience of its own", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = LOSSY, .unwrap = unwrap_deaf,
	  .patience_ms = 20 }, .messages = 3, .verdict = VERDICT_BROKEN,
	  .call = "recvfrom", .error = ETIMEDOUT, .text = "0.02 s",
	  .status = 1, .tally = TALLY(1, 0, 0, .lost = 1) },
	{ "silent three times: the rest is not sent", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = LOSSY, .unwrap = unwrap_deaf },
	  .messages = 9, .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .error = ETIMEDOUT, .text = "no answer to message 3",
	  .status = 1, .tally = TALLY(3, 0, 0, .lost = 3) },
	{ "late", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = LOSSY, .wrap = wrap_late }, .messages = 3,
	  .tally = TALLY(3, 3, 174, .reordered = 1) },
	{ "the server is killed", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE,
	  .wrap = wrap_kills_server },
	  .family = { .address = scripted_path }, .verdict = VERDICT_BROKEN,
	  .text = "server died: Killed", .status = 1,
	  .tally = TALLY(1, 0, 29), .released = 2 },
	{ "the client is killed", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE,
	  .wrap = wrap_kills_client },
	  .family = { .address = scripted_path }, .verdict = VERDICT_BROKEN,
	  .text = "client died: Killed", .status = 1, .released = 2 },
	{ "the server is killed before it is ready", .cell = { SOCK_STREAM,
	  .shape = SHAPE_CONNECTED },
	  .family = { .address = scripted_path, .contact = contact_kills },
	  .verdict = VERDICT_BROKEN, .text = "server died: Killed",
	  .status = 1, .released = 1 },
	{ "the server leaves early", .cell = { SOCK_STREAM,
	  .shape = SHAPE_CONNECTED },
	  .family = { .address = scripted_path, .contact = contact_exits },
	  .verdict = VERDICT_BROKEN, .text = "server died: it left early",
	  .status = 1, .released = 1 },
	{ "the server is stuck", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE,
	  .wrap = wrap_hangs_server },
	  .family = { .address = scripted_path }, .verdict = VERDICT_BROKEN,
	  .call = "recvfrom", .error = ETIMEDOUT, .text = "no answer",
	  .status = 1, .tally = TALLY(1, 0, 29, .lost = 1), .released = 2 },

	/* Loss, duplication and reordering told apart. */
	{ "a loss", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = LOSSY, .wrap = wrap_loses, .unwrap = unwrap_plain },
	  .messages = 4,
	  .tally = TALLY(4, 3, 203, .lost = 1, .ignored = 1) },
	{ "a loss of the last", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = LOSSY, .wrap = wrap_loses,
	  .unwrap = unwrap_plain }, .messages = 2,
	  .tally = TALLY(2, 1, 87, .lost = 1, .ignored = 1) },
	{ "a loss where none is allowed", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE, .wrap = wrap_loses,
	  .unwrap = unwrap_plain }, .messages = 4,
	  .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .error = ETIMEDOUT, .text = "no answer to message 2",
	  .status = 1, .tally = TALLY(2, 1, 87, .lost = 1, .ignored = 1) },
	{ "a double", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = LOSSY, .wrap = wrap_doubles }, .messages = 4,
	  .tally = TALLY(4, 4, 232, .duplicated = 1) },
	{ "a double where none is allowed", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE, .wrap = wrap_doubles },
	  .messages = 4, .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .text = "twice", .status = 1,
	  /* How far the server came when the client gave up is chance. */
	  .tally = ANY_TALLY },
	{ "a swap", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = LOSSY, .wrap = wrap_swaps, .unwrap = unwrap_plain },
	  .messages = 4,
	  .tally = TALLY(4, 4, 232, .reordered = 1, .ignored = 1) },
	{ "a wrong byte", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = LOSSY, .wrap = wrap_wrong }, .verdict = VERDICT_BROKEN,
	  .call = "recvfrom", .text = "none of those sent", .status = 1,
	  .tally = TALLY(1, 0, 29) },
	{ "a message in pieces", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE, .wrap = wrap_frames },
	  .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .text = "8 bytes", .status = 1, .tally = ANY_TALLY },

	/* Sizes. */
	{ "as large as it may be", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE,
	  .largest = { LIMIT_BYTES, 3000 } }, .size = 3000,
	  .tally = TALLY(1, 1, 6000) },
	{ "too large", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = SURE, .largest = { LIMIT_BYTES, 3000 } }, .size = 3001,
	  .verdict = VERDICT_BROKEN, .call = "sendto", .error = EMSGSIZE,
	  .text = "at most 3000", .status = 2 },
	{ "too large, below what always fits", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE,
	  .largest = { LIMIT_BYTES, 100 } }, .size = 101,
	  .verdict = VERDICT_BROKEN, .call = "sendto", .error = EMSGSIZE,
	  .text = "at most 100", .status = 2 },
	{ "too large for a record", .cell = { SOCK_SEQPACKET,
	  .shape = SHAPE_CONNECTED, .traits = SURE,
	  .largest = { LIMIT_BYTES, 3000 } }, .size = 3001,
	  .verdict = VERDICT_BROKEN, .call = "send", .error = EMSGSIZE,
	  .text = "at most 3000", .status = 2 },
	{ "too large for a kernel's", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_KERNEL, .traits = SURE,
	  .largest = { LIMIT_BYTES, 3000 } },
	  .family = { .address = scripted_mirror }, .size = 3001,
	  .verdict = VERDICT_BROKEN, .call = "sendto", .error = EMSGSIZE,
	  .text = "at most 3000", .status = 2 },
	{ "too large for the buffer", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE,
	  .largest = { LIMIT_SEND_BUFFER, 32 } }, .size = 1 << 30,
	  .verdict = VERDICT_BROKEN, .call = "sendto", .error = EMSGSIZE,
	  .text = "at most", .status = 2 },
	{ "empty, where that is a message", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE | TRAIT_EMPTY },
	  .empty = true, .messages = 2, .tally = TALLY(2, 2, 0) },
	{ "empty, where none is carried", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = SURE },
	  .empty = true, .messages = 2, .tally = TALLY(0, 0, 0) },
	{ "empty records", .cell = { SOCK_SEQPACKET,
	  .shape = SHAPE_CONNECTED, .traits = SURE | TRAIT_EMPTY },
	  .empty = true, .messages = 2, .tally = TALLY(2, 2, 0) },
};

static const struct cell stream = {
	.type = SOCK_STREAM, .shape = SHAPE_CONNECTED,
};

/* A family whose client is sent to `elsewhere`. */
static struct family
misled_family(void)
{
	return scripted_family(&(struct family){ .contact = contact_elsewhere,
		.address = scripted_path });
}

static int
open_elsewhere(int backlog)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	scripted_name(&elsewhere, "", 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, &elsewhere.any, elsewhere.length), 0);
	elsewhere.length = sizeof(elsewhere.storage);
	assert_int_equal(getsockname(fd, &elsewhere.any, &elsewhere.length),
	    0);
	assert_int_equal(listen(fd, backlog), 0);
	return fd;
}

/* Somebody listens, and never answers. */
static void
test_no_answer(void **state)
{
	struct family family = misled_family();
	struct request request = scripted_request(&family, &stream);
	struct report report;
	int fd = open_elsewhere(5);

	(void)state;
	scripted_run(&request, &report);
	close(fd);
	assert_int_equal(report.verdict, VERDICT_BROKEN);
	assert_string_equal(report.reason.call, "recv");
	assert_int_equal(report.reason.error, ETIMEDOUT);
	assert_non_null(strstr(report.reason.text, "within 0.2 s"));
	assert_int_equal(scripted->released, 1);
	exchange_free(&report);
}

/* connect() blocks while the queue is full, which no poll() tells before. */
static void
test_blocked_call(void **state)
{
	struct family family = misled_family();
	struct request request = scripted_request(&family, &stream);
	struct report report;
	const struct event *last;
	int fd = open_elsewhere(0);
	int waiting = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	assert_int_equal(connect(waiting, &elsewhere.any, elsewhere.length),
	    0);
	scripted_run(&request, &report);
	close(waiting);
	close(fd);
	assert_int_equal(report.verdict, VERDICT_BROKEN);
	assert_string_equal(report.reason.call, "connect");
	assert_int_equal(report.reason.error, ETIMEDOUT);
	assert_non_null(strstr(report.reason.text, "had not returned"));
	last = trace_at(report.trace[SIDE_CLIENT],
	    trace_kept(report.trace[SIDE_CLIENT]) - 1);
	assert_int_equal(last->call, CALL_CONNECT);
	assert_int_equal(last->end_ns, 0);
	assert_int_equal(scripted->released, 1);
	exchange_free(&report);
}

/* A peer that is not the driver's server: what it sends for an answer. */
static const struct rogue_row {
	const char *name;
	size_t wrong_at;	/* which byte is changed */
	size_t length;		/* of the answer of 29 bytes, how much */
	bool resets;		/* leaves what it was sent unread */
	bool stays;		/* and does not close */
	const char *call;
	int error;
	const char *text;
} rogue_rows[] = {
	{ "rogue: the first byte is wrong", 0, 29, false, false, "recv", 0,
	  "message 1 is not what was sent" },
	{ "rogue: the last byte is wrong", 28, 29, false, false, "recv", 0,
	  "message 1 is not what was sent" },
	{ "rogue: it leaves at once", 99, 0, false, false, "recv", 0,
	  "after 0 of 29 bytes" },
	{ "rogue: it leaves early", 99, 28, false, false, "recv", 0,
	  "after 28 of 29 bytes" },
	{ "rogue: it stops early", 99, 28, false, true, "recv", ETIMEDOUT,
	  "nothing came within 0.2 s" },
	{ "rogue: it resets the connection", 99, 0, true, false, "recv",
	  ECONNRESET, "reset" },
};

static _Noreturn void
be_rogue(int listener, const struct rogue_row *row)
{
	char bytes[29];
	int fd = accept(listener, NULL, NULL);

	if (row->resets)
		recv(fd, bytes, 1, 0);
	else
		recv(fd, bytes, sizeof(bytes), MSG_WAITALL);
	memcpy(bytes + 15, "server", 6);
	if (row->wrong_at < sizeof(bytes))
		bytes[row->wrong_at] ^= 1;
	if (row->length != 0)
		send(fd, bytes, row->length, MSG_NOSIGNAL);
	while (row->stays)
		pause();
	_exit(0);
}

static void
test_rogue(void **state)
{
	const struct rogue_row *row = *state;
	struct family family = misled_family();
	struct request request = scripted_request(&family, &stream);
	struct report report;
	char why[256];
	int fd = open_elsewhere(5);
	pid_t rogue = fork();
	int result;

	if (rogue == 0)
		be_rogue(fd, row);
	result = exchange_run(&request, &report, why, sizeof(why));
	kill(rogue, SIGKILL);
	assert_int_equal(waitpid(-1, NULL, 0), rogue);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	close(fd);
	assert_int_equal(result, 0);
	assert_int_equal(report.verdict, VERDICT_BROKEN);
	assert_string_equal(report.reason.call, row->call);
	assert_int_equal(report.reason.error, row->error);
	if (strstr(report.reason.text, row->text) == NULL)
		fail_msg("%s", report.reason.text);
	exchange_free(&report);
}

/* An address that is none: nothing is run, and the user is told. */
static void
test_no_address(void **state)
{
	struct family family =
	    scripted_family(&(struct family){ .address = address_refused });
	struct request request = scripted_request(&family, &stream);
	struct witness witness;
	struct report report;
	char why[256] = "";

	(void)state;
	witness_begin(&witness);
	assert_int_equal(exchange_run(&request, &report, why, sizeof(why)),
	    -ERANGE);
	assert_string_equal(why, "this family has no addresses");
	assert_true(report.unusable);
	assert_null(report.meeting);
	assert_null(witness_end(&witness, SCRIPTED_LIMIT_NS));
	exchange_free(&report);
}

static void
test_no_file(void **state)
{
	struct family family = scripted_family(&(struct family){ .name = NULL });
	struct request request = scripted_request(&family, &stream);
	struct witness witness;
	struct report report;
	char why[256] = "";

	(void)state;
	request.payload = PAYLOAD_FILE;
	request.path = "/nowhere/at/all";
	witness_begin(&witness);
	assert_int_equal(exchange_run(&request, &report, why, sizeof(why)),
	    -ENOENT);
	assert_non_null(strstr(why, "/nowhere/at/all"));
	assert_false(report.unusable);
	assert_null(witness_end(&witness, SCRIPTED_LIMIT_NS));
}

/* SIGTERM ends the run, not the caller; the mask is as it was. */
static void
test_signal(void **state)
{
	struct family family = scripted_family(&(struct family){
		.contact = contact_interrupts, .address = scripted_path });
	struct request request = scripted_request(&family, &stream);
	struct report report;

	(void)state;
	request.messages = 100000;
	scripted_run(&request, &report);
	assert_int_equal(report.signal, SIGTERM);
	assert_int_equal(scripted->released, 1);
	exchange_free(&report);
}

/* What the caller ignores does not end a run. */
static void
test_ignored_signal(void **state)
{
	struct family family = scripted_family(&(struct family){
		.contact = contact_interrupts, .address = scripted_path });
	struct request request = scripted_request(&family, &stream);
	struct report report;

	(void)state;
	signal(SIGTERM, SIG_IGN);
	scripted_run(&request, &report);
	signal(SIGTERM, SIG_DFL);
	assert_int_equal(report.signal, 0);
	assert_int_equal(report.verdict, VERDICT_WORKS);
	exchange_free(&report);
}

static void
test_release_of_what_was_bound(void **state)
{
	struct family family =
	    scripted_family(&(struct family){ .address = scripted_path });
	struct request request = scripted_request(&family, &stream);
	struct report report;

	(void)state;
	request.faults.count = 1;
	request.faults.faults[0] =
	    (struct fault){ SIDE_SERVER, CALL_BIND, 1, EADDRINUSE, 0 };
	scripted_run(&request, &report);
	assert_int_equal(report.verdict, VERDICT_BROKEN);
	assert_string_equal(report.reason.call, "bind");
	/* What bind() did not take is somebody else's. */
	assert_int_equal(scripted->released, 0);
	exchange_free(&report);
}

static struct { uint64_t done, total; unsigned calls; } told;

static void
tell(uint64_t done, uint64_t total, void *context)
{
	assert_ptr_equal(context, &told);
	assert_true(done >= told.done && done <= total);
	told.done = done;
	told.total = total;
	told.calls++;
}

static void
test_progress(void **state)
{
	static const struct cell slow = { .type = SOCK_DGRAM,
		.shape = SHAPE_DATAGRAM, .traits = SURE, .wrap = wrap_slow };
	struct family family = scripted_family(&(struct family){ .name = NULL });
	struct request request = scripted_request(&family, &slow);
	struct report report;

	(void)state;
	request.messages = 10;
	request.size = 40;
	request.progress = tell;
	request.progress_context = &told;
	scripted_run(&request, &report);
	assert_int_equal(report.verdict, VERDICT_WORKS);
	assert_true(told.calls >= 1);
	assert_int_equal(told.total, 800);
	exchange_free(&report);
}

static struct CMUnitTest tests[COUNT(rows) + COUNT(rogue_rows) + 16];

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_no_answer),
	cmocka_unit_test(test_blocked_call),
	cmocka_unit_test(test_no_address),
	cmocka_unit_test(test_no_file),
	cmocka_unit_test(test_signal),
	cmocka_unit_test(test_ignored_signal),
	cmocka_unit_test(test_release_of_what_was_bound),
	cmocka_unit_test(test_progress),
};

#define ADD(table, function)                                                   \
	for (size_t i = 0; i < COUNT(table); i++)                              \
		tests[count++] = (struct CMUnitTest){                          \
			.name = (table)[i].name,                               \
			.test_func = (function),                               \
			.initial_state = (void *)(uintptr_t)&(table)[i],       \
		}

int
main(void)
{
	size_t count = 0;

	ADD(rows, scripted_test);
	ADD(rogue_rows, test_rogue);
	memcpy(tests + count, others, sizeof(others));
	count += COUNT(others);
	return _cmocka_run_group_tests("exchange", tests, count,
	    scripted_begin, scripted_end);
}
