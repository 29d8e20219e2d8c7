/* What would bring a cell, and what would make it, in words for a reason. */
#include <stdio.h>
#include <string.h>

#include "setup/setup.h"

void
setup_tell_origin(const char *name, const struct origin *origin, char *text,
    size_t room)
{
	const char *separator = "";

	snprintf(text, room, "this kernel has no %s", name);
	if (origin->modules != NULL) {
		strlcat(text, ": modprobe -a ", room);
		strlcat(text, origin->modules, room);
	}
	if (origin->config == NULL && origin->since == NULL &&
	    origin->until == NULL)
		return;
	strlcat(text, " (", room);
	if (origin->config != NULL) {
		strlcat(text, origin->config, room);
		separator = "; ";
	}
	if (origin->since != NULL) {
		strlcat(text, separator, room);
		strlcat(text, "since Linux ", room);
		strlcat(text, origin->since, room);
		separator = "; ";
	}
	if (origin->until != NULL) {
		strlcat(text, separator, room);
		strlcat(text, "removed in Linux ", room);
		strlcat(text, origin->until, room);
	}
	strlcat(text, ")", room);
}

/* In namespaces with names, where a person would make two. */
static void
tell_command(const char *command, const char *namespace, char *text,
    size_t room)
{
	static const char word[] = "{server}";
	const char *at = strstr(command, word);
	char line[256];

	if (at == NULL)
		snprintf(line, sizeof(line), "%s", command);
	else
		snprintf(line, sizeof(line), "%.*sserver%s",
		    (int)(at - command), command, at + sizeof(word) - 1);
	if (namespace != NULL && strncmp(line, "ip ", 3) == 0) {
		strlcat(text, "ip -n ", room);
		strlcat(text, namespace, room);
		strlcat(text, line + 2, room);
	} else {
		strlcat(text, line, room);
	}
}

static void
tell_need(const struct need *need, bool two, char *text, size_t room)
{
	if (need->command != NULL) {
		tell_command(need->command, !two ? NULL
		    : need->server ? "server" : "client", text, room);
	} else if (need->sysctl != NULL) {
		strlcat(text, "sysctl -w ", room);
		strlcat(text, need->sysctl, room);
		strlcat(text, "='", room);
		strlcat(text, need->value, room);
		strlcat(text, "'", room);
	} else {
		strlcat(text, need->words, room);
	}
}

void
setup_tell_commands(const struct choice *choice, char *text, size_t room)
{
	const struct surroundings *surroundings = setup_of(choice);
	const struct need *need;
	bool two;

	text[0] = '\0';
	if (surroundings == NULL || surroundings->needs == NULL)
		return;
	two = surroundings->where == SURROUNDINGS_TWO_NAMESPACES;
	strlcat(text, "run it with --setup, or make it: ", room);
	if (two)
		strlcat(text, "ip netns add client; ip netns add server; ",
		    room);
	for (need = surroundings->needs; need->command != NULL ||
	    need->sysctl != NULL || need->message != NULL; need++) {
		if (need != surroundings->needs)
			strlcat(text, "; ", room);
		tell_need(need, two, text, room);
	}
}
