#include "record/option.h"

#include <linux/filter.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "record/errno.h"
#include "text/quote.h"

/* The level of that number; of several with one, those after `row`. */
static const struct option_level *
next_level(const struct option_level *row, int64_t number)
{
	for (; row != NULL && row->constant != NULL; row++)
		if (row->number == number)
			return row;
	return NULL;
}

static const struct option_name *
find_in(const struct option_level *level, int64_t name)
{
	for (const struct option_name *row = level->options;
	     row->constant != NULL; row++)
		if (row->name == name)
			return row;
	return NULL;
}

/* The row of an option of any level, or NULL. */
static const struct option_name *
find_option(const struct family *family, int64_t level, int64_t name)
{
	const struct option_level *row = family->levels;
	const struct option_name *found = NULL;

	if (level == socket_level.number)
		return find_in(&socket_level, name);
	while (found == NULL && (row = next_level(row, level)) != NULL)
		found = find_in(row++, name);
	return found;
}

void
option_tell_level(const struct family *family, int64_t level, char *text,
    size_t room)
{
	const struct option_level *row = level == socket_level.number
	    ? &socket_level : next_level(family->levels, level);

	if (row != NULL)
		snprintf(text, room, "%s", row->constant);
	else
		snprintf(text, room, "0x%x /* SOL_?? */", (unsigned)level);
}

void
option_tell_name(const struct family *family, int64_t level, int64_t name,
    char *text, size_t room)
{
	const struct option_name *row = find_option(family, level, name);

	if (row != NULL)
		snprintf(text, room, "%s", row->constant);
	else if (level == socket_level.number)
		snprintf(text, room, "0x%x /* SO_??? */", (unsigned)name);
	else
		snprintf(text, room, "%d", (int)name);
}

/* The value's bytes as a struct of that size, or false. */
static bool
value_as(const struct event *event, void *value, size_t size)
{
	if (event->length != size || event->kept != size)
		return false;
	memcpy(value, event->data, size);
	return true;
}

bool
option_tell_value(const struct family *family, const struct event *event,
    int64_t *number, char *text, size_t room)
{
	const struct option_name *row =
	    find_option(family, event->number[1], event->number[2]);
	enum option_value kind = row != NULL ? row->value : OPTION_INT;
	struct linger linger;
	struct timeval time;
	struct sock_fprog filter;
	char quoted[QUOTE_MAX];
	char name[NAME_MAX_TEXT];
	int value;

	if (kind == OPTION_LINGER && value_as(event, &linger, sizeof(linger)))
		snprintf(text, room, "{l_onoff=%d, l_linger=%d}",
		    linger.l_onoff, linger.l_linger);
	else if (kind == OPTION_TIMEVAL && value_as(event, &time, sizeof(time)))
		snprintf(text, room, "{tv_sec=%lld, tv_usec=%lld}",
		    (long long)time.tv_sec, (long long)time.tv_usec);
	else if (kind == OPTION_FILTER &&
	    value_as(event, &filter, sizeof(filter)))
		snprintf(text, room, "{len=%u, filter=%p}", filter.len,
		    (void *)filter.filter);
	else if (value_as(event, &value, sizeof(value))) {
		if (kind == OPTION_ERRNO && value != 0)
			snprintf(text, room, "[%s]", errno_name(value, name));
		else
			snprintf(text, room, "[%d]", value);
		*number = value;
		return true;
	} else
		snprintf(text, room, "%s", quote_bytes(event->data,
		    event->kept, event->length, quoted));
	return false;
}
