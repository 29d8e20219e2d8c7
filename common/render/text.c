#include <inttypes.h>
#include <stdlib.h>

#include "record/describe.h"
#include "render/phrase.h"
#include "render/render.h"

/* For logs and for grep: nothing but what came from outside is not ASCII. */
static const struct phrasing phrasing = { .utf8 = false, .data_columns = 32 };

static const char *const side_names[SIDE_COUNT] = { "client", "server" };

static double
milliseconds(uint64_t ns, uint64_t start_ns)
{
	return (double)(int64_t)(ns - start_ns) / 1e6;
}

void
render_text_event(FILE *out, const struct family *family,
    const struct event *event, uint64_t start_ns)
{
	char text[PHRASE_MAX];
	char note[NOTE_MAX];

	describe_note(event, note, sizeof(note));
	fprintf(out, "%7.3f ms %-6s  %s%s%s\n",
	    milliseconds(event->t_ns, start_ns), side_names[event->side],
	    phrase_event(family, event, &phrasing, text),
	    note[0] != '\0' ? "  # " : "", note);
}

static void
print_rows(FILE *out, const struct family *family,
    const struct trace_row *rows, size_t count)
{
	const struct event *first = NULL;
	char missing[COUNT_MAX];

	for (size_t i = 0; i < count; i++) {
		if (first == NULL)
			first = rows[i].event;
		if (rows[i].event != NULL)
			render_text_event(out, family, rows[i].event,
			    first->t_ns);
		else
			fprintf(out, "%10s %-6s  ... %s missing\n", "",
			    side_names[rows[i].side],
			    phrase_count(rows[i].missing, "event", missing));
	}
}

void
render_text(FILE *out, const struct report *report, const struct style *style)
{
	struct conclusion conclusion;
	struct trace_row *rows;
	char title[PHRASE_MAX];
	size_t count;

	(void)style;
	fprintf(out, "%s\n", phrase_title(report, title));
	if (trace_merge(report->trace[SIDE_CLIENT], report->trace[SIDE_SERVER],
	    &rows, &count) == 0) {
		print_rows(out, report->request->choice.family, rows, count);
		free(rows);
	}
	phrase_conclusion(report, &conclusion);
	for (size_t i = 0; i < conclusion.count; i++)
		fprintf(out, "%s\n", conclusion.line[i].text);
}
