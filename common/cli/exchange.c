/* sockdemo exchange: both sides in one run. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/show.h"
#include "drive/exchange.h"
#include "render/progress.h"

int
command_exchange(const struct options *options)
{
	struct request request = { .faults = { .count = 0 } };
	struct progress progress;
	struct report report;
	char why[512];
	int status = options_choose(options, &request.choice);

	if (status != 0)
		return status;
	request_from_options(options, &request);
	progress_begin(&progress, stderr);
	request.progress = progress_show;
	request.progress_context = &progress;
	if (exchange_run(&request, &report, why, sizeof(why)) != 0) {
		tell_error("%s", why);
		return report.unusable ? STATUS_USAGE : 1;
	}
	progress_end(&progress);
	if (report.signal != 0)
		command_die(report.signal);
	show_report(options, &report);
	status = report_status(&report);
	exchange_free(&report);
	return status;
}
