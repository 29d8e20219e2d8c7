/*
 * value: what the objects of --format json are made of. Each returns a new
 * reference, or NULL where memory ran out.
 */
#ifndef RENDER_VALUE_H
#define RENDER_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Text of any origin as a JSON string. jansson refuses what is not UTF-8;
 * that is escaped.
 */
json_t *value_text(const char *text);

/* An empty text, or none, is null. */
json_t *value_text_or_null(const char *text);

json_t *value_count(uint64_t count);

/* The errno's name; null for 0. */
json_t *value_errno(int error);

/*
 * Sets a member, taking the value's reference. The first failure is kept in
 * *failed, so that a caller can set all and ask once.
 */
void value_set(json_t *object, const char *name, json_t *value, bool *failed);

/* The object, or NULL (and released) where a part could not be made. */
json_t *value_finish(json_t *json, bool failed);

#endif
