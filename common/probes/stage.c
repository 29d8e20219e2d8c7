#include "probes/stage.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "drive/step.h"
#include "family/resolve.h"
#include "setup/setup.h"

/* Servers whose clients are in another network have ports that are known. */
#define KNOWN_PORT_FIRST 30000
#define KNOWN_PORTS 30000

#define BACKLOG 8

/*
 * From one name's number to the next: so far that whatever a family makes of
 * such a number (an address, a port, a group) is another one.
 */
#define STRIDE 0x10305u

static struct stage_side *
holder_of(const struct side *side)
{
	return (struct stage_side *)(uintptr_t)side;
}

int
stage_flags(const struct stage *stage, int flags)
{
	return stage->choice->row.send_flags | flags;
}

int
stage_cannot(struct stage *stage, const char *format, ...)
{
	struct failure *failure = stage->failure;
	va_list arguments;

	if (!failure->happened) {
		va_start(arguments, format);
		vsnprintf(failure->text, sizeof(failure->text), format,
		    arguments);
		va_end(arguments);
		failure->happened = true;
	}
	return -ENOTSUP;
}

void
stage_forgive(struct stage *stage)
{
	memset(stage->failure, 0, sizeof(*stage->failure));
}

struct side *
stage_side(struct stage *stage, enum side_id id)
{
	struct stage_side *made;

	if (stage->count == STAGE_SIDES_MAX) {
		stage_cannot(stage, "it takes more than %d sockets",
		    STAGE_SIDES_MAX);
		return NULL;
	}
	made = &stage->sides[stage->count++];
	made->asked.length = 0;
	made->port = PORT_UNSET;
	side_init(&made->side, id, stage->choice, stage->failure);
	made->side.recorder.trace = stage->trace[id];
	made->side.timeout_ns = (int64_t)STAGE_SURE_MS * 1000000;
	made->side.run = stage->run;
	return &made->side;
}

static bool
is_apart(const struct stage *stage)
{
	const struct surroundings *surroundings = setup_of(stage->choice);

	return stage->setup != NULL && surroundings != NULL &&
	    surroundings->where == SURROUNDINGS_TWO_NAMESPACES;
}

/* Moves this thread into the network of a side, where it has its own. */
static int
enter(struct stage *stage, enum side_id id)
{
	int error = is_apart(stage) ? setup_enter(stage->setup, id) : 0;

	return error == 0 ? 0 : stage_cannot(stage,
	    "entering a network namespace: %s", strerror(-error));
}

int
stage_socket(struct stage *stage, enum side_id id, struct side **out)
{
	struct side *side = stage_side(stage, id);
	int error = side != NULL ? enter(stage, id) : -ENOTSUP;

	*out = side;
	return error != 0 ? error : side_socket(side, false);
}

/* Asks the family for an address, as the driver does for a run. */
static int
find_address(struct stage *stage, enum side_id id, bool to_contact,
    long port, struct endpoint *out)
{
	char tag[32];
	char why[256];
	struct wish wish = {
		.side = id,
		.to_contact = to_contact,
		.both_sides = true,
		.cell = &stage->choice->row,
		.variant = stage->choice->variant,
		.host = stage->host,
		.port = port,
		.directory = stage->directory,
		.tag = tag,
		.run = 1 + (stage->run + stage->names * STRIDE) % 0xffffff,
	};
	int found;

	snprintf(tag, sizeof(tag), "%06x-%u", stage->run, stage->names);
	out->length = 0;
	found = resolve_wish(stage->choice->family, &wish, tag, out, why,
	    sizeof(why));
	return found >= 0 ? found : stage_cannot(stage, "%s", why);
}

/*
 * A name for the side: a new one, or one that goes with the last that was given
 * (a client's numbers are made of its server's). A client that needs none gets
 * a server's.
 */
static int
name_side(struct stage *stage, struct side *side, bool beside)
{
	struct stage_side *holder = holder_of(side);
	int found;

	stage->names += !beside;
	holder->port = is_apart(stage) && side->id == SIDE_SERVER
	    ? KNOWN_PORT_FIRST + (long)((stage->run + stage->names) %
		KNOWN_PORTS) : 0;
	found = find_address(stage, side->id, false, holder->port,
	    &holder->asked);
	if (found == 0) {
		stage->names += beside;
		found = find_address(stage, SIDE_SERVER, is_apart(stage),
		    holder->port, &holder->asked);
	}
	return found < 0 ? found : 0;
}

static int
open_bound(struct stage *stage, enum side_id id, bool beside,
    struct side **out)
{
	int error = stage_socket(stage, id, out);

	if (error == 0)
		error = name_side(stage, *out, beside);
	if (error == 0)
		error = side_bind(*out, &holder_of(*out)->asked);
	return error;
}

int
stage_name(struct stage *stage, struct side *side)
{
	int error = name_side(stage, side, false);

	return error != 0 ? error
	    : side_bind(side, &holder_of(side)->asked);
}

int
stage_bound(struct stage *stage, enum side_id id, struct side **out)
{
	return open_bound(stage, id, false, out);
}

int
stage_listening(struct stage *stage, int backlog, struct side **out)
{
	int error = stage_bound(stage, SIDE_SERVER, out);

	return error != 0 ? error : side_listen(*out, backlog);
}

