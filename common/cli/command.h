/*
 * command: the commands of sockdemo. Each takes the parsed options and returns
 * the exit status of the program.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"

struct command {
	const char *name;
	unsigned bit;
	int (*run)(const struct options *options);
	const char *summary;
};

/* Ended by name NULL; the first is the default. */
extern const struct command commands[];

/* The command of that name, or NULL. */
const struct command *command_find(const char *name);

int command_exchange(const struct options *options);
int command_server(const struct options *options);
int command_client(const struct options *options);
int command_list(const struct options *options);
int command_options(const struct options *options);
int command_probe(const struct options *options);

/*
 * Ends the output: returns status, or says on stderr that stdout could not be
 * written and returns 1.
 */
int command_finish(int status);

/* Ends the program by the signal, as it would have ended without a handler. */
_Noreturn void command_die(int signal_number);

#endif
