#include "render/value.h"

#include <stdlib.h>
#include <string.h>

#include "record/errno.h"
#include "text/escape.h"

json_t *
value_text(const char *text)
{
	json_t *string = json_string(text);
	char *escaped;
	size_t room;

	if (string != NULL)
		return string;
	room = 4 * strlen(text) + 1;
	escaped = malloc(room);
	if (escaped == NULL)
		return NULL;
	escape_text(text, strlen(text), escaped, room);
	string = json_string(escaped);
	free(escaped);
	return string;
}

json_t *
value_text_or_null(const char *text)
{
	return text != NULL && text[0] != '\0' ? value_text(text) : json_null();
}

json_t *
value_count(uint64_t count)
{
	return json_integer((json_int_t)count);
}

json_t *
value_errno(int error)
{
	char text[NAME_MAX_TEXT];

	return error != 0 ? json_string(errno_name(error, text)) : json_null();
}

void
value_set(json_t *object, const char *name, json_t *value, bool *failed)
{
	if (json_object_set_new(object, name, value) != 0)
		*failed = true;
}

json_t *
value_finish(json_t *json, bool failed)
{
	if (!failed)
		return json;
	json_decref(json);
	return NULL;
}
