#include "saying.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void put(struct verification *verification, const char *format,
    va_list arguments) __attribute__((format(printf, 2, 0)));

static void
put(struct verification *verification, const char *format, va_list arguments)
{
	char *added = verification->text + strlen(verification->text);

	vsnprintf(added, sizeof(verification->text) -
	    (size_t)(added - verification->text), format, arguments);
	/* An interface may have any name; it is to drive no terminal. */
	for (; *added != '\0'; added++)
		if (*added != '\n' && (*added < ' ' || *added > '~'))
			*added = '?';
}

void
saying_add(struct verification *verification, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put(verification, format, arguments);
	va_end(arguments);
}

void
saying_add_hex(struct verification *verification, const void *bytes,
    size_t length, size_t most)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < length && i < most; i++)
		saying_add(verification, "%02x", byte[i]);
	if (length > most)
		saying_add(verification, "...");
}

int
saying_wrong(struct verification *verification, int error, const char *format,
    ...)
{
	va_list arguments;

	verification->text[0] = '\0';
	va_start(arguments, format);
	put(verification, format, arguments);
	va_end(arguments);
	return error;
}
