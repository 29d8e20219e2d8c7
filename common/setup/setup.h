/*
 * setup: makes what a cell needs (struct surroundings), in a network namespace
 * of its own where that can be, and takes away again what does not go with it.
 *
 * A user without privileges gets the same in a user namespace, where the kernel
 * lets them make one (user_namespaces(7)).
 */
#ifndef SETUP_SETUP_H
#define SETUP_SETUP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "family/cell.h"
#include "setup/modules.h"

/* The most things that are made for one cell, and room for one in words. */
#define MADE_MAX 16
#define MADE_TEXT 160

/* What was made, for people: the commands as they were run, in order. */
struct made {
	size_t count;
	char text[MADE_MAX][MADE_TEXT];
	char where[MADE_TEXT];	/* "in a network namespace of its own" */
};

struct setup {
	const struct surroundings *surroundings;
	struct made *made;
	/* Namespaces by descriptor; -1: the one that the process is in. */
	int before;
	int network[SIDE_COUNT];
	/* To be undone, in reverse order. */
	const struct need *done[MADE_MAX];
	size_t done_count;
	char modules[MODULES_MAX];	/* those that were there before */
	bool loads;		/* modules are loaded, and unloaded */
	bool user_namespace;
	/* Commands end when one of these waits to be taken (SIGINT …). */
	const sigset_t *ending;
};

/* The surroundings of a cell, or of its variant; NULL where it needs none. */
const struct surroundings *setup_of(const struct choice *choice);

/*
 * Whether nothing has to be made for a cell: it is at most better off in a
 * network namespace that nobody else is in.
 */
bool setup_needs_nothing(const struct choice *choice);

/* Whether this is a need, and not the end of a list or no list at all. */
bool setup_is_need(const struct need *need);

/*
 * Makes the surroundings of a cell and moves the calling process into them, as
 * far as they are the same for both sides. With keep_modules, those that are
 * loaded for it stay. The caller has blocked the signals of `ending`. Fills
 * *made. Returns 0; -EINTR when one of the signals came;
 * -EPERM where a privilege is missing; another negative errno, with a sentence
 * in why. setup_end() is called in any case.
 */
int setup_begin(struct setup *setup, const struct choice *choice,
    bool keep_modules, struct made *made, const sigset_t *ending, char *why,
    size_t room);

/*
 * Moves the calling process into a network namespace of its own, in which
 * nothing is but its loopback. Returns 0; or as setup_begin().
 */
int setup_isolate(struct setup *setup, struct made *made,
    const sigset_t *ending, char *why, size_t room);

/* Moves the calling process into the network of a side, if it has one. */
int setup_enter(const struct setup *setup, enum side_id side);

/* Of a side's process: stays where it is, and holds no namespace open. */
void setup_settle(struct setup *setup);

/*
 * Undoes what was made and unloads what was loaded, when the sides have ended.
 * What could not be undone is told in why; empty where nothing was left.
 * Returns 0 or the first negative errno.
 */
int setup_end(struct setup *setup, char *why, size_t room);

/* "AF_CAN: modprobe can (CONFIG_CAN; since Linux 2.6.25)": what would bring it. */
void setup_tell_origin(const char *name, const struct origin *origin,
    char *text, size_t room);

/*
 * The commands that make the surroundings by hand, in one sentence that can
 * stand behind a reason. Empty where the cell needs none.
 */
void setup_tell_commands(const struct choice *choice, char *text, size_t room);

#endif
