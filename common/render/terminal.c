#include "render/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_DEFAULT 80
#define WIDTH_LEAST 40
#define WIDTH_MOST 200

static unsigned
clamp(unsigned long width)
{
	if (width < WIDTH_LEAST)
		return WIDTH_LEAST;
	return width > WIDTH_MOST ? WIDTH_MOST : (unsigned)width;
}

static unsigned
find_width(FILE *out)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	char *end;
	unsigned long number;

	if (columns != NULL && *columns >= '0' && *columns <= '9') {
		number = strtoul(columns, &end, 10);
		if (*end == '\0')
			return clamp(number);
	}
	if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
		return clamp(size.ws_col);
	return WIDTH_DEFAULT;
}

/* no-color.org: NO_COLOR counts when it is there and not empty. */
static bool
wants_color(FILE *out)
{
	const char *no_color = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	if (no_color != NULL && *no_color != '\0')
		return false;
	if (terminal == NULL || *terminal == '\0' ||
	    strcmp(terminal, "dumb") == 0)
		return false;
	return isatty(fileno(out)) == 1;
}

/*
 * Whether the locale's codeset is UTF-8, by its name (locale(7)): asking
 * setlocale() would open half a dozen files, at every start.
 */
static bool
locale_is_utf8(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_CTYPE",
		"LANG" };
	const char *name = NULL;
	const char *codeset;

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		name = getenv(variables[i]);
		if (name != NULL && *name != '\0')
			break;
	}
	codeset = name != NULL ? strchr(name, '.') : NULL;
	return codeset != NULL && (strncasecmp(codeset, ".utf-8", 6) == 0 ||
	    strncasecmp(codeset, ".utf8", 5) == 0);
}

void
terminal_style(FILE *out, enum color_choice color, struct style *style)
{
	style->utf8 = locale_is_utf8();
	style->color = color == COLOR_ALWAYS ||
	    (color == COLOR_AUTO && wants_color(out));
	style->width = find_width(out);
}
