#include "probes/ground.h"

#include <errno.h>

#include "drive/exchange.h"

/* Makes what the cell needs, or a network of its own where that is permitted. */
static int
surround(struct ground *ground, char *why, size_t room)
{
	const struct surroundings *needed = setup_of(ground->choice);
	int error = 0;

	/* A family that has one namespace only would be missed in another. */
	if (!setup_needs_nothing(ground->choice) || ground->host != NULL ||
	    ground->choice->row.shape == SHAPE_NONE ||
	    (ground->wants_setup && needed != NULL)) {
		if (!ground->wants_setup)
			return 0;
		error = setup_begin(&ground->setup, ground->choice,
		    ground->keep_modules, &ground->made,
		    &ground->signals.awaited, why, room);
		ground->isolated = error == 0 && needed != NULL &&
		    needed->where != SURROUNDINGS_INITIAL;
		ground->within = true;
		return error;
	}
	error = setup_isolate(&ground->setup, &ground->made,
	    &ground->signals.awaited, why, room);
	ground->within = true;
	ground->isolated = error == 0;
	return error == -EINTR ? error : 0;
}

static void
clear_away(struct ground *ground)
{
	if (ground->within)
		setup_end(&ground->setup, ground->left, sizeof(ground->left));
	ground->within = false;
}

int
ground_begin(struct ground *ground, struct request *request,
    struct report *report, char *why, size_t room)
{
	int error;

	signals_take(&ground->signals);
	error = surround(ground, why, room);
	if (error != 0 && error != -EINTR) {
		/* The exchange makes it again, and says what is missing. */
		clear_away(ground);
		ground->again = true;
	}
	*request = (struct request){
		.choice = *ground->choice,
		.host = ground->host,
		.port = PORT_UNSET,
		.messages = 1,
		.size = SIZE_UNSET,
		.timeout_ns = 5000000000,
		.setup = ground->again,
		.within = ground->within ? &ground->setup : NULL,
	};
	return exchange_run(request, report, why, room);
}

struct errand_terms
ground_terms(const struct ground *ground)
{
	return (struct errand_terms){
		.choice = ground->choice,
		.host = ground->host,
		.setup = ground->within ? &ground->setup : NULL,
		.signals = &ground->signals,
	};
}

void
ground_end(struct ground *ground)
{
	clear_away(ground);
	signals_give_back(&ground->signals);
}
