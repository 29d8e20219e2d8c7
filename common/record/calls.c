#include "record/calls.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "record/fault.h"
#include "record/trace.h"

/* A call in the making: where its event goes, and the fault that it meets. */
struct taking {
	struct recorder *recorder;
	struct event *event;
	struct event unkept;	/* stands in where there is no trace */
	const struct fault *fault;
};

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static struct event *
begin(struct taking *taking, struct recorder *recorder, enum call call,
    int64_t first, int64_t second, int64_t third)
{
	struct event *event = &taking->unkept;

	taking->recorder = recorder;
	taking->fault = NULL;
	recorder->last = call;
	if (recorder->faults != NULL)
		taking->fault = fault_take(recorder->faults, recorder->side,
		    call);
	if (recorder->trace != NULL)
		event = trace_next(recorder->trace);
	else
		memset(event, 0, sizeof(*event));
	taking->event = event;
	event->pid = recorder->pid;
	event->side = (uint8_t)recorder->side;
	event->call = (uint8_t)call;
	event->number[0] = first;
	event->number[1] = second;
	event->number[2] = third;
	event->t_ns = now_ns();
	return event;
}

/* Whether a fault takes the place of the kernel's call. */
static bool
fails(const struct taking *taking)
{
	const struct fault *fault = taking->fault;

	if (fault == NULL || fault->error == 0)
		return false;
	return fault->call != CALL_CONNECT ||
	    (fault->error != EINTR && fault->error != EINPROGRESS);
}

static size_t
shortened(const struct taking *taking, size_t length)
{
	const struct fault *fault = taking->fault;

	if (fault == NULL || fault->error != 0 || fault->at_most == 0)
		return length;
	return length < fault->at_most ? length : fault->at_most;
}

/* Records the result that the kernel gave; returns it or a negative errno. */
static ssize_t
finish(struct taking *taking, ssize_t result)
{
	struct event *event = taking->event;
	struct recorder *recorder = taking->recorder;
	int error = result < 0 ? errno : 0;

	if (taking->fault != NULL && taking->fault->error != 0) {
		result = -1;
		error = taking->fault->error;
	}
	event->injected = taking->fault != NULL;
	event->result = result;
	event->error = error;
	event->end_ns = now_ns();
	if (recorder->sink != NULL)
		recorder->sink(event, recorder->sink_context);
	return error != 0 ? -error : result;
}

static void
keep_data(struct event *event, const void *data, size_t length)
{
	size_t kept = length < EVENT_DATA_MAX ? length : EVENT_DATA_MAX;

	event->length = length;
	event->kept = (uint32_t)kept;
	if (kept != 0)
		memcpy(event->data, data, kept);
}

/* What the kernel wrote of an address, and the length it returned with it. */
static void
keep_address(struct event *event, const struct endpoint *address,
    socklen_t returned)
{
	if (address == NULL)
		return;
	event->returned = returned;
	endpoint_set(&event->address, address->bytes, returned);
}

static int
record_socket(struct recorder *recorder, int domain, int type, int protocol)
{
	struct taking taking;

	begin(&taking, recorder, CALL_SOCKET, domain, type, protocol);
	return (int)finish(&taking,
	    fails(&taking) ? -1 : socket(domain, type, protocol));
}

/* bind() and connect() differ in nothing but the call. */
static int
record_addressed(struct recorder *recorder, enum call call, int fd,
    const struct endpoint *address)
{
	struct taking taking;
	struct event *event = begin(&taking, recorder, call, fd, 0, 0);
	int result = -1;

	event->address = *address;
	if (!fails(&taking) && call == CALL_BIND)
		result = bind(fd, &address->any, address->length);
	else if (!fails(&taking))
		result = connect(fd, &address->any, address->length);
	return (int)finish(&taking, result);
}

static int
record_bind(struct recorder *recorder, int fd, const struct endpoint *address)
{
	return record_addressed(recorder, CALL_BIND, fd, address);
}

static int
record_connect(struct recorder *recorder, int fd,
    const struct endpoint *address)
{
	return record_addressed(recorder, CALL_CONNECT, fd, address);
}

static int
record_listen(struct recorder *recorder, int fd, int backlog)
{
	struct taking taking;

	begin(&taking, recorder, CALL_LISTEN, fd, backlog, 0);
	return (int)finish(&taking, fails(&taking) ? -1 : listen(fd, backlog));
}

/*
 * The room that a call is given for an address it returns. The storage is
 * cleared first: a kernel may say a length without writing as many bytes.
 */
