/*
 * The one place besides record/calls.c that makes socket calls, and none of an
 * exchange: AF_NETLINK is how the kernel is asked to make an address.
 */
#include "setup/route.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel's word on a request. It answers before send() returns. */
static int
acknowledged(int fd)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[512];
	} answer;
	ssize_t got = recv(fd, &answer, sizeof(answer), MSG_DONTWAIT);

	if (got < 0)
		return -errno;
	if ((size_t)got < sizeof(answer.header) + sizeof(int) ||
	    answer.header.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return answer.error.error;
}

int
route_request(const void *message, size_t length)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int error = 0;

	if (fd < 0 || send(fd, message, length, 0) < 0)
		error = -errno;
	else
		error = acknowledged(fd);
	if (fd >= 0)
		close(fd);
	return error;
}
