/*
 * probe: one question that is put to a socket, the experiment that answers it,
 * and what the documents say.
 *
 * A probe is one constant descriptor and one small function. The generic ones
 * stand in common/experiments; they know shapes, traits and what else a cell
 * says of itself, and no family. A family's own stand beside it
 * (families/NAME/NAME_probes.c) and are reached through its `probes`.
 *
 * The answer of a probe comes from the calls that it made, never from the
 * tables: what is printed was seen. It is one of the probe's words, so that two
 * kernels can be compared; what cannot be a word stands in the note.
 */
#ifndef PROBES_PROBE_H
#define PROBES_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "family/cell.h"
#include "family/family.h"

struct stage;		/* probes/stage.h */

enum probe_group {
	GROUP_LIFECYCLE,
	GROUP_NAMING,
	GROUP_CONNECT,
	GROUP_BOUNDARIES,
	GROUP_BUFFERS,
	GROUP_END,
	GROUP_ERRORS,
	GROUP_OPTIONS,
	GROUP_ANCILLARY,
	GROUP_MULTICAST,
	GROUP_READINESS,
	GROUP_SHARING,
	GROUP_COUNT
};

/* "boundaries and truncation" */
const char *probe_group_name(enum probe_group group);

/* Which cells are meant: those for which all of it holds. Zero: every one. */
struct scope {
	unsigned shapes;	/* 1u << SHAPE_CONNECTED | …; 0: of any shape */
	unsigned with;		/* traits that the cell has to have */
	unsigned without;	/* and those that it may not have */
	int type;		/* SOCK_STREAM …; 0: any */
	const char *protocol;	/* canonical name; of a family's own tables */
	const char *variant;	/* its name; likewise */
};

#define ON_CONNECTED (1u << SHAPE_CONNECTED)
#define ON_DATAGRAM (1u << SHAPE_DATAGRAM)
#define ON_BUS (1u << SHAPE_BUS)
#define ON_KERNEL (1u << SHAPE_KERNEL)
/* Two sides of ours: what one sends the other may receive. */
#define ON_PAIRS (ON_CONNECTED | ON_DATAGRAM | ON_BUS)

/*
 * What a document says. Where several rows of a table speak of a cell, each is
 * shown, and an observation that differs from any of them is a finding.
 */
struct document {
	const char *probe;	/* its id; of a family's table only */
	struct scope cells;
	/*
	 * As the probe would word it, `{errno}` and `{n}` standing for any; or
	 * several, parted by " or ": any of them is as documented. NULL ends a
	 * table.
	 */
	const char *answer;
	/* "recv(2)", "RFC 9293, 3.10.7.4", "POSIX.1-2017, send()" */
	const char *source;
	/*
	 * Of a family's table: the generic documents do not speak of these
	 * cells, since their own say otherwise.
	 */
	bool instead;
};

/*
 * A difference from the documents that is known: some kernels answer so. It
 * stays a finding, with this as its explanation.
 */
struct difference {
	const char *probe;	/* its id; of a family's table only */
	struct scope cells;
	const char *answer;	/* as in a document; NULL ends a table */
	/* Linux versions: the first that does so, and the first that does not
	 * any more: "5.15". NULL: from the beginning; to this day. */
	const char *since;
	const char *until;
	const char *text;	/* one sentence */
	const char *source;	/* a commit, a manual, a changelog */
};

/*
 * A cell whose answer to a probe depends on time by nature: another run may
 * differ, and the reader is told so.
 */
struct unsteady {
	const char *probe;	/* its id; NULL ends a table */
	struct scope cells;
	const char *why;	/* one sentence */
};

/* Room for several answers in words. */
#define ANSWER_TEXT 256

/* Room for an answer, and for what is noted beside it. */
#define ANSWER_MAX 96
#define OBSERVATION_NOTE_MAX 200

/* What an experiment has seen. */
struct observation {
	char answer[ANSWER_MAX];
	char note[OBSERVATION_NOTE_MAX];
};

struct probe {
	/*
	 * "bind-rules.in-use": a topic, and behind a dot which side of it. Both
	 * are words of a to z, 0 to 9 and '-'.
	 */
	const char *id;
	enum probe_group group;
	const char *question;	/* one line of at most 72 characters */
	struct scope cells;
	/*
	 * Whether it is a question to this cell, beyond what the scope says;
	 * NULL: it is. Asks of flags and operations of the cell.
	 */
	bool (*applies)(const struct choice *choice);
	/*
	 * The words in which it answers, ended by NULL. `{errno}` stands for the
	 * name of an errno, `{n}` for a number: "{n} bytes, then {errno}".
	 */
	const char *const *answers;
	const struct document *documents;	/* ended by a NULL answer */
	const struct difference *differences;	/* likewise; or NULL */
	/* Why its answer depends on time by nature, on every cell; or NULL. */
	const char *unsteady;
	/* How long it may take; 0: PROBE_LIMIT_MS. */
	unsigned limit_ms;
	/*
	 * The experiment, in a process of its own. Returns 0 and has observed
	 * something; or a negative errno where it could not be made, the reason
	 * then being the stage's failure.
	 */
	int (*run)(struct stage *stage, struct observation *seen);
};

#define PROBE_LIMIT_MS 3000

/* Writes the answer. Returns 0, so that an experiment can end with it. */
int observe(struct observation *seen, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes what is worth knowing besides; the same in every run. Returns 0. */
int observe_note(struct observation *seen, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The name of an errno for an answer: result is as a recorded call returns it.
 * "ok" for what is no error.
 */
const char *observed_errno(long result);

/* Whether the scope takes in the cell. */
bool scope_holds(const struct scope *scope, const struct choice *choice);

/* Whether the probe is a question to this cell. */
bool probe_applies(const struct probe *probe, const struct choice *choice);

/*
 * Whether a text is the word: the same but for `{errno}` and `{n}` in the word,
 * or one of several that are parted by " or ".
 */
bool answer_fits(const char *word, const char *text);

/* The word for people: "an errno" for `{errno}`, "N" for `{n}`. Returns text. */
char *answer_tell(const char *word, char text[ANSWER_TEXT]);

#endif
