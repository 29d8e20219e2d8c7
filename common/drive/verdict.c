#include "drive/verdict.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "record/describe.h"

static const char *const names[VERDICT_COUNT] = {
	[VERDICT_WORKS] = "works",
	[VERDICT_REFUSED] = "refused",
	[VERDICT_ABSENT] = "absent",
	[VERDICT_DENIED] = "denied",
	[VERDICT_NO_DEVICE] = "no-device",
	[VERDICT_BROKEN] = "broken",
};

/* What an errno of a call means in every family; call CALL_COUNT: of any. */
static const struct meaning {
	enum call call;
	int error;
	enum verdict verdict;
	const char *text;
} meanings[] = {
	{ CALL_SOCKET, EAFNOSUPPORT, VERDICT_ABSENT,
	  "this kernel has no such family" },
	{ CALL_SOCKET, EPROTONOSUPPORT, VERDICT_REFUSED,
	  "the family has no such protocol for this type" },
	{ CALL_SOCKET, ESOCKTNOSUPPORT, VERDICT_REFUSED,
	  "the family has no such type" },
	{ CALL_SOCKET, EPROTOTYPE, VERDICT_REFUSED,
	  "the protocol is not one of this type" },
	{ CALL_SOCKET, ENOPROTOOPT, VERDICT_REFUSED,
	  "the protocol is switched off on this machine" },
	{ CALL_SOCKET, EINVAL, VERDICT_REFUSED,
	  "the kernel takes no such type or protocol number" },
	{ CALL_SOCKET, EOPNOTSUPP, VERDICT_REFUSED,
	  "the family does not support this" },
	{ CALL_SOCKET, EPERM, VERDICT_DENIED,
	  "a capability is missing, or a filter (seccomp, a container's, a "
	  "security module's) forbids the family: run it as root, outside "
	  "the sandbox" },
	{ CALL_SOCKET, EACCES, VERDICT_DENIED,
	  "a capability is missing, or a security module forbids it: run it "
	  "as root" },
	{ CALL_COUNT, EPERM, VERDICT_DENIED,
	  "a capability is missing, or a firewall or security rule forbids "
	  "it" },
	{ CALL_COUNT, EACCES, VERDICT_DENIED,
	  "the address is protected: a privilege is missing, or a rule "
	  "forbids it" },
	{ CALL_COUNT, EADDRNOTAVAIL, VERDICT_NO_DEVICE,
	  "no interface of this machine has that address, or it has no port "
	  "left" },
	{ CALL_COUNT, ENODEV, VERDICT_NO_DEVICE,
	  "there is no such interface" },
	{ CALL_COUNT, ENXIO, VERDICT_NO_DEVICE,
	  "there is no such interface" },
	{ CALL_COUNT, ENETDOWN, VERDICT_NO_DEVICE,
	  "the interface is down: ip link set INTERFACE up" },
	{ CALL_COUNT, ENETUNREACH, VERDICT_NO_DEVICE,
	  "there is no route to that address: see ip route" },
	{ CALL_COUNT, EHOSTUNREACH, VERDICT_NO_DEVICE,
	  "the host cannot be reached" },
	{ CALL_BIND, EADDRINUSE, VERDICT_BROKEN,
	  "another socket has that address: choose another with --port or "
	  "--host, or end the program that holds it" },
	{ CALL_CONNECT, ECONNREFUSED, VERDICT_BROKEN,
	  "nobody listens at that address: start the server first" },
	{ CALL_COUNT, EMFILE, VERDICT_BROKEN,
	  "this process may open no more descriptors: see ulimit -n" },
	{ CALL_COUNT, ECONNRESET, VERDICT_BROKEN,
	  "the peer reset the connection" },
};

const char *
verdict_name(enum verdict verdict)
{
	return names[verdict];
}

const char *
report_variant(const struct choice *choice, const struct endpoint *server)
{
	if (choice->family->variant != NULL && server->length != 0)
		return choice->family->variant(server);
	return choice->variant != NULL ? choice->variant->name : NULL;
}

int
report_status(const struct report *report)
{
	if (report->unusable)
		return 2;
	if (report->verdict == VERDICT_WORKS)
		return 0;
	return report->verdict == VERDICT_BROKEN ? 1 : 77;
}

static const struct hint *
find_hint(const struct choice *choice, const char *call, int error)
{
	const struct hint *hint = choice->family->hints;

	if (call == NULL)
		return NULL;
	for (; hint != NULL && hint->verdict != VERDICT_WORKS; hint++) {
		if (hint->error == error &&
		    (hint->type == 0 || hint->type == choice->row.type) &&
		    (hint->protocol == PROTOCOL_ANY ||
		     hint->protocol == choice->row.protocol) &&
		    (hint->call == NULL ||
		     strcmp(hint->call, call) == 0))
			return hint;
	}
	return NULL;
}

/* What would bring a family that is absent. */
static const char *
tell_family(const struct family *family, char text[REASON_MAX])
{
	if (family->brought_by != NULL)
		return family->brought_by;
	setup_tell_origin(family->constant, &family->origin, text, REASON_MAX);
	return text;
}

