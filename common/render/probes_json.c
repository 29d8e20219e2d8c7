/* The object of `probe --format json`: the exchange's, and `probes` in it. */
#include <string.h>

#include "render/json.h"
#include "render/probes.h"
#include "render/value.h"

static json_t *
difference_json(const struct difference *difference)
{
	json_t *object;
	bool failed = false;

	if (difference == NULL)
		return json_null();
	object = json_object();
	value_set(object, "text", value_text(difference->text), &failed);
	value_set(object, "source", value_text(difference->source), &failed);
	value_set(object, "since", value_text_or_null(difference->since),
	    &failed);
	value_set(object, "until", value_text_or_null(difference->until),
	    &failed);
	return value_finish(object, failed);
}

static json_t *
documents_json(const struct probed *probed)
{
	json_t *array = json_array();
	char words[ANSWER_TEXT];
	bool failed = false;

	for (size_t i = 0; i < probed->document_count &&
	     probed->documents[i] != NULL; i++) {
		const struct document *document = probed->documents[i];
		json_t *object = json_object();

		value_set(object, "answer",
		    value_text(answer_tell(document->answer, words)), &failed);
		value_set(object, "source",
		    value_text(document->source), &failed);
		value_set(object, "differs", json_boolean(probed->differs[i]),
		    &failed);
		if (json_array_append_new(array, object) != 0)
			failed = true;
	}
	return value_finish(array, failed);
}

/* The document to be shown where there is room for one: one that differs. */
static const struct document *
first_document(const struct probed *probed)
{
	for (size_t i = 0; i < probed->document_count; i++)
		if (probed->differs[i])
			return probed->documents[i];
	return probed->document_count != 0 ? probed->documents[0] : NULL;
}

static void
set_events(json_t *object, const struct probed_report *report,
    const struct probed *probed, bool *failed)
{
	uint64_t missing;

	if (!report->probing->keep_events)
		return;
	value_set(object, "events", events_json(
	    report->probing->choice.family, probed->trace, &missing), failed);
	value_set(object, "events_missing", value_count(missing), failed);
}

static json_t *
probed_json(const struct probed_report *report, const struct probed *probed)
{
	const struct probe *probe = probed->probe;
	const struct document *document = first_document(probed);
	char words[ANSWER_TEXT];
	json_t *object = json_object();
	bool failed = false;

	value_set(object, "id", value_text(probe->id), &failed);
	value_set(object, "group", value_text(probe_group_name(probe->group)),
	    &failed);
	value_set(object, "question", value_text(probe->question), &failed);
	value_set(object, "observed", probed->completed
	    ? value_text(probed->seen.answer) : json_null(), &failed);
	value_set(object, "documented", document != NULL
	    ? value_text(answer_tell(document->answer, words)) : json_null(),
	    &failed);
	value_set(object, "source", document != NULL
	    ? value_text(document->source) : json_null(), &failed);
	value_set(object, "finding", json_boolean(probed->finding), &failed);
	value_set(object, "note", value_text_or_null(probed->seen.note),
	    &failed);
	if (probed->document_count > 1)
		value_set(object, "documents", documents_json(probed),
		    &failed);
	if (probed->finding)
		value_set(object, "explained",
		    difference_json(probed->explained), &failed);
	if (!probed->completed)
		value_set(object, "reason", reason_json(&probed->reason),
		    &failed);
	if (probed->unsteady != NULL) {
		value_set(object, "timing", json_true(), &failed);
		value_set(object, "timing_why", value_text(probed->unsteady),
		    &failed);
	}
	value_set(object, "elapsed_ns", value_count(probed->elapsed_ns),
	    &failed);
	set_events(object, report, probed, &failed);
	return value_finish(object, failed);
}

static json_t *
probes_json(const struct probed_report *report)
{
	json_t *array = json_array();
	bool failed = false;

	for (size_t i = 0; i < report->count; i++)
		if (json_array_append_new(array, probed_json(report,
		    &report->probed[i])) != 0)
			failed = true;
	return value_finish(array, failed);
}

void
render_probes_json(FILE *out, const struct probed_report *report,
    const struct style *style)
{
	json_t *whole = report_json(&report->exchange);
	bool failed = whole == NULL;

	(void)style;
	if (!failed) {
		value_set(whole, "isolated", json_boolean(report->isolated),
		    &failed);
		value_set(whole, "setup", made_json(&report->made), &failed);
		value_set(whole, "probes", probes_json(report), &failed);
	}
	/* Controls that JSON allows could drive a terminal: ASCII only. */
	if (!failed && json_dumpf(whole, out,
	    JSON_INDENT(2) | JSON_ENSURE_ASCII) == 0)
		fputc('\n', out);
	json_decref(whole);
}
