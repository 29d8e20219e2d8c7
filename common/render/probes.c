#include "render/probes.h"

#include <stdlib.h>
#include <string.h>

#include "probes/catalogue.h"
#include "record/errno.h"
#include "render/phrase.h"
#include "render/table.h"

/* Room for what is put together for a cell of the table. */
#define CELL_MAX 1024

/* "-f inet -t stream -p tcp", as they stand in a title. */
static void
write_title(FILE *out, const struct probed_report *report,
    const struct table *table)
{
	const struct choice *choice = &report->probing->choice;
	char text[PHRASE_MAX];

	snprintf(text, sizeof(text), "%s %s %s%s%s", choice->family->name,
	    type_name(choice->row.type), choice->protocol,
	    choice->variant != NULL ? " " : "",
	    choice->variant != NULL ? choice->variant->name : "");
	pen_text(&table->pen, INK_BOLD, text, strlen(text));
	fputc('\n', out);
}

/* Joins what documents say, or where they say it, in the order of the table. */
static const char *
join_documents(const struct probed *probed, bool source, char *text,
    size_t room)
{
	char words[ANSWER_TEXT];

	text[0] = '\0';
	for (size_t i = 0; i < probed->document_count; i++) {
		const struct document *document = probed->documents[i];

		if (i != 0)
			strlcat(text, source ? "; " : " | ", room);
		strlcat(text, source ? document->source
		    : answer_tell(document->answer, words), room);
	}
	return probed->document_count != 0 ? text : source ? "" : "(nothing)";
}

/* Why the experiment could not be made, in short. */
static const char *
why_not(const struct probed *probed, char *text, size_t room)
{
	const struct reason *reason = &probed->reason;
	char name[NAME_MAX_TEXT];

	snprintf(text, room, "not run: %s%s%s%s%s",
	    reason->call != NULL ? reason->call : "",
	    reason->call != NULL ? " " : "",
	    reason->error != 0 ? errno_name(reason->error, name) : "",
	    reason->error != 0 && reason->text[0] != '\0' ? ": " : "",
	    reason->text);
	return text;
}

static void
draw_remark(const struct table *table, const char *text)
{
	struct table remark = *table;
	struct table_cell cells[2] = {
		{ NULL, INK_PLAIN }, { text, INK_DIM },
	};
	size_t width = 2 * (table->count - 1);

	for (size_t i = 0; i < table->count; i++)
		width += table->width[i];
	remark.count = 2;
	remark.width[0] = table->width[0];
	remark.width[1] = width - 2 - table->width[0];
	table_row(&remark, cells);
}

static void
draw_probed(const struct table *table, const struct probed *probed)
{
	char documents[CELL_MAX];
	char sources[CELL_MAX];
	char reason[CELL_MAX + REASON_MAX];
	char text[CELL_MAX];
	enum ink ink = probed->finding ? INK_YELLOW : INK_PLAIN;
	const struct table_cell cells[] = {
		{ NULL, INK_PLAIN }, { probed->probe->question, INK_PLAIN },
		{ probed->completed ? probed->seen.answer
			: why_not(probed, reason, sizeof(reason)),
		  probed->completed ? ink : INK_DIM },
		{ join_documents(probed, false, documents, sizeof(documents)),
		  probed->document_count != 0 ? INK_PLAIN : INK_DIM },
		{ join_documents(probed, true, sources, sizeof(sources)),
		  INK_DIM },
	};

	pen_text(&table->pen, ink, probed->finding ? "! " : "  ", 2);
	pen_text(&table->pen, INK_BOLD, probed->probe->id,
	    strlen(probed->probe->id));
	pen_put(&table->pen, "\n");
	table_row(table, cells);
	if (probed->seen.note[0] != '\0')
		draw_remark(table, probed->seen.note);
	if (probed->explained != NULL) {
		snprintf(text, sizeof(text), "known: %s (%s)",
		    probed->explained->text, probed->explained->source);
		draw_remark(table, text);
	}
	if (probed->unsteady != NULL) {
		snprintf(text, sizeof(text), "another run may differ: %s",
		    probed->unsteady);
		draw_remark(table, text);
	}
}

