/*
 * pair: what `sockdemo -f FAMILY -t TYPE` does, written by hand: a server and
 * a client, each a process of its own, that make the same calls in the same
 * order, verify what they receive, and print nothing. It is what sockdemo's
 * time and memory are compared with (see compare).
 *
 * usage: pair FAMILY TYPE; exit status 0 where both sides were content.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 5000
#define MESSAGE_MAX 64
#define DATAGRAM_ROOM 1024

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_storage storage;
};

struct name {
	union address address;
	socklen_t length;
};

static const struct pair {
	const char *family, *type;
	int domain, number;
} pairs[] = {
	{ "inet", "stream", AF_INET, SOCK_STREAM },
	{ "inet", "dgram", AF_INET, SOCK_DGRAM },
	{ "inet6", "stream", AF_INET6, SOCK_STREAM },
	{ "inet6", "dgram", AF_INET6, SOCK_DGRAM },
	{ "unix", "stream", AF_UNIX, SOCK_STREAM },
	{ "unix", "dgram", AF_UNIX, SOCK_DGRAM },
	{ "unix", "seqpacket", AF_UNIX, SOCK_SEQPACKET },
};

static const struct pair *pair;
static unsigned run;

static void
check(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	_exit(1);
}

static void
wait_for(int fd, short events)
{
	struct pollfd polled = { .fd = fd, .events = events };
	int ready;

	do
		ready = poll(&polled, 1, PATIENCE_MS);
	while (ready < 0 && errno == EINTR);
	check(ready == 1, "poll");
}

static size_t
message(const char *from, char text[MESSAGE_MAX])
{
	return (size_t)snprintf(text, MESSAGE_MAX, "1/1 hello from %s #%06x",
	    from, run);
}

static void
verify(const char *from, const char *bytes, ssize_t length)
{
	char text[MESSAGE_MAX];
	size_t expected = message(from, text);

	check(length >= 0, "receive");
	errno = EBADMSG;
	check((size_t)length == expected &&
	    memcmp(bytes, text, expected) == 0, "message");
}

static void
name_path(struct name *name, const char *suffix)
{
	const char *directory = getenv("TMPDIR");
	int length;

	name->address.un.sun_family = AF_UNIX;
	length = snprintf(name->address.un.sun_path,
	    sizeof(name->address.un.sun_path), "%s/pair-%d-%06x%s.sock",
	    directory != NULL ? directory : "/tmp", (int)getpid(), run, suffix);
	name->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    (size_t)length + 1);
}

/* Where a side binds; suffix tells its path from the other's. */
static struct name
own_name(const char *suffix)
{
	struct name name = { .length = 0 };

	if (pair->domain == AF_UNIX) {
		name_path(&name, suffix);
	} else if (pair->domain == AF_INET) {
		name.address.in = (struct sockaddr_in){
			.sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		};
		name.length = sizeof(name.address.in);
	} else {
		name.address.in6 = (struct sockaddr_in6){
			.sin6_family = AF_INET6,
			.sin6_addr = in6addr_loopback,
		};
		name.length = sizeof(name.address.in6);
	}
	return name;
}

static int
open_socket(void)
{
	int fd = socket(pair->domain, pair->number | SOCK_CLOEXEC, 0);

	check(fd >= 0, "socket");
	return fd;
}

static void
bind_to(int fd, struct name *name)
{
	check(bind(fd, &name->address.any, name->length) == 0, "bind");
	name->length = sizeof(name->address.storage);
	check(getsockname(fd, &name->address.any, &name->length) == 0,
	    "getsockname");
}

static void
send_to_peer(int fd, const char *from, const struct name *to)
{
	char text[MESSAGE_MAX];
	size_t length = message(from, text);
	ssize_t sent;

	wait_for(fd, POLLOUT);
	if (to == NULL)
		sent = send(fd, text, length, MSG_NOSIGNAL);
	else
		sent = sendto(fd, text, length, MSG_NOSIGNAL,
		    &to->address.any, to->length);
	check(sent == (ssize_t)length, "send");
}

