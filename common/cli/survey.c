/* sockdemo options: every option of a cell's sockets. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option_set.h"
#include "cli/show.h"
#include "options/survey.h"
#include "render/options.h"
#include "render/terminal.h"

static bool
is_json(const struct options *options)
{
	return options->format != NULL &&
	    strcmp(options->format, "json") == 0;
}

/* --known: of the cell that is named, or of all. */
static int
list(const struct options *options)
{
	bool one = options->family != NULL || options->type != NULL ||
	    options->protocol != NULL;
	struct choice choice;
	struct style style;
	int status = one ? options_choose(options, &choice) : 0;

	if (status != 0)
		return status;
	terminal_style(stdout, options->color, &style);
	if (is_json(options))
		render_options_known_json(stdout, one ? &choice : NULL);
	else
		render_options_known(stdout, one ? &choice : NULL, &style);
	return 0;
}

static void
show(const struct options *options, const struct survey *survey)
{
	struct style style;

	terminal_style(stdout, options->color, &style);
	if (is_json(options))
		render_options_json(stdout, survey, &style);
	else if (survey->exchange.verdict == VERDICT_WORKS)
		render_options_table(stdout, survey, &style);
	fflush(stdout);
}

int
command_options(const struct options *options)
{
	struct surveying surveying = {
		.setup = options->setup,
		.keep_modules = options->keep_modules,
	};
	struct survey survey;
	char why[512];
	int status;

	if (options->format != NULL && strcmp(options->format, "text") != 0 &&
	    !is_json(options))
		return option_complain("format", options->format,
		    "options has: text json");
	if (options->known)
		return list(options);
	status = options_choose(options, &surveying.choice);
	if (status != 0)
		return status;
	if (survey_run(&surveying, &survey, why, sizeof(why)) != 0) {
		tell_error("%s", why);
		return survey.exchange.unusable ? STATUS_USAGE : 1;
	}
	if (survey.signal != 0) {
		survey_free(&survey);
		command_die(survey.signal);
	}
	show(options, &survey);
	if (survey.exchange.verdict != VERDICT_WORKS)
		tell_failure(&survey.exchange);
	status = survey_status(&survey);
	survey_free(&survey);
	return status;
}
