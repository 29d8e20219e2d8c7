/*
 * Messages in parts: what the driver makes of packets that are put together,
 * and of parts that are lost, foreign, or without end.
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
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive/side.h"
#include "scripted.h"
#include "witness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * A packet: a mark, which part it is (enum), and ten bytes of the message at
 * most. The made messages of 29 bytes travel in three, up to message 9.
 */
#define OURS 'P'
#define OTHERS 'X'
#define HEADER 2
#define PIECE 10

#define LOSSY (TRAIT_BOUNDARIES)
#define SURE (TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED)

static ssize_t
pack(char mark, unsigned parts, const void *bytes, size_t length, void *packet)
{
	unsigned char *out = packet;

	out[0] = (unsigned char)mark;
	out[1] = (unsigned char)parts;
	memcpy(out + HEADER, bytes, length);
	return (ssize_t)(HEADER + length);
}

/* A packet of somebody else's, that unwrap() knows as such. */
static ssize_t
pack_others(void *packet)
{
	return pack(OTHERS, PART_WHOLE, "noise", 5, packet);
}

static ssize_t
wrap_parts(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	unsigned parts = envelope->offset == 0 ? PART_BEGINS : 0;

	(void)room;
	*taken = length < PIECE ? length : PIECE;
	if (*taken == length)
		parts |= PART_ENDS;
	return pack(OURS, parts, payload, *taken, packet);
}

static ssize_t
unwrap_parts(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	(void)envelope;
	*at = HEADER;
	if (length < HEADER || *(const char *)packet != OURS)
		return -ENOMSG;
	return (ssize_t)(length - HEADER);
}

static unsigned
part_of(const struct envelope *envelope, const void *packet, size_t length)
{
	(void)envelope;
	(void)length;
	return ((const unsigned char *)packet)[1];
}

/* Says only which part is the last, as a kernel may. */
static unsigned
part_end_only(const struct envelope *envelope, const void *packet,
    size_t length)
{
	return part_of(envelope, packet, length) & PART_ENDS;
}

/* The part at that offset of the server's answer to message 2 is lost. */
static ssize_t
lose(const struct envelope *envelope, size_t offset, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	ssize_t packed = wrap_parts(envelope, payload, length, taken, packet,
	    room);

	if (envelope->number != 2 || envelope->offset != offset)
		return packed;
	return pack_others(packet);
}

#define LOSING(name, which, at)                                                \
	static ssize_t name(const struct envelope *envelope,                   \
	    const void *payload, size_t length, size_t *taken, void *packet,   \
	    size_t room)                                                       \
	{                                                                      \
		return lose(envelope, envelope->side == (which) ? (at)         \
								: SIZE_MAX,    \
		    payload, length, taken, packet, room);                     \
	}

LOSING(wrap_loses_first, SIDE_SERVER, 0)
LOSING(wrap_loses_middle, SIDE_SERVER, PIECE)
LOSING(wrap_loses_last, SIDE_SERVER, 2 * PIECE)
LOSING(wrap_loses_first_asked, SIDE_CLIENT, 0)
LOSING(wrap_loses_middle_asked, SIDE_CLIENT, PIECE)
LOSING(wrap_loses_last_asked, SIDE_CLIENT, 2 * PIECE)

/*
 * Before the second part of the server's answer to message 2 (or before its
 * first, where that is said), a packet that is none of it.
 */
struct slip {
	size_t offset;
	char mark;
	unsigned parts;
};

static ssize_t
slip_in(const struct envelope *envelope, const struct slip *slip,
    const void *payload, size_t length, size_t *taken, void *packet,
    size_t room)
{
	static bool slipped;

	if (envelope->side == SIDE_SERVER && envelope->number == 2 &&
	    envelope->offset == slip->offset && !slipped) {
		slipped = true;
		*taken = 0;
		return pack(slip->mark, slip->parts, "strange", 7, packet);
	}
	return wrap_parts(envelope, payload, length, taken, packet, room);
}

#define SLIPPING(name, at, mark, parts)                                        \
	static ssize_t name(const struct envelope *envelope,                   \
	    const void *payload, size_t length, size_t *taken, void *packet,   \
	    size_t room)                                                       \
	{                                                                      \
		return slip_in(envelope, &(struct slip){ at, mark, parts },    \
		    payload, length, taken, packet, room);                     \
	}

SLIPPING(wrap_others_between, PIECE, OTHERS, PART_WHOLE)
SLIPPING(wrap_stray_before, 0, OURS, 0)
SLIPPING(wrap_stray_end_before, 0, OURS, PART_ENDS)
SLIPPING(wrap_begins_between, PIECE, OURS, PART_BEGINS)
SLIPPING(wrap_whole_between, PIECE, OURS, PART_WHOLE)

