#include "options/reading.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "family/cell.h"
#include "record/errno.h"
#include "text/escape.h"

/* So many bytes are told before the rest is cut. */
#define BYTES_MOST 16

/* The value of one option, or of a member of one. */
struct value {
	const struct family *family;
	const unsigned char *bytes;
	size_t length;
	const struct option_word *words;
	const struct option_field *fields;
};

/* Writes a kind of value. Returns false for bytes that are none. */
typedef bool teller(const struct value *value, char *text, size_t room);

static void add(char *text, size_t room, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
add(char *text, size_t room, const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + used, room - used, format, arguments);
	va_end(arguments);
}

static bool
read_number(const struct value *value, uint64_t *number)
{
	uint8_t one;
	uint16_t two;
	uint32_t four;

	switch (value->length) {
	case sizeof(one):
		*number = value->bytes[0];
		return true;
	case sizeof(two):
		memcpy(&two, value->bytes, sizeof(two));
		*number = two;
		return true;
	case sizeof(four):
		memcpy(&four, value->bytes, sizeof(four));
		*number = four;
		return true;
	case sizeof(*number):
		memcpy(number, value->bytes, sizeof(*number));
		return true;
	default:
		return false;
	}
}

static bool
read_signed(const struct value *value, int64_t *number)
{
	uint64_t bits;

	if (!read_number(value, &bits))
		return false;
	*number = value->length == 1 ? (int8_t)bits
	    : value->length == 2 ? (int16_t)bits
	    : value->length == 4 ? (int32_t)bits : (int64_t)bits;
	return true;
}

static bool
tell_int(const struct value *value, char *text, size_t room)
{
	int64_t number;

	if (!read_signed(value, &number))
		return false;
	snprintf(text, room, "%lld", (long long)number);
	return true;
}

static bool
tell_unsigned(const struct value *value, char *text, size_t room)
{
	uint64_t number;

	if (!read_number(value, &number))
		return false;
	snprintf(text, room, "%llu", (unsigned long long)number);
	return true;
}

static bool
tell_hex(const struct value *value, char *text, size_t room)
{
	uint64_t number;

	if (!read_number(value, &number))
		return false;
	snprintf(text, room, "%#llx", (unsigned long long)number);
	return true;
}

static bool
tell_bool(const struct value *value, char *text, size_t room)
{
	uint64_t number;

	if (!read_number(value, &number))
		return false;
	snprintf(text, room, "%s", number != 0 ? "on" : "off");
	return true;
}

static bool
tell_errno(const struct value *value, char *text, size_t room)
{
	char name[NAME_MAX_TEXT];
	int64_t number;

	if (!read_signed(value, &number))
		return false;
	snprintf(text, room, "%s", number != 0
	    ? errno_name((int)number, name) : "no error");
	return true;
}

static bool
tell_word(const struct value *value, char *text, size_t room)
{
	int64_t number;

	if (!read_signed(value, &number))
		return false;
	for (const struct option_word *word = value->words;
	     word != NULL && word->name != NULL; word++)
		if (word->number == number) {
			snprintf(text, room, "%s", word->name);
			return true;
		}
	snprintf(text, room, "%lld", (long long)number);
	return true;
}

static bool
tell_flags(const struct value *value, char *text, size_t room)
{
	uint64_t left;

	if (!read_number(value, &left))
		return false;
	text[0] = '\0';
	for (const struct option_word *word = value->words;
	     word != NULL && word->name != NULL; word++) {
		uint64_t bits = (uint64_t)word->number;

		if ((left & bits) != bits)
			continue;
		add(text, room, "%s%s", text[0] != '\0' ? "|" : "",
		    word->name);
		left &= ~bits;
	}
	if (left != 0)
		add(text, room, "%s%#llx", text[0] != '\0' ? "|" : "",
		    (unsigned long long)left);
	else if (text[0] == '\0')
		add(text, room, "none");
	return true;
}

