#include "cli/options.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option_set.h"
#include "cli/show.h"
#include "drive/report.h"

#define DEFAULT_TIMEOUT_NS 5000000000

#define TALKING (COMMAND_EXCHANGE | COMMAND_SERVER | COMMAND_CLIENT)
#define SENDING (COMMAND_EXCHANGE | COMMAND_CLIENT)
#define MAKING (COMMAND_EXCHANGE | COMMAND_PROBE | COMMAND_OPTIONS)
#define EVERY (TALKING | COMMAND_LIST | COMMAND_PROBE | COMMAND_OPTIONS)

/* One option; set() stores its value, or says what is wrong with it. */
struct option_row {
	int letter;		/* or a number above UCHAR_MAX: no short form */
	const char *name;
	const char *value;	/* what --help calls it; NULL: takes none */
	const char *help;
	unsigned commands;
	int (*set)(struct options *options, const char *value);
};

/* Options without a letter are numbered from here. */
enum { LONG_ONLY = UCHAR_MAX + 1 };

static const struct option_row rows[] = {
	{ 'f', "family", "FAMILY", "address family (inet)", EVERY,
	  option_set_family },
	{ 't', "type", "TYPE",
	  "stream dgram seqpacket raw rdm dccp (stream)", EVERY,
	  option_set_type },
	{ 'p', "protocol", "PROTOCOL",
	  "a name or a number (0: the type's default)", EVERY,
	  option_set_protocol },
	{ LONG_ONLY + 9, "variant", "NAME",
	  "a form of the cell: path, abstract, fd, tcp ...",
	  TALKING | COMMAND_PROBE | COMMAND_OPTIONS,
	  option_set_variant },
	{ 'H', "host", "ADDRESS",
	  "the family's address text (its loopback)", TALKING | COMMAND_PROBE,
	  option_set_host },
	{ 'P', "port", "PORT",
	  "0: the kernel chooses (12345; exchange: 0)", TALKING,
	  option_set_port },
	{ LONG_ONLY + 0, "messages", "N",
	  "messages each way (1)", COMMAND_EXCHANGE, option_set_messages },
	{ LONG_ONLY + 1, "size", "BYTES",
	  "bytes of each message; K, M, G may follow", COMMAND_EXCHANGE,
	  option_set_size },
	{ LONG_ONLY + 2, "text", "STRING", "send this text", SENDING,
	  option_set_text },
	{ LONG_ONLY + 3, "file", "PATH", "send this file's bytes", SENDING,
	  option_set_file },
	{ LONG_ONLY + 4, "timeout", "SECONDS", "of every wait (5)", TALKING,
	  option_set_timeout },
	{ LONG_ONLY + 10, "setup", NULL,
	  "make what it needs, and take it away again", MAKING,
	  option_set_setup },
	{ LONG_ONLY + 11, "keep-modules", NULL,
	  "with --setup: leave what it loads", MAKING,
	  option_set_keep_modules },
	{ LONG_ONLY + 5, "chat", NULL,
	  "a person answers each message", COMMAND_SERVER,
	  option_set_chat },
	{ LONG_ONLY + 6, "known", NULL, "only list; ask the kernel nothing",
	  COMMAND_LIST | COMMAND_OPTIONS, option_set_known },
	{ LONG_ONLY + 12, "list", NULL, "only list the probes", COMMAND_PROBE,
	  option_set_list },
	{ LONG_ONLY + 13, "ladder", NULL,
	  "show the calls that prove each observation", COMMAND_PROBE,
	  option_set_ladder },
	{ LONG_ONLY + 7, "format", "FORMAT", "ladder text strace json (ladder)",
	  EVERY, option_set_format },
	{ LONG_ONLY + 8, "color", "WHEN", "auto always never (auto)", EVERY,
	  option_set_color },
	{ 'h', "help", NULL, "show this", EVERY, option_set_help },
	{ 'V', "version", NULL, "show the version", EVERY, option_set_version },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct option_row *
row_of(int letter)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

/* The two forms in which getopt_long() wants the table. */
static void
fill_getopt(struct option long_options[ROWS + 1], char letters[2 * ROWS + 2])
{
	size_t used = 0;

	/* ':' first: a missing value is told from an unknown option. */
	letters[used++] = ':';
	memset(long_options, 0, (ROWS + 1) * sizeof(long_options[0]));
	for (size_t i = 0; i < ROWS; i++) {
		long_options[i].name = rows[i].name;
		long_options[i].has_arg = rows[i].value != NULL
		    ? required_argument : no_argument;
		long_options[i].val = rows[i].letter;
		if (rows[i].letter >= LONG_ONLY)
			continue;
		letters[used++] = (char)rows[i].letter;
		if (rows[i].value != NULL)
			letters[used++] = ':';
	}
	letters[used] = '\0';
}

static const char *
command_name(unsigned bit)
{
	for (const struct command *command = commands; command->name != NULL;
	     command++)
		if (command->bit == bit)
			return command->name;
	return "?";
}

static int
bad_option(int letter, char **argv)
{
	const char *given = argv[optind - 1];

	if (letter == ':')
		return option_complain("option", given, "needs a value");
	if (strncmp(given, "--", 2) != 0 && optopt > 0 &&
	    optopt < LONG_ONLY) {
		char text[3] = { '-', (char)optopt, '\0' };

		return option_complain("option", text,
		    "unknown; see sockdemo --help");
	}
	return option_complain("option", given, "unknown; see sockdemo --help");
}

/* What goes together, and what does not. */
static int
check(const struct options *options)
{
	if (options->text != NULL && options->file != NULL)
		return option_complain("option", "--file",
		    "--text and --file exclude each other");
	if (options->size != SIZE_UNSET &&
	    (options->text != NULL || options->file != NULL))
		return option_complain("option", "--size",
		    "it makes messages up; --text and --file bring theirs");
	if (options->keep_modules && !options->setup)
		return option_complain("option", "--keep-modules",
		    "nothing is loaded without --setup");
	if (options->file != NULL && options->messages != 1)
		return option_complain("option", "--messages",
		    "a file is sent once; leave it out");
	return 0;
}

int
options_parse(int argc, char **argv, unsigned command, struct options *options)
{
	struct option long_options[ROWS + 1];
	char letters[2 * ROWS + 2];
	int letter;

	*options = (struct options){
		.command = command,
		.port = PORT_UNSET,
		.messages = 1,
		.size = SIZE_UNSET,
		.timeout_ns = DEFAULT_TIMEOUT_NS,
	};
	fill_getopt(long_options, letters);
	opterr = 0;
	while ((letter = getopt_long(argc, argv, letters, long_options,
	    NULL)) != -1) {
		const struct option_row *row = row_of(letter);
		int status;

		if (row == NULL)
			return bad_option(letter, argv);
		if ((row->commands & command) == 0) {
			tell_error("option '--%s': %s has none; see sockdemo "
			    "--help", row->name, command_name(command));
			return STATUS_USAGE;
		}
		status = row->set(options, optarg);
		if (status != 0)
			return status;
	}
	options->words = (const char *const *)argv + optind;
	options->word_count = (size_t)(argc - optind);
	if (optind < argc && command != COMMAND_PROBE)
		return option_complain("argument", argv[optind],
		    "unexpected; see sockdemo --help");
	return check(options);
}

void
options_help(void)
{
	printf("usage: sockdemo [COMMAND] [OPTION...]\n\n"
	    "Runs one client/server conversation over any socket family, type "
	    "and protocol,\nand shows what really happened.\n\n");
	for (const struct command *command = commands; command->name != NULL;
	     command++)
		printf("  %-10s %s\n", command->name, command->summary);
	printf("\n");
	for (size_t i = 0; i < ROWS; i++) {
		char left[32];

		snprintf(left, sizeof(left), "--%s %s", rows[i].name,
		    rows[i].value != NULL ? rows[i].value : "");
		if (rows[i].letter < LONG_ONLY)
			printf("  -%c, %-21s %s\n", rows[i].letter, left,
			    rows[i].help);
		else
			printf("      %-21s %s\n", left, rows[i].help);
	}
	printf("\nFamilies:");
	for (size_t i = 0; families[i] != NULL; i++)
		printf(" %s", families[i]->name);
	printf("\n\n"
	    "  sockdemo --family inet6 --type dgram    both sides in one run\n"
	    "  sockdemo server --chat                  in one terminal, and\n"
	    "  sockdemo client                         in another: talk\n\n"
	    "Exit status: 0 it worked; 1 it ran and failed; 2 usage; "
	    "77 this kernel or\nmachine cannot. See sockdemo(1).\n");
}

int
options_choose(const struct options *options, struct choice *choice)
{
	const char *name = options->family;
	const struct family *family =
	    name != NULL ? family_find(name) : families[0];
	char why[512];

	if (family == NULL) {
		snprintf(why, sizeof(why), "unknown family '%s'; there are:",
		    name);
		for (size_t i = 0; families[i] != NULL; i++) {
			strlcat(why, " ", sizeof(why));
			strlcat(why, families[i]->name, sizeof(why));
		}
		tell_error("%s", why);
		return STATUS_USAGE;
	}
	if (cell_choose(family, options->type, options->protocol, choice, why,
	    sizeof(why)) != 0) {
		tell_error("%s", why);
		return STATUS_USAGE;
	}
	if (options->variant != NULL && cell_choose_variant(choice,
	    options->variant, why, sizeof(why)) != 0) {
		tell_error("%s", why);
		return STATUS_USAGE;
	}
	return 0;
}
