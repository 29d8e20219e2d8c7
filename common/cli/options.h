/*
 * options: the command line. One table names every option; --help is printed
 * from it.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "family/cell.h"
#include "render/terminal.h"

/* The commands, as bits: an option belongs to some of them. */
enum {
	COMMAND_EXCHANGE = 1 << 0,
	COMMAND_SERVER = 1 << 1,
	COMMAND_CLIENT = 1 << 2,
	COMMAND_LIST = 1 << 3,
	COMMAND_PROBE = 1 << 4,
	COMMAND_OPTIONS = 1 << 5,
};

/* The exit status of a command that was called wrongly. */
#define STATUS_USAGE 2

/* What the user asked for; what was not given has its default. */
struct options {
	unsigned command;
	const char *family;	/* NULL: not given */
	const char *type;
	const char *protocol;
	const char *variant;
	const char *host;
	const char *text;
	const char *file;
	const char *format;	/* NULL: not given */
	long port;		/* PORT_UNSET: not given */
	uint64_t messages;	/* 1 by default */
	uint64_t size;		/* SIZE_UNSET: not given */
	int64_t timeout_ns;
	bool timeout_given;
	enum color_choice color;
	bool setup;
	bool keep_modules;
	bool chat;
	bool known;
	bool list;
	bool ladder;
	/* What stands behind the options: ids of probes. */
	const char *const *words;
	size_t word_count;
	bool help;
	bool version;
};

/*
 * Parses the arguments behind the command's name. Returns 0, or prints a
 * sentence to stderr and returns STATUS_USAGE.
 */
int options_parse(int argc, char **argv, unsigned command,
    struct options *options);

/* Prints the help of all commands, on one screen. */
void options_help(void);

/*
 * Chooses the cell that the options name; the defaults are those of the lesson
 * (inet, stream). Returns 0, or prints a sentence and returns STATUS_USAGE.
 */
int options_choose(const struct options *options, struct choice *choice);

#endif
