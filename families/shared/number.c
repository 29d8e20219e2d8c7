#include "number.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool
take(const char **text, const char *digits, uint32_t base, uint32_t most,
    uint32_t *value)
{
	const char *at = *text;
	uint64_t sum = 0;

	for (; *at != '\0'; at++) {
		const char *digit = strchr(digits, *at);
		uint32_t worth;

		if (digit == NULL)
			break;
		/* Those above 9 are there twice: abcdef, ABCDEF. */
		worth = (uint32_t)(digit - digits);
		sum = sum * base + (worth < base ? worth : worth - 6);
		if (sum > most)
			return false;
	}
	if (at == *text)
		return false;
	*text = at;
	*value = (uint32_t)sum;
	return true;
}

bool
number_take_hex(const char **text, uint32_t most, uint32_t *value)
{
	return take(text, "0123456789abcdefABCDEF", 16, most, value);
}

bool
number_take(const char **text, uint32_t most, uint32_t *value)
{
	const char *digits = *text + 2;

	if (strncmp(*text, "0x", 2) != 0)
		return take(text, "0123456789", 10, most, value);
	if (!number_take_hex(&digits, most, value))
		return false;
	*text = digits;
	return true;
}

int
number_port(const struct wish *wish, uint32_t most, uint32_t *port, char *why,
    size_t room)
{
	*port = 0;
	if (wish->port_given && (wish->port < 0 ||
	    (unsigned long)wish->port > most)) {
		snprintf(why, room, "port %ld is not in 0 to %u", wish->port,
		    most);
		return -ERANGE;
	}
	*port = (uint32_t)wish->port & most;
	return 0;
}

void
number_named(struct field *field, const char *name, size_t offset, size_t size,
    const char *value)
{
	*field = (struct field){ name, offset, size, false, "", "" };
	snprintf(field->value, sizeof(field->value), "%s", value);
}

void
number_field(struct field *field, const char *name, size_t offset, size_t size,
    uint32_t value)
{
	*field = (struct field){ name, offset, size, true, "", "" };
	snprintf(field->value, sizeof(field->value), "%u", value);
}