/* Packets without a byte of the message, and no end of them. */
static ssize_t
wrap_idle(const struct envelope *envelope, const void *payload, size_t length,
    size_t *taken, void *packet, size_t room)
{
	(void)envelope;
	(void)payload;
	(void)length;
	(void)room;
	*taken = 0;
	return pack_others(packet);
}

/* Before each of its parts, as many as there may be. */
static ssize_t
wrap_nearly_idle(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	static unsigned told;

	if (told++ % 17 != 16) {
		*taken = 0;
		return pack_others(packet);
	}
	return wrap_parts(envelope, payload, length, taken, packet, room);
}

/* Every packet says where in the message it belongs. */
static ssize_t
wrap_offsets(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	char at[16];

	snprintf(at, sizeof(at), "%zu", envelope->offset);
	scripted_log(envelope->side, at);
	return wrap_parts(envelope, payload, length, taken, packet, room);
}

#define PARTS(how, wraps)                                                      \
	{ SOCK_DGRAM, .shape = SHAPE_BUS, .traits = (how), .wrap = (wraps),    \
	  .unwrap = unwrap_parts, .part = part_of }

static const struct scripted_row rows[] = {
	{ "parts: a message", .cell = PARTS(SURE, wrap_parts),
	  .tally = TALLY(1, 1, 58),
	  .calls = { "socket bind getsockname sendto sendto sendto "
	  "recvfrom recvfrom recvfrom close" } },
	{ "parts: where each begins", .cell = PARTS(SURE, wrap_offsets),
	  .messages = 2, .tally = TALLY(2, 2, 116),
	  .log = { "0 10 20 0 10 20 ", "0 10 20 0 10 20 " } },
	{ "parts: one is enough", .cell = PARTS(SURE, wrap_parts), .size = 10,
	  .tally = TALLY(1, 1, 20),
	  .calls = { "socket bind getsockname sendto recvfrom close" } },
	{ "parts: one byte more", .cell = PARTS(SURE, wrap_parts), .size = 11,
	  .tally = TALLY(1, 1, 22),
	  .calls = { "socket bind getsockname sendto sendto recvfrom recvfrom "
	  "close" } },
	{ "parts: hundreds", .cell = PARTS(SURE, wrap_parts), .size = 5000,
	  .messages = 2, .tally = TALLY(2, 2, 20000) },
	{ "parts: an empty message", .cell = PARTS(SURE | TRAIT_EMPTY,
	  wrap_parts), .empty = true, .messages = 2, .tally = TALLY(2, 2, 0),
	  .calls = { "socket bind getsockname sendto recvfrom sendto recvfrom "
	  "close" } },
	{ "parts: datagrams", .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM,
	  .traits = SURE, .wrap = wrap_parts, .unwrap = unwrap_parts,
	  .part = part_of }, .messages = 3, .tally = TALLY(3, 3, 174) },
	{ "parts: others' packets between",
	  .cell = PARTS(SURE, wrap_others_between), .messages = 4,
	  .tally = TALLY(4, 4, 232, .ignored = 1) },
	{ "parts: a stray one before", .cell = PARTS(SURE, wrap_stray_before),
	  .messages = 4, .tally = TALLY(4, 4, 232, .ignored = 1) },
	{ "parts: a stray last one before",
	  .cell = PARTS(SURE, wrap_stray_end_before), .messages = 4,
	  .tally = TALLY(4, 4, 232, .ignored = 1) },

	/* On an unreliable bus, a part that is lost loses the message. */
	{ "lossy: the first is lost", .cell = PARTS(LOSSY, wrap_loses_first),
	  .messages = 4, .tally = TALLY(4, 3, 203, .lost = 1, .ignored = 3) },
	{ "lossy: a middle one is lost",
	  .cell = PARTS(LOSSY, wrap_loses_middle), .messages = 4,
	  .tally = TALLY(4, 3, 203, .lost = 1, .ignored = 2) },
	{ "lossy: the last is lost", .cell = PARTS(LOSSY, wrap_loses_last),
	  .messages = 4, .tally = TALLY(4, 3, 203, .lost = 1, .ignored = 1) },
	{ "lossy: the last of the last is lost",
	  .cell = PARTS(LOSSY, wrap_loses_last), .messages = 2,
	  .tally = TALLY(2, 1, 87, .lost = 1, .ignored = 1) },
	{ "lossy: the first of a question is lost",
	  .cell = PARTS(LOSSY, wrap_loses_first_asked), .messages = 4,
	  .tally = TALLY(4, 3, 174, .lost = 1) },
	{ "lossy: a middle one of a question is lost",
	  .cell = PARTS(LOSSY, wrap_loses_middle_asked), .messages = 4,
	  .tally = TALLY(4, 3, 174, .lost = 1) },
	{ "lossy: the last of a question is lost",
	  .cell = PARTS(LOSSY, wrap_loses_last_asked), .messages = 4,
	  .tally = TALLY(4, 3, 174, .lost = 1) },
	{ "lossy: another message begins between",
	  .cell = PARTS(LOSSY, wrap_begins_between), .messages = 4,
	  .tally = TALLY(4, 3, 203, .lost = 1, .ignored = 1) },
	{ "lossy: a whole message between",
	  .cell = PARTS(LOSSY, wrap_whole_between), .messages = 4,
	  .tally = TALLY(4, 3, 203, .lost = 1, .ignored = 3) },
	{ "lossy: datagrams, a middle one is lost", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_DATAGRAM, .traits = LOSSY, .wrap = wrap_loses_middle,
	  .unwrap = unwrap_parts, .part = part_of }, .messages = 4,
	  .tally = TALLY(4, 3, 203, .lost = 1, .ignored = 2) },
	{ "lossy: datagrams, a middle one of a question is lost",
	  .cell = { SOCK_DGRAM, .shape = SHAPE_DATAGRAM, .traits = LOSSY,
	  .wrap = wrap_loses_middle_asked, .unwrap = unwrap_parts,
	  .part = part_of }, .messages = 4,
	  .tally = TALLY(4, 3, 174, .lost = 1) },

	/* On a reliable one, it breaks the cell. */
	{ "sure: the first is lost", .cell = PARTS(SURE, wrap_loses_first),
	  .messages = 4, .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .error = ETIMEDOUT, .text = "no answer to message 2", .status = 1,
	  .tally = TALLY(2, 1, 87, .lost = 1, .ignored = 3) },
	{ "sure: a middle one is lost", .cell = PARTS(SURE, wrap_loses_middle),
	  .messages = 4, .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .text = "a message of 19 bytes came that is none of those sent",
	  .status = 1, .tally = TALLY(2, 1, 87, .ignored = 1) },
	{ "sure: the last is lost", .cell = PARTS(SURE, wrap_loses_last),
	  .messages = 4, .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .error = ETIMEDOUT, .text = "no answer to message 2", .status = 1,
	  .tally = TALLY(2, 1, 87, .lost = 1, .ignored = 1) },
	{ "sure: a middle one of a question is lost",
	  .cell = PARTS(SURE, wrap_loses_middle_asked), .messages = 4,
	  .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .text = "a message of 19 bytes came that is none of those sent",
	  .status = 1, .tally = TALLY(2, 1, 58) },
	{ "sure: another message begins between",
	  .cell = PARTS(SURE, wrap_begins_between), .messages = 4,
	  .verdict = VERDICT_BROKEN, .call = "recvfrom",
	  .text = "a message of 26 bytes", .status = 1,
	  .tally = ANY_TALLY },

	/* wrap() that makes packets of nothing. */
	{ "idle: as many packets as there may be",
	  .cell = PARTS(SURE, wrap_nearly_idle),
	  .tally = TALLY(1, 1, 58, .ignored = 48) },
	{ "idle: no end of them", .cell = PARTS(SURE, wrap_idle),
	  .verdict = VERDICT_BROKEN, .call = "sendto", .error = EPROTO,
	  .status = 1 },

	/* A kernel's answer. */
	{ "kernel: parts", .cell = { SOCK_DGRAM, .shape = SHAPE_KERNEL,
	  .traits = SURE, .wrap = wrap_parts, .unwrap = unwrap_parts,
	  .part = part_of }, .family = { .address = scripted_mirror },
	  .messages = 2, .tally = TALLY(2, 2, 58) },
	{ "kernel: only the end is told", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_KERNEL, .traits = SURE, .wrap = wrap_parts,
	  .unwrap = unwrap_parts, .part = part_end_only },
	  .family = { .address = scripted_mirror }, .messages = 3,
	  .tally = TALLY(3, 3, 87) },
	{ "kernel: the end of an answer is lost", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_KERNEL, .traits = LOSSY,
	  .wrap = wrap_loses_last_asked, .unwrap = unwrap_parts,
	  .part = part_end_only }, .family = { .address = scripted_mirror },
	  .messages = 4, .tally = TALLY(4, 3, 87, .lost = 1, .ignored = 1) },
};