static bool
tell_domain(const struct value *value, char *text, size_t room)
{
	int64_t number;

	if (!read_signed(value, &number))
		return false;
	snprintf(text, room, "%lld", (long long)number);
	/* Two may share a number; the socket's own is meant. */
	if (value->family->domain == number)
		snprintf(text, room, "%s", value->family->constant);
	else
		for (size_t i = 0; families[i] != NULL; i++)
			if (families[i]->domain == number) {
				snprintf(text, room, "%s",
				    families[i]->constant);
				break;
			}
	return true;
}

static bool
tell_protocol(const struct value *value, char *text, size_t room)
{
	const struct protocol *protocol;
	int64_t number;

	if (!read_signed(value, &number))
		return false;
	protocol = value->family->protocols != NULL
	    ? protocol_find(value->family, (int)number) : NULL;
	if (protocol != NULL)
		snprintf(text, room, "%s", protocol->constant);
	else
		snprintf(text, room, "%lld", (long long)number);
	return true;
}

static bool
tell_network(const struct value *value, char *text, size_t room)
{
	uint64_t number = 0;

	if (value->length > sizeof(number))
		return false;
	for (size_t i = 0; i < value->length; i++)
		number = number << 8 | value->bytes[i];
	snprintf(text, room, "%llu", (unsigned long long)number);
	return true;
}

static bool
tell_linger(const struct value *value, char *text, size_t room)
{
	struct linger linger;

	if (value->length != sizeof(linger))
		return false;
	memcpy(&linger, value->bytes, sizeof(linger));
	if (linger.l_onoff != 0)
		snprintf(text, room, "on, %d s", linger.l_linger);
	else
		snprintf(text, room, "off");
	return true;
}

static bool
tell_timeval(const struct value *value, char *text, size_t room)
{
	struct timeval time;

	if (value->length != sizeof(time))
		return false;
	memcpy(&time, value->bytes, sizeof(time));
	snprintf(text, room, "%.9g s",
	    (double)time.tv_sec + (double)time.tv_usec / 1e6);
	return true;
}

static bool
tell_filter(const struct value *value, char *text, size_t room)
{
	struct sock_fprog program;

	if (value->length != sizeof(program))
		return false;
	memcpy(&program, value->bytes, sizeof(program));
	snprintf(text, room, "%u instruction%s", program.len,
	    program.len == 1 ? "" : "s");
	return true;
}

static bool
tell_program(const struct value *value, char *text, size_t room)
{
	int64_t number;

	if (!read_signed(value, &number))
		return false;
	snprintf(text, room, number >= 0 ? "a program" : "none");
	return true;
}

static bool
tell_string(const struct value *value, char *text, size_t room)
{
	size_t length = strnlen((const char *)value->bytes, value->length);

	if (length == 0)
		snprintf(text, room, "nothing");
	else
		escape_text(value->bytes, length, text, room);
	return true;
}

static bool
tell_ucred(const struct value *value, char *text, size_t room)
{
	struct ucred ucred;

	if (value->length != sizeof(ucred))
		return false;
	memcpy(&ucred, value->bytes, sizeof(ucred));
	text[0] = '\0';
	if (ucred.pid == 0 && ucred.uid == (uid_t)-1)
		add(text, room, "nobody");
	else if (ucred.pid == getpid())
		add(text, room, "pid: its own, uid %u, gid %u", ucred.uid,
		    ucred.gid);
	else
		add(text, room, "pid %d, uid %u, gid %u", (int)ucred.pid,
		    ucred.uid, ucred.gid);
	return true;
}

static bool
tell_groups(const struct value *value, char *text, size_t room)
{
	text[0] = '\0';
	if (value->length % sizeof(gid_t) != 0)
		return false;
	for (size_t at = 0; at < value->length; at += sizeof(gid_t)) {
		gid_t gid;

		memcpy(&gid, value->bytes + at, sizeof(gid));
		add(text, room, "%s%u", at != 0 ? ", " : "gid ", gid);
	}
	return true;
}

static bool
tell_address(const struct value *value, char *text, size_t room)
{
	struct endpoint endpoint;
	char address[ENDPOINT_TEXT_MAX];

	if (value->length > sizeof(endpoint.storage))
		return false;
	endpoint_set(&endpoint, value->bytes, value->length);
	snprintf(text, room, "%s", endpoint_format(value->family, &endpoint,
	    address, sizeof(address)));
	return true;
}

