#include "render/phrase.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "record/describe.h"
#include "record/file_names.h"
#include "text/escape.h"

struct words {
	const char *gives;	/* before what a call filled in, if it is 0 */
	const char *fails;	/* before an errno */
	const char *passes;	/* before an errno that is no failure */
	const char *more;
};

static const struct words words_utf8 = { "→", "✗", "…", "…" };
static const struct words words_ascii = { "->", "= -1", "...", "..." };

static void append(char text[PHRASE_MAX], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
append(char text[PHRASE_MAX], const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + used, PHRASE_MAX - used, format, arguments);
	va_end(arguments);
}

static void
append_data(char text[PHRASE_MAX], const struct event *event,
    const struct words *words, size_t columns)
{
	char shown[256];
	size_t kept = event->kept;
	size_t taken;

	/* A character that was cut by the recording is not a broken one. */
	if (kept < event->length)
		kept -= escape_incomplete(event->data, kept);
	taken = escape_short(event->data, kept, columns, shown, sizeof(shown));
	if (taken < event->length)
		escape_short(event->data, kept,
		    columns - escape_columns(words->more), shown,
		    sizeof(shown));
	append(text, "\"%s%s\"", shown,
	    taken < event->length ? words->more : "");
}

/* Each message, and whom it goes to or comes from. */
static void
append_messages(char text[PHRASE_MAX], const struct family *family,
    const struct event *event, const struct argument *argument,
    const struct words *words, size_t columns)
{
	size_t count = describe_messages(event);
	char address[ENDPOINT_TEXT_MAX];
	struct event one;

	for (size_t i = 0; i < count; i++) {
		describe_message(event, i, &one);
		append(text, "%s", i != 0 ? ", " : "");
		append_data(text, &one, words, columns);
		if (one.address.length != 0)
			append(text, " %s %s", argument->returned ? "from"
			    : "to", endpoint_format(family, &one.address,
				address, sizeof(address)));
	}
	if ((int64_t)count < argument->number)
		append(text, ", %s", words->more);
}

/* What is asked of each descriptor, or what was found of those it was of. */
static void
append_polled(char text[PHRASE_MAX], const struct event *event,
    const struct words *words, bool found)
{
	const char *separator = "";
	char names[160];
	int64_t i;

	for (i = 0; i < event->number[0] && i < EVENT_POLLED_MAX; i++) {
		const struct pollfd *polled = &event->polled[i];

		if (found && polled->revents == 0)
			continue;
		file_names_events(found ? polled->revents : polled->events,
		    names, sizeof(names));
		append(text, "%s%d %s", separator, polled->fd, names);
		separator = ", ";
	}
	if (i < event->number[0])
		append(text, "%s%s", separator, words->more);
}

/* Escaped, and never cut but by the recording. */
static void
append_path(char text[PHRASE_MAX], const struct event *event,
    const struct words *words)
{
	char escaped[4 * EVENT_DATA_MAX + 1];

	escape_text((const char *)event->data, event->kept, escaped,
	    sizeof(escaped));
	append(text, "\"%s%s\"", escaped, event->kept < event->length
	    ? words->more : "");
}

static void
append_argument(char text[PHRASE_MAX], const struct family *family,
    const struct event *event, const struct argument *argument,
    const struct words *words, const struct phrasing *phrasing)
{
	char address[ENDPOINT_TEXT_MAX];

	switch (argument->kind) {
	case ARGUMENT_ADDRESS:
		append(text, "%s", endpoint_format(family, &event->address,
		    address, sizeof(address)));
		break;
	case ARGUMENT_DATA:
		append_data(text, event, words, phrasing->data_columns);
		break;
	case ARGUMENT_MESSAGE:
		append_data(text, event, words, phrasing->data_columns);
		if (event->address.length != 0)
			append(text, "%s%s", argument->returned ? " from "
			    : ", ", endpoint_format(family, &event->address,
				address, sizeof(address)));
		break;
	case ARGUMENT_MESSAGES:
		append_messages(text, family, event, argument, words,
		    phrasing->data_columns);
		break;
	case ARGUMENT_POLLED:
		append_polled(text, event, words, false);
		break;
	case ARGUMENT_PAIR:
		append(text, "%d, %d", event->pair[0], event->pair[1]);
		break;
	case ARGUMENT_PATH:
		append_path(text, event, words);
		break;
	case ARGUMENT_OFFSET:
		append(text, "%" PRId64, event->offset.passed);
		break;
	case ARGUMENT_NUMBER:
		append(text, "%" PRId64, argument->number);
		break;
	case ARGUMENT_VALUE:
		if (argument->has_number)
			append(text, "%" PRId64, argument->number);
		else
			append(text, "%s", argument->text);
		break;
	case ARGUMENT_SYMBOL:
		/* A protocol of 0 is what a person has written. */
		if (argument->has_number && argument->number == 0) {
			append(text, "0");
			break;
		}
		/* fall through */
	case ARGUMENT_LENGTH:
	case ARGUMENT_NULL:
		append(text, "%.*s", (int)argument->essential, argument->text);
		break;
	case ARGUMENT_NONE:
		break;
	}
}

