#include "netlink_link.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "netlink_message.h"

/* RFC 2863, as ip(8) writes them in lower case. */
static const char *const states[] = {
	"unknown", "notpresent", "down", "lowerlayerdown", "testing",
	"dormant", "up",
};

/* Returns false for a value that is none of that attribute's. */
static bool
take_attribute(const struct netlink_attribute *attribute,
    struct netlink_link *link)
{
	switch (attribute->type) {
	case IFLA_IFNAME:
		link->name = (const char *)attribute->value;
		return netlink_is_text(attribute, IFNAMSIZ);
	case IFLA_MTU:
		if (attribute->length != sizeof(link->mtu))
			return false;
		memcpy(&link->mtu, attribute->value, sizeof(link->mtu));
		return true;
	case IFLA_OPERSTATE:
		if (attribute->length != 1)
			return false;
		if (*attribute->value < sizeof(states) / sizeof(states[0]))
			link->state = states[*attribute->value];
		return true;
	case IFLA_ADDRESS:
		link->address = attribute->value;
		link->address_length = attribute->length;
		return true;
	default:
		return true;
	}
}

static bool
read_link(const struct netlink_message *message, struct netlink_link *link)
{
	struct netlink_attribute attribute;
	struct ifinfomsg header;
	size_t at = sizeof(header);
	int result;

	*link = (struct netlink_link){ .state = "unknown" };
	if (message->length < sizeof(header))
		return false;
	memcpy(&header, message->body, sizeof(header));
	link->index = header.ifi_index;
	while ((result = netlink_attribute_next(message->body, message->length,
	    &at, &attribute)) == 1)
		if (!take_attribute(&attribute, link))
			return false;
	return result == 0 && link->name != NULL;
}

int
netlink_link_next(const struct verification *verification, size_t *at,
    struct netlink_link *link)
{
	struct netlink_message message;
	int result;

	while ((result = netlink_message_next(verification->answer,
	    verification->answer_length, at, &message)) == 1)
		if (message.type == RTM_NEWLINK)
			return read_link(&message, link) ? 1 : -EBADMSG;
	return result;
}
