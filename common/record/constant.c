#include "record/constant.h"

#include <stdio.h>
#include <string.h>

/* Appends to text what fits, behind a '|' where something stands before. */
static void
join(char *text, size_t room, const char *word)
{
	size_t used = strlen(text);

	snprintf(text + used, room - used, "%s%s", used != 0 ? "|" : "", word);
}

void
constant_join(const struct constant *row, unsigned flags, const char *unknown,
    char *text, size_t room)
{
	char number[48];
	bool any = text[0] != '\0';

	for (; row->name != NULL; row++) {
		if ((flags & row->number) != row->number)
			continue;
		join(text, room, row->name);
		flags &= ~row->number;
		any = true;
	}
	if (flags == 0 && any)
		return;
	if (any)
		snprintf(number, sizeof(number), "0x%x", flags);
	else if (flags != 0)
		snprintf(number, sizeof(number), "0x%x /* %s */", flags,
		    unknown);
	else
		snprintf(number, sizeof(number), "0");
	join(text, room, number);
}

void
constant_name(const struct constant *row, int64_t number, const char *unknown,
    char *text, size_t room)
{
	for (; row->name != NULL; row++)
		if (row->number == (unsigned)number) {
			snprintf(text, room, "%s", row->name);
			return;
		}
	snprintf(text, room, "0x%x /* %s */", (unsigned)number, unknown);
}
