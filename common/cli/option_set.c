#include "cli/option_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show.h"
#include "render/render.h"

#define LONGEST_TIMEOUT_S 1e6

int
option_complain(const char *what, const char *value, const char *why)
{
	tell_error("%s '%s': %s", what, value, why);
	return STATUS_USAGE;
}

int
option_set_family(struct options *options, const char *value)
{
	options->family = value;
	return 0;
}

int
option_set_type(struct options *options, const char *value)
{
	options->type = value;
	return 0;
}

int
option_set_protocol(struct options *options, const char *value)
{
	options->protocol = value;
	return 0;
}

int
option_set_variant(struct options *options, const char *value)
{
	options->variant = value;
	return 0;
}

int
option_set_host(struct options *options, const char *value)
{
	options->host = value;
	return 0;
}

int
option_set_port(struct options *options, const char *value)
{
	char *end;

	errno = 0;
	options->port = strtol(value, &end, 10);
	if (end == value || *end != '\0' || errno != 0)
		return option_complain("port", value, "not a whole number");
	if (options->port < 0)
		return option_complain("port", value, "below 0");
	return 0;
}

/* A whole number, perhaps with K, M or G (1024, its square, its cube). */
static int
parse_amount(const char *value, uint64_t *amount)
{
	static const char units[] = "KMG";
	unsigned long long number;
	const char *unit;
	char *end;

	errno = 0;
	number = strtoull(value, &end, 10);
	if (*value < '0' || *value > '9' || errno != 0)
		return -EINVAL;
	if (*end != '\0') {
		unit = strchr(units, *end);
		if (unit == NULL || end[1] != '\0' ||
		    number > UINT64_MAX >> (10 * (unit - units + 1)))
			return -EINVAL;
		number <<= 10 * (unit - units + 1);
	}
	*amount = number;
	return 0;
}

int
option_set_messages(struct options *options, const char *value)
{
	if (parse_amount(value, &options->messages) != 0 ||
	    options->messages == 0 || options->messages > UINT32_MAX)
		return option_complain("messages", value,
		    "not a whole number from 1 to 4294967295");
	return 0;
}

int
option_set_size(struct options *options, const char *value)
{
	if (parse_amount(value, &options->size) != 0 ||
	    options->size > (uint64_t)1 << 40)
		return option_complain("size", value,
		    "not a number of bytes (K, M or G may follow)");
	return 0;
}

int
option_set_text(struct options *options, const char *value)
{
	options->text = value;
	return 0;
}

int
option_set_file(struct options *options, const char *value)
{
	options->file = value;
	return 0;
}

int
option_set_timeout(struct options *options, const char *value)
{
	char *end;
	double seconds;

	errno = 0;
	seconds = strtod(value, &end);
	if (end == value || *end != '\0' || errno != 0 ||
	    !(seconds >= 0.001 && seconds <= LONGEST_TIMEOUT_S))
		return option_complain("timeout", value,
		    "not a number of seconds from 0.001 to 1000000");
	options->timeout_ns = (int64_t)(seconds * 1e9);
	options->timeout_given = true;
	return 0;
}

int
option_set_format(struct options *options, const char *value)
{
	for (const struct renderer *row = renderers; row->name != NULL; row++)
		if (strcmp(row->name, value) == 0) {
			options->format = value;
			return 0;
		}
	return option_complain("format", value,
	    "there are: ladder text strace json");
}

int
option_set_color(struct options *options, const char *value)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], value) == 0) {
			options->color = (enum color_choice)i;
			return 0;
		}
	return option_complain("color", value, "there are: auto always never");
}

int
option_set_setup(struct options *options, const char *value)
{
	(void)value;
	options->setup = true;
	return 0;
}

int
option_set_keep_modules(struct options *options, const char *value)
{
	(void)value;
	options->keep_modules = true;
	return 0;
}

int
option_set_chat(struct options *options, const char *value)
{
	(void)value;
	options->chat = true;
	return 0;
}

int
option_set_known(struct options *options, const char *value)
{
	(void)value;
	options->known = true;
	return 0;
}

int
option_set_list(struct options *options, const char *value)
{
	(void)value;
	options->list = true;
	return 0;
}

int
option_set_ladder(struct options *options, const char *value)
{
	(void)value;
	options->ladder = true;
	return 0;
}

int
option_set_help(struct options *options, const char *value)
{
	(void)value;
	options->help = true;
	return 0;
}

int
option_set_version(struct options *options, const char *value)
{
	(void)value;
	options->version = true;
	return 0;
}
