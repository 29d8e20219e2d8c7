/*
 * phrase: an event and a report's outcome in words, as the renderers for people
 * share them.
 */
#ifndef RENDER_PHRASE_H
#define RENDER_PHRASE_H

#include <stdbool.h>
#include <stddef.h>

#include "drive/report.h"

/* Room for a phrase; what does not fit is cut. */
#define PHRASE_MAX 1280

struct phrasing {
	bool utf8;		/* arrows and an ellipsis of one character */
	size_t data_columns;	/* how much of a payload is quoted */
};

/*
 * The call in short: getsockname(3) -> 127.0.0.1:40123. What a reader can do
 * without (lengths, SOCK_CLOEXEC) is left out. Returns text.
 */
char *phrase_event(const struct family *family, const struct event *event,
    const struct phrasing *phrasing, char text[PHRASE_MAX]);

/* 1234567 as "1,234,567", and behind it a noun in singular or plural. */
#define COUNT_MAX 64
char *phrase_count(uint64_t count, const char *noun, char text[COUNT_MAX]);

/* What was run: "inet stream tcp: AF_INET, SOCK_STREAM, IPPROTO_TCP". */
char *phrase_title(const struct report *report, char text[PHRASE_MAX]);

/* What stands in a conclusion's line. */
enum tone {
	TONE_PLAIN,
	TONE_GOOD,	/* it works */
	TONE_CANNOT,	/* this kernel or machine can't */
	TONE_BAD,	/* it failed */
};

struct conclusion {
	size_t count;
	struct {
		enum tone tone;
		char text[PHRASE_MAX];
	} line[5 + NOTES_MAX + MADE_MAX];
};

/* What happened, line by line, the verdict first. */
void phrase_conclusion(const struct report *report,
    struct conclusion *conclusion);

#endif
