/*
 * NETLINK_ROUTE: the network interfaces (rtnetlink(7)). What the kernel tells
 * of them is compared with what it writes into /proc/net, which is always that
 * of the same network namespace; /sys may show another's.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "netlink_link.h"
#include "netlink_message.h"
#include "shared/saying.h"

/* A file of /proc: 128 bytes an interface. */
#define FILE_ROOM 65536

/* So many interfaces are told. */
#define TOLD_MOST 6

ssize_t
netlink_route_wrap(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	static const struct ifinfomsg all = { .ifi_family = AF_UNSPEC };

	(void)payload;
	*taken = length;
	return netlink_ask(envelope, RTM_GETLINK, &all, sizeof(all), packet,
	    room);
}

static bool
find_link(const struct verification *verification, const char *name,
    size_t length, struct netlink_link *link)
{
	size_t at = 0;

	while (netlink_link_next(verification, &at, link) == 1)
		if (strlen(link->name) == length &&
		    memcmp(link->name, name, length) == 0)
			return true;
	return false;
}

/*
 * The next name in /proc/net/dev or /proc/net/igmp: 1 to be followed by
 * a colon, with spaces around. Returns where it begins, or NULL at the end;
 * *text is then the rest of the lines.
 */
static const char *
next_name(const char **text, size_t *length)
{
	for (;;) {
		const char *line = *text;
		size_t whole = strcspn(line, "\n");
		const char *colon = memchr(line, ':', whole);

		if (*line == '\0')
			return NULL;
		*text = line + whole + (line[whole] != '\0');
		if (colon == NULL)
			continue;
		while (*line == ' ')
			line++;
		*length = strcspn(line, " :");
		return line;
	}
}

/* How many names /proc/net/dev has that the answer has as well; or -errno. */
static int
compare_names(struct verification *verification, const char *file)
{
	struct netlink_link link;
	const char *name;
	size_t length;
	int count = 0;

	while ((name = next_name(&file, &length)) != NULL) {
		if (!find_link(verification, name, length, &link))
			return saying_wrong(verification, -EBADMSG,
			    "/proc/net/dev has %.*s, which the answer has not",
			    (int)length, name);
		count++;
	}
	return count;
}

/* How many indices /proc/net/igmp has, of those that are up; or -errno. */
static int
compare_indices(struct verification *verification)
{
	char file[FILE_ROOM];
	const char *rest = file;
	const char *line;
	struct netlink_link link;
	size_t length;
	int count = 0;

	/* Not every kernel has it (CONFIG_IP_MULTICAST). */
	if (verification->lookup->read("/proc/net/igmp", file,
	    sizeof(file)) < 0)
		return 0;
	while ((line = next_name(&rest, &length)) != NULL) {
		const char *name = line + strspn(line, "0123456789");
		long index = strtol(line, NULL, 10);

		/* Before it, the heading; under it, groups. */
		if (name == line || *name != '\t')
			continue;
		name++;
		if (!find_link(verification, name, strcspn(name, " :"), &link))
			continue;
		if (link.index != index)
			return saying_wrong(verification, -EBADMSG,
			    "%s has the index %ld in /proc/net/igmp, %d in "
			    "the answer", link.name, index, link.index);
		count++;
	}
	return count;
}

static void
tell_link(struct verification *verification, const struct netlink_link *link)
{
	saying_add(verification, "%d: %s mtu %u state %s", link->index,
	    link->name, link->mtu, link->state);
	for (size_t i = 0; i < link->address_length && i < 32; i++)
		saying_add(verification, "%s%02x", i == 0 ? " " : ":",
		    link->address[i]);
	saying_add(verification, "\n");
}

/* All that the answer has: how many; or -EBADMSG. */
static int
count_links(struct verification *verification, bool tell)
{
	struct netlink_link link;
	size_t at = 0;
	int count = 0;
	int result;

	while ((result = netlink_link_next(verification, &at, &link)) == 1)
		if (++count <= TOLD_MOST && tell)
			tell_link(verification, &link);
	return result < 0 ? result : count;
}

int
netlink_route_verify(struct verification *verification)
{
	char file[FILE_ROOM];
	int count = count_links(verification, false);
	ssize_t length = verification->lookup->read("/proc/net/dev", file,
	    sizeof(file));
	int named;
	int indexed;

	if (count < 0)
		return saying_wrong(verification, count,
		    "the answer has a message that is cut short");
	if (length < 0 || (size_t)length == sizeof(file) - 1)
		return saying_wrong(verification, -EOPNOTSUPP, "the answer "
		    "cannot be checked: /proc/net/dev is %s", length < 0
		    ? "not to be read: mount -t proc proc /proc" : "too long");
	named = compare_names(verification, file);
	if (named < 0)
		return named;
	if (named != count)
		return saying_wrong(verification, -EBADMSG, "the answer has "
		    "%d interfaces, /proc/net/dev has %d of them", count,
		    named);
	indexed = compare_indices(verification);
	if (indexed < 0)
		return indexed;
	saying_add(verification, "interfaces: %d, those of /proc/net/dev; "
	    "%d with the index that /proc/net/igmp tells\n", count, indexed);
	count_links(verification, true);
	if (count > TOLD_MOST)
		saying_add(verification, "and %d more\n", count - TOLD_MOST);
	return 0;
}
