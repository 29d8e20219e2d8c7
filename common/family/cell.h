/*
 * cell: choosing a family × type × protocol from the table of families, by the
 * words of the command line.
 */
#ifndef FAMILY_CELL_H
#define FAMILY_CELL_H

#include <stddef.h>

#include "family/family.h"

/* Room for a protocol's name, or for its number as text. */
#define PROTOCOL_TEXT_MAX 24

/*
 * One cell, chosen. `row` is the family's row for it or, for a combination
 * without one, a row made for it (SHAPE_NONE); it lives in this struct.
 */
struct choice {
	const struct family *family;
	struct cell row;
	/* Its form; NULL where it has one only. */
	const struct variant *variant;
	int passed;	/* the number that socket() is given; may be 0 */
	char protocol[PROTOCOL_TEXT_MAX];	/* canonical name */
};

/* The types of the command line, in the order of its documentation. */
struct type_name {
	const char *name;	/* "stream" */
	int type;		/* SOCK_STREAM */
	const char *constant;	/* "SOCK_STREAM" */
};
extern const struct type_name type_names[];	/* ended by name NULL */

/* The name of a type, or NULL. */
const char *type_name(int type);
const char *type_constant(int type);

/* The family of that name, or NULL. */
const struct family *family_find(const char *name);

/* The canonical protocol of that number in this family, or NULL. */
const struct protocol *protocol_find(const struct family *family, int number);

/*
 * Chooses a cell. `type` NULL: stream where the family has it, else the type
 * of its first row; `protocol` NULL or "0": the default for the type. Returns
 * 0, or -EINVAL with a sentence in why that lists what there is.
 */
int cell_choose(const struct family *family, const char *type,
    const char *protocol, struct choice *choice, char *why, size_t room);

/* The table of the cell's forms, ended by name NULL; NULL where it has one. */
const struct variant *cell_variants(const struct choice *choice);

/*
 * Chooses another form of the cell than the first. Returns 0, or -EINVAL with
 * a sentence in why that lists what there is.
 */
int cell_choose_variant(struct choice *choice, const char *name, char *why,
    size_t room);

/*
 * Visits every cell of a family: each type of type_names × each protocol that
 * the family names. Returns the first non-zero that visit returned, or 0.
 */
int cell_each(const struct family *family,
    int (*visit)(const struct choice *choice, void *context), void *context);

#endif
