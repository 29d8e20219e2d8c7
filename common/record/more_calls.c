#include "record/more_calls.h"

#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "record/request.h"
#include "record/taking.h"

int
more_socketpair(struct recorder *recorder, int domain, int type, int protocol,
    int fd[2])
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_SOCKETPAIR,
	    domain, type, protocol);
	int result = -1;

	if (!taking_fails(&taking))
		result = socketpair(domain, type, protocol, fd);
	if (result == 0) {
		event->pair[0] = fd[0];
		event->pair[1] = fd[1];
	}
	return (int)taking_finish(&taking, result);
}

int
more_ioctl(struct recorder *recorder, int fd, unsigned long request,
    void *argument)
{
	const struct request *known = request_find(request);
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_IOCTL, fd,
	    (int64_t)request, 0);
	int result = -1;

	if (known != NULL && !known->returned && argument != NULL)
		memcpy(&event->value, argument, sizeof(event->value));
	if (!taking_fails(&taking))
		result = ioctl(fd, request, argument);
	if (known != NULL && known->returned && result >= 0)
		memcpy(&event->value, argument, sizeof(event->value));
	return (int)taking_finish(&taking, result);
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