static socklen_t
make_room(struct event *event, struct endpoint *address)
{
	if (address == NULL)
		return 0;
	memset(address, 0, sizeof(*address));
	event->room = sizeof(address->storage);
	return event->room;
}

static void
returned_address(struct event *event, struct endpoint *address,
    socklen_t returned)
{
	if (address == NULL)
		return;
	keep_address(event, address, returned);
	address->length = event->address.length;
}

static int
record_accept(struct recorder *recorder, int fd, struct endpoint *peer,
    int flags)
{
	struct taking taking;
	struct event *event =
	    begin(&taking, recorder, CALL_ACCEPT4, fd, flags, 0);
	socklen_t length = make_room(event, peer);
	int result = -1;

	if (!fails(&taking))
		result = accept4(fd, peer != NULL ? &peer->any : NULL,
		    peer != NULL ? &length : NULL, flags);
	if (result >= 0)
		returned_address(event, peer, length);
	return (int)finish(&taking, result);
}

static ssize_t
record_send(struct recorder *recorder, int fd, const void *data, size_t length,
    int flags)
{
	struct taking taking;
	struct event *event = begin(&taking, recorder, CALL_SEND, fd, 0, flags);

	length = shortened(&taking, length);
	event->number[1] = (int64_t)length;
	keep_data(event, data, length);
	return finish(&taking,
	    fails(&taking) ? -1 : send(fd, data, length, flags));
}

static ssize_t
record_sendto(struct recorder *recorder, int fd, const void *data,
    size_t length, int flags, const struct endpoint *to)
{
	struct taking taking;
	struct event *event =
	    begin(&taking, recorder, CALL_SENDTO, fd, 0, flags);

	length = shortened(&taking, length);
	event->number[1] = (int64_t)length;
	event->address = *to;
	keep_data(event, data, length);
	return finish(&taking, fails(&taking) ? -1 :
	    sendto(fd, data, length, flags, &to->any, to->length));
}

static ssize_t
record_recv(struct recorder *recorder, int fd, void *data, size_t room,
    int flags)
{
	struct taking taking;
	struct event *event = begin(&taking, recorder, CALL_RECV, fd, 0, flags);
	ssize_t result = -1;

	room = shortened(&taking, room);
	event->number[1] = (int64_t)room;
	if (!fails(&taking))
		result = recv(fd, data, room, flags);
	if (result > 0)
		keep_data(event, data,
		    (size_t)result < room ? (size_t)result : room);
	return finish(&taking, result);
}

static ssize_t
record_recvfrom(struct recorder *recorder, int fd, void *data, size_t room,
    int flags, struct endpoint *from)
{
	struct taking taking;
	struct event *event =
	    begin(&taking, recorder, CALL_RECVFROM, fd, 0, flags);
	socklen_t length = make_room(event, from);
	ssize_t result = -1;

	room = shortened(&taking, room);
	event->number[1] = (int64_t)room;
	if (!fails(&taking))
		result = recvfrom(fd, data, room, flags,
		    from != NULL ? &from->any : NULL,
		    from != NULL ? &length : NULL);
	if (result > 0)
		keep_data(event, data,
		    (size_t)result < room ? (size_t)result : room);
	if (result >= 0)
		returned_address(event, from, length);
	return finish(&taking, result);
}

static int
record_shutdown(struct recorder *recorder, int fd, int how)
{
	struct taking taking;

	begin(&taking, recorder, CALL_SHUTDOWN, fd, how, 0);
	return (int)finish(&taking, fails(&taking) ? -1 : shutdown(fd, how));
}

/* getsockname() and getpeername() differ in nothing but the call. */
static int
record_name(struct recorder *recorder, enum call call, int fd,
    struct endpoint *name)
{
	struct taking taking;
	struct event *event = begin(&taking, recorder, call, fd, 0, 0);
	socklen_t length = make_room(event, name);
	int result = -1;

	if (!fails(&taking) && call == CALL_GETSOCKNAME)
		result = getsockname(fd, &name->any, &length);
	else if (!fails(&taking))
		result = getpeername(fd, &name->any, &length);
	if (result == 0)
		returned_address(event, name, length);
	return (int)finish(&taking, result);
}

static int
record_getsockname(struct recorder *recorder, int fd, struct endpoint *name)
{
	return record_name(recorder, CALL_GETSOCKNAME, fd, name);
}

static int
record_getpeername(struct recorder *recorder, int fd, struct endpoint *name)
{
	return record_name(recorder, CALL_GETPEERNAME, fd, name);
}

