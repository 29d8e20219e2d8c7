#include "render/options.h"

#include <string.h>
#include <sys/utsname.h>

#include "record/errno.h"
#include "render/phrase.h"
#include "render/table.h"
#include "render/wrap.h"

/* Room for what stands in a cell of the table, or in a paragraph. */
#define CELL_MAX 4096

/* "get ENOPROTOOPT, set EOPNOTSUPP" */
#define REFUSAL_MAX 128

#define NAME_LEAST 16
#define NAME_MOST 28

/* A value that is read back as it was tried is told again up to here. */
#define SHORT 12

enum { NAME, VALUE, TRIED, GET, SET, COLUMNS };

struct picture {
	FILE *out;
	const struct survey *survey;
	struct table table;
	struct table remarks;	/* indented, across the table */
	char release[sizeof(((struct utsname *)0)->release)];
	const char *arrow;
};

/* Whether nobody may read it, nor set it. */
static bool
is_refused(const struct surveyed *surveyed)
{
	return !tries_succeeded(&surveyed->get) &&
	    !tries_succeeded(&surveyed->set);
}

/* As wide as the longest name that is shown. */
static int
name_width(const struct survey *survey)
{
	size_t width = NAME_LEAST;

	for (size_t i = 0; i < survey->count; i++) {
		size_t length =
		    strlen(survey->surveyed[i].option->constant);

		if (!is_refused(&survey->surveyed[i]) && length > width)
			width = length;
	}
	return (int)(width < NAME_MOST ? width : NAME_MOST);
}

static void
begin(struct picture *picture, FILE *out, const struct survey *survey,
    const struct style *style)
{
	const int shares[COLUMNS] = { -name_width(survey), 1, 1, -4, -4 };
	static const int indented[] = { -2, 1 };
	struct utsname kernel;

	*picture = (struct picture){ .out = out, .survey = survey };
	picture->arrow = style->utf8 ? "→" : "->";
	if (uname(&kernel) == 0)
		strlcpy(picture->release, kernel.release,
		    sizeof(picture->release));
	table_init(&picture->table, out, style, shares, COLUMNS);
	table_init(&picture->remarks, out, style, indented, 2);
}

static void
draw_remark(const struct picture *picture, enum ink ink, const char *text)
{
	const struct table_cell cells[] = { { NULL, INK_PLAIN },
		{ text, ink } };

	table_row(&picture->remarks, cells);
}

/* "fb-c": the states in which it is allowed, of those that the cell has. */
static void
tell_states(const struct survey *survey, const struct tries *tries,
    char text[STATE_COUNT + 1])
{
	text[0] = '\0';
	for (int state = 0; state < STATE_COUNT; state++) {
		const char letter[] = {
			*state_name((enum socket_state)state), '\0'
		};

		if (survey->has[state] && tries_made(tries))
			strlcat(text, tries->made[state] &&
			    tries->error[state] == 0 ? letter : "-",
			    STATE_COUNT + 1);
	}
}

static void
tell_tried(const struct picture *picture, const struct surveyed *surveyed,
    char text[CELL_MAX])
{
	int error = tries_refused(&surveyed->set);
	const char *back = surveyed->read_back;
	char name[NAME_MAX_TEXT];

	text[0] = '\0';
	if (error != 0 && surveyed->tried[0] == '\0')
		strlcpy(text, errno_name(error, name), CELL_MAX);
	else if (error != 0)
		snprintf(text, CELL_MAX, "%s: %s", surveyed->tried,
		    errno_name(error, name));
	else if (back[0] != '\0')
		snprintf(text, CELL_MAX, "%s %s %s", surveyed->tried,
		    picture->arrow, strlen(back) > SHORT &&
		    strcmp(back, surveyed->tried) == 0 ? "the same" : back);
	else if (tries_succeeded(&surveyed->set))
		strlcpy(text, surveyed->tried, CELL_MAX);
}

/* Whether a text looks well in a column: at most two lines, no word cut. */
static bool
fits(const struct picture *picture, int column, const char *text)
{
	size_t width = picture->table.width[column];
	const char *rest = text;

	for (int lines = 0; lines < 2 && *rest != '\0'; lines++) {
		size_t bytes = wrap_line(rest, width, &rest);

		if (*rest != '\0' && text[0] != '\0' && rest[-1] != ' ')
			return false;
		(void)bytes;
	}
	return *rest == '\0';
}

/*
 * Adds "listening: set EISCONN" for what is refused in some states only, or
 * with more than one errno.
 */
