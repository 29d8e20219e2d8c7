#include "probes/probe.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "record/errno.h"

const char *
probe_group_name(enum probe_group group)
{
	static const char *const names[GROUP_COUNT] = {
		[GROUP_LIFECYCLE] = "lifecycle",
		[GROUP_NAMING] = "naming",
		[GROUP_CONNECT] = "connect",
		[GROUP_BOUNDARIES] = "boundaries and truncation",
		[GROUP_BUFFERS] = "buffers and flow control",
		[GROUP_END] = "shutdown and end",
		[GROUP_ERRORS] = "errors",
		[GROUP_OPTIONS] = "options",
		[GROUP_ANCILLARY] = "ancillary data",
		[GROUP_MULTICAST] = "multicast and broadcast",
		[GROUP_READINESS] = "non-blocking and readiness",
		[GROUP_SHARING] = "sharing",
	};

	return names[group];
}

int
observe(struct observation *seen, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(seen->answer, sizeof(seen->answer), format, arguments);
	va_end(arguments);
	return 0;
}

int
observe_note(struct observation *seen, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(seen->note, sizeof(seen->note), format, arguments);
	va_end(arguments);
	return 0;
}

const char *
observed_errno(long result)
{
	static char unknown[2][NAME_MAX_TEXT];
	static unsigned next;

	/* Two may stand in one answer. */
	next = 1 - next;
	return result >= 0 ? "ok" : errno_name((int)-result, unknown[next]);
}

bool
scope_holds(const struct scope *scope, const struct choice *choice)
{
	const struct cell *cell = &choice->row;

	if (scope->shapes != 0 && (scope->shapes & 1u << cell->shape) == 0)
		return false;
	if ((cell->traits & scope->with) != scope->with ||
	    (cell->traits & scope->without) != 0)
		return false;
	if (scope->type != 0 && scope->type != cell->type)
		return false;
	if (scope->protocol != NULL &&
	    strcmp(scope->protocol, choice->protocol) != 0)
		return false;
	return scope->variant == NULL || (choice->variant != NULL &&
	    strcmp(scope->variant, choice->variant->name) == 0);
}

bool
probe_applies(const struct probe *probe, const struct choice *choice)
{
	return choice->row.shape != SHAPE_NONE &&
	    scope_holds(&probe->cells, choice) &&
	    (probe->applies == NULL || probe->applies(choice));
}

/* The length of what stands for a placeholder's name in the text; 0: nothing. */
static size_t
filling(const char *placeholder, const char *text)
{
	size_t length = 0;

	if (strncmp(placeholder, "{n}", 3) == 0) {
		while (isdigit((unsigned char)text[length]))
			length++;
		return length;
	}
	if (text[0] != 'E')
		return 0;
	while (isupper((unsigned char)text[length]) ||
	    isdigit((unsigned char)text[length]))
		length++;
	return length > 1 ? length : 0;
}

/* One word, of so many characters. */
static bool
word_fits(const char *word, size_t length, const char *text)
{
	const char *end = word + length;

	while (word < end) {
		size_t filled;

		if (*word != '{') {
			if (*word++ != *text++)
				return false;
			continue;
		}
		filled = filling(word, text);
		if (filled == 0)
			return false;
		text += filled;
		word = strchr(word, '}') + 1;
	}
	return *text == '\0';
}

bool
answer_fits(const char *word, const char *text)
{
	static const char or[] = " or ";

	for (;;) {
		const char *next = strstr(word, or);

		if (word_fits(word, next != NULL ? (size_t)(next - word)
						 : strlen(word), text))
			return true;
		if (next == NULL)
			return false;
		word = next + sizeof(or) - 1;
	}
}

char *
answer_tell(const char *word, char text[ANSWER_TEXT])
{
	static const struct {
		const char *placeholder, *words;
	} rows[] = { { "{errno}", "an errno" }, { "{n}", "N" } };
	size_t length = 0;

	while (*word != '\0' && length < ANSWER_TEXT - 10) {
		const char *words = NULL;

		for (size_t i = 0; i < 2 && words == NULL; i++) {
			size_t size = strlen(rows[i].placeholder);

			if (strncmp(word, rows[i].placeholder, size) != 0)
				continue;
			words = rows[i].words;
			word += size;
		}
		if (words != NULL)
			length += (size_t)snprintf(text + length,
			    ANSWER_TEXT - length, "%s", words);
		else
			text[length++] = *word++;
	}
	text[length] = '\0';
	return text;
}
