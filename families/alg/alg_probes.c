/* Digests: messages in parts, and copies of an operation. */
#include "alg_probes.h"

#include <errno.h>
#include <string.h>

#include "alg.h"
#include "probes/stage.h"
#include "record/calls.h"

#define HASH { .protocol = "hash" }
#define USERSPACE "Linux, crypto/userspace-if.rst: "

#define DIGEST_MOST 64

struct digest {
	ssize_t length;		/* or a negative errno */
	unsigned char bytes[DIGEST_MOST];
};

/* The digest of what was sent to an operation so far. */
static struct digest
finish(struct side *side, int fd)
{
	struct digest digest;

	digest.length = side->calls->recv(&side->recorder, fd, digest.bytes,
	    sizeof(digest.bytes), 0);
	return digest;
}

static ssize_t
add(struct side *side, int fd, const char *text, int flags)
{
	return side->calls->send(&side->recorder, fd, text, strlen(text),
	    flags);
}

/* The digest of a text that is sent at once. */
static struct digest
digest_of(struct side *side, int fd, const char *text)
{
	add(side, fd, text, 0);
	return finish(side, fd);
}

static bool
is_same(const struct digest *a, const struct digest *b)
{
	return a->length > 0 && a->length == b->length &&
	    memcmp(a->bytes, b->bytes, (size_t)a->length) == 0;
}

static int
more(struct stage *stage, struct observation *seen)
{
	struct side *side, *none;
	struct digest whole, parts, last;
	int error = stage_pair(stage, &side, &none);

	if (error != 0)
		return error;
	whole = digest_of(side, side->fd, "abc");
	last = digest_of(side, side->fd, "c");
	add(side, side->fd, "ab", MSG_MORE);
	parts = digest_of(side, side->fd, "c");
	if (parts.length < 0)
		return observe(seen, "%s", observed_errno(parts.length));
	return observe(seen, is_same(&parts, &whole) ? "of both"
	    : is_same(&parts, &last) ? "of the second" : "of something else");
}

static const struct probe alg_more = {
	.id = "alg-more",
	.group = GROUP_BOUNDARIES,
	.question = "One part with MSG_MORE, one without: the digest of what?",
	.cells = HASH,
	.answers = (const char *const[]){ "of both", "of the second",
	    "of something else", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "of both", .source = USERSPACE "MSG_MORE" },
		{ .answer = NULL },
	},
	.run = more,
};

static int
empty(struct stage *stage, struct observation *seen)
{
	struct side *side, *none;
	struct digest unsent, nothing;
	int error = stage_pair(stage, &side, &none);

	if (error != 0)
		return error;
	unsent = finish(side, side->fd);
	nothing = digest_of(side, side->fd, "");
	if (unsent.length < 0)
		return observe(seen, "%s", observed_errno(unsent.length));
	return observe(seen, is_same(&unsent, &nothing)
	    ? "of no bytes" : "of something else");
}

static const struct probe alg_empty = {
	.id = "alg-unsent",
	.group = GROUP_BOUNDARIES,
	.question = "recv() before anything was sent: the digest of what?",
	.cells = HASH,
	.answers = (const char *const[]){ "of no bytes", "of something else",
	    "{errno}", NULL },
	.run = empty,
};

static int
cut(struct stage *stage, struct observation *seen)
{
	struct side *side, *none;
	char room[4];
	struct iovec vector = { room, sizeof(room) };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
	ssize_t got;
	int error = stage_pair(stage, &side, &none);

	if (error != 0)
		return error;
	add(side, side->fd, "abc", 0);
	got = STAGE_CALL(side, recvmsg, &message, 0);
	if (got < 0)
		return observe(seen, "%s", observed_errno(got));
	return observe(seen, (message.msg_flags & MSG_TRUNC) != 0
	    ? "%zd bytes, MSG_TRUNC" : "%zd bytes, no flag", got);
}

static const struct probe alg_cut = {
	.id = "alg-short",
	.group = GROUP_BOUNDARIES,
	.question = "A digest is received into four bytes: is that told?",
	.cells = HASH,
	.answers = (const char *const[]){ "{n} bytes, MSG_TRUNC",
	    "{n} bytes, no flag", "{errno}", NULL },
	.documents = (const struct document[]){
		{ .answer = "4 bytes, MSG_TRUNC", .source = USERSPACE "too "
		    "small, the flag MSG_TRUNC is set" },
		{ .answer = NULL },
	},
	.run = cut,
};

/*
 * An operation that has begun; another is accepted, from it or from the socket
 * that is bound, and is given the end.
 */
static int
another(struct stage *stage, struct observation *seen, bool of_operation)
{
	struct side *side, *none;
	struct digest whole, last, got;
	int fd;
	int error = stage_pair(stage, &side, &none);

	if (error != 0)
		return error;
	whole = digest_of(side, side->fd, "abc");
	last = digest_of(side, side->fd, "c");
	add(side, side->fd, "ab", MSG_MORE);
	fd = side->calls->accept(&side->recorder, of_operation ? side->fd
	    : side->below, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return observe(seen, "accept: %s", observed_errno(fd));
	got = digest_of(side, fd, "c");
	if (got.length < 0)
		return observe(seen, "%s", observed_errno(got.length));
	return observe(seen, is_same(&got, &whole) ? "goes on from there"
	    : is_same(&got, &last) ? "begins anew" : "something else");
}

#define FROM                                                                   \
	(const char *const[]){ "goes on from there", "begins anew",            \
	    "something else", "accept: {errno}", "{errno}", NULL }

static int
of_operation(struct stage *stage, struct observation *seen)
{
	return another(stage, seen, true);
}

static const struct probe alg_copy = {
	.id = "alg-accept.operation",
	.group = GROUP_SHARING,
	.question = "accept() on an operation that has begun: where is the "
	    "new one?",
	.cells = HASH,
	.answers = FROM,
	.run = of_operation,
};

static int
of_bound(struct stage *stage, struct observation *seen)
{
	return another(stage, seen, false);
}

static const struct probe alg_second = {
	.id = "alg-accept.second",
	.group = GROUP_SHARING,
	.question = "And a second accept() on the socket that is bound?",
	.cells = HASH,
	.answers = FROM,
	.documents = (const struct document[]){
		{ .answer = "begins anew", .source = USERSPACE "accept "
		    "returns the particular cipher instance" },
		{ .answer = NULL },
	},
	.run = of_bound,
};

const struct probe *const alg_probes[] = {
	&alg_more, &alg_empty, &alg_cut, &alg_copy, &alg_second,
	&alg_no_operation, &alg_no_key, &alg_late_key, &alg_unknown,
	NULL,
};
