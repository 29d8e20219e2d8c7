/* The addresses of a run: where each side is bound, and what is contacted. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "drive/run.h"
#include "family/resolve.h"

/*
 * A server whose client is in another network has a port that is known; and
 * that no other run is likely to have, since RDS shares them among networks.
 */
#define KNOWN_PORT_FIRST 10000
#define KNOWN_PORTS 20000

bool
run_is_apart(const struct run *run)
{
	const struct surroundings *surroundings =
	    setup_of(&run->request->choice);

	return surroundings != NULL &&
	    surroundings->where == SURROUNDINGS_TWO_NAMESPACES;
}

/* Asks the family for one address of the run. */
static int
find_address(struct run *run, enum side_id side, bool to_contact,
    struct endpoint *out, char *why, size_t room)
{
	const struct request *request = run->request;
	char tag[24];
	long port = run_is_apart(run) && (side == SIDE_SERVER || to_contact)
	    ? KNOWN_PORT_FIRST + (long)(run->number % KNOWN_PORTS) : 0;
	struct wish wish = {
		.side = side,
		.to_contact = to_contact,
		.both_sides = true,
		.cell = &request->choice.row,
		.variant = request->choice.variant,
		.host = request->host,
		.port = request->port != PORT_UNSET ? request->port : port,
		.port_given = request->port != PORT_UNSET,
		.tag = tag,
		.run = run->number,
	};
	int error;

	snprintf(tag, sizeof(tag), "%d-%06x", (int)getpid(), run->number);
	/* Interfaces are those of the network that the address is used in. */
	error = setup_enter(&run->setup, to_contact ? SIDE_CLIENT : side);
	if (error != 0) {
		snprintf(why, room, "entering a network namespace: %s",
		    strerror(-error));
		return error;
	}
	return resolve_wish(request->choice.family, &wish, tag, out, why, room);
}

int
run_find_addresses(struct run *run, char *why, size_t room)
{
	enum shape shape = run->request->choice.row.shape;
	int result = 0;

	if (shape == SHAPE_NONE)
		return 0;
	if (shape != SHAPE_KERNEL)
		result = find_address(run, SIDE_SERVER, false,
		    &run->bind_to[SIDE_SERVER], why, room);
	/* Else the server tells, when it is bound. */
	if (result >= 0 && (shape == SHAPE_KERNEL || run_is_apart(run)))
		result = find_address(run, SIDE_SERVER, true,
		    &run->meeting->contact, why, room);
	if (result >= 0)
		result = find_address(run, SIDE_CLIENT, false,
		    &run->bind_to[SIDE_CLIENT], why, room);
	return result < 0 ? result : 0;
}
