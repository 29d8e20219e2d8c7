#include "family/endpoint.h"

#include <stdio.h>
#include <string.h>

#include "family/family.h"
#include "text/escape.h"

void
endpoint_set(struct endpoint *endpoint, const void *address, size_t length)
{
	if (length > sizeof(endpoint->storage))
		length = sizeof(endpoint->storage);
	memset(endpoint, 0, sizeof(*endpoint));
	memcpy(endpoint->bytes, address, length);
	endpoint->length = (socklen_t)length;
}

static void
format_bytes(const struct endpoint *endpoint, char *text, size_t room)
{
	size_t used = 0;

	text[0] = '\0';
	for (socklen_t i = 0; i < endpoint->length && used + 3 <= room; i++) {
		snprintf(text + used, room - used, "%02x", endpoint->bytes[i]);
		used += 2;
	}
}

char *
endpoint_format(const struct family *family, const struct endpoint *endpoint,
    char *text, size_t room)
{
	char raw[ENDPOINT_TEXT_MAX];

	if (endpoint->length == 0)
		snprintf(text, room, "(none)");
	else if (family->format == NULL ||
	    family->format(endpoint, raw, sizeof(raw)) != 0)
		format_bytes(endpoint, text, room);
	else
		/* A peer chooses its name, and may put anything into it. */
		escape_text(raw, strlen(raw), text, room);
	return text;
}

int
endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->length == b->length &&
	    memcmp(a->bytes, b->bytes, a->length) == 0;
}
