#include "cli/show.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "record/describe.h"
#include "render/render.h"
#include "render/terminal.h"
#include "text/escape.h"

void
request_from_options(const struct options *options, struct request *request)
{
	request->host = options->host;
	request->port = options->port;
	request->payload = options->file != NULL ? PAYLOAD_FILE
	    : options->text != NULL ? PAYLOAD_TEXT : PAYLOAD_MADE;
	request->text = options->text;
	request->path = options->file;
	request->messages = options->messages;
	request->size = options->size;
	request->timeout_ns = options->timeout_ns;
	request->setup = options->setup;
	request->keep_modules = options->keep_modules;
}

void
tell_error(const char *format, ...)
{
	char sentence[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	fputs("sockdemo: ", stderr);
	escape_print(stderr, sentence, strlen(sentence));
	fputc('\n', stderr);
}

/* "sockdemo: inet rdm tcp: refused: socket ESOCKTNOSUPPORT: a sentence" */
void
tell_failure(const struct report *report)
{
	const struct choice *choice = &report->request->choice;
	const struct reason *reason = &report->reason;
	char name[NAME_MAX_TEXT];

	fprintf(stderr, "sockdemo: %s %s %s: ", choice->family->name,
	    type_name(choice->row.type), choice->protocol);
	/* What cannot be asked of a cell says nothing about it. */
	if (!report->unusable)
		fprintf(stderr, "%s: ", verdict_name(report->verdict));
	if (reason->call != NULL)
		fprintf(stderr, "%s%s", reason->call,
		    reason->error != 0 ? " " : ": ");
	if (reason->error != 0)
		fprintf(stderr, "%s: ", errno_name(reason->error, name));
	fprintf(stderr, "%s\n", reason->text);
}

void
show_report(const struct options *options, const struct report *report)
{
	const struct renderer *renderer = renderers;
	struct style style;

	if (options->format != NULL)
		while (strcmp(renderer->name, options->format) != 0)
			renderer++;
	if (!report->unusable) {
		terminal_style(stdout, options->color, &style);
		renderer->render(stdout, report, &style);
		fflush(stdout);
	}
	/* On one terminal, the ladder's last line has told it. */
	if (report->verdict != VERDICT_WORKS && (report->unusable ||
	    !isatty(STDOUT_FILENO) || !isatty(STDERR_FILENO) ||
	    strcmp(renderer->name, "strace") == 0))
		tell_failure(report);
}
