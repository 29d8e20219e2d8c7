#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/show.h"

/*
 * A program started without stdin, stdout or stderr would open its sockets in
 * their place. Writing to what stands there now still fails, and is told.
 */
static void
keep_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", O_RDONLY) < 0)
			_exit(1);
}

int
main(int argc, char **argv)
{
	const struct command *command = &commands[0];
	struct options options;
	int status;

	keep_standard_descriptors();
	if (argc > 1 && argv[1][0] != '-') {
		command = command_find(argv[1]);
		if (command == NULL) {
			tell_error("unknown command '%s'; see sockdemo --help",
			    argv[1]);
			return STATUS_USAGE;
		}
		argc--;
		argv++;
	}
	status = options_parse(argc, argv, command->bit, &options);
	if (status != 0)
		return status;
	if (options.help)
		options_help();
	else if (options.version)
		printf("sockdemo %s\n", SOCKDEMO_VERSION);
	else
		status = command->run(&options);
	return command_finish(status);
}
