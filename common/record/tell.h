/*
 * tell: decodes one argument of a call, by the kind of argument that it is.
 * Which call has which arguments, and in what order, is in describe.c.
 */
#ifndef RECORD_TELL_H
#define RECORD_TELL_H

#include "record/describe.h"

/*
 * What is asked: the event, and the zeroed argument (but for its name and
 * whether it is plumbing) that takes the answer.
 */
struct question {
	const struct family *family;
	const struct event *event;
	int64_t number;		/* the integer that was passed, if it is one */
	struct argument *argument;
};

/* The text of an argument, and its room. */
#define TEXT(argument) (argument)->text, sizeof((argument)->text)

bool tell_succeeded(const struct question *question);

/* An ARGUMENT_NULL, and what stands for it. */
void tell_null(const struct question *question, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* An integer as it is: a length, a backlog; and a file descriptor. */
void tell_number(const struct question *question);
void tell_descriptor(const struct question *question);

/* Of socket(). */
void tell_domain(const struct question *question);
void tell_type(const struct question *question);
void tell_protocol(const struct question *question);

/* Of shutdown(), of send() and recv(), and of accept4(). */
void tell_how(const struct question *question);
void tell_message_flags(const struct question *question);
void tell_accept_flags(const struct question *question);

/* Payload: passed in, or filled in by the call. */
void tell_sent(const struct question *question);
void tell_received(const struct question *question);

/* An address that is passed in, and its length; one that the call returns. */
void tell_address(const struct question *question);
void tell_address_length(const struct question *question);
void tell_returned_address(const struct question *question);

/* Of setsockopt() and getsockopt(). */
void tell_level(const struct question *question);
void tell_option(const struct question *question);
void tell_value(const struct question *question);
void tell_value_length(const struct question *question);
void tell_returned_value(const struct question *question);

/* Of sendmsg(), recvmsg() and of several at once; of ioctl(); of bpf(). */
void tell_message_sent(const struct question *question);
void tell_message_received(const struct question *question);
void tell_messages_sent(const struct question *question);
void tell_messages_received(const struct question *question);
void tell_timeout(const struct question *question);
void tell_request(const struct question *question);
void tell_request_value(const struct question *question);
void tell_bpf_command(const struct question *question);

/* Of poll(), splice() and sendfile(). */
void tell_polled(const struct question *question);
void tell_no_pointer(const struct question *question);
void tell_splice_flags(const struct question *question);
void tell_offset(const struct question *question);

/* Of socketpair(), fcntl(), fstat(), lseek() and open(). */
void tell_pair_protocol(const struct question *question);
void tell_pair(const struct question *question);
void tell_command(const struct question *question);
void tell_command_argument(const struct question *question);
void tell_status(const struct question *question);
void tell_whence(const struct question *question);
void tell_path(const struct question *question);
void tell_open_flags(const struct question *question);

/* The length that stands with what is returned: an address, a value. */
void tell_room(const struct question *question);

#endif
