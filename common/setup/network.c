#include "setup/network.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * How long a link is waited for. It takes a few milliseconds; some never come
 * up, and some that work are told a second later (net/core/link_watch.c).
 */
#define LINK_TRIES 20
#define LINK_PAUSE_NS 5000000

static bool
links_run(void)
{
	struct ifaddrs *first;
	bool run = true;

	if (getifaddrs(&first) != 0)
		return true;
	for (const struct ifaddrs *row = first; row != NULL;
	     row = row->ifa_next)
		if ((row->ifa_flags & IFF_UP) != 0 &&
		    (row->ifa_flags & IFF_RUNNING) == 0)
			run = false;
	freeifaddrs(first);
	return run;
}

void
network_await_links(void)
{
	const struct timespec pause = { .tv_nsec = LINK_PAUSE_NS };

	for (int tries = LINK_TRIES; tries != 0 && !links_run(); tries--)
		nanosleep(&pause, NULL);
}

int
network_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t length = (ssize_t)strlen(text);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, (size_t)length) != length)
		error = -errno;
	close(fd);
	return error;
}

/* Maps this user, and no other, to the root of a new user namespace. */
static int
become_root(uid_t uid, gid_t gid)
{
	char map[64];
	int error;

	/* Kernels before 3.19 do not have it (user_namespaces(7)). */
	network_write("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)gid);
	error = network_write("/proc/self/gid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)uid);
	return error != 0 ? error : network_write("/proc/self/uid_map", map);
}

/* A network namespace; in a user namespace where a privilege is missing. */
int
network_new(int *fd, bool *user_namespace, char *why, size_t room)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int error = unshare(CLONE_NEWNET) == 0 ? 0 : -errno;

	if (error == -EPERM && !*user_namespace) {
		error = unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 ? 0
								   : -errno;
		*user_namespace = error == 0;
		if (error == 0)
			error = become_root(uid, gid);
	}
	if (error == 0) {
		*fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		error = *fd >= 0 ? 0 : -errno;
	}
	if (error != 0)
		snprintf(why, room, "no network namespace can be made (%s): "
		    "run it as root, or let users make user namespaces: "
		    "sysctl -w kernel.unprivileged_userns_clone=1",
		    strerror(-error));
	/* That users may make so many and no more is a missing privilege, too. */
	return error == -ENOSPC || error == -EACCES ? -EPERM : error;
}
