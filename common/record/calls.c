#include "record/calls.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "record/file_calls.h"
#include "record/message_calls.h"
#include "record/more_calls.h"
#include "record/taking.h"

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

	taking_begin(&taking, recorder, CALL_SOCKET, domain, type, protocol);
	return (int)taking_finish(&taking,
	    taking_fails(&taking) ? -1 : socket(domain, type, protocol));
}

/* bind() and connect() differ in nothing but the call. */
static int
record_addressed(struct recorder *recorder, enum call call, int fd,
    const struct endpoint *address)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, call, fd, 0, 0);
	int result = -1;

	event->address = *address;
	if (!taking_fails(&taking) && call == CALL_BIND)
		result = bind(fd, &address->any, address->length);
	else if (!taking_fails(&taking))
		result = connect(fd, &address->any, address->length);
	return (int)taking_finish(&taking, result);
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

	taking_begin(&taking, recorder, CALL_LISTEN, fd, backlog, 0);
	return (int)taking_finish(&taking,
	    taking_fails(&taking) ? -1 : listen(fd, backlog));
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
	struct event *event = taking_begin(&taking, recorder, CALL_ACCEPT4, fd,
	    flags, 0);
	socklen_t length = make_room(event, peer);
	int result = -1;

	if (!taking_fails(&taking))
		result = accept4(fd, peer != NULL ? &peer->any : NULL,
		    peer != NULL ? &length : NULL, flags);
	if (result >= 0)
		returned_address(event, peer, length);
	return (int)taking_finish(&taking, result);
}

static ssize_t
record_send(struct recorder *recorder, int fd, const void *data, size_t length,
    int flags)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_SEND, fd, 0,
	    flags);

	length = taking_shortened(&taking, length);
	event->number[1] = (int64_t)length;
	taking_keep(event, data, length);
	return taking_finish(&taking,
	    taking_fails(&taking) ? -1 : send(fd, data, length, flags));
}

static ssize_t
record_sendto(struct recorder *recorder, int fd, const void *data,
    size_t length, int flags, const struct endpoint *to)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_SENDTO, fd,
	    0, flags);

	length = taking_shortened(&taking, length);
	event->number[1] = (int64_t)length;
	event->address = *to;
	taking_keep(event, data, length);
	return taking_finish(&taking,
	    taking_fails(&taking)
		? -1
		: sendto(fd, data, length, flags, &to->any, to->length));
}

static ssize_t
record_recv(struct recorder *recorder, int fd, void *data, size_t room,
    int flags)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_RECV, fd, 0,
	    flags);
	ssize_t result = -1;

	room = taking_shortened(&taking, room);
	event->number[1] = (int64_t)room;
	if (!taking_fails(&taking))
		result = recv(fd, data, room, flags);
	if (result > 0)
		taking_keep(event, data,
		    (size_t)result < room ? (size_t)result : room);
	return taking_finish(&taking, result);
}

static ssize_t
record_recvfrom(struct recorder *recorder, int fd, void *data, size_t room,
    int flags, struct endpoint *from)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_RECVFROM, fd,
	    0, flags);
	socklen_t length = make_room(event, from);
	ssize_t result = -1;

	room = taking_shortened(&taking, room);
	event->number[1] = (int64_t)room;
	if (!taking_fails(&taking))
		result = recvfrom(fd, data, room, flags,
		    from != NULL ? &from->any : NULL,
		    from != NULL ? &length : NULL);
	if (result > 0)
		taking_keep(event, data,
		    (size_t)result < room ? (size_t)result : room);
	if (result >= 0)
		returned_address(event, from, length);
	return taking_finish(&taking, result);
}

static int
record_shutdown(struct recorder *recorder, int fd, int how)
{
	struct taking taking;

	taking_begin(&taking, recorder, CALL_SHUTDOWN, fd, how, 0);
	return (int)taking_finish(&taking,
	    taking_fails(&taking) ? -1 : shutdown(fd, how));
}

/* getsockname() and getpeername() differ in nothing but the call. */
static int
record_name(struct recorder *recorder, enum call call, int fd,
    struct endpoint *name)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, call, fd, 0, 0);
	socklen_t length = make_room(event, name);
	int result = -1;

	if (!taking_fails(&taking) && call == CALL_GETSOCKNAME)
		result = getsockname(fd, &name->any, &length);
	else if (!taking_fails(&taking))
		result = getpeername(fd, &name->any, &length);
	if (result == 0)
		returned_address(event, name, length);
	return (int)taking_finish(&taking, result);
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
	struct event *event = taking_begin(&taking, recorder, CALL_SETSOCKOPT,
	    fd, level, name);

	taking_keep(event, value, length);
	return (int)taking_finish(&taking,
	    taking_fails(&taking) ? -1
				  : setsockopt(fd, level, name, value, length));
}

static int
record_getsockopt(struct recorder *recorder, int fd, int level, int name,
    void *value, socklen_t *length)
{
	struct taking taking;
	struct event *event = taking_begin(&taking, recorder, CALL_GETSOCKOPT,
	    fd, level, name);
	int result = -1;

	event->room = *length;
	if (!taking_fails(&taking))
		result = getsockopt(fd, level, name, value, length);
	if (result == 0) {
		event->returned = *length;
		taking_keep(event, value,
		    *length < event->room ? *length : event->room);
	}
	return (int)taking_finish(&taking, result);
}

static int
record_close(struct recorder *recorder, int fd)
{
	struct taking taking;

	taking_begin(&taking, recorder, CALL_CLOSE, fd, 0, 0);
	return (int)taking_finish(&taking,
	    taking_fails(&taking) ? -1 : close(fd));
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
	.sendmsg = message_sendmsg,
	.recvmsg = message_recvmsg,
	.sendmmsg = message_sendmmsg,
	.recvmmsg = message_recvmmsg,
	.poll = file_poll,
	.read = file_read,
	.write = file_write,
	.splice = file_splice,
	.sendfile = file_sendfile,
	.socketpair = more_socketpair,
	.fcntl = file_fcntl,
	.dup = file_dup,
	.fstat = file_fstat,
	.lseek = file_lseek,
	.fsync = file_fsync,
	.open = file_open,
	.ioctl = more_ioctl,
	.bpf = more_bpf,
	.mmap = more_mmap,
	.munmap = more_munmap,
	.close = record_close,
};
