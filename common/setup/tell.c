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

/* In a namespace with a name, where a person would make two. */
static void
tell_command(const char *command, const char *namespace, char *text,
    size_t room)
{
	static const char word[] = "{server}";
	const char *at = strstr(command, word);
	bool is_ip = strncmp(command, "ip ", 3) == 0;
	char line[256];

	if (at == NULL)
		snprintf(line, sizeof(line), "%s", command);
	else
		snprintf(line, sizeof(line), "%.*sserver%s",
		    (int)(at - command), command, at + sizeof(word) - 1);
	if (namespace != NULL) {
		strlcat(text, is_ip ? "ip -n " : "ip netns exec ", room);
		strlcat(text, namespace, room);
		strlcat(text, " ", room);
	}
	strlcat(text, namespace != NULL && is_ip ? line + 3 : line, room);
}

static void
tell_need(const struct need *need, bool two, char *text, size_t room)
{
	const char *namespace = !two ? NULL : need->server ? "server"
							   : "client";
	char line[256];

	if (need->command != NULL) {
		tell_command(need->command, namespace, text, room);
	} else if (need->path != NULL) {
		snprintf(line, sizeof(line), "%s %s", need->package != NULL
		    ? "apt install" : "wait for", need->package != NULL
		    ? need->package : need->path);
		strlcat(text, line, room);
	} else if (need->sysctl != NULL) {
		snprintf(line, sizeof(line), "sysctl -w %s='%s'", need->sysctl,
		    need->value);
		tell_command(line, namespace, text, room);
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
	if (surroundings == NULL || !setup_is_need(surroundings->needs))
		return;
	two = surroundings->where == SURROUNDINGS_TWO_NAMESPACES;
	strlcat(text, "run it with --setup, or make it: ", room);
	if (two)
		strlcat(text, "ip netns add client; ip netns add server; ",
		    room);
	for (need = surroundings->needs; setup_is_need(need); need++) {
		if (need != surroundings->needs)
			strlcat(text, "; ", room);
		tell_need(need, two, text, room);
	}
}
