/* sockdemo list: every cell, and whether this kernel's socket() opens it. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "record/calls.h"
#include "record/describe.h"
#include "render/json.h"
#include "setup/setup.h"

struct listing {
	const struct options *options;
	bool json;
	json_t *cells;
	unsigned count;
};

/* 0 where socket() opens the cell, else a negative errno. */
static int
try_socket(const struct choice *choice)
{
	struct recorder recorder = { .pid = getpid() };
	int fd = recorded_calls.socket(&recorder, choice->family->domain,
	    choice->row.type | SOCK_CLOEXEC, choice->passed);

	if (fd < 0)
		return fd;
	recorded_calls.close(&recorder, fd);
	return 0;
}

/* The variant's host, its percent sign replaced by a word of this run. */
static json_t *
variant_host(const struct variant *variant, unsigned count)
{
	const char *percent;

	if (variant->host == NULL)
		return json_null();
	percent = strchr(variant->host, '%');
	if (percent == NULL)
		return json_string(variant->host);
	return json_sprintf("%.*s%d-%u%s", (int)(percent - variant->host),
	    variant->host, (int)getpid(), count, percent + 1);
}

static json_t *
variants_json(const struct listing *listing, const struct choice *choice)
{
	const struct variant *variant = cell_variants(choice);
	json_t *array = json_array();

	for (; variant != NULL && variant->name != NULL; variant++)
		json_array_append_new(array, json_pack("{s:s, s:o}",
		    "variant", variant->name,
		    "host", variant_host(variant, listing->count)));
	return array;
}

/* Modules that bring the cell, of the family's and its own, as one text. */
static json_t *
modules_json(const struct choice *choice)
{
	const char *family = choice->family->origin.modules;
	const char *own = choice->row.origin.modules;

	if (family == NULL && own == NULL)
		return json_null();
	return json_sprintf("%s%s%s", family != NULL ? family : "",
	    family != NULL && own != NULL ? " " : "", own != NULL ? own : "");
}

/* Where --setup makes what the cell needs; null where it needs nothing. */
static json_t *
surroundings_json(const struct choice *choice)
{
	static const char *const names[] = {
		[SURROUNDINGS_NAMESPACE] = "namespace",
		[SURROUNDINGS_TWO_NAMESPACES] = "two namespaces",
		[SURROUNDINGS_INITIAL] = "initial namespace",
	};
	const struct surroundings *surroundings = setup_of(choice);

	return surroundings != NULL ? json_string(names[surroundings->where])
				    : json_null();
}

static void
add_json(struct listing *listing, const struct choice *choice, int error)
{
	char name[NAME_MAX_TEXT];
	json_t *opens = json_null();

	if (!listing->options->known)
		opens = json_boolean(error == 0);
	json_array_append_new(listing->cells,
	    json_pack("{s:s, s:s, s:s, s:b, s:b, s:o, s:b, s:o, s:o, s:o, "
		"s:s?}",
		"family", choice->family->name,
		"type", type_name(choice->row.type),
		"protocol", choice->protocol,
		"exchange", choice->row.shape != SHAPE_NONE,
		"alone", choice->row.alone,
		"surroundings", surroundings_json(choice),
		"needs_nothing", setup_needs_nothing(choice),
		"modules", modules_json(choice),
		"variants", variants_json(listing, choice),
		"opens", opens,
		"errno", error != 0 ? errno_name(-error, name) : NULL));
}

static void
print_row(const struct listing *listing, const struct choice *choice,
    int error)
{
	char name[NAME_MAX_TEXT];

	if (listing->count == 0)
		printf("%-8s %-10s %-10s%s\n", "family", "type", "protocol",
		    listing->options->known ? "" : " socket()");
	printf("%-8s %-10s %-10s", choice->family->name,
	    type_name(choice->row.type), choice->protocol);
	if (!listing->options->known)
		printf(" %s", error == 0 ? "opens" : errno_name(-error, name));
	printf("\n");
}

/* Whether the cell's protocol is the one named, by whichever name. */
static bool
is_wanted(const struct options *options, const struct choice *choice)
{
	struct choice wanted;
	char why[512];

	return cell_choose(choice->family, type_name(choice->row.type),
	    options->protocol, &wanted, why, sizeof(why)) == 0 &&
	    wanted.row.protocol == choice->row.protocol;
}

static int
visit(const struct choice *choice, void *context)
{
	struct listing *listing = context;
	const struct options *options = listing->options;
	int error = 0;

	if (options->type != NULL &&
	    strcmp(options->type, type_name(choice->row.type)) != 0)
		return 0;
	if (options->protocol != NULL && !is_wanted(options, choice))
		return 0;
	if (!options->known)
		error = try_socket(choice);
	if (listing->json)
		add_json(listing, choice, error);
	else
		print_row(listing, choice, error);
	listing->count++;
	return 0;
}

/* Whether the words of the command line name something at all. */
static int
check_words(const struct options *options)
{
	struct choice choice;
	struct options one = *options;
	char why[512];

	if (options->family != NULL)
		return options_choose(options, &choice);
	/* A protocol need not be one of the first family. */
	one.protocol = NULL;
	for (size_t i = 0; options->protocol != NULL && families[i] != NULL;
	     i++)
		if (cell_choose(families[i], options->type, options->protocol,
		    &choice, why, sizeof(why)) == 0)
			return 0;
	return options_choose(options->protocol != NULL ? options : &one,
	    &choice);
}

int
command_list(const struct options *options)
{
	struct listing listing = { .options = options };
	int status = check_words(options);

	if (status != 0)
		return status;
	listing.json = options->format != NULL &&
	    strcmp(options->format, "json") == 0;
	if (listing.json)
		listing.cells = json_array();
	for (size_t i = 0; families[i] != NULL; i++)
		if (options->family == NULL ||
		    strcmp(options->family, families[i]->name) == 0)
			cell_each(families[i], visit, &listing);
	if (listing.json) {
		json_t *whole = json_pack("{s:s, s:o, s:o}", "sockdemo",
		    SOCKDEMO_VERSION, "kernel", kernel_json(), "cells",
		    listing.cells);

		json_dumpf(whole, stdout, JSON_INDENT(1));
		printf("\n");
		json_decref(whole);
	} else if (listing.count == 0) {
		printf("no such cell\n");
	}
	return 0;
}
