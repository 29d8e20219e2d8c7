/*
 * ask: asks one socket state of a cell for its options, one after the other,
 * each on a socket that no other has changed.
 */
#ifndef OPTIONS_ASK_H
#define OPTIONS_ASK_H

#include <stdint.h>

#include "options/survey.h"
#include "probes/stage.h"

/* The sockets of one state. Zero, but for the first three, at the beginning. */
struct asker {
	struct stage *stage;
	enum socket_state state;
	const struct choice *choice;
	struct side *side;	/* whose socket is asked; NULL: none is made */
	int fd;
	unsigned opened;	/* sockets so far … */
	unsigned slow;		/* … that took long to make or to close */
	int program;		/* a BPF program; 0: none is loaded */
};

/*
 * Makes a socket of the state. Returns 0, or a negative errno where there is
 * none: the cell does not have the state.
 */
int ask_open(struct asker *asker);

/* Asks for one option. Returns 0, or a negative errno: there was no socket. */
int ask_option(struct asker *asker, struct surveyed *surveyed);

/*
 * Whether sockets of this state take so long that one is used again where it is
 * as it was: a busy machine does not make it so.
 */
bool ask_is_costly(const struct asker *asker);

/* Closes what is open. */
void ask_close(struct asker *asker);

#endif
