/* The object of `options --format json`: the exchange's, and `options` in it. */
#include <sys/utsname.h>

#include "render/json.h"
#include "render/options.h"
#include "render/value.h"

/* In each state that was tried: null where it was allowed, else the errno. */
static json_t *
tries_json(const struct tries *tries)
{
	json_t *object;
	bool failed = false;

	if (!tries_made(tries))
		return json_null();
	object = json_object();
	for (int state = 0; state < STATE_COUNT; state++)
		if (tries->made[state])
			value_set(object, state_name((enum socket_state)state),
			    value_errno(tries->error[state]), &failed);
	return value_finish(object, failed);
}

static json_t *
surveyed_json(const struct surveyed *surveyed, const char *release)
{
	const struct option_name *option = surveyed->option;
	char note[REASON_MAX];
	json_t *object = json_object();
	bool failed = false;

	surveyed_note(surveyed, release, note, sizeof(note));
	value_set(object, "level", value_text(surveyed->level->constant),
	    &failed);
	value_set(object, "name", value_text(option->constant), &failed);
	value_set(object, "value", value_text(reading_name(option->value)),
	    &failed);
	value_set(object, "get", tries_json(&surveyed->get), &failed);
	value_set(object, "set", tries_json(&surveyed->set), &failed);
	value_set(object, "default", value_text_or_null(surveyed->value),
	    &failed);
	value_set(object, "tried", value_text_or_null(surveyed->tried),
	    &failed);
	value_set(object, "read_back",
	    value_text_or_null(surveyed->read_back), &failed);
	value_set(object, "note", value_text_or_null(note), &failed);
	return value_finish(object, failed);
}

static json_t *
options_json(const struct survey *survey)
{
	json_t *array = json_array();
	struct utsname kernel;
	bool failed = uname(&kernel) != 0;

	for (size_t i = 0; !failed && i < survey->count; i++)
		if (json_array_append_new(array, surveyed_json(
		    &survey->surveyed[i], kernel.release)) != 0)
			failed = true;
	return value_finish(array, failed);
}

static void
print(FILE *out, json_t *whole)
{
	/* Controls that JSON allows could drive a terminal: ASCII only. */
	if (whole != NULL && json_dumpf(whole, out,
	    JSON_INDENT(2) | JSON_ENSURE_ASCII) == 0)
		fputc('\n', out);
	json_decref(whole);
}

void
render_options_json(FILE *out, const struct survey *survey,
    const struct style *style)
{
	json_t *whole = report_json(&survey->exchange);
	bool failed = whole == NULL;

	(void)style;
	if (!failed) {
		value_set(whole, "isolated", json_boolean(survey->isolated),
		    &failed);
		value_set(whole, "setup", made_json(&survey->made), &failed);
		value_set(whole, "options", options_json(survey), &failed);
	}
	print(out, whole);
}

struct known {
	json_t *array;
	const char *family;	/* NULL: everybody's */
	bool failed;
};

static int
add_known(const struct option_level *level, const struct option_name *option,
    void *context)
{
	struct known *known = context;
	json_t *object = json_object();

	value_set(object, "family", known->family != NULL
	    ? json_string(known->family) : json_null(), &known->failed);
	value_set(object, "level", value_text(level->constant),
	    &known->failed);
	value_set(object, "level_number", json_integer(level->number),
	    &known->failed);
	value_set(object, "name", value_text(option->constant),
	    &known->failed);
	value_set(object, "number", json_integer(option->name),
	    &known->failed);
	value_set(object, "value", value_text(reading_name(option->value)),
	    &known->failed);
	value_set(object, "since", value_text_or_null(option->since),
	    &known->failed);
	value_set(object, "until", value_text_or_null(option->until),
	    &known->failed);
	if (json_array_append_new(known->array, object) != 0)
		known->failed = true;
	return known->failed;
}

void
render_options_known_json(FILE *out, const struct choice *choice)
{
	struct known known = { .array = json_array() };
	json_t *whole = json_object();

	if (choice != NULL) {
		known.family = choice->family->name;
		options_each(choice, add_known, &known);
	} else {
		options_every(&socket_level, add_known, &known);
		for (size_t i = 0; families[i] != NULL; i++) {
			known.family = families[i]->name;
			for (const struct option_level *level =
			    families[i]->levels; level != NULL &&
			    level->constant != NULL; level++)
				options_every(level, add_known, &known);
		}
	}
	value_set(whole, "sockdemo", json_string(SOCKDEMO_VERSION),
	    &known.failed);
	value_set(whole, "options", known.array, &known.failed);
	print(out, value_finish(whole, known.failed));
}
