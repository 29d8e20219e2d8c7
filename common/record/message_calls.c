#include "record/message_calls.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "record/taking.h"

/* Copies the first of length bytes in the vectors; returns how many. */
static uint32_t
gather(const struct msghdr *message, size_t length, unsigned char *data,
    size_t room)
{
	size_t kept = 0;

	for (size_t i = 0; i < message->msg_iovlen; i++) {
		const struct iovec *part = &message->msg_iov[i];
		size_t bytes = part->iov_len < length ? part->iov_len : length;

		length -= bytes;
		if (bytes > room - kept)
			bytes = room - kept;
		if (bytes != 0)
			memcpy(data + kept, part->iov_base, bytes);
		kept += bytes;
	}
	return (uint32_t)kept;
}

static void
keep_vectors(struct event *event, const struct msghdr *message, size_t length)
{
	event->length = length;
	event->kept = gather(message, length, event->data, EVENT_DATA_MAX);
}

/*
 * Keeps the lengths of the vectors, behind those of `before` others; returns
 * their sum.
 */
static size_t
measure_vectors(struct event *event, const struct msghdr *message,
    size_t before)
{
	size_t length = 0;

	for (size_t i = 0; i < message->msg_iovlen; i++) {
		if (before + i < EVENT_VECTORS_MAX)
			event->vector[before + i] = message->msg_iov[i].iov_len;
		length += message->msg_iov[i].iov_len;
	}
	return length;
}

/* Keeps control messages behind `before` bytes of others. */
static void
keep_control(struct event *event, const struct msghdr *message, size_t before)
{
	size_t length = message->msg_controllen;

	if (before >= EVENT_CONTROL_MAX)
		return;
	if (length > EVENT_CONTROL_MAX - before)
		length = EVENT_CONTROL_MAX - before;
	if (length != 0)
		memcpy(event->control + before, message->msg_control, length);
}

/*
 * Cuts the vectors to what a fault allows, in a copy of theirs, which is
 * returned for the caller to free; NULL where nothing is cut.
 */
static struct iovec *
shorten(const struct taking *taking, struct msghdr *message)
{
	size_t left = taking_shortened(taking, SIZE_MAX);
	struct iovec *parts;

	if (left == SIZE_MAX || message->msg_iovlen == 0)
		return NULL;
	parts = calloc(message->msg_iovlen, sizeof(*parts));
	if (parts == NULL)
		return NULL;
	for (size_t i = 0; i < message->msg_iovlen; i++) {
		parts[i] = message->msg_iov[i];
		if (parts[i].iov_len > left)
			parts[i].iov_len = left;
		left -= parts[i].iov_len;
	}
	message->msg_iov = parts;
	return parts;
}

ssize_t
message_sendmsg(struct recorder *recorder, int fd,
    const struct msghdr *message, int flags)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_SENDMSG, fd,
	    flags, (int64_t)message->msg_iovlen);
	struct msghdr passed = *message;
	struct iovec *parts = shorten(&taking, &passed);
	ssize_t result;

	if (passed.msg_name != NULL)
		endpoint_set(&event->address, passed.msg_name,
		    passed.msg_namelen);
	keep_vectors(event, &passed, measure_vectors(event, &passed, 0));
	event->control_length = (uint32_t)passed.msg_controllen;
	keep_control(event, &passed, 0);
	event->message_flags = passed.msg_flags;
	result = taking_finish(&taking,
	    taking_fails(&taking) ? -1 : sendmsg(fd, &passed, flags));
	free(parts);
	return result;
}

/* The address that the kernel has filled in, where there was room for one. */
static void
keep_name(struct endpoint *address, socklen_t room,
    const struct msghdr *message)
{
	if (room != 0)
		endpoint_set(address, message->msg_name,
		    message->msg_namelen < room ? message->msg_namelen : room);
}

static void
keep_received(struct event *event, const struct msghdr *message, size_t length)
{
	keep_vectors(event, message, length);
	event->control_length = (uint32_t)message->msg_controllen;
	keep_control(event, message, 0);
	event->message_flags = message->msg_flags;
	event->returned = event->room != 0 ? message->msg_namelen : 0;
	keep_name(&event->address, event->room, message);
}

