/* sockdemo server and sockdemo client: one side each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/show.h"
#include "render/render.h"
#include "talk/talk.h"

/* By way of the talk's words, which no stalled reader holds up. */
static void
show_event(struct talk *talk, const struct event *event, bool as_strace)
{
	const struct family *family = talk->choice.family;
	char *text = NULL;
	size_t length = 0;
	FILE *line = open_memstream(&text, &length);

	if (line == NULL)
		return;
	if (as_strace)
		render_strace_event(line, family, event);
	else
		render_text_event(line, family, event,
		    trace_at(talk->trace, 0)->t_ns);
	if (fclose(line) == 0)
		words_put(&talk->aside, text, length);
	free(text);
}

/* Sinks that show each call when it is made; the context is the talk. */
static void
show_text_event(const struct event *event, void *context)
{
	show_event(context, event, false);
}

static void
show_strace_event(const struct event *event, void *context)
{
	show_event(context, event, true);
}

/* Lines are shown at once; a ladder or an object only at the end. */
static bool
shown_live(struct talk *talk, const char *format)
{
	struct recorder *recorder = &talk->side.recorder;

	if (format == NULL)
		return false;
	recorder->sink_context = talk;
	if (strcmp(format, "text") == 0)
		recorder->sink = show_text_event;
	else if (strcmp(format, "strace") == 0)
		recorder->sink = show_strace_event;
	return recorder->sink != NULL;
}

static void
tell_end(const struct options *options, struct talk *talk, bool live)
{
	if (options->format != NULL && !live)
		show_report(options, &talk->report);
	else if (talk->report.verdict != VERDICT_WORKS)
		tell_failure(&talk->report);
}

/* Talks; *signal_number is the signal that ended it, or 0. */
static int
talk_through(const struct options *options, struct talk *talk,
    enum side_id id, int (*run)(struct talk *talk), int *signal_number)
{
	char why[512];
	bool live;
	int error;

	request_from_options(options, &talk->request);
	/* One object, or one ladder, is all that stdout then holds. */
	talk->reports = options->format != NULL;
	/* A person at the other keyboard takes time, where nothing is lost. */
	talk->patient = !options->timeout_given && isatty(STDIN_FILENO) &&
	    talk->request.payload == PAYLOAD_MADE &&
	    (talk->choice.row.traits & TRAIT_RELIABLE) != 0;
	error = talk_begin(talk, id, why, sizeof(why));
	if (error != 0) {
		talk_end(talk, 0);
		if (talk->report.verdict != VERDICT_WORKS)
			tell_end(options, talk, false);
		else
			tell_error("%s", why);
		return talk->report.unusable ? STATUS_USAGE
		    : talk->report.verdict != VERDICT_WORKS
		    ? report_status(&talk->report) : 1;
	}
	live = shown_live(talk, options->format);
	error = run(talk);
	*signal_number = talk_end(talk, error);
	tell_end(options, talk, live);
	return report_status(&talk->report);
}

static int
talk_with(const struct options *options, enum side_id id,
    int (*run)(struct talk *talk))
{
	struct talk *talk = calloc(1, sizeof(*talk));
	int signal_number = 0;
	int status;

	if (talk == NULL) {
		perror("sockdemo");
		return 1;
	}
	status = options_choose(options, &talk->choice);
	if (status == 0)
		status = talk_through(options, talk, id, run, &signal_number);
	talk_free(talk);
	if (signal_number != 0)
		command_die(signal_number);
	return status;
}

int
command_server(const struct options *options)
{
	return talk_with(options, SIDE_SERVER,
	    options->chat ? talk_chat : talk_echo);
}

int
command_client(const struct options *options)
{
	return talk_with(options, SIDE_CLIENT,
	    options->file != NULL ? talk_client_file : talk_client);
}