static int
record_setsockopt(struct recorder *recorder, int fd, int level, int name,
    const void *value, socklen_t length)
{
	struct taking taking;
	struct event *event =
	    begin(&taking, recorder, CALL_SETSOCKOPT, fd, level, name);

	keep_data(event, value, length);
	return (int)finish(&taking, fails(&taking) ? -1 :
	    setsockopt(fd, level, name, value, length));
}

static int
record_getsockopt(struct recorder *recorder, int fd, int level, int name,
    void *value, socklen_t *length)
{
	struct taking taking;
	struct event *event =
	    begin(&taking, recorder, CALL_GETSOCKOPT, fd, level, name);
	int result = -1;

	event->room = *length;
	if (!fails(&taking))
		result = getsockopt(fd, level, name, value, length);
	if (result == 0) {
		event->returned = *length;
		keep_data(event, value, *length < event->room ? *length
							       : event->room);
	}
	return (int)finish(&taking, result);
}

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

static ssize_t
record_sendmsg(struct recorder *recorder, int fd, const struct msghdr *message,
    int flags)
{
	struct taking taking;
	struct event *event = begin(&taking, recorder, CALL_SENDMSG, fd, flags,
	    (int64_t)message->msg_iovlen);

	if (message->msg_name != NULL)
		endpoint_set(&event->address, message->msg_name,
		    message->msg_namelen);
	keep_vectors(event, message, vectors_length(message));
	keep_control(event, message);
	return finish(&taking,
	    fails(&taking) ? -1 : sendmsg(fd, message, flags));
}

static ssize_t
record_recvmsg(struct recorder *recorder, int fd, struct msghdr *message,
    int flags)
{
	struct taking taking;
	struct event *event = begin(&taking, recorder, CALL_RECVMSG, fd, flags,
	    (int64_t)message->msg_iovlen);
	size_t room = vectors_length(message);
	ssize_t result = -1;

	event->room = message->msg_name != NULL ? message->msg_namelen : 0;
	if (!fails(&taking))
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
			    ? message->msg_namelen : event->room);
	}
	return finish(&taking, result);
}

static int
record_ioctl(struct recorder *recorder, int fd, unsigned long request,
    void *argument)
{
	struct taking taking;

	begin(&taking, recorder, CALL_IOCTL, fd, (int64_t)request, 0);
	return (int)finish(&taking,
	    fails(&taking) ? -1 : ioctl(fd, request, argument));
}

static int
record_bpf(struct recorder *recorder, int command, void *attributes,
    unsigned size)
{
	struct taking taking;

	begin(&taking, recorder, CALL_BPF, command, size, 0);
	return (int)finish(&taking, fails(&taking) ? -1
	    : syscall(SYS_bpf, command, attributes, size));
}

static int
record_mmap(struct recorder *recorder, int fd, off_t offset, size_t length,
    void **memory)
{
	struct taking taking;

	begin(&taking, recorder, CALL_MMAP, fd, offset, (int64_t)length);
	*memory = MAP_FAILED;
	if (!fails(&taking))
		*memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_POPULATE, fd, offset);
	return (int)finish(&taking, *memory == MAP_FAILED ? -1 : 0);
}

static int
record_munmap(struct recorder *recorder, void *memory, size_t length)
{
	struct taking taking;

	begin(&taking, recorder, CALL_MUNMAP, (int64_t)length, 0, 0);
	return (int)finish(&taking,
	    fails(&taking) ? -1 : munmap(memory, length));
}

static int
record_close(struct recorder *recorder, int fd)
{
	struct taking taking;

	begin(&taking, recorder, CALL_CLOSE, fd, 0, 0);
	return (int)finish(&taking, fails(&taking) ? -1 : close(fd));
}

const struct calls recorded_calls = {
	.socket = record_socket,
	.bind = record_bind,
	.listen = record_listen,
	.accept = record_accept,
	.connect = record_connect,
	.send = record_send,
	.sendto = record_sendto,
	.recv = record_recv,
	.recvfrom = record_recvfrom,
	.shutdown = record_shutdown,
	.getsockname = record_getsockname,
	.getpeername = record_getpeername,
	.setsockopt = record_setsockopt,
	.getsockopt = record_getsockopt,
	.sendmsg = record_sendmsg,
	.recvmsg = record_recvmsg,
	.ioctl = record_ioctl,
	.bpf = record_bpf,
	.mmap = record_mmap,
	.munmap = record_munmap,
	.close = record_close,
};
