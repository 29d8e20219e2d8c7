/* What came of asking for one option, for those who show it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "options/survey.h"
#include "probes/judge.h"

bool
tries_made(const struct tries *tries)
{
	for (int state = 0; state < STATE_COUNT; state++)
		if (tries->made[state])
			return true;
	return false;
}

bool
tries_succeeded(const struct tries *tries)
{
	for (int state = 0; state < STATE_COUNT; state++)
		if (tries->made[state] && tries->error[state] == 0)
			return true;
	return false;
}

int
tries_refused(const struct tries *tries)
{
	int error = 0;

	for (int state = 0; state < STATE_COUNT; state++) {
		if (!tries->made[state])
			continue;
		if (tries->error[state] == 0 ||
		    (error != 0 && error != tries->error[state]))
			return 0;
		error = tries->error[state];
	}
	return error;
}

/* Adds a remark behind those that are there. */
static void
remark(char *text, size_t room, const char *before, const char *what)
{
	size_t used = strlen(text);

	snprintf(text + used, room - used, "%s%s%s", used != 0 ? "; " : "",
	    before, what);
}

static bool
lacks_permission(const struct tries *tries)
{
	int error = tries_refused(tries);

	return error == EPERM || error == EACCES;
}

void
surveyed_note(const struct surveyed *surveyed, const char *release,
    char *text, size_t room)
{
	const struct option_name *option = surveyed->option;
	bool allowed = tries_succeeded(&surveyed->get) ||
	    tries_succeeded(&surveyed->set);

	text[0] = '\0';
	if (surveyed->stuck)
		remark(text, room, "", "a call on it did not return");
	if (!allowed && option->since != NULL &&
	    !release_reaches(release, option->since))
		remark(text, room, "since Linux ", option->since);
	if (!allowed && option->until != NULL &&
	    release_reaches(release, option->until))
		remark(text, room, "until Linux ", option->until);
	if (option->needs != NULL && lacks_permission(&surveyed->set))
		remark(text, room, "setting it needs ", option->needs);
	if (option->note != NULL)
		remark(text, room, "", option->note);
}
