/*
 * run: puts a cell to its probes, each in a process group of its own with a
 * hard deadline, and holds what was seen against the documents.
 */
#ifndef PROBES_RUN_H
#define PROBES_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drive/report.h"
#include "probes/probe.h"
#include "record/trace.h"

/* What is asked for. */
struct probing {
	struct choice choice;
	const char *host;	/* NULL: the family's default */
	const char *const *named;	/* ids and topics; NULL: every probe */
	size_t named_count;
	bool setup;		/* make what the cell needs */
	bool keep_modules;
	bool keep_events;	/* the calls that prove each observation */
};

/* How many documents speak of one probe on one cell, at most. */
#define DOCUMENTS_MAX 4

struct probed_meeting;

/* What became of one probe. */
struct probed {
	const struct probe *probe;
	/* Whether the experiment was made; else `reason` says why not. */
	bool completed;
	struct observation seen;
	struct reason reason;
	const struct document *documents[DOCUMENTS_MAX];
	bool differs[DOCUMENTS_MAX];
	size_t document_count;
	bool finding;		/* it differs from one of them, or more */
	/* Why another run may answer otherwise; NULL: it does not. */
	const char *unsteady;
	/* What explains it on this kernel; or NULL. */
	const struct difference *explained;
	uint64_t elapsed_ns;
	/* keep_events: the calls; else NULL. */
	const struct trace *trace[SIDE_COUNT];
	struct probed_meeting *meeting;	/* private: holds the traces */
};

struct probed_report {
	const struct probing *probing;
	/*
	 * The exchange that came first: where its verdict is not `works`, there
	 * is nothing to be probed, and its reason tells why.
	 */
	struct request request;
	struct report exchange;
	struct probed *probed;	/* `count` of them */
	size_t count;
	size_t completed;
	size_t findings;
	/* It ran in a network namespace that nobody else is in. */
	bool isolated;
	struct made made;
	char left[NOTE_MAX];	/* what could not be taken away; or empty */
	int signal;		/* the run was ended by it; 0 if not */
};

/*
 * Runs the probes of a cell, one after the other; in a network namespace of
 * their own where that is permitted and nothing outside is meant (no host, no
 * surroundings that the user made). Returns 0, also where the cell does not
 * work; or a negative errno with a sentence in why. The report is released by
 * probes_free() in the first case.
 */
int probes_run(const struct probing *probing, struct probed_report *report,
    char *why, size_t room);

void probes_free(struct probed_report *report);

/*
 * The exit status of the program: 0; that of the exchange where the cell does
 * not work; 77 where none of the probes that were named could be made.
 */
int probes_status(const struct probed_report *report);

#endif
