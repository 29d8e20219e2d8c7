/* tell_file: decodes arguments of calls that any descriptor has. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "record/file_names.h"
#include "record/request.h"
#include "record/tell.h"

void
tell_polled(const struct question *question)
{
	question->argument->kind = ARGUMENT_POLLED;
	question->argument->number = question->number;
	if (question->number == 0)
		tell_null(question, "NULL");
}

void
tell_no_pointer(const struct question *question)
{
	tell_null(question, "NULL");
}

void
tell_splice_flags(const struct question *question)
{
	question->argument->kind = ARGUMENT_SYMBOL;
	file_names_splice_flags(question->event->splice_flags,
	    TEXT(question->argument));
}

void
tell_offset(const struct question *question)
{
	question->argument->kind = ARGUMENT_OFFSET;
	if (!question->event->offset.given)
		tell_null(question, "NULL");
}

void
tell_pair(const struct question *question)
{
	question->argument->returned = true;
	question->argument->kind = ARGUMENT_PAIR;
	if (!tell_succeeded(question))
		tell_null(question, "...");
}

void
tell_timeout(const struct question *question)
{
	const struct timespec *timeout = &question->event->batch.timeout;

	question->argument->kind = ARGUMENT_VALUE;
	if (question->event->batch.timed)
		snprintf(TEXT(question->argument), "{tv_sec=%lld, tv_nsec=%llu}",
		    (long long)timeout->tv_sec,
		    (unsigned long long)timeout->tv_nsec);
	else
		tell_null(question, "NULL");
}

void
tell_command(const struct question *question)
{
	question->argument->kind = ARGUMENT_SYMBOL;
	file_names_command(question->number, TEXT(question->argument));
}

void
tell_command_argument(const struct question *question)
{
	struct argument *argument = question->argument;

	if (!file_names_argument(question->event->number[1], question->number,
	    TEXT(argument)))
		argument->kind = ARGUMENT_NONE;
	else if (argument->text[0] != '\0')
		argument->kind = ARGUMENT_SYMBOL;
	else
		tell_number(question);
}

void
tell_status(const struct question *question)
{
	const struct event *event = question->event;
	struct argument *argument = question->argument;
	char mode[80];

	argument->returned = true;
	argument->kind = ARGUMENT_VALUE;
	file_names_mode(event->status.mode, mode, sizeof(mode));
	if (!tell_succeeded(question))
		tell_null(question, "...");
	else if (S_ISCHR(event->status.mode) || S_ISBLK(event->status.mode))
		snprintf(TEXT(argument),
		    "{st_mode=%s, st_rdev=makedev(%#x, %#x), ...}", mode,
		    major(event->status.device), minor(event->status.device));
	else
		snprintf(TEXT(argument), "{st_mode=%s, st_size=%lld, ...}",
		    mode, (long long)event->status.size);
}

void
tell_whence(const struct question *question)
{
	question->argument->kind = ARGUMENT_SYMBOL;
	file_names_whence(question->number, TEXT(question->argument));
}

void
tell_path(const struct question *question)
{
	question->argument->kind = ARGUMENT_PATH;
}

void
tell_open_flags(const struct question *question)
{
	question->argument->kind = ARGUMENT_SYMBOL;
	file_names_open_flags(question->number, TEXT(question->argument));
}

void
tell_request(const struct question *question)
{
	const struct request_name *row = question->family->requests;
	const struct request *known =
	    request_find((unsigned long)question->number);
	struct argument *argument = question->argument;

	argument->kind = ARGUMENT_SYMBOL;
	if (known != NULL) {
		snprintf(TEXT(argument), "%s", known->name);
		argument->in_strace = known->in_strace;
		return;
	}
	for (; row != NULL && row->constant != NULL; row++)
		if (row->number == (unsigned long)question->number) {
			snprintf(TEXT(argument), "%s", row->constant);
			return;
		}
	snprintf(TEXT(argument), "0x%lx", (unsigned long)question->number);
}

/* An int that the kernel reads or returns; of other requests nothing. */
void
tell_request_value(const struct question *question)
{
	const struct request *known =
	    request_find((unsigned long)question->number);
	struct argument *argument = question->argument;

	if (known == NULL || (known->returned && !tell_succeeded(question))) {
		tell_null(question, "...");
		return;
	}
	argument->returned = known->returned;
	argument->kind = ARGUMENT_VALUE;
	argument->has_number = true;
	argument->number = question->event->value;
	snprintf(TEXT(argument), "[%d]", question->event->value);
}