static void
tell_refusals(const struct tries *tries, const char *call, char *text)
{
	char name[NAME_MAX_TEXT];

	if (tries_refused(tries) != 0)
		return;
	for (int state = 0; state < STATE_COUNT; state++) {
		size_t used = strlen(text);
		bool told = false;

		if (!tries->made[state] || tries->error[state] == 0)
			continue;
		for (int before = 0; before < state; before++)
			told = told || (tries->made[before] &&
			    tries->error[before] == tries->error[state]);
		if (told)
			snprintf(text + used, CELL_MAX - used, ", %s",
			    state_name((enum socket_state)state));
		else
			snprintf(text + used, CELL_MAX - used,
			    "%s%s %s: %s", used != 0 ? "; " : "", call,
			    errno_name(tries->error[state], name),
			    state_name((enum socket_state)state));
	}
}

/* What a column has no room for, on a line of its own. */
static void
draw_below(const struct picture *picture, const char *what, const char *text)
{
	char line[CELL_MAX + 16];

	if (text == NULL)
		return;
	snprintf(line, sizeof(line), "%s%s", what, text);
	draw_remark(picture, INK_PLAIN, line);
}

static void
draw_surveyed(const struct picture *picture, const struct surveyed *surveyed)
{
	char states[2][STATE_COUNT + 1];
	char tried[CELL_MAX];
	char remark[CELL_MAX] = "";
	char note[REASON_MAX];
	const char *below[COLUMNS];
	struct table_cell cells[COLUMNS] = {
		[NAME] = { surveyed->option->constant, INK_BOLD },
		[VALUE] = { surveyed->value, INK_PLAIN },
		[TRIED] = { tried, INK_PLAIN },
		[GET] = { states[0], INK_GREEN },
		[SET] = { states[1], INK_GREEN },
	};

	tell_states(picture->survey, &surveyed->get, states[0]);
	tell_states(picture->survey, &surveyed->set, states[1]);
	tell_tried(picture, surveyed, tried);
	for (int column = VALUE; column <= TRIED; column++)
		if (fits(picture, column, cells[column].text))
			below[column] = NULL;
		else {
			below[column] = cells[column].text;
			cells[column].text = NULL;
		}
	if (tries_refused(&surveyed->set) != 0)
		cells[TRIED].ink = cells[SET].ink = INK_DIM;
	if (!tries_succeeded(&surveyed->get))
		cells[GET].ink = INK_DIM;
	table_row(&picture->table, cells);
	draw_below(picture, "default: ", below[VALUE]);
	draw_below(picture, "tried: ", below[TRIED]);
	tell_refusals(&surveyed->get, "get", remark);
	tell_refusals(&surveyed->set, "set", remark);
	surveyed_note(surveyed, picture->release, note, sizeof(note));
	if (note[0] != '\0' && remark[0] != '\0')
		strlcat(remark, "; ", sizeof(remark));
	strlcat(remark, note, sizeof(remark));
	if (remark[0] != '\0')
		draw_remark(picture, INK_DIM, remark);
}

/* "get ENOPROTOOPT, set EPERM": how both are refused, in one word if they can. */
static void
tell_refusal(const struct surveyed *surveyed, char *text, size_t room)
{
	int get = tries_refused(&surveyed->get);
	int set = tries_refused(&surveyed->set);
	char name[2][NAME_MAX_TEXT];

	if (!tries_made(&surveyed->get) && !tries_made(&surveyed->set))
		strlcpy(text, surveyed->stuck ? "did not return"
					      : "not asked", room);
	else if ((get == 0 && tries_made(&surveyed->get)) ||
	    (set == 0 && tries_made(&surveyed->set)))
		strlcpy(text, "refused, with several errnos", room);
	else if (get == set || set == 0 || get == 0)
		strlcpy(text, errno_name(get != 0 ? get : set, name[0]),
		    room);
	else
		snprintf(text, room, "get %s, set %s",
		    errno_name(get, name[0]), errno_name(set, name[1]));
}

/* The options of a level from `first` on that are refused as that one is. */
static void
draw_refused(const struct picture *picture, size_t first, size_t end)
{
	const struct survey *survey = picture->survey;
	char refusal[REFUSAL_MAX], other[REFUSAL_MAX];
	char text[CELL_MAX];
	char note[REASON_MAX];

	tell_refusal(&survey->surveyed[first], refusal, sizeof(refusal));
	snprintf(text, sizeof(text), "%s:", refusal);
	for (size_t i = first; i < end; i++) {
		const struct surveyed *surveyed = &survey->surveyed[i];
		size_t used = strlen(text);

		if (!is_refused(surveyed))
			continue;
		tell_refusal(surveyed, other, sizeof(other));
		if (strcmp(other, refusal) != 0)
			continue;
		surveyed_note(surveyed, picture->release, note, sizeof(note));
		snprintf(text + used, sizeof(text) - used, "%s %s%s%s%s",
		    i != first ? "," : "", surveyed->option->constant,
		    note[0] != '\0' ? " (" : "", note,
		    note[0] != '\0' ? ")" : "");
	}
	draw_remark(picture, INK_DIM, text);
}