int
stage_contact(struct stage *stage, const struct side *side,
    struct endpoint *out)
{
	const struct family *family = stage->choice->family;
	const struct stage_side *holder = holder_of(side);
	int found;

	*out = side->self;
	if (is_apart(stage) && side->id == SIDE_SERVER) {
		found = find_address(stage, SIDE_SERVER, true, holder->port,
		    out);
		return found < 0 ? found : 0;
	}
	if (family->contact == NULL)
		return 0;
	if (family->contact(&holder->asked, &side->self, out) != 0)
		return stage_cannot(stage, "the address cannot be contacted");
	return 0;
}

int
stage_vacant(struct stage *stage, struct endpoint *out)
{
	struct side *side;
	int error = stage_bound(stage, SIDE_SERVER, &side);

	if (error == 0)
		error = stage_contact(stage, side, out);
	if (error == 0)
		error = side_close(side);
	if (error == 0 && stage->choice->family->release != NULL)
		stage->choice->family->release(&holder_of(side)->asked);
	return error;
}

/* What prepare() makes, it makes in the side's own network. */
static int
prepare(struct stage *stage, struct side *side, const struct endpoint *peer)
{
	int error = enter(stage, side->id);

	return error != 0 ? error : side_prepare(side, peer);
}

int
stage_numbered(struct stage *stage, long port, struct endpoint *out)
{
	struct endpoint next;
	int found = find_address(stage, SIDE_SERVER, false, port, out);

	if (found > 0)
		found = find_address(stage, SIDE_SERVER, false, port + 1,
		    &next);
	if (found < 0)
		return found;
	return !endpoint_equal(out, &next) ? 0 : stage_cannot(stage,
	    "its addresses have no port");
}

struct joining {
	struct endpoint contact;
};

/* The client's part, while the listener accepts. */
static long
join(struct stage_task *task)
{
	struct side *side = task->side;
	struct joining *joining = task->argument;
	int error = side_connect(side, &joining->contact);

	return error != 0 ? error
	    : prepare(task->stage, side, &joining->contact);
}

int
stage_client(struct stage *stage, struct side **out)
{
	int error = stage_socket(stage, SIDE_CLIENT, out);
	struct stage_side *holder;
	int found;

	if (error != 0)
		return error;
	holder = holder_of(*out);
	stage->names++;
	found = find_address(stage, SIDE_CLIENT, false, 0, &holder->asked);
	return found <= 0 ? found : side_bind(*out, &holder->asked);
}

int
stage_join(struct stage *stage, struct side *listener, struct side **client,
    struct side **server)
{
	struct side *accepted = stage_side(stage, SIDE_SERVER);
	struct joining joining;
	struct stage_task task = {
		.stage = stage, .work = join, .argument = &joining
	};
	int error = accepted != NULL ? stage_client(stage, client) : -ENOTSUP;

	*server = accepted;
	if (error == 0)
		error = stage_contact(stage, listener, &joining.contact);
	if (error != 0)
		return error;
	task.side = *client;
	accepted->self = listener->self;
	accepted->listener = listener->listener;
	error = stage_begin(&task);
	if (error == 0)
		error = side_accept(accepted, accepted->timeout_ns);
	accepted->listener = -1;
	if (error == 0)
		error = prepare(stage, accepted, &accepted->peer);
	/* A failed connect() is why nobody came. */
	if (!stage_ended(&task, STAGE_SURE_MS) && error == 0)
		error = side_fail(*client, CALL_CONNECT, ETIMEDOUT, "%s", "");
	else if (error == 0)
		error = (int)task.result;
	return error;
}

static int
prepare_both(struct stage *stage, struct side *client, struct side *server)
{
	int error = 0;

	if (server != NULL)
		error = prepare(stage, server, NULL);
	if (error == 0 && server != NULL && stage->choice->row.listens)
		error = side_listen(server, BACKLOG);
	return error != 0 ? error : prepare(stage, client, &client->peer);
}

/* Two sockets without a connection, that know of each other. */
static int
face_each_other(struct stage *stage, struct side **client,
    struct side **server)
{
	int error;

	*server = NULL;
	if (stage->choice->row.shape == SHAPE_KERNEL) {
		error = stage_client(stage, client);
		if (error == 0)
			error = find_address(stage, SIDE_SERVER, true, 0,
			    &(*client)->peer);
		return error < 0 ? error : prepare_both(stage, *client, NULL);
	}
	error = stage_bound(stage, SIDE_SERVER, server);
	if (error == 0)
		error = open_bound(stage, SIDE_CLIENT, true, client);
	if (error == 0)
		error = stage_contact(stage, *server, &(*client)->peer);
	if (error == 0)
		error = stage_contact(stage, *client, &(*server)->peer);
	return error != 0 ? error : prepare_both(stage, *client, *server);
}

int
stage_trio(struct stage *stage, struct side **client, struct side **server,
    struct side **listener)
{
	int error;

	*listener = NULL;
	if (stage->choice->row.shape != SHAPE_CONNECTED)
		return face_each_other(stage, client, server);
	error = stage_listening(stage, BACKLOG, listener);
	return error != 0 ? error
	    : stage_join(stage, *listener, client, server);
}

int
stage_pair(struct stage *stage, struct side **client, struct side **server)
{
	struct side *listener;

	return stage_trio(stage, client, server, &listener);
}
