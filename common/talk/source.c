#include "talk/source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool
same_field(const struct field *contacted, const struct field *from)
{
	return strcmp(contacted->name, from->name) == 0 &&
	    (strcmp(contacted->value, from->value) == 0 ||
	     (from->number && strcmp(from->value, "0") == 0));
}

static bool
same_fields(const struct family *family, const struct endpoint *contacted,
    const struct endpoint *from)
{
	struct field ours[FIELDS_MAX];
	struct field theirs[FIELDS_MAX];
	int count = family->lay_out(contacted, ours);

	if (count <= 0 || family->lay_out(from, theirs) != count)
		return false;
	for (int i = 0; i < count; i++)
		if (!same_field(&ours[i], &theirs[i]))
			return false;
	return true;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/*
 * A relative path was bound in the server's folder, wherever that is: only the
 * last part of such a path can be compared.
 */
static bool
same_name(const char *path, const char *other)
{
	char *real = other[0] != '/' ? realpath(path, NULL) : NULL;
	bool same = real != NULL &&
	    strcmp(last_part(real), last_part(other)) == 0;

	free(real);
	return same;
}

/* A socket file may be reached by another path than it was bound to. */
static bool
same_file(const struct family *family, const struct endpoint *contacted,
    const struct endpoint *from)
{
	char ours[ENDPOINT_TEXT_MAX];
	char theirs[ENDPOINT_TEXT_MAX];
	struct stat our_file;
	struct stat their_file;

	if (family->format(contacted, ours, sizeof(ours)) != 0 ||
	    family->format(from, theirs, sizeof(theirs)) != 0 ||
	    stat(ours, &our_file) != 0 || !S_ISSOCK(our_file.st_mode))
		return false;
	if (same_name(ours, theirs))
		return true;
	return stat(theirs, &their_file) == 0 &&
	    our_file.st_dev == their_file.st_dev &&
	    our_file.st_ino == their_file.st_ino;
}

bool
source_is(const struct family *family, const struct endpoint *contacted,
    const struct endpoint *from)
{
	struct endpoint answering;

	if (endpoint_equal(contacted, from))
		return true;
	if (family->answers != NULL)
		return family->answers(contacted, from);
	if (family->contact == NULL ||
	    family->contact(contacted, contacted, &answering) != 0)
		answering = *contacted;
	return same_fields(family, &answering, from) ||
	    same_file(family, contacted, from);
}
