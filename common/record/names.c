#include "record/names.h"

#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "family/cell.h"
#include "record/constant.h"

/* In the order of their bits, as strace lists them. */
static const struct constant message_flags[] = {
	{ MSG_OOB, "MSG_OOB", false },
	{ MSG_PEEK, "MSG_PEEK", false },
	{ MSG_DONTROUTE, "MSG_DONTROUTE", false },
	{ MSG_CTRUNC, "MSG_CTRUNC", false },
	{ MSG_PROXY, "MSG_PROBE", false },
	{ MSG_TRUNC, "MSG_TRUNC", true },
	{ MSG_DONTWAIT, "MSG_DONTWAIT", true },
	{ MSG_EOR, "MSG_EOR", false },
	{ MSG_WAITALL, "MSG_WAITALL", false },
	{ MSG_FIN, "MSG_FIN", false },
	{ MSG_SYN, "MSG_SYN", false },
	{ MSG_CONFIRM, "MSG_CONFIRM", false },
	{ MSG_RST, "MSG_RST", false },
	{ MSG_ERRQUEUE, "MSG_ERRQUEUE", false },
	{ MSG_NOSIGNAL, "MSG_NOSIGNAL", true },
	{ MSG_MORE, "MSG_MORE", false },
	{ MSG_WAITFORONE, "MSG_WAITFORONE", false },
	{ MSG_BATCH, "MSG_BATCH", false },
	{ MSG_ZEROCOPY, "MSG_ZEROCOPY", false },
	{ MSG_FASTOPEN, "MSG_FASTOPEN", false },
	{ MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC", true },
	{ .name = NULL },
};

static const struct constant socket_flags[] = {
	{ SOCK_CLOEXEC, "SOCK_CLOEXEC", true },
	{ SOCK_NONBLOCK, "SOCK_NONBLOCK", true },
	{ .name = NULL },
};

/* What the kernel takes for the type (SOCK_TYPE_MASK of linux/net.h). */
#define TYPE_MASK 0xf

static const struct constant hows[] = {
	{ SHUT_RD, "SHUT_RD", false },
	{ SHUT_WR, "SHUT_WR", false },
	{ SHUT_RDWR, "SHUT_RDWR", false },
	{ .name = NULL },
};

static const struct constant bpf_commands[] = {
	{ BPF_MAP_CREATE, "BPF_MAP_CREATE", false },
	{ BPF_MAP_LOOKUP_ELEM, "BPF_MAP_LOOKUP_ELEM", false },
	{ BPF_MAP_UPDATE_ELEM, "BPF_MAP_UPDATE_ELEM", false },
	{ BPF_PROG_LOAD, "BPF_PROG_LOAD", false },
	{ BPF_PROG_ATTACH, "BPF_PROG_ATTACH", false },
	{ BPF_PROG_DETACH, "BPF_PROG_DETACH", false },
	{ BPF_LINK_CREATE, "BPF_LINK_CREATE", false },
	{ .name = NULL },
};

void
name_message_flags(int64_t flags, char *text, size_t room)
{
	text[0] = '\0';
	constant_join(message_flags, (unsigned)flags, "MSG_???", text, room);
}

void
name_accept_flags(int64_t flags, char *text, size_t room)
{
	text[0] = '\0';
	constant_join(socket_flags, (unsigned)flags, "SOCK_???", text, room);
}

size_t
name_type(int64_t type, char *text, size_t room)
{
	const char *constant = type_constant((int)(type & TYPE_MASK));
	unsigned flags = (unsigned)type & ~(unsigned)TYPE_MASK;
	size_t length;

	if (constant == NULL) {
		snprintf(text, room, "0x%x /* SOCK_??? */", (unsigned)type);
		return strlen(text);
	}
	snprintf(text, room, "%s", constant);
	length = strlen(text);
	if (flags != 0)
		constant_join(socket_flags, flags, "", text, room);
	return length;
}

void
name_how(int64_t how, char *text, size_t room)
{
	constant_name(hows, how, "SHUT_???", text, room);
}

void
name_bpf_command(int64_t command, char *text, size_t room)
{
	constant_name(bpf_commands, command, "BPF_???", text, room);
}

bool
message_flags_are_plumbing(int64_t flags)
{
	unsigned left = (unsigned)flags;

	for (const struct constant *row = message_flags; row->name != NULL;
	     row++)
		if (row->plumbing)
			left &= ~row->number;
	return left == 0;
}
