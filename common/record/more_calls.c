#include "record/more_calls.h"

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

static size_t
vectors_length(const struct msghdr *message)
{
	size_t length = 0;

	for (size_t i = 0; i < message->msg_iovlen; i++)
		length += message->msg_iov[i].iov_len;
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

ssize_t
more_sendmsg(struct recorder *recorder, int fd, const struct msghdr *message,
    int flags)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_SENDMSG, fd,
	    flags, (int64_t)message->msg_iovlen);

	if (message->msg_name != NULL)
		endpoint_set(&event->address, message->msg_name,
		    message->msg_namelen);
	keep_vectors(event, message, vectors_length(message));
	keep_control(event, message);
	return taking_finish(&taking,
	    taking_fails(&taking) ? -1 : sendmsg(fd, message, flags));
}

ssize_t
more_recvmsg(struct recorder *recorder, int fd, struct msghdr *message,
    int flags)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_RECVMSG, fd,
	    flags, (int64_t)message->msg_iovlen);
	size_t room = vectors_length(message);
	ssize_t result = -1;

	event->room = message->msg_name != NULL ? message->msg_namelen : 0;
	if (!taking_fails(&taking))
		result = recvmsg(fd, message, flags);
	if (result >= 0) {
		keep_vectors(event, message,
		    (size_t)result < room ? (size_t)result : room);
		keep_control(event, message);
		event->message_flags = message->msg_flags;
		event->returned = message->msg_namelen;
		if (event->room != 0)
			endpoint_set(&event->address, message->msg_name,
			    message->msg_namelen < event->room
				? message->msg_namelen
				: event->room);
	}
	return taking_finish(&taking, result);
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