static void
draw_summary(FILE *out, const struct probed_report *report)
{
	char probes[COUNT_MAX], findings[COUNT_MAX];

	fprintf(out, "\n%s: %zu observed, %zu not run; %s\n",
	    phrase_count(report->count, "probe", probes), report->completed,
	    report->count - report->completed,
	    phrase_count(report->findings, "finding", findings));
	if (report->left[0] != '\0')
		fprintf(out, "%s\n", report->left);
}

void
render_probes_table(FILE *out, const struct probed_report *report,
    const struct style *style)
{
	static const int shares[] = { -2, 7, 5, 5, 5 };
	static const struct table_cell heading[] = {
		{ NULL, INK_PLAIN }, { "question", INK_BOLD },
		{ "observed", INK_BOLD }, { "documented", INK_BOLD },
		{ "source", INK_BOLD },
	};
	struct table table;
	int group = GROUP_COUNT;

	table_init(&table, out, style, shares, 5);
	write_title(out, report, &table);
	for (size_t i = 0; i < report->count; i++) {
		const struct probed *probed = &report->probed[i];

		if (probed->probe->group != (enum probe_group)group) {
			group = (int)probed->probe->group;
			fprintf(out, "\n%s\n",
			    probe_group_name(probed->probe->group));
			table_rule(&table);
			table_row(&table, heading);
			table_rule(&table);
		}
		draw_probed(&table, probed);
	}
	draw_summary(out, report);
}

void
render_probes_ladders(FILE *out, const struct probed_report *report,
    const struct style *style)
{
	static const int shares[] = { 1 };
	struct table lines;

	table_init(&lines, out, style, shares, 1);
	write_title(out, report, &lines);
	for (size_t i = 0; i < report->count; i++) {
		const struct probed *probed = &report->probed[i];
		struct report rungs = {
			.request = &report->request,
			.trace = { probed->trace[SIDE_CLIENT],
			    probed->trace[SIDE_SERVER] },
		};
		char text[CELL_MAX + REASON_MAX];
		char words[ANSWER_TEXT];
		struct table_cell line = { text, INK_BOLD };

		snprintf(text, sizeof(text), "%s: %s", probed->probe->id,
		    probed->probe->question);
		fputc('\n', out);
		table_row(&lines, &line);
		render_rungs(out, &rungs, style);
		line.ink = probed->finding ? INK_YELLOW : INK_PLAIN;
		if (probed->completed)
			snprintf(text, sizeof(text), "observed: %s%s%s",
			    probed->seen.answer,
			    probed->seen.note[0] != '\0' ? "; " : "",
			    probed->seen.note);
		else
			why_not(probed, text, sizeof(text));
		table_row(&lines, &line);
		for (size_t j = 0; j < probed->document_count; j++) {
			snprintf(text, sizeof(text), "documented: %s (%s)%s",
			    answer_tell(probed->documents[j]->answer, words),
			    probed->documents[j]->source,
			    probed->differs[j] ? ": a finding" : "");
			line.ink = INK_PLAIN;
			table_row(&lines, &line);
		}
	}
	draw_summary(out, report);
}

struct listing {
	FILE *out;
	struct table table;
	int group;
	enum probe_group only;	/* the group whose turn it is */
};

static int
list_one(const struct probe *probe, void *context)
{
	struct listing *listing = context;
	const struct table_cell cells[] = {
		{ probe->id, INK_BOLD }, { probe->question, INK_PLAIN },
	};

	if ((enum probe_group)listing->group != probe->group)
		fprintf(listing->out, "%s%s\n",
		    listing->group != GROUP_COUNT ? "\n" : "",
		    probe_group_name(probe->group));
	listing->group = (int)probe->group;
	table_row(&listing->table, cells);
	return 0;
}

static int
list_in_group(const struct probe *probe, const struct family *family,
    void *context)
{
	struct listing *listing = context;

	(void)family;
	return probe->group == listing->only ? list_one(probe, context) : 0;
}

void
render_probes_list(FILE *out, const struct choice *choice,
    const struct style *style)
{
	static const int shares[] = { -26, 1 };
	struct listing listing = { .out = out, .group = GROUP_COUNT };

	table_init(&listing.table, out, style, shares, 2);
	if (choice != NULL) {
		probes_each(choice, list_one, &listing);
		return;
	}
	for (int group = 0; group < GROUP_COUNT; group++) {
		listing.only = (enum probe_group)group;
		probes_every(list_in_group, &listing);
	}
}
