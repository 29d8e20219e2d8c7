#include "family/cell.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct type_name type_names[] = {
	{ "stream", SOCK_STREAM, "SOCK_STREAM" },
	{ "dgram", SOCK_DGRAM, "SOCK_DGRAM" },
	{ "seqpacket", SOCK_SEQPACKET, "SOCK_SEQPACKET" },
	{ "raw", SOCK_RAW, "SOCK_RAW" },
	{ "rdm", SOCK_RDM, "SOCK_RDM" },
	{ "dccp", SOCK_DCCP, "SOCK_DCCP" },
	{ NULL, 0, NULL },
};

static const struct type_name *
type_row(int type)
{
	for (const struct type_name *row = type_names; row->name != NULL; row++)
		if (row->type == type)
			return row;
	return NULL;
}

const char *
type_name(int type)
{
	const struct type_name *row = type_row(type);

	return row != NULL ? row->name : NULL;
}

const char *
type_constant(int type)
{
	const struct type_name *row = type_row(type);

	return row != NULL ? row->constant : NULL;
}

const struct family *
family_find(const char *name)
{
	for (size_t i = 0; families[i] != NULL; i++)
		if (strcmp(families[i]->name, name) == 0)
			return families[i];
	return NULL;
}

const struct protocol *
protocol_find(const struct family *family, int number)
{
	const struct protocol *row = family->protocols;

	for (; row != NULL && row->name != NULL; row++)
		if (row->number == number)
			return row;
	return NULL;
}

static const struct protocol *
protocol_named(const struct family *family, const char *name)
{
	const struct protocol *row = family->protocols;

	for (; row != NULL && row->name != NULL; row++)
		if (strcasecmp(row->name, name) == 0 ||
		    (row->alias != NULL && strcasecmp(row->alias, name) == 0))
			return row;
	return NULL;
}

/* Appends " word" to a list that is cut when it is full. */
static void
append(char *list, size_t room, const char *word)
{
	size_t used = strlen(list);

	snprintf(list + used, room - used, " %s", word);
}

static int
parse_type(const char *text, int *type, char *why, size_t room)
{
	for (const struct type_name *row = type_names; row->name != NULL; row++)
		if (strcmp(row->name, text) == 0) {
			*type = row->type;
			return 0;
		}
	snprintf(why, room, "unknown type '%s'; there are:", text);
	for (const struct type_name *row = type_names; row->name != NULL; row++)
		append(why, room, row->name);
	return -EINVAL;
}

/* The protocol's number, and the one to pass: it may have another as well. */
static int
parse_protocol(const struct family *family, const char *text, int *number,
    int *passed, char *why, size_t room)
{
	const struct protocol *named = protocol_named(family, text);
	char *end;
	long value;

	if (named != NULL) {
		*number = *passed = named->number;
		return 0;
	}
	errno = 0;
	value = strtol(text, &end, 10);
	if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 &&
	    value <= INT_MAX) {
		*number = *passed = (int)value;
		for (named = family->protocols; value != 0 && named != NULL &&
		    named->name != NULL; named++)
			if (named->also == value)
				*number = named->number;
		return 0;
	}
	snprintf(why, room, "unknown protocol '%s' in %s; there are:", text,
	    family->name);
	for (named = family->protocols; named != NULL && named->name != NULL;
	     named++)
		append(why, room, named->name);
	append(why, room, "or a number");
	return -EINVAL;
}

static const struct cell *
default_row(const struct family *family, int type)
{
	const struct cell *first = NULL;

	for (const struct cell *row = family->cells;
	     row != NULL && row->type != 0; row++) {
		if (row->type != type || row->protocol == PROTOCOL_ANY)
			continue;
		if (row->by_default)
			return row;
		if (first == NULL)
			first = row;
	}
	return first;
}

static const struct cell *
find_row(const struct family *family, int type, int protocol)
{
	const struct cell *any = NULL;

	for (const struct cell *row = family->cells;
	     row != NULL && row->type != 0; row++) {
		if (row->type != type)
			continue;
		if (row->protocol == protocol)
			return row;
		if (row->protocol == PROTOCOL_ANY)
			any = row;
	}
	return any;
}