/* A side on one end of a pair; the test sends it parts from the other. */
struct scene {
	struct choice choice;
	struct family family;
	struct failure failure;
	struct side side;
	struct witness witness;
	int other;
};

static const struct cell bus = PARTS(LOSSY, wrap_parts);

static struct scene *
make_scene(void)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	int fds[2];

	assert_non_null(scene);
	witness_begin(&scene->witness);
	scene->family = scripted_family(&(struct family){ .name = NULL });
	scene->choice = (struct choice){ .family = &scene->family, .row = bus };
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	side_init(&scene->side, SIDE_CLIENT, &scene->choice, &scene->failure);
	scene->side.fd = fds[0];
	scene->other = fds[1];
	return scene;
}

static void
free_scene(struct scene *scene)
{
	const char *left;

	side_close(&scene->side);
	assert_null(scene->side.message);
	assert_null(scene->side.packet);
	close(scene->other);
	left = witness_end(&scene->witness, 0);
	if (left != NULL)
		fail_msg("%s", left);
	free(scene);
}

static bool
feed(int fd, unsigned parts, size_t length)
{
	static unsigned char bytes[60000];
	static unsigned char packet[HEADER + sizeof(bytes)];
	ssize_t packed;

	memset(bytes, 'e', length);
	packed = pack(OURS, parts, bytes, length, packet);
	return send(fd, packet, (size_t)packed, MSG_NOSIGNAL) == packed;
}

