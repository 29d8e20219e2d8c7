#include "record/tell.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "family/cell.h"
#include "record/names.h"
#include "record/option.h"

bool
tell_succeeded(const struct question *question)
{
	return question->event->end_ns != 0 && question->event->result >= 0;
}

void
tell_null(const struct question *question, const char *format, ...)
{
	va_list arguments;

	question->argument->kind = ARGUMENT_NULL;
	va_start(arguments, format);
	vsnprintf(TEXT(question->argument), format, arguments);
	va_end(arguments);
}

void
tell_number(const struct question *question)
{
	question->argument->kind = ARGUMENT_NUMBER;
	question->argument->number = question->number;
}

void
tell_descriptor(const struct question *question)
{
	tell_number(question);
	question->argument->descriptor = true;
}

/* A family may open sockets of another (KCM those of TCP). */
static const struct family *
family_of_domain(const struct family *family, int64_t domain)
{
	if (family->domain == domain)
		return family;
	for (size_t i = 0; families[i] != NULL; i++)
		if (families[i]->domain == domain)
			return families[i];
	return NULL;
}

void
tell_domain(const struct question *question)
{
	const struct family *family =
	    family_of_domain(question->family, question->number);
	struct argument *argument = question->argument;

	argument->kind = ARGUMENT_SYMBOL;
	if (family != NULL)
		snprintf(TEXT(argument), "%s", family->constant);
	else
		snprintf(TEXT(argument), "0x%x /* AF_??? */",
		    (unsigned)question->number);
}

void
tell_type(const struct question *question)
{
	question->argument->kind = ARGUMENT_SYMBOL;
	question->argument->essential =
	    name_type(question->number, TEXT(question->argument));
}

/* strace: a number that is none of a list is told with the list's prefix. */
static void
tell_nameless(const struct question *question, const struct family *family)
{
	struct argument *argument = question->argument;
	const char *prefix = NULL;
	int length = 0;

	tell_number(question);
	if (family != NULL && family->protocol_prefix != NULL) {
		prefix = family->protocol_prefix;
		length = (int)strlen(prefix);
	} else if (family != NULL && family->protocol_zero != NULL) {
		prefix = family->protocol_zero;
		length = (int)strcspn(prefix, "_");
	}
	if (prefix != NULL)
		snprintf(TEXT(argument), "%#x /* %.*s_??? */",
		    (unsigned)question->number, length, prefix);
}

void
tell_protocol(const struct question *question)
{
	const struct family *family =
	    family_of_domain(question->family, question->event->number[0]);
	const struct protocol *protocol = NULL;
	struct argument *argument = question->argument;

	if (family != NULL && question->number != 0)
		protocol = protocol_find(family, (int)question->number);
	argument->kind = ARGUMENT_SYMBOL;
	if (protocol != NULL)
		snprintf(TEXT(argument), "%s", protocol->constant);
	else if (question->number == 0 && family != NULL &&
	    family->protocol_zero != NULL)
		snprintf(TEXT(argument), "%s", family->protocol_zero);
	else
		tell_nameless(question, family);
	argument->number = question->number;
	argument->has_number = true;
}

/* strace: socketpair() has it as a mere number. */
void
tell_pair_protocol(const struct question *question)
{
	tell_protocol(question);
	question->argument->bare_in_strace = true;
}

void
tell_how(const struct question *question)
{
	question->argument->kind = ARGUMENT_SYMBOL;
	name_how(question->number, TEXT(question->argument));
}

void
tell_message_flags(const struct question *question)
{
	question->argument->kind = ARGUMENT_SYMBOL;
	question->argument->plumbing =
	    message_flags_are_plumbing(question->number);
	name_message_flags(question->number, TEXT(question->argument));
}

void
tell_accept_flags(const struct question *question)
{
	question->argument->kind = ARGUMENT_SYMBOL;
	name_accept_flags(question->number, TEXT(question->argument));
}

void
tell_level(const struct question *question)
{
	question->argument->kind = ARGUMENT_SYMBOL;
	option_tell_level(question->family, question->number,
	    TEXT(question->argument));
}

void
tell_option(const struct question *question)
{
	const struct event *event = question->event;

	question->argument->kind = ARGUMENT_SYMBOL;
	option_tell_name(question->family, event->number[1], question->number,
	    TEXT(question->argument));
}

void
tell_sent(const struct question *question)
{
	question->argument->kind = ARGUMENT_DATA;
}

void
tell_received(const struct question *question)
{
	question->argument->returned = true;
	question->argument->kind = ARGUMENT_DATA;
	if (!tell_succeeded(question))
		tell_null(question, "...");
}

void
tell_message_sent(const struct question *question)
{
	question->argument->kind = ARGUMENT_MESSAGE;
}

void
tell_message_received(const struct question *question)
{
	question->argument->returned = true;
	question->argument->kind = ARGUMENT_MESSAGE;
	if (!tell_succeeded(question))
		tell_null(question, "{msg_namelen=%u}",
		    question->event->room);
}

void
tell_messages_sent(const struct question *question)
{
	question->argument->kind = ARGUMENT_MESSAGES;
	question->argument->number = question->event->number[1];
}

void
tell_messages_received(const struct question *question)
{
	question->argument->returned = true;
	question->argument->kind = ARGUMENT_MESSAGES;
	question->argument->number = question->event->result;
	if (!tell_succeeded(question))
		tell_null(question, "...");
}

void
tell_bpf_command(const struct question *question)
{
	question->argument->kind = ARGUMENT_SYMBOL;
	name_bpf_command(question->number, TEXT(question->argument));
}

void
tell_address(const struct question *question)
{
	question->argument->kind = ARGUMENT_ADDRESS;
	if (question->event->address.length == 0)
		tell_null(question, "NULL");
}

void
tell_address_length(const struct question *question)
{
	question->argument->kind = ARGUMENT_NUMBER;
	question->argument->number = question->event->address.length;
}

void
tell_returned_address(const struct question *question)
{
	const struct event *event = question->event;

	question->argument->returned = true;
	question->argument->kind = ARGUMENT_ADDRESS;
	if (event->room == 0)
		tell_null(question, "NULL");
	else if (!tell_succeeded(question) || event->address.length == 0)
		tell_null(question, "...");
}

void
tell_room(const struct question *question)
{
	question->argument->returned = true;
	question->argument->kind = ARGUMENT_LENGTH;
	if (question->event->room == 0)
		tell_null(question, "NULL");
}

void
tell_value(const struct question *question)
{
	struct argument *argument = question->argument;

	argument->kind = ARGUMENT_VALUE;
	argument->has_number = option_tell_value(question->family,
	    question->event, &argument->number, TEXT(argument));
}

void
tell_returned_value(const struct question *question)
{
	question->argument->returned = true;
	if (tell_succeeded(question))
		tell_value(question);
	else
		tell_null(question, "...");
}

void
tell_value_length(const struct question *question)
{
	question->argument->kind = ARGUMENT_NUMBER;
	question->argument->number = (int64_t)question->event->length;
}