static bool
tell_bytes(const struct value *value, char *text, size_t room)
{
	size_t shown = value->length < BYTES_MOST ? value->length : BYTES_MOST;
	size_t zeros = 0;

	while (zeros < value->length && value->bytes[zeros] == 0)
		zeros++;
	text[0] = '\0';
	if (zeros == value->length)
		add(text, room, "%zu zero byte%s", zeros,
		    zeros == 1 ? "" : "s");
	for (size_t at = 0; at < shown && zeros < value->length; at++)
		add(text, room, "%02x", value->bytes[at]);
	if (shown < value->length && zeros < value->length)
		add(text, room, "... (%zu bytes)", value->length);
	return true;
}

static bool tell_fields(const struct value *value, char *text, size_t room);

static const struct kind {
	const char *name;
	size_t size;
	teller *tell;
} kinds[OPTION_VALUE_COUNT] = {
	[OPTION_INT] = { "int", sizeof(int), tell_int },
	[OPTION_UNSIGNED] = { "unsigned", sizeof(int), tell_unsigned },
	[OPTION_HEX] = { "hex", sizeof(int), tell_hex },
	[OPTION_BOOL] = { "bool", sizeof(int), tell_bool },
	[OPTION_ERRNO] = { "errno", sizeof(int), tell_errno },
	[OPTION_WORD] = { "word", sizeof(int), tell_word },
	[OPTION_FLAGS] = { "flags", sizeof(int), tell_flags },
	[OPTION_DOMAIN] = { "family", sizeof(int), tell_domain },
	[OPTION_PROTOCOL] = { "protocol", sizeof(int), tell_protocol },
	[OPTION_NETWORK] = { "network", sizeof(int), tell_network },
	[OPTION_LINGER] = { "linger", sizeof(struct linger), tell_linger },
	[OPTION_TIMEVAL] = { "timeval", sizeof(struct timeval), tell_timeval },
	[OPTION_FILTER] = { "filter", 64, tell_filter },
	[OPTION_PROGRAM] = { "program", sizeof(int), tell_program },
	[OPTION_STRING] = { "string", 64, tell_string },
	[OPTION_UCRED] = { "ucred", sizeof(struct ucred), tell_ucred },
	[OPTION_GROUPS] = { "groups", 256, tell_groups },
	[OPTION_ADDRESS] = { "address", sizeof(struct sockaddr_storage),
	    tell_address },
	[OPTION_FIELDS] = { "struct", 64, tell_fields },
	[OPTION_BYTES] = { "bytes", 64, tell_bytes },
};

/* The value as its table says, else its bytes. */
static void
tell(enum option_value kind, option_teller *own, const struct value *value,
    char *text, size_t room)
{
	if (value->length == 0)
		snprintf(text, room, "nothing");
	else if (own != NULL)
		own(value->bytes, value->length, text, room);
	else if (!kinds[kind].tell(value, text, room))
		tell_bytes(value, text, room);
}

/* The kernel may know fewer members than the table. */
static bool
tell_fields(const struct value *value, char *text, size_t room)
{
	char member[READING_MAX];

	text[0] = '\0';
	for (const struct option_field *field = value->fields;
	     field->name != NULL; field++) {
		struct value part = {
			.family = value->family,
			.bytes = value->bytes + field->offset,
			.length = field->size,
			.words = field->words,
		};

		if (field->offset + field->size > value->length)
			continue;
		tell(field->value, field->tell, &part, member, sizeof(member));
		add(text, room, "%s%s=%s", text[0] != '\0' ? ", " : "",
		    field->name, member);
	}
	return text[0] != '\0';
}

const char *
reading_name(enum option_value value)
{
	return kinds[value].name;
}

size_t
reading_size(const struct option_name *option)
{
	return option->size != 0 ? option->size : kinds[option->value].size;
}

void
reading_tell(const struct family *family, const struct option_name *option,
    const void *value, size_t length, char *text, size_t room)
{
	const struct value whole = {
		.family = family,
		.bytes = value,
		.length = length,
		.words = option->words,
		.fields = option->fields,
	};

	tell(option->value, option->tell, &whole, text, room);
}