/* A child that sends; the test reads. */
static pid_t
feed_in_background(const struct scene *scene, void (*life)(int fd))
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	close(scene->side.fd);
	life(scene->other);
	_exit(0);
}

/* A megabyte and more, then a message as it should be. */
static void
feed_too_long(int fd)
{
	feed(fd, PART_BEGINS, 50000);
	for (int i = 0; i < 24; i++)
		feed(fd, 0, 50000);
	feed(fd, PART_ENDS, 50000);
	feed(fd, PART_BEGINS, 7);
	feed(fd, PART_ENDS, 8);
}

/* It is given up, what is left of it passed over, and the next one is good. */
static void
test_too_long(void **state)
{
	struct scene *scene = make_scene();
	struct endpoint from;
	const void *bytes;
	pid_t feeder = feed_in_background(scene, feed_too_long);

	(void)state;
	assert_int_equal(side_recvfrom(&scene->side, &bytes, 1, &from,
	    2000000000), 15);
	assert_memory_equal(bytes, "eeeeeeeeeeeeeee", 15);
	/* 20 parts fit into 1 MiB. */
	assert_int_equal(scene->side.ignored, 26 - 20);
	assert_in_range(scene->side.message_room, 1, 2 * 1024 * 1024 + 1);
	assert_int_equal(waitpid(feeder, NULL, 0), feeder);
	free_scene(scene);
}

/* What is expected to be longer than a megabyte may be. */
static void
test_long_as_expected(void **state)
{
	struct scene *scene = make_scene();
	struct endpoint from;
	const void *bytes;
	pid_t feeder = feed_in_background(scene, feed_too_long);

	(void)state;
	scene->side.expects = 26 * 50000;
	assert_int_equal(side_recvfrom(&scene->side, &bytes, 1, &from,
	    2000000000), 26 * 50000);
	assert_int_equal(scene->side.ignored, 0);
	assert_int_equal(side_recvfrom(&scene->side, &bytes, 1, &from,
	    2000000000), 15);
	assert_int_equal(waitpid(feeder, NULL, 0), feeder);
	free_scene(scene);
}

static void
feed_for_ever(int fd)
{
	bool goes_on = feed(fd, PART_BEGINS, 1000);

	while (goes_on)
		goes_on = feed(fd, 0, 1000);
}

/* A message without end buys no more time, and no more memory. */
static void
test_endless(void **state)
{
	struct scene *scene = make_scene();
	struct endpoint from;
	const void *bytes;
	pid_t feeder = feed_in_background(scene, feed_for_ever);
	uint64_t start = witness_now();

	(void)state;
	assert_int_equal(side_recvfrom(&scene->side, &bytes, 1, &from,
	    100000000), -ETIMEDOUT);
	assert_in_range((witness_now() - start) / 1000000, 99, 2000);
	assert_in_range(scene->side.message_room, 1, 2 * 1024 * 1024 + 1);
	assert_false(scene->failure.happened);
	kill(feeder, SIGKILL);
	assert_int_equal(waitpid(feeder, NULL, 0), feeder);
	free_scene(scene);
}

/* No more time at all, rather than as long as it takes. */
static void
test_no_time(void **state)
{
	struct scene *scene = make_scene();
	struct endpoint from;
	const void *bytes;

	(void)state;
	feed(scene->other, PART_WHOLE, 3);
	assert_int_equal(side_recvfrom(&scene->side, &bytes, 1, &from, -1),
	    -ETIMEDOUT);
	assert_int_equal(side_recvfrom(&scene->side, &bytes, 1, &from, 0), 3);
	free_scene(scene);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_too_long),
	cmocka_unit_test(test_long_as_expected),
	cmocka_unit_test(test_endless),
	cmocka_unit_test(test_no_time),
};
static struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

int
main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = scripted_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(tests + COUNT(rows), others, sizeof(others));
	return cmocka_run_group_tests_name("parts", tests, scripted_begin,
	    scripted_end);
}