/* What would bring a cell that the kernel lacks; or what is known besides. */
static const char *
tell_cell(const struct choice *choice, const char *otherwise,
    char text[REASON_MAX])
{
	const struct origin *origin = &choice->row.origin;
	char name[PROTOCOL_TEXT_MAX];

	if (origin->modules == NULL && origin->config == NULL)
		return otherwise;
	strlcpy(name, choice->protocol, sizeof(name));
	for (char *letter = name; *letter != '\0'; letter++)
		*letter = (char)toupper((unsigned char)*letter);
	setup_tell_origin(name, origin, text, REASON_MAX);
	return text;
}

/* The row of the driver's own table, or NULL. */
static const struct meaning *
find_row(const struct failure *failure)
{
	for (size_t i = 0; failure->named &&
	    i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].error == failure->error &&
		    (meanings[i].call == CALL_COUNT ||
			meanings[i].call == failure->call))
			return &meanings[i];
	return NULL;
}

/* Whether it is what the table of cells says of a kernel without this one. */
static bool
is_lacking(const struct choice *choice, const struct failure *failure)
{
	return failure->named && failure->call == CALL_SOCKET &&
	    failure->error != 0 && choice->row.lacking == failure->error;
}

/* Sets the verdict; returns what the family or the driver has to say on it. */
static const char *
find_meaning(const struct choice *choice, const struct failure *failure,
    enum verdict *verdict, char room_text[REASON_MAX])
{
	const struct hint *hint = find_hint(choice,
	    failure->named ? call_name(failure->call) : NULL, failure->error);
	const struct meaning *row = find_row(failure);
	const char *text = failure->error != 0 ? strerror(failure->error)
	    : "the conversation failed";

	*verdict = hint != NULL ? hint->verdict
	    : row != NULL ? row->verdict : VERDICT_BROKEN;
	if (hint != NULL)
		return hint->text;
	if (row != NULL)
		text = row->text;
	if (*verdict == VERDICT_ABSENT)
		return tell_family(choice->family, room_text);
	if (!is_lacking(choice, failure))
		return text;
	*verdict = VERDICT_REFUSED;
	return tell_cell(choice, text, room_text);
}

void
verdict_judge(const struct choice *choice, const struct failure *failure,
    struct report *report)
{
	struct reason *reason = &report->reason;
	char text[REASON_MAX];
	const char *meaning;

	report->verdict = VERDICT_WORKS;
	memset(reason, 0, sizeof(*reason));
	if (!failure->happened)
		return;
	meaning = find_meaning(choice, failure, &report->verdict, text);
	report->unusable = failure->unusable;
	reason->call = failure->named ? call_name(failure->call) : NULL;
	reason->error = failure->error;
	/* What was seen, and what it means, unless one says it all. */
	strlcpy(reason->text, failure->text, sizeof(reason->text));
	if (failure->text[0] != '\0' && report->verdict == VERDICT_BROKEN &&
	    (failure->error == 0 || failure->error == ETIMEDOUT ||
		failure->unusable || !failure->named))
		return;
	if (failure->text[0] != '\0')
		strlcat(reason->text, ": ", sizeof(reason->text));
	strlcat(reason->text, meaning, sizeof(reason->text));
}

static bool
is_refusal(const struct family *family, int error)
{
	for (const int *known = family->refusals; known != NULL && *known != 0;
	     known++)
		if (*known == error)
			return true;
	return false;
}

/* Whether the family's table allows a refusal with this errno. */
static bool
refusal_expected(const struct choice *choice, const struct reason *reason)
{
	const struct cell *row = &choice->row;
	const struct hint *hint = find_hint(choice, reason->call,
	    reason->error);

	if (row->shape == SHAPE_NONE)
		return is_refusal(choice->family, reason->error);
	if (row->lacking != 0 && row->lacking == reason->error)
		return true;
	return hint != NULL && hint->verdict == VERDICT_REFUSED;
}

void
verdict_without_run(struct report *report, enum verdict verdict, int error,
    const char *text)
{
	report->verdict = verdict;
	report->reason = (struct reason){ .error = error };
	snprintf(report->reason.text, sizeof(report->reason.text), "%s", text);
}

void
verdict_add_commands(const struct choice *choice, struct report *report)
{
	char commands[REASON_MAX];
	char *text = report->reason.text;

	setup_tell_commands(choice, commands, sizeof(commands));
	if (commands[0] == '\0')
		return;
	if (text[0] != '\0')
		strlcat(text, ": ", REASON_MAX);
	strlcat(text, commands, REASON_MAX);
}

void
verdict_compare(const struct choice *choice, struct report *report)
{
	char name[NAME_MAX_TEXT];

	report->contradiction[0] = '\0';
	if (report->verdict == VERDICT_REFUSED &&
	    !refusal_expected(choice, &report->reason))
		snprintf(report->contradiction, sizeof(report->contradiction),
		    "%s is no refusal that %s documents here",
		    errno_name(report->reason.error, name),
		    choice->family->refusal_source);
	else if (report->verdict == VERDICT_BROKEN &&
	    choice->row.shape == SHAPE_NONE)
		snprintf(report->contradiction, sizeof(report->contradiction),
		    "socket() opens what %s says is refused",
		    choice->family->refusal_source);
}
