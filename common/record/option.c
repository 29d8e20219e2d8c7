#include "record/option.h"

#include <linux/filter.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "record/errno.h"
#include "text/quote.h"

#define SOCKET_OPTION(name, value)                                             \
	{ SOL_SOCKET, name, "SOL_SOCKET", #name, value }

static const struct option_name socket_options[] = {
	SOCKET_OPTION(SO_DEBUG, OPTION_INT),
	SOCKET_OPTION(SO_REUSEADDR, OPTION_INT),
	SOCKET_OPTION(SO_TYPE, OPTION_INT),
	SOCKET_OPTION(SO_ERROR, OPTION_ERRNO),
	SOCKET_OPTION(SO_DONTROUTE, OPTION_INT),
	SOCKET_OPTION(SO_BROADCAST, OPTION_INT),
	SOCKET_OPTION(SO_SNDBUF, OPTION_INT),
	SOCKET_OPTION(SO_RCVBUF, OPTION_INT),
	SOCKET_OPTION(SO_KEEPALIVE, OPTION_INT),
	SOCKET_OPTION(SO_OOBINLINE, OPTION_INT),
	SOCKET_OPTION(SO_NO_CHECK, OPTION_INT),
	SOCKET_OPTION(SO_PRIORITY, OPTION_INT),
	SOCKET_OPTION(SO_LINGER, OPTION_LINGER),
	SOCKET_OPTION(SO_BSDCOMPAT, OPTION_INT),
	SOCKET_OPTION(SO_REUSEPORT, OPTION_INT),
	SOCKET_OPTION(SO_PASSCRED, OPTION_INT),
	SOCKET_OPTION(SO_PEERCRED, OPTION_BYTES),
	SOCKET_OPTION(SO_RCVLOWAT, OPTION_INT),
	SOCKET_OPTION(SO_SNDLOWAT, OPTION_INT),
	SOCKET_OPTION(SO_RCVTIMEO, OPTION_TIMEVAL),
	SOCKET_OPTION(SO_SNDTIMEO, OPTION_TIMEVAL),
	SOCKET_OPTION(SO_SECURITY_AUTHENTICATION, OPTION_INT),
	SOCKET_OPTION(SO_SECURITY_ENCRYPTION_TRANSPORT, OPTION_INT),
	SOCKET_OPTION(SO_SECURITY_ENCRYPTION_NETWORK, OPTION_INT),
	SOCKET_OPTION(SO_BINDTODEVICE, OPTION_BYTES),
	SOCKET_OPTION(SO_ATTACH_FILTER, OPTION_FILTER),
	SOCKET_OPTION(SO_DETACH_FILTER, OPTION_INT),
	SOCKET_OPTION(SO_PEERNAME, OPTION_BYTES),
	SOCKET_OPTION(SO_TIMESTAMP, OPTION_INT),
	SOCKET_OPTION(SO_ACCEPTCONN, OPTION_INT),
	SOCKET_OPTION(SO_PEERSEC, OPTION_BYTES),
	SOCKET_OPTION(SO_SNDBUFFORCE, OPTION_INT),
	SOCKET_OPTION(SO_RCVBUFFORCE, OPTION_INT),
	SOCKET_OPTION(SO_PASSSEC, OPTION_INT),
	SOCKET_OPTION(SO_TIMESTAMPNS, OPTION_INT),
	SOCKET_OPTION(SO_MARK, OPTION_INT),
	SOCKET_OPTION(SO_TIMESTAMPING, OPTION_INT),
	SOCKET_OPTION(SO_PROTOCOL, OPTION_INT),
	SOCKET_OPTION(SO_DOMAIN, OPTION_INT),
	SOCKET_OPTION(SO_RXQ_OVFL, OPTION_INT),
	SOCKET_OPTION(SO_WIFI_STATUS, OPTION_INT),
	SOCKET_OPTION(SO_PEEK_OFF, OPTION_INT),
	SOCKET_OPTION(SO_NOFCS, OPTION_INT),
	SOCKET_OPTION(SO_LOCK_FILTER, OPTION_INT),
	SOCKET_OPTION(SO_SELECT_ERR_QUEUE, OPTION_INT),
	SOCKET_OPTION(SO_BUSY_POLL, OPTION_INT),
	SOCKET_OPTION(SO_MAX_PACING_RATE, OPTION_INT),
	SOCKET_OPTION(SO_BPF_EXTENSIONS, OPTION_INT),
	SOCKET_OPTION(SO_INCOMING_CPU, OPTION_INT),
	SOCKET_OPTION(SO_ATTACH_BPF, OPTION_INT),
	SOCKET_OPTION(SO_ATTACH_REUSEPORT_CBPF, OPTION_BYTES),
	SOCKET_OPTION(SO_ATTACH_REUSEPORT_EBPF, OPTION_INT),
	SOCKET_OPTION(SO_CNX_ADVICE, OPTION_INT),
	SOCKET_OPTION(SO_MEMINFO, OPTION_BYTES),
	SOCKET_OPTION(SO_INCOMING_NAPI_ID, OPTION_INT),
	SOCKET_OPTION(SO_COOKIE, OPTION_BYTES),
	SOCKET_OPTION(SO_PEERGROUPS, OPTION_BYTES),
	SOCKET_OPTION(SO_ZEROCOPY, OPTION_INT),
	SOCKET_OPTION(SO_TXTIME, OPTION_BYTES),
	SOCKET_OPTION(SO_BINDTOIFINDEX, OPTION_INT),
#ifdef SO_DETACH_REUSEPORT_BPF
	SOCKET_OPTION(SO_DETACH_REUSEPORT_BPF, OPTION_INT),
#endif
#ifdef SO_PREFER_BUSY_POLL
	SOCKET_OPTION(SO_PREFER_BUSY_POLL, OPTION_INT),
#endif
#ifdef SO_BUSY_POLL_BUDGET
	SOCKET_OPTION(SO_BUSY_POLL_BUDGET, OPTION_INT),
#endif
#ifdef SO_NETNS_COOKIE
	SOCKET_OPTION(SO_NETNS_COOKIE, OPTION_BYTES),
#endif
#ifdef SO_BUF_LOCK
	SOCKET_OPTION(SO_BUF_LOCK, OPTION_INT),
#endif
#ifdef SO_RESERVE_MEM
	SOCKET_OPTION(SO_RESERVE_MEM, OPTION_INT),
#endif
#ifdef SO_RCVMARK
	SOCKET_OPTION(SO_RCVMARK, OPTION_INT),
#endif
#ifdef SO_TXREHASH
	SOCKET_OPTION(SO_TXREHASH, OPTION_INT),
#endif
	{ .name_constant = NULL },
};

static const struct option_name *
find_in(const struct option_name *row, int64_t level, int64_t name)
{
	for (; row != NULL && row->name_constant != NULL; row++)
		if (row->level == level && row->name == name)
			return row;
	return NULL;
}

/* The row of an option of any level, or NULL. */
static const struct option_name *
find_option(const struct family *family, int64_t level, int64_t name)
{
	const struct option_name *row = find_in(socket_options, level, name);

	return row != NULL ? row : find_in(family->options, level, name);
}

void
option_tell_level(const struct family *family, int64_t level, char *text,
    size_t room)
{
	const struct option_name *row = family->options;

	if (level == SOL_SOCKET) {
		snprintf(text, room, "SOL_SOCKET");
		return;
	}
	for (; row != NULL && row->name_constant != NULL; row++)
		if (row->level == level) {
			snprintf(text, room, "%s", row->level_constant);
			return;
		}
	snprintf(text, room, "0x%x /* SOL_?? */", (unsigned)level);
}

void
option_tell_name(const struct family *family, int64_t level, int64_t name,
    char *text, size_t room)
{
	const struct option_name *row = find_option(family, level, name);

	if (row != NULL)
		snprintf(text, room, "%s", row->name_constant);
	else if (level == SOL_SOCKET)
		snprintf(text, room, "0x%x /* SO_??? */", (unsigned)name);
	else
		snprintf(text, room, "%d", (int)name);
}

/* The value's bytes as a struct of that size, or false. */
static bool
value_as(const struct event *event, void *value, size_t size)
{
	if (event->length != size || event->kept != size)
		return false;
	memcpy(value, event->data, size);
	return true;
}

bool
option_tell_value(const struct family *family, const struct event *event,
    int64_t *number, char *text, size_t room)
{
	const struct option_name *row =
	    find_option(family, event->number[1], event->number[2]);
	enum option_value kind = row != NULL ? row->value : OPTION_INT;
	struct linger linger;
	struct timeval time;
	struct sock_fprog filter;
	char quoted[QUOTE_MAX];
	char name[NAME_MAX_TEXT];
	int value;

	if (kind == OPTION_LINGER && value_as(event, &linger, sizeof(linger)))
		snprintf(text, room, "{l_onoff=%d, l_linger=%d}",
		    linger.l_onoff, linger.l_linger);
	else if (kind == OPTION_TIMEVAL && value_as(event, &time, sizeof(time)))
		snprintf(text, room, "{tv_sec=%lld, tv_usec=%lld}",
		    (long long)time.tv_sec, (long long)time.tv_usec);
	else if (kind == OPTION_FILTER &&
	    value_as(event, &filter, sizeof(filter)))
		snprintf(text, room, "{len=%u, filter=%p}", filter.len,
		    (void *)filter.filter);
	else if (value_as(event, &value, sizeof(value))) {
		if (kind == OPTION_ERRNO && value != 0)
			snprintf(text, room, "[%s]", errno_name(value, name));
		else
			snprintf(text, room, "[%d]", value);
		*number = value;
		return true;
	} else
		snprintf(text, room, "%s", quote_bytes(event->data,
		    event->kept, event->length, quoted));
	return false;
}
