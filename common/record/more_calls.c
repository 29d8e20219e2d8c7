#include "record/more_calls.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "record/taking.h"

/* The first bytes of what the vectors hold, and how many they hold. */
static void
keep_vectors(struct event *event, const struct msghdr *message, size_t length)
{
	event->length = length;
	for (size_t i = 0; i < message->msg_iovlen; i++) {
		const struct iovec *part = &message->msg_iov[i];
		size_t room = EVENT_DATA_MAX - event->kept;
		size_t bytes = part->iov_len < length ? part->iov_len : length;

		length -= bytes;
		if (bytes > room)
			bytes = room;
		if (bytes != 0)
			memcpy(event->data + event->kept, part->iov_base,
			    bytes);
		event->kept += (uint32_t)bytes;
	}
}

/* Keeps the lengths of the vectors; returns their sum. */
static size_t
measure_vectors(struct event *event, const struct msghdr *message)
{
	size_t length = 0;

	for (size_t i = 0; i < message->msg_iovlen; i++) {
		if (i < EVENT_VECTORS_MAX)
			event->vector[i] = message->msg_iov[i].iov_len;
		length += message->msg_iov[i].iov_len;
	}
	return length;
}

static void
keep_control(struct event *event, const struct msghdr *message)
{
	size_t length = message->msg_controllen;

	event->control_length = (uint32_t)length;
	if (length > EVENT_CONTROL_MAX)
		length = EVENT_CONTROL_MAX;
	if (length != 0)
		memcpy(event->control, message->msg_control, length);
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
more_sendmsg(struct recorder *recorder, int fd, const struct msghdr *message,
    int flags)
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
	keep_vectors(event, &passed, measure_vectors(event, &passed));
	keep_control(event, &passed);
	event->message_flags = passed.msg_flags;
	result = taking_finish(&taking,
	    taking_fails(&taking) ? -1 : sendmsg(fd, &passed, flags));
	free(parts);
	return result;
}

/* What the kernel has filled in. */
static void
keep_received(struct event *event, const struct msghdr *message, size_t length)
{
	keep_vectors(event, message, length);
	keep_control(event, message);
	event->message_flags = message->msg_flags;
	if (event->room == 0)
		return;
	event->returned = message->msg_namelen;
	endpoint_set(&event->address, message->msg_name,
	    message->msg_namelen < event->room ? message->msg_namelen
					       : event->room);
}

ssize_t
more_recvmsg(struct recorder *recorder, int fd, struct msghdr *message,
    int flags)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_RECVMSG, fd,
	    flags, (int64_t)message->msg_iovlen);
	struct iovec *whole = message->msg_iov;
	struct iovec *parts = shorten(&taking, message);
	size_t room = measure_vectors(event, message);
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

int
more_ioctl(struct recorder *recorder, int fd, unsigned long request,
    void *argument)
{
	struct taking taking;

	taking_begin(&taking, recorder, CALL_IOCTL, fd, (int64_t)request, 0);
	return (int)taking_finish(&taking,
	    taking_fails(&taking) ? -1 : ioctl(fd, request, argument));
}

int
more_bpf(struct recorder *recorder, int command, void *attributes,
    unsigned size)
{
	struct taking taking;

	taking_begin(&taking, recorder, CALL_BPF, command, size, 0);
	return (int)taking_finish(&taking,
	    taking_fails(&taking)
		? -1
		: syscall(SYS_bpf, command, attributes, size));
}

int
more_mmap(struct recorder *recorder, int fd, off_t offset, size_t length,
    void **memory)
{
	struct taking taking;

	taking_begin(&taking, recorder, CALL_MMAP, fd, offset, (int64_t)length);
	*memory = MAP_FAILED;
	if (!taking_fails(&taking))
		*memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_POPULATE, fd, offset);
	return (int)taking_finish(&taking, *memory == MAP_FAILED ? -1 : 0);
}

int
more_munmap(struct recorder *recorder, void *memory, size_t length)
{
	struct taking taking;

	taking_begin(&taking, recorder, CALL_MUNMAP, (int64_t)length, 0, 0);
	return (int)taking_finish(&taking,
	    taking_fails(&taking) ? -1 : munmap(memory, length));
}