/* Before what a call filled in: "→ ADDRESS", "26 "bytes" from ADDRESS". */
static const char *
introduction(const struct event *event, const struct argument *argument,
    const struct words *words)
{
	if (argument->kind == ARGUMENT_DATA ||
	    argument->kind == ARGUMENT_MESSAGE ||
	    argument->kind == ARGUMENT_MESSAGES)
		return "";
	return event->result != 0 || call_receives(event->call)
	    ? "from" : words->gives;
}

static bool
is_told(const struct event *event, const struct argument *argument)
{
	if (argument->plumbing || argument->kind == ARGUMENT_NULL)
		return false;
	if (argument->kind == ARGUMENT_MESSAGES)
		return argument->number > 0;
	return argument->kind != ARGUMENT_DATA || event->length != 0 ||
	    !argument->returned;
}

static void
append_result(char text[PHRASE_MAX], const struct event *event,
    const struct words *words, bool filled)
{
	char name[NAME_MAX_TEXT];

	if (event->end_ns == 0)
		append(text, " %s", words->more);
	else if (event->result < 0)
		append(text, " %s %s", errno_passes(event->error)
		    ? words->passes : words->fails,
		    errno_name(event->error, name));
	else if (!filled || event->result != 0 || call_receives(event->call))
		append(text, " = %" PRId64, event->result);
}

char *
phrase_event(const struct family *family, const struct event *event,
    const struct phrasing *phrasing, char text[PHRASE_MAX])
{
	const struct words *words =
	    phrasing->utf8 ? &words_utf8 : &words_ascii;
	struct argument arguments[ARGUMENTS_MAX];
	size_t count = describe_arguments(family, event, arguments);
	const char *separator = "";
	bool filled = false;

	snprintf(text, PHRASE_MAX, "%s(", call_name(event->call));
	for (size_t i = 0; i < count; i++) {
		if (!is_told(event, &arguments[i]))
			continue;
		if (arguments[i].returned) {
			filled = true;
			continue;
		}
		append(text, "%s", separator);
		append_argument(text, family, event, &arguments[i], words,
		    phrasing);
		separator = ", ";
	}
	append(text, ")");
	append_result(text, event, words, filled);
	for (size_t i = 0; i < count; i++) {
		const char *before;

		if (!arguments[i].returned || !is_told(event, &arguments[i]))
			continue;
		before = introduction(event, &arguments[i], words);
		append(text, " %s%s", before, *before != '\0' ? " " : "");
		append_argument(text, family, event, &arguments[i], words,
		    phrasing);
	}
	if (event->call == CALL_POLL && event->result > 0) {
		append(text, " %s ", words->gives);
		append_polled(text, event, words, true);
	}
	return text;
}

char *
phrase_count(uint64_t count, const char *noun, char text[COUNT_MAX])
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, count);
	size_t used = 0;

	for (int i = 0; i < length; i++) {
		if (i != 0 && (length - i) % 3 == 0)
			text[used++] = ',';
		text[used++] = digits[i];
	}
	text[used] = '\0';
	if (*noun != '\0')
		snprintf(text + used, COUNT_MAX - used, " %s%s", noun,
		    count == 1 ? "" : "s");
	return text;
}

char *
phrase_title(const struct report *report, char text[PHRASE_MAX])
{
	const struct choice *choice = &report->request->choice;
	const char *type = type_name(choice->row.type);
	const struct protocol *protocol =
	    protocol_find(choice->family, choice->row.protocol);

	snprintf(text, PHRASE_MAX, "%s %s %s", choice->family->name,
	    type != NULL ? type : "?", choice->protocol);
	if (report->variant != NULL)
		append(text, " (%s)", report->variant);
	append(text, ": %s, %s", choice->family->constant,
	    type != NULL ? type_constant(choice->row.type) : "?");
	if (protocol != NULL)
		append(text, ", %s", protocol->constant);
	return text;
}

