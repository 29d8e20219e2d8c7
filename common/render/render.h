/*
 * render: prints a report. One function per --format; each reads events
 * through record/describe.h and knows nothing of sockets.
 */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include <stdbool.h>
#include <stdio.h>

#include "drive/report.h"

/* How the output looks, decided once (render/terminal.h). */
struct style {
	bool utf8;	/* box drawing and arrows */
	bool color;
	unsigned width;	/* columns */
};

/*
 * Each writes the whole report to out. Whether the writing worked is in
 * ferror(out); they return nothing.
 */
void render_ladder(FILE *out, const struct report *report,
    const struct style *style);
void render_text(FILE *out, const struct report *report,
    const struct style *style);
void render_strace(FILE *out, const struct report *report,
    const struct style *style);
void render_json(FILE *out, const struct report *report,
    const struct style *style);

/*
 * The calls of a ladder alone, without its title and conclusion; in one lane
 * where one side made any.
 */
void render_rungs(FILE *out, const struct report *report,
    const struct style *style);

/* One event as a line of --format text or strace, newline included. */
void render_text_event(FILE *out, const struct family *family,
    const struct event *event, uint64_t start_ns);
void render_strace_event(FILE *out, const struct family *family,
    const struct event *event);

/*
 * The same also for calls that --format strace leaves out, as strace does: they
 * are not of its network class (close, read, poll). bpf(), mmap() and munmap()
 * are left out here, too.
 */
void render_strace_call(FILE *out, const struct family *family,
    const struct event *event);

/* A renderer by the name of its --format, or NULL. */
struct renderer {
	const char *name;
	void (*render)(FILE *out, const struct report *report,
	    const struct style *style);
};
extern const struct renderer renderers[];	/* ended by name NULL */

#endif