/* Those that nobody may read or set, each kind of refusal once. */
static void
draw_all_refused(const struct picture *picture, size_t begin, size_t end)
{
	const struct survey *survey = picture->survey;
	char refusal[REFUSAL_MAX], other[REFUSAL_MAX];

	for (size_t i = begin; i < end; i++) {
		bool told = false;

		if (!is_refused(&survey->surveyed[i]))
			continue;
		tell_refusal(&survey->surveyed[i], refusal, sizeof(refusal));
		for (size_t j = begin; j < i && !told; j++) {
			tell_refusal(&survey->surveyed[j], other,
			    sizeof(other));
			told = is_refused(&survey->surveyed[j]) &&
			    strcmp(refusal, other) == 0;
		}
		if (!told)
			draw_refused(picture, i, end);
	}
}

static void
draw_level(const struct picture *picture, size_t begin, size_t end)
{
	const struct survey *survey = picture->survey;
	const struct table_cell heading[COLUMNS] = {
		[NAME] = { survey->surveyed[begin].level->constant,
		    INK_BOLD },
		[VALUE] = { "default", INK_BOLD },
		[TRIED] = { picture->arrow[0] == '-' ? "tried -> read back"
		    : "tried → read back", INK_BOLD },
		[GET] = { "get", INK_BOLD }, [SET] = { "set", INK_BOLD },
	};

	fputc('\n', picture->out);
	table_row(&picture->table, heading);
	table_rule(&picture->table);
	for (size_t i = begin; i < end; i++)
		if (!is_refused(&survey->surveyed[i]))
			draw_surveyed(picture, &survey->surveyed[i]);
	draw_all_refused(picture, begin, end);
}

/* What the letters are, and how many options may be what. */
static void
draw_summary(const struct picture *picture)
{
	const struct survey *survey = picture->survey;
	size_t readable = 0, settable = 0, refused = 0;
	char options[COUNT_MAX];
	const char *separator = "\n";

	for (int state = 0; state < STATE_COUNT; state++) {
		const char *name = state_name((enum socket_state)state);

		if (!survey->has[state])
			continue;
		fprintf(picture->out, "%s%c %s", separator, name[0], name);
		separator = ", ";
	}
	fprintf(picture->out, ": the states in which it is allowed\n");
	for (size_t i = 0; i < survey->count; i++) {
		readable += tries_succeeded(&survey->surveyed[i].get);
		settable += tries_succeeded(&survey->surveyed[i].set);
		refused += is_refused(&survey->surveyed[i]);
	}
	fprintf(picture->out, "%s: %zu can be read, %zu set, %zu neither\n",
	    phrase_count(survey->count, "option", options), readable,
	    settable, refused);
	if (survey->left[0] != '\0')
		fprintf(picture->out, "%s\n", survey->left);
}

void
render_options_table(FILE *out, const struct survey *survey,
    const struct style *style)
{
	struct picture picture;
	char title[PHRASE_MAX];

	begin(&picture, out, survey, style);
	fprintf(out, "%s\n", phrase_title(&survey->exchange, title));
	for (size_t begin_of = 0, end; begin_of < survey->count;
	     begin_of = end) {
		int level = survey->surveyed[begin_of].level->number;

		end = begin_of;
		while (end < survey->count &&
		    survey->surveyed[end].level->number == level)
			end++;
		draw_level(&picture, begin_of, end);
	}
	draw_summary(&picture);
}

static int
list_one(const struct option_level *level, const struct option_name *option,
    void *context)
{
	char number[16];
	const struct table_cell cells[] = {
		{ level->constant, INK_PLAIN }, { option->constant, INK_BOLD },
		{ number, INK_PLAIN },
		{ reading_name(option->value), INK_PLAIN },
		{ option->since, INK_PLAIN },
	};

	snprintf(number, sizeof(number), "%d", option->name);
	table_row(context, cells);
	return 0;
}

void
render_options_known(FILE *out, const struct choice *choice,
    const struct style *style)
{
	static const int shares[] = { -14, -36, -5, -8, 1 };
	static const struct table_cell heading[] = {
		{ "level", INK_BOLD }, { "option", INK_BOLD },
		{ "", INK_BOLD }, { "value", INK_BOLD }, { "since", INK_BOLD },
	};
	struct table table;

	table_init(&table, out, style, shares, 5);
	table_row(&table, heading);
	if (choice != NULL) {
		options_each(choice, list_one, &table);
		return;
	}
	options_every(&socket_level, list_one, &table);
	for (size_t i = 0; families[i] != NULL; i++)
		for (const struct option_level *level = families[i]->levels;
		     level != NULL && level->constant != NULL; level++)
			options_every(level, list_one, &table);
}
