/*
 * NETLINK_GENERIC: the controller, which knows the families of generic netlink
 * (genetlink(7) of the kernel's documentation). Nothing else lists them; what
 * linux/genetlink.h promises of every kernel is the second source: the
 * controller's own name and number, and the range of all others.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "netlink_message.h"
#include "shared/saying.h"

/* CTRL_CMD_GETFAMILY in its present form. */
#define CONTROLLER_VERSION 2
#define CONTROLLER "nlctrl"

/* So many names fit in a line of the text. */
#define IN_A_LINE 6

struct generic {
	const char *name;
	unsigned number;
};

ssize_t
netlink_generic_wrap(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	static const struct genlmsghdr header = {
		.cmd = CTRL_CMD_GETFAMILY, .version = CONTROLLER_VERSION,
	};

	(void)payload;
	*taken = length;
	return netlink_ask(envelope, GENL_ID_CTRL, &header, sizeof(header),
	    packet, room);
}

static bool
read_generic(const struct netlink_message *message, struct generic *generic)
{
	struct netlink_attribute attribute;
	size_t at = GENL_HDRLEN;
	uint16_t number = 0;
	int result;

	*generic = (struct generic){ NULL, 0 };
	if (message->length < GENL_HDRLEN ||
	    *message->body != CTRL_CMD_NEWFAMILY)
		return false;
	while ((result = netlink_attribute_next(message->body, message->length,
	    &at, &attribute)) == 1) {
		if (attribute.type == CTRL_ATTR_FAMILY_NAME) {
			if (!netlink_is_text(&attribute, GENL_NAMSIZ))
				return false;
			generic->name = (const char *)attribute.value;
		}
		if (attribute.type == CTRL_ATTR_FAMILY_ID) {
			if (attribute.length != sizeof(number))
				return false;
			memcpy(&number, attribute.value, sizeof(number));
		}
	}
	generic->number = number;
	return result == 0 && generic->name != NULL && number != 0;
}

/* The next family of an answer: 1; 0 at the end; -EBADMSG. */
static int
next_generic(const struct verification *verification, size_t *at,
    struct generic *generic)
{
	struct netlink_message message;
	int result;

	while ((result = netlink_message_next(verification->answer,
	    verification->answer_length, at, &message)) == 1)
		if (message.type == GENL_ID_CTRL)
			return read_generic(&message, generic) ? 1 : -EBADMSG;
	return result;
}

/* How many have that name, or that number. */
static int
count_alike(const struct verification *verification,
    const struct generic *wanted)
{
	struct generic generic;
	size_t at = 0;
	int count = 0;

	while (next_generic(verification, &at, &generic) == 1)
		if (strcmp(generic.name, wanted->name) == 0 ||
		    generic.number == wanted->number)
			count++;
	return count;
}

static int
check_one(struct verification *verification, const struct generic *generic)
{
	if (generic->number < GENL_MIN_ID || generic->number > GENL_MAX_ID)
		return saying_wrong(verification, -EBADMSG, "%s has the "
		    "number %u: %d to %d are possible", generic->name,
		    generic->number, GENL_MIN_ID, GENL_MAX_ID);
	if (count_alike(verification, generic) != 1)
		return saying_wrong(verification, -EBADMSG, "the name or the "
		    "number of %s (%u) is there twice", generic->name,
		    generic->number);
	if ((strcmp(generic->name, CONTROLLER) == 0) !=
	    (generic->number == GENL_ID_CTRL))
		return saying_wrong(verification, -EBADMSG, "%s is %u, but "
		    CONTROLLER " is %d (linux/genetlink.h)", generic->name,
		    generic->number, GENL_ID_CTRL);
	return 0;
}

int
netlink_generic_verify(struct verification *verification)
{
	const struct generic controller = { CONTROLLER, GENL_ID_CTRL };
	struct generic generic;
	size_t at = 0;
	int count = 0;
	int result;

	while ((result = next_generic(verification, &at, &generic)) == 1) {
		int error = check_one(verification, &generic);

		if (error != 0)
			return error;
		count++;
	}
	if (result < 0)
		return saying_wrong(verification, result,
		    "the answer has a message that is cut short");
	if (count_alike(verification, &controller) == 0)
		return saying_wrong(verification, -EBADMSG, "the controller "
		    "is not among its own families");
	saying_add(verification, "families: %d; as in linux/genetlink.h, "
	    CONTROLLER " is %d and no other is\n", count, GENL_ID_CTRL);
	at = 0;
	count = 0;
	while (next_generic(verification, &at, &generic) == 1)
		saying_add(verification, "%s%u %s", count++ == 0 ? ""
		    : count % IN_A_LINE == 1 ? "\n" : ", ", generic.number,
		    generic.name);
	saying_add(verification, "\n");
	return 0;
}