ssize_t
message_recvmsg(struct recorder *recorder, int fd, struct msghdr *message,
    int flags)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_RECVMSG, fd,
	    flags, (int64_t)message->msg_iovlen);
	struct iovec *whole = message->msg_iov;
	struct iovec *parts = shorten(&taking, message);
	size_t room = measure_vectors(event, message, 0);
	ssize_t result = -1;

	event->room = message->msg_name != NULL ? message->msg_namelen : 0;
	if (!taking_fails(&taking))
		result = recvmsg(fd, message, flags);
	if (result >= 0)
		keep_received(event, message,
		    (size_t)result < room ? (size_t)result : room);
	result = taking_finish(&taking, result);
	message->msg_iov = whole;
	free(parts);
	return result;
}

/* What each message has before the call; its data only if that is sent. */
static void
keep_passed(struct event *event, const struct mmsghdr *messages,
    unsigned count)
{
	bool sends = call_sends((enum call)event->call);
	size_t vectors = 0, control = 0;

	for (unsigned i = 0; i < count && i < EVENT_MESSAGES_MAX; i++) {
		struct event_message *kept = &event->batch.message[i];
		const struct msghdr *passed = &messages[i].msg_hdr;

		kept->vectors = (uint32_t)passed->msg_iovlen;
		kept->length = measure_vectors(event, passed, vectors);
		vectors += passed->msg_iovlen;
		if (passed->msg_name != NULL)
			kept->room = passed->msg_namelen;
		if (!sends)
			continue;
		if (passed->msg_name != NULL)
			endpoint_set(&kept->address, passed->msg_name,
			    passed->msg_namelen);
		kept->kept = gather(passed, kept->length, kept->data,
		    EVENT_MESSAGE_DATA_MAX);
		kept->control_length = (uint32_t)passed->msg_controllen;
		keep_control(event, passed, control);
		control += passed->msg_controllen;
		kept->flags = passed->msg_flags;
	}
}

int
message_sendmmsg(struct recorder *recorder, int fd, struct mmsghdr *messages,
    unsigned count, int flags)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_SENDMMSG,
	    fd, 0, flags);
	int result = -1;

	count = (unsigned)taking_shortened(&taking, count);
	event->number[1] = count;
	event->length = count;
	keep_passed(event, messages, count);
	if (!taking_fails(&taking))
		result = sendmmsg(fd, messages, count, flags);
	for (int i = 0; i < result && i < EVENT_MESSAGES_MAX; i++)
		event->batch.message[i].moved = messages[i].msg_len;
	return (int)taking_finish(&taking, result);
}

/* What the kernel has filled in of each message. */
static void
keep_all_received(struct event *event, const struct mmsghdr *messages,
    int count)
{
	size_t control = 0;

	for (int i = 0; i < count && i < EVENT_MESSAGES_MAX; i++) {
		struct event_message *kept = &event->batch.message[i];
		const struct msghdr *received = &messages[i].msg_hdr;

		kept->moved = messages[i].msg_len;
		if (kept->length > kept->moved)
			kept->length = kept->moved;
		kept->kept = gather(received, kept->length, kept->data,
		    EVENT_MESSAGE_DATA_MAX);
		kept->control_length = (uint32_t)received->msg_controllen;
		keep_control(event, received, control);
		control += received->msg_controllen;
		kept->flags = received->msg_flags;
		event->message_flags |= received->msg_flags;
		kept->returned = kept->room != 0 ? received->msg_namelen : 0;
		keep_name(&kept->address, kept->room, received);
	}
}

int
message_recvmmsg(struct recorder *recorder, int fd, struct mmsghdr *messages,
    unsigned count, int flags, struct timespec *timeout)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_RECVMMSG,
	    fd, 0, flags);
	int result = -1;

	count = (unsigned)taking_shortened(&taking, count);
	event->number[1] = count;
	keep_passed(event, messages, count);
	event->batch.timed = timeout != NULL;
	if (timeout != NULL)
		event->batch.timeout = *timeout;
	if (!taking_fails(&taking))
		result = recvmmsg(fd, messages, count, flags, timeout);
	if (result >= 0)
		keep_all_received(event, messages, result);
	if (timeout != NULL)
		event->batch.left = *timeout;
	return (int)taking_finish(&taking, result);
}