const struct variant *
cell_variants(const struct choice *choice)
{
	if (choice->row.shape == SHAPE_NONE)
		return NULL;
	return choice->row.variants != NULL ? choice->row.variants
					    : choice->family->variants;
}

int
cell_choose_variant(struct choice *choice, const char *name, char *why,
    size_t room)
{
	const struct variant *variants = cell_variants(choice);
	const struct variant *row = variants;

	for (; row != NULL && row->name != NULL; row++)
		if (strcmp(row->name, name) == 0) {
			choice->variant = row;
			return 0;
		}
	if (variants == NULL) {
		snprintf(why, room, "no variant '%s': %s %s %s has one form "
		    "only", name, choice->family->name,
		    type_name(choice->row.type), choice->protocol);
		return -EINVAL;
	}
	snprintf(why, room, "unknown variant '%s'; there are:", name);
	for (row = variants; row->name != NULL; row++)
		append(why, room, row->name);
	return -EINVAL;
}

static void
name_protocol(struct choice *choice)
{
	const struct protocol *named =
	    protocol_find(choice->family, choice->row.protocol);

	if (named != NULL)
		snprintf(choice->protocol, sizeof(choice->protocol), "%s",
		    named->name);
	else
		snprintf(choice->protocol, sizeof(choice->protocol), "%d",
		    choice->row.protocol);
}

/* Fills the choice for a type and an explicit protocol number. */
static void
choose_numbered(const struct family *family, int type, int protocol,
    struct choice *choice)
{
	const struct cell *row = find_row(family, type, protocol);

	memset(choice, 0, sizeof(*choice));
	choice->family = family;
	if (row != NULL)
		choice->row = *row;
	choice->row.type = type;
	choice->row.protocol = protocol;
	choice->passed = choice->row.passes_zero ? 0 : protocol;
	choice->variant = cell_variants(choice);
	name_protocol(choice);
}

static void
choose_default(const struct family *family, int type, struct choice *choice)
{
	const struct cell *row = default_row(family, type);

	if (row != NULL) {
		choose_numbered(family, type, row->protocol, choice);
		if (!row->needs_number)
			choice->passed = 0;
		return;
	}
	/* A type the family has no row for: any protocol shows the refusal. */
	choose_numbered(family, type,
	    family->protocols != NULL ? family->protocols[0].number : 0,
	    choice);
	choice->passed = 0;
}

static int
default_type(const struct family *family)
{
	if (default_row(family, SOCK_STREAM) != NULL ||
	    family->cells == NULL || family->cells[0].type == 0)
		return SOCK_STREAM;
	return family->cells[0].type;
}

int
cell_choose(const struct family *family, const char *type,
    const char *protocol, struct choice *choice, char *why, size_t room)
{
	int type_number = default_type(family);
	int number;
	int passed;
	int error;

	if (type != NULL) {
		error = parse_type(type, &type_number, why, room);
		if (error != 0)
			return error;
	}
	if (protocol == NULL) {
		choose_default(family, type_number, choice);
		return 0;
	}
	error = parse_protocol(family, protocol, &number, &passed, why, room);
	if (error != 0)
		return error;
	if (passed == 0) {
		choose_default(family, type_number, choice);
	} else {
		choose_numbered(family, type_number, number, choice);
		if (!choice->row.passes_zero)
			choice->passed = passed;
	}
	return 0;
}

int
cell_each(const struct family *family,
    int (*visit)(const struct choice *choice, void *context), void *context)
{
	struct choice choice;
	int result;

	for (const struct type_name *type = type_names; type->name != NULL;
	     type++)
		for (const struct protocol *protocol = family->protocols;
		     protocol != NULL && protocol->name != NULL; protocol++) {
			choose_numbered(family, type->type, protocol->number,
			    &choice);
			result = visit(&choice, context);
			if (result != 0)
				return result;
		}
	return 0;
}
