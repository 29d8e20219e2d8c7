#include "options/state.h"

#include <errno.h>
#include <sys/socket.h>

#include "drive/step.h"
#include "setup/setup.h"

#define BACKLOG 8

/* A socket that takes longer to be made, or closed, is a slow one. */
#define SLOW_NS 4000000

/* So many have to be, and most of them. */
#define SLOW_MANY 6

const char *
state_name(enum socket_state state)
{
	static const char *const names[STATE_COUNT] = {
		[STATE_FRESH] = "fresh",
		[STATE_BOUND] = "bound",
		[STATE_LISTENING] = "listening",
		[STATE_CONNECTED] = "connected",
	};

	return names[state];
}

static int
use(struct asker *asker, struct side *side, int fd)
{
	asker->side = side;
	asker->fd = fd;
	return 0;
}

/*
 * As socket() returns it: without the settings of an exchange, and where the
 * cell is carried by another socket, its own all the same.
 */
static int
make_fresh(struct asker *asker)
{
	struct stage *stage = asker->stage;
	const struct choice *choice = asker->choice;
	struct side *side = stage_side(stage, SIDE_CLIENT);
	int error = side == NULL ? -ENOTSUP : stage->setup != NULL
	    ? setup_enter(stage->setup, SIDE_CLIENT) : 0;

	if (error != 0)
		return error;
	side->fd = side->calls->socket(&side->recorder,
	    choice->family->domain, choice->row.type | SOCK_CLOEXEC,
	    choice->passed);
	return side->fd < 0 ? side->fd : use(asker, side, side->fd);
}

/* One of two that know of each other, as prepare() has left it. */
static int
pair(struct asker *asker)
{
	struct side *client, *server;
	int error = stage_pair(asker->stage, &client, &server);

	return error != 0 ? error : use(asker, client, client->fd);
}

static int
make_bound(struct asker *asker)
{
	const struct cell *cell = &asker->choice->row;
	struct side *side;
	int error;

	/* Such a name is taken by connect(). */
	if (cell->carrier != NULL || cell->joins)
		return -ENOTSUP;
	error = stage_bound(asker->stage, SIDE_CLIENT, &side);
	/* Where prepare() binds, bind() alone may not be enough. */
	if (error == 0 && cell->binds_itself &&
	    side->calls->bind(&side->recorder, side->fd, &side->self) != 0)
		return pair(asker);
	return error != 0 ? error : use(asker, side, side->fd);
}

static int
make_listening(struct asker *asker)
{
	const struct cell *cell = &asker->choice->row;
	struct side *side;
	int error;

	if (cell->carrier != NULL ||
	    (cell->shape != SHAPE_CONNECTED && !cell->listens))
		return -ENOTSUP;
	error = stage_listening(asker->stage, BACKLOG, &side);
	return error != 0 ? error : use(asker, side,
	    side->fd >= 0 ? side->fd : side->listener);
}

static int
make_connected(struct asker *asker)
{
	const struct cell *cell = &asker->choice->row;
	int error = pair(asker);
	struct side *side = asker->side;

	/* prepare() or bind() may have connected it; else connect() may. */
	if (error != 0 || cell->shape == SHAPE_CONNECTED || cell->joins ||
	    side->below >= 0)
		return error;
	if (side->peer.length == 0 || cell->binds_itself)
		return -EDESTADDRREQ;
	return side->calls->connect(&side->recorder, side->fd, &side->peer);
}

int
state_make(struct asker *asker)
{
	switch (asker->state) {
	case STATE_FRESH:
		return make_fresh(asker);
	case STATE_BOUND:
		return make_bound(asker);
	case STATE_LISTENING:
		return make_listening(asker);
	default:
		return make_connected(asker);
	}
}

int
ask_open(struct asker *asker)
{
	uint64_t began = side_now();
	int error = state_make(asker);

	asker->opened++;
	asker->slow += side_now() - began > SLOW_NS;
	if (error != 0)
		ask_close(asker);
	return error;
}

bool
ask_is_costly(const struct asker *asker)
{
	return asker->slow >= SLOW_MANY && 2 * asker->slow > asker->opened;
}

void
ask_close(struct asker *asker)
{
	struct stage *stage = asker->stage;
	uint64_t began = side_now();

	while (stage->count > 0)
		side_close(&stage->sides[--stage->count].side);
	asker->slow += side_now() - began > SLOW_NS;
	stage_forgive(stage);
	asker->side = NULL;
}
