#include "netlink_message.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

/* No errno is larger (linux/err.h). */
#define ERRNO_MOST 4095

/* Where the next header begins; the last may lack what fills it up. */
static size_t
behind(size_t at, size_t own, size_t length)
{
	size_t aligned = at + NLMSG_ALIGN(own);

	return aligned < length ? aligned : length;
}

int
netlink_message_next(const void *bytes, size_t length, size_t *at,
    struct netlink_message *message)
{
	struct nlmsghdr header;

	if (*at == length)
		return 0;
	if (length - *at < sizeof(header))
		return -EBADMSG;
	memcpy(&header, (const unsigned char *)bytes + *at, sizeof(header));
	if (header.nlmsg_len < sizeof(header) ||
	    header.nlmsg_len > length - *at)
		return -EBADMSG;
	*message = (struct netlink_message){
		.type = header.nlmsg_type,
		.flags = header.nlmsg_flags,
		.sequence = header.nlmsg_seq,
		.port = header.nlmsg_pid,
		.body = (const unsigned char *)bytes + *at + sizeof(header),
		.length = header.nlmsg_len - sizeof(header),
	};
	*at = behind(*at, header.nlmsg_len, length);
	return 1;
}

int
netlink_attribute_next(const void *bytes, size_t length, size_t *at,
    struct netlink_attribute *attribute)
{
	struct nlattr header;

	if (*at >= length)
		return 0;
	if (length - *at < sizeof(header))
		return -EBADMSG;
	memcpy(&header, (const unsigned char *)bytes + *at, sizeof(header));
	if (header.nla_len < sizeof(header) || header.nla_len > length - *at)
		return -EBADMSG;
	*attribute = (struct netlink_attribute){
		.type = header.nla_type & (uint16_t)NLA_TYPE_MASK,
		.value = (const unsigned char *)bytes + *at + sizeof(header),
		.length = header.nla_len - sizeof(header),
	};
	*at = behind(*at, header.nla_len, length);
	return 1;
}

bool
netlink_is_text(const struct netlink_attribute *attribute, size_t room)
{
	return attribute->length != 0 && attribute->length <= room &&
	    strnlen((const char *)attribute->value, attribute->length) ==
	    attribute->length - 1;
}

ssize_t
netlink_ask(const struct envelope *envelope, uint16_t type, const void *header,
    size_t size, void *packet, size_t room)
{
	struct nlmsghdr message = {
		.nlmsg_len = (uint32_t)(sizeof(message) + size),
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.nlmsg_seq = (uint32_t)envelope->number,
	};

	if (room < message.nlmsg_len)
		return -EMSGSIZE;
	memcpy(packet, &message, sizeof(message));
	memcpy((unsigned char *)packet + sizeof(message), header, size);
	return (ssize_t)message.nlmsg_len;
}

static const struct sockaddr_nl *
address_of(const struct endpoint *endpoint)
{
	if (endpoint == NULL || endpoint->length < sizeof(struct sockaddr_nl) ||
	    endpoint->any.sa_family != AF_NETLINK)
		return NULL;
	return (const struct sockaddr_nl *)(const void *)&endpoint->storage;
}

static bool
is_answer(const struct envelope *envelope,
    const struct netlink_message *message)
{
	const struct sockaddr_nl *self = address_of(envelope->self);

	return message->sequence == (uint32_t)envelope->number &&
	    (self == NULL || message->port == self->nl_pid);
}

/* What the kernel says that became of the question: 0, or -errno. */
static int
failure_of(const struct netlink_message *message)
{
	int error = 0;

	if (message->type == NLMSG_OVERRUN)
		return -EOVERFLOW;
	if (message->type != NLMSG_ERROR && message->type != NLMSG_DONE)
		return 0;
	if (message->length >= sizeof(error))
		memcpy(&error, message->body, sizeof(error));
	else if (message->type == NLMSG_ERROR)
		return -EBADMSG;
	/* Nothing but a failure was to be acknowledged; this one has no number. */
	if (error > 0 || error < -ERRNO_MOST || error == -ENOMSG ||
	    (error == 0 && message->type == NLMSG_ERROR))
		return -EBADMSG;
	return error;
}

ssize_t
netlink_unwrap(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	const struct sockaddr_nl *from = address_of(envelope->peer);
	struct netlink_message message;
	size_t next = 0;
	int result;

	*at = 0;
	/* Only the kernel sends from 0; any program may send to this socket. */
	if (from == NULL || from->nl_pid != 0 || length == 0)
		return -ENOMSG;
	while ((result = netlink_message_next(packet, length, &next,
	    &message)) == 1) {
		if (!is_answer(envelope, &message))
			return -ENOMSG;
		result = failure_of(&message);
		if (result != 0)
			return result;
	}
	return result < 0 ? result : (ssize_t)length;
}

unsigned
netlink_part(const struct envelope *envelope, const void *packet,
    size_t length)
{
	struct netlink_message message;
	size_t next = 0;

	(void)envelope;
	while (netlink_message_next(packet, length, &next, &message) == 1)
		if (message.type == NLMSG_DONE ||
		    (message.flags & NLM_F_MULTI) == 0)
			return PART_ENDS;
	return 0;
}
