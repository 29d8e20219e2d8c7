#include "drive/signals.h"

#include <stddef.h>
#include <time.h>

void
signals_take(struct signals *signals)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;

	sigemptyset(&signals->awaited);
	sigaddset(&signals->awaited, SIGCHLD);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		if (sigaction(ending[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&signals->awaited, ending[i]);
	/* Who ignores SIGCHLD has no children to wait for. */
	if (sigaction(SIGCHLD, NULL, &action) == 0 &&
	    action.sa_handler == SIG_IGN)
		signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &signals->awaited, &signals->before);
}

void
signals_give_back(const struct signals *signals)
{
	const struct timespec now = { 0 };
	sigset_t children;

	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	while (sigtimedwait(&children, NULL, &now) == SIGCHLD)
		;
	sigprocmask(SIG_SETMASK, &signals->before, NULL);
}