/* The whole of a stream's message, or one record. */
static void
receive(int fd, const char *from)
{
	char bytes[MESSAGE_MAX];
	char text[MESSAGE_MAX];
	size_t room = message(from, text);
	size_t got = 0;

	if (pair->number == SOCK_SEQPACKET)
		room++;
	do {
		ssize_t part;

		wait_for(fd, POLLIN);
		part = recv(fd, bytes + got, room - got, 0);
		check(part > 0, "recv");
		got += (size_t)part;
	} while (pair->number == SOCK_STREAM && got < room);
	verify(from, bytes, (ssize_t)got);
}

static void
receive_from(int fd, const char *from, struct name *peer)
{
	char bytes[DATAGRAM_ROOM];
	ssize_t got;

	wait_for(fd, POLLIN);
	peer->length = sizeof(peer->address.storage);
	got = recvfrom(fd, bytes, sizeof(bytes), 0, &peer->address.any,
	    &peer->length);
	verify(from, bytes, got);
}

static void
serve_stream(int listener)
{
	struct name peer = { .length = sizeof(peer.address.storage) };
	char byte;
	int fd;

	wait_for(listener, POLLIN);
	fd = accept4(listener, &peer.address.any, &peer.length, SOCK_CLOEXEC);
	check(fd >= 0, "accept");
	receive(fd, "client");
	send_to_peer(fd, "server", NULL);
	wait_for(fd, POLLIN);
	check(recv(fd, &byte, sizeof(byte), 0) == 0, "end");
	check(close(fd) == 0, "close");
}

static void
serve_datagrams(int fd)
{
	struct name peer;

	receive_from(fd, "client", &peer);
	send_to_peer(fd, "server", &peer);
}

/* Tells the client through the pipe where it can be contacted. */
static void
server(int ready, struct name *name)
{
	int fd = open_socket();

	bind_to(fd, name);
	if (pair->number != SOCK_DGRAM)
		check(listen(fd, 5) == 0, "listen");
	check(write(ready, name, sizeof(*name)) == sizeof(*name), "write");
	close(ready);
	if (pair->number == SOCK_DGRAM)
		serve_datagrams(fd);
	else
		serve_stream(fd);
	check(close(fd) == 0, "close");
	_exit(0);
}

static void
client(int ready, struct name *own)
{
	struct name contact;
	struct name peer;
	int fd;

	wait_for(ready, POLLIN);
	check(read(ready, &contact, sizeof(contact)) == sizeof(contact),
	    "read");
	close(ready);
	fd = open_socket();
	if (pair->number != SOCK_DGRAM) {
		check(connect(fd, &contact.address.any, contact.length) == 0,
		    "connect");
		send_to_peer(fd, "client", NULL);
		receive(fd, "server");
	} else {
		if (pair->domain == AF_UNIX)
			bind_to(fd, own);
		send_to_peer(fd, "client", &contact);
		receive_from(fd, "server", &peer);
	}
	check(close(fd) == 0, "close");
	_exit(0);
}

static bool
ended_well(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int
exchange(void)
{
	struct name name = own_name("");
	struct name own = own_name(".client");
	pid_t pids[2];
	int ready[2];
	bool good;

	check(pipe(ready) == 0, "pipe");
	pids[0] = fork();
	check(pids[0] >= 0, "fork");
	if (pids[0] == 0) {
		close(ready[0]);
		server(ready[1], &name);
	}
	close(ready[1]);
	pids[1] = fork();
	check(pids[1] >= 0, "fork");
	if (pids[1] == 0)
		client(ready[0], &own);
	close(ready[0]);
	good = ended_well(pids[1]);
	good = ended_well(pids[0]) && good;
	if (pair->domain == AF_UNIX) {
		unlink(name.address.un.sun_path);
		unlink(own.address.un.sun_path);
	}
	return good ? 0 : 1;
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (argc == 3 && strcmp(argv[1], pairs[i].family) == 0 &&
		    strcmp(argv[2], pairs[i].type) == 0)
			pair = &pairs[i];
	if (pair == NULL) {
		fprintf(stderr, "usage: pair FAMILY TYPE\n");
		return 2;
	}
	check(getrandom(&run, sizeof(run), 0) == sizeof(run), "getrandom");
	run &= 0xffffff;
	return exchange();
}
