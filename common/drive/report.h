/*
 * report: what an exchange is asked for (struct request) and what came of it
 * (struct report). The driver fills a report; renderers print it.
 */
#ifndef DRIVE_REPORT_H
#define DRIVE_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "family/cell.h"
#include "family/family.h"
#include "record/fault.h"
#include "record/trace.h"
#include "setup/setup.h"

/* What is sent. */
enum payload_kind {
	PAYLOAD_MADE,	/* numbered messages, made up for the run */
	PAYLOAD_TEXT,	/* the user's text, as it is */
	PAYLOAD_FILE,	/* the bytes of a file */
};

#define SIZE_UNSET UINT64_MAX

struct request {
	struct choice choice;
	const char *host;	/* NULL: the family's default */
	long port;		/* PORT_UNSET: the command's default */
	enum payload_kind payload;
	const char *text;	/* PAYLOAD_TEXT */
	const char *path;	/* PAYLOAD_FILE */
	uint64_t messages;	/* how many, each way */
	uint64_t size;		/* bytes of a made message, or SIZE_UNSET */
	int64_t timeout_ns;	/* bounds every wait; 0: none */
	bool setup;		/* make what the cell needs */
	bool keep_modules;	/* and leave the modules that this loads */
	/*
	 * What was made for it already, by setup_begin(); it is left as it is.
	 * NULL: nothing.
	 */
	const struct setup *within;
	/*
	 * Called by the driver now and then with the payload bytes that have
	 * come back verified so far, of how many; or NULL.
	 */
	void (*progress)(uint64_t done, uint64_t total, void *context);
	void *progress_context;
	struct fault_plan faults;	/* count 0 but in tests */
};

/* Room for a sentence of a reason. */
#define REASON_MAX 1024

/* Why a cell does not work: the step, its errno, and what to do about it. */
struct reason {
	const char *call;	/* "connect"; NULL where no call was at fault */
	int error;		/* positive errno, or 0 */
	char text[REASON_MAX];	/* empty where the verdict is `works` */
};

struct meeting;

/* What crossed, as the client counted it. */
struct tally {
	uint64_t sent;		/* messages that the client sent */
	uint64_t round_trips;	/* answers that came back and were right */
	uint64_t bytes;		/* payload verified, both directions */
	uint64_t lost;		/* messages or answers that never came */
	uint64_t duplicated;
	uint64_t reordered;
	uint64_t ignored;	/* packets of others, passed over */
};

/* The most notes of a report, and their length. */
#define NOTES_MAX 8
#define NOTE_MAX 160

struct report {
	const struct request *request;
	const char *variant;	/* NULL where the family has one form */
	enum verdict verdict;
	struct reason reason;
	/* Why the verdict contradicts the family's table; empty if not. */
	char contradiction[REASON_MAX];
	/* The request was at fault, not the cell: exit status 2. */
	bool unusable;
	/* The run was ended by this signal; 0 if not. */
	int signal;
	struct tally tally;
	uint64_t elapsed_ns;
	/* What is worth saying about a verdict of `works`: how it was split. */
	size_t notes;
	char note[NOTES_MAX][NOTE_MAX];
	struct made made;	/* what was set up for it */
	/* The two sides; a trace is NULL where there was no such side. */
	const struct trace *trace[SIDE_COUNT];
	struct meeting *meeting;	/* the driver's: holds the traces */
	/* The server's address as it was contacted; length 0 if none. */
	struct endpoint contact;
};

/*
 * The variant that a run is of: as the server's address tells, or as it was
 * chosen; NULL where there is one form only.
 */
const char *report_variant(const struct choice *choice,
    const struct endpoint *server);

/* "works", "no-device" … */
const char *verdict_name(enum verdict verdict);

/* The exit status of the program: 0, 1, 2 or 77. */
int report_status(const struct report *report);

#endif
