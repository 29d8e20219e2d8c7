/*
 * wrap: breaks a text into lines, between its words. What stands in quotes is
 * one word, and a word that introduces the next ("=", an arrow, "from") is not
 * left alone at the end of a line.
 */
#ifndef RENDER_WRAP_H
#define RENDER_WRAP_H

#include <stddef.h>

/*
 * How many bytes of text make the next line: as many words as fit into so many
 * columns; of a word that is longer than a line, as many characters. *next is
 * where the line after it begins; the space between the two is in neither.
 * With two columns or more (a wide character's) *next is beyond text, unless
 * that is empty.
 */
size_t wrap_line(const char *text, size_t columns, const char **next);

#endif