static char *
add_line(struct conclusion *conclusion, enum tone tone)
{
	size_t i = conclusion->count++;

	conclusion->line[i].tone = tone;
	conclusion->line[i].text[0] = '\0';
	return conclusion->line[i].text;
}

/* "0.41 ms", "2.50 s" */
static void
append_time(char text[PHRASE_MAX], uint64_t ns)
{
	if (ns < 1000000000)
		append(text, "%.2f ms", (double)ns / 1e6);
	else
		append(text, "%.2f s", (double)ns / 1e9);
}

/* How far it came, of what was to go. */
static void
append_tally(char text[PHRASE_MAX], const struct tally *tally)
{
	char count[COUNT_MAX];
	char all[COUNT_MAX];

	if (tally->round_trips == tally->sent)
		append(text, "%s each way",
		    phrase_count(tally->sent, "message", count));
	else
		append(text, "%s of %s came back",
		    phrase_count(tally->round_trips, "", count),
		    phrase_count(tally->sent, "message", all));
	append(text, ", %s verified",
	    phrase_count(tally->bytes, "byte", count));
}

static void
conclude_works(const struct report *report, struct conclusion *conclusion)
{
	char *text = add_line(conclusion, TONE_GOOD);

	append(text, "%s: ", verdict_name(report->verdict));
	append_tally(text, &report->tally);
	append(text, ", in ");
	append_time(text, report->elapsed_ns);
}

static void
conclude_failure(const struct report *report, struct conclusion *conclusion)
{
	const struct reason *reason = &report->reason;
	enum tone tone = report->verdict == VERDICT_BROKEN ||
	    report->unusable || report->signal != 0 ? TONE_BAD : TONE_CANNOT;
	char *text = add_line(conclusion, tone);
	char name[NAME_MAX_TEXT];

	if (report->signal != 0)
		append(text, "interrupted: SIG%s",
		    sigabbrev_np(report->signal));
	else
		append(text, "%s", report->unusable ? "not possible"
		    : verdict_name(report->verdict));
	if (reason->call != NULL)
		append(text, ": %s()", reason->call);
	if (reason->error != 0)
		append(text, ": %s", errno_name(reason->error, name));
	if (reason->text[0] != '\0')
		append(text, ": %s", reason->text);
	if (report->tally.sent != 0) {
		text = add_line(conclusion, TONE_PLAIN);
		append(text, "before that: ");
		append_tally(text, &report->tally);
	}
}

/* What an unreliable cell may do to messages, where it did. */
static void
conclude_tally(const struct tally *tally, struct conclusion *conclusion)
{
	const struct {
		uint64_t count;
		const char *noun;
		const char *what;
	} rows[] = {
		{ tally->lost, "message", "lost" },
		{ tally->duplicated, "message", "duplicated" },
		{ tally->reordered, "message", "out of order" },
		{ tally->ignored, "packet", "of others passed over" },
	};
	const char *separator = "";
	char count[COUNT_MAX];
	char *text = NULL;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].count == 0)
			continue;
		if (text == NULL)
			text = add_line(conclusion, TONE_PLAIN);
		append(text, "%s%s %s", separator,
		    phrase_count(rows[i].count, rows[i].noun, count),
		    rows[i].what);
		separator = "; ";
	}
}

/* What was set up for the run, and is gone again. */
static void
conclude_made(const struct made *made, struct conclusion *conclusion)
{
	if (made->count == 0 && made->where[0] == '\0')
		return;
	append(add_line(conclusion, TONE_PLAIN), "set up%s%s%s",
	    made->where[0] != '\0' ? " " : "", made->where,
	    made->count != 0 ? ", and gone again:" : ", and gone again");
	for (size_t i = 0; i < made->count; i++)
		append(add_line(conclusion, TONE_PLAIN), "  %s",
		    made->text[i]);
}

void
phrase_conclusion(const struct report *report, struct conclusion *conclusion)
{
	conclusion->count = 0;
	if (report->verdict == VERDICT_WORKS && !report->unusable &&
	    report->signal == 0)
		conclude_works(report, conclusion);
	else
		conclude_failure(report, conclusion);
	conclude_tally(&report->tally, conclusion);
	for (size_t i = 0; i < report->notes; i++)
		append(add_line(conclusion, TONE_PLAIN), "note: %s",
		    report->note[i]);
	conclude_made(&report->made, conclusion);
	if (report->contradiction[0] != '\0')
		append(add_line(conclusion, TONE_BAD), "unexpected: %s",
		    report->contradiction);
}
