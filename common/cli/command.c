#include "cli/command.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const struct command commands[] = {
	{ "exchange", COMMAND_EXCHANGE, command_exchange,
	  "both sides in one run (the default)" },
	{ "server", COMMAND_SERVER, command_server,
	  "one side: listens, and sends back what comes" },
	{ "client", COMMAND_CLIENT, command_client,
	  "one side: sends lines that you type, until q" },
	{ "list", COMMAND_LIST, command_list,
	  "every cell, and whether socket() opens it" },
	{ "probe", COMMAND_PROBE, command_probe,
	  "what a cell does, beside what is documented" },
	{ "options", COMMAND_OPTIONS, command_options,
	  "every socket option: its value, and who may set it" },
	{ .name = NULL },
};

const struct command *
command_find(const char *name)
{
	for (const struct command *command = commands; command->name != NULL;
	     command++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

int
command_finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	perror("sockdemo: cannot write the output");
	return 1;
}

void
command_die(int signal_number)
{
	sigset_t only;

	command_finish(0);
	fclose(stdout);
	signal(signal_number, SIG_DFL);
	sigemptyset(&only);
	sigaddset(&only, signal_number);
	sigprocmask(SIG_UNBLOCK, &only, NULL);
	raise(signal_number);
	_exit(128 + signal_number);
}
