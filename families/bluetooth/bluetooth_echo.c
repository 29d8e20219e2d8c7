/*
 * What L2CAP's sockets without a listener need: a connection before the first
 * message, and, for raw ones, the signalling command that is answered.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bluetooth.h"
#include "record/calls.h"

/* Codes of signalling commands (Bluetooth Core, vol. 3, part A, 4). */
#define ECHO_REQUEST 0x08
#define ECHO_RESPONSE 0x09

/*
 * Connects to the other end: to the server that was contacted, or from
 * a server, which is not told who will, to the other controller of the two.
 */
int
bluetooth_join(struct channel *channel)
{
	struct sockaddr_l2 l2 = { .l2_psm = 0 };
	struct endpoint peer;
	int error;

	if (channel->peer != NULL && channel->peer->length != 0) {
		peer = *channel->peer;
	} else {
		memcpy(&l2, &channel->self->storage, sizeof(l2));
		if (!bluetooth_cross(&l2)) {
			snprintf(channel->why, sizeof(channel->why),
			    "a server has to be connected to its client, and "
			    "knows only those of btvirt's controllers");
			return -EDESTADDRREQ;
		}
		endpoint_set(&peer, &l2, sizeof(l2));
	}
	error = channel->calls->connect(channel->recorder, channel->fd, &peer);
	/* It can be sent to when poll() says so. */
	return error == -EINPROGRESS ? 0 : error;
}

/* A command's identifier is 1 to 255. */
static unsigned char
identifier(const struct envelope *envelope)
{
	return (unsigned char)(1 + (envelope->number - 1) % UINT8_MAX);
}

ssize_t
bluetooth_wrap_echo(const struct envelope *envelope, const void *payload,
    size_t length, size_t *taken, void *packet, size_t room)
{
	unsigned char *bytes = packet;

	*taken = length;
	if (length > UINT16_MAX || length + BLUETOOTH_ECHO_HEADER > room)
		return -EMSGSIZE;
	bytes[0] = ECHO_REQUEST;
	bytes[1] = identifier(envelope);
	bytes[2] = (unsigned char)length;
	bytes[3] = (unsigned char)(length >> 8);
	if (length != 0)
		memcpy(bytes + BLUETOOTH_ECHO_HEADER, payload, length);
	return (ssize_t)(length + BLUETOOTH_ECHO_HEADER);
}

/* A raw socket hears all commands of the connection. */
ssize_t
bluetooth_unwrap_echo(const struct envelope *envelope, const void *packet,
    size_t length, size_t *at)
{
	const unsigned char *bytes = packet;

	*at = BLUETOOTH_ECHO_HEADER;
	if (length < BLUETOOTH_ECHO_HEADER || bytes[0] != ECHO_RESPONSE ||
	    bytes[1] != identifier(envelope) ||
	    (size_t)(bytes[2] | bytes[3] << 8) !=
	    length - BLUETOOTH_ECHO_HEADER)
		return -ENOMSG;
	return (ssize_t)(length - BLUETOOTH_ECHO_HEADER);
}
