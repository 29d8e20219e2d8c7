/* sockdemo probe: what a cell does, beside what is written of it. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option_set.h"
#include "cli/show.h"
#include "probes/catalogue.h"
#include "probes/run.h"
#include "render/probes.h"
#include "render/terminal.h"

static bool
is_format(const struct options *options, const char *name)
{
	return options->format != NULL && strcmp(options->format, name) == 0;
}

/* A ladder can be asked for in two ways. */
static bool
shows_calls(const struct options *options)
{
	return options->ladder || is_format(options, "ladder");
}

static int
matches(const struct probe *probe, const struct family *family, void *context)
{
	(void)family;
	return probe_is_named(probe, context);
}

/* Every word has to name a probe of some cell. */
static int
check_words(const struct options *options)
{
	for (size_t i = 0; i < options->word_count; i++) {
		if (probes_every(matches, (void *)options->words[i]) != 0)
			continue;
		tell_error("no probe '%s'; see sockdemo probe --list",
		    options->words[i]);
		return STATUS_USAGE;
	}
	return 0;
}

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
	render_probes_list(stdout, one ? &choice : NULL, &style);
	return 0;
}

static void
show(const struct options *options, const struct probed_report *report)
{
	struct style style;

	terminal_style(stdout, options->color, &style);
	if (is_format(options, "json"))
		render_probes_json(stdout, report, &style);
	else if (report->exchange.verdict != VERDICT_WORKS)
		return;
	else if (shows_calls(options))
		render_probes_ladders(stdout, report, &style);
	else
		render_probes_table(stdout, report, &style);
	fflush(stdout);
}

int
command_probe(const struct options *options)
{
	struct probing probing = {
		.host = options->host,
		.named = options->words,
		.named_count = options->word_count,
		.setup = options->setup,
		.keep_modules = options->keep_modules,
		.keep_events = shows_calls(options),
	};
	struct probed_report report;
	char why[512];
	int status = check_words(options);

	if (status == 0 && is_format(options, "strace"))
		status = option_complain("option", "--format",
		    "probe shows text, ladder or json");
	if (status != 0)
		return status;
	if (options->list)
		return list(options);
	status = options_choose(options, &probing.choice);
	if (status != 0)
		return status;
	if (probes_run(&probing, &report, why, sizeof(why)) != 0) {
		tell_error("%s", why);
		return report.exchange.unusable ? STATUS_USAGE : 1;
	}
	if (report.signal != 0) {
		probes_free(&report);
		command_die(report.signal);
	}
	show(options, &report);
	if (report.exchange.verdict != VERDICT_WORKS)
		tell_failure(&report.exchange);
	status = probes_status(&report);
	probes_free(&report);
	return status;
}
