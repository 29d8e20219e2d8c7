#include "bluetooth.h"

#include <endian.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "shared/number.h"

/* What btvirt gives the two controllers of `btvirt -l2`. */
#define SERVER_ADDRESS "00:AA:01:00:00:00"
#define CLIENT_ADDRESS "00:AA:01:01:00:01"

#define CHANNEL_MOST 30

/* What a text says. */
struct parsed {
	struct bluetooth_address device;
	uint32_t port;
	bool whole;		/* the port was there, too */
	bool controller;	/* hciN: port is N */
};

static bool
parse_device(const char *text, struct bluetooth_address *device)
{
	for (int i = 5; i >= 0; i--) {
		uint32_t byte;

		if ((i != 5 && *text++ != ':') ||
		    !number_take_hex(&text, UINT8_MAX, &byte))
			return false;
		device->b[i] = (unsigned char)byte;
	}
	return *text == '\0';
}

static bool
parse(const char *text, struct parsed *parsed)
{
	parsed->controller = strncmp(text, "hci", 3) == 0;
	if (parsed->controller) {
		text += 3;
		return number_take(&text, HCI_DEV_NONE, &parsed->port) &&
		    *text == '\0';
	}
	parsed->whole = strchr(text, '@') != NULL;
	if (parsed->whole && (!number_take(&text, UINT16_MAX, &parsed->port) ||
	    *text++ != '@'))
		return false;
	return parse_device(text, &parsed->device);
}

static bool
cross(struct bluetooth_address *device)
{
	static const char *const ends[] = { SERVER_ADDRESS, CLIENT_ADDRESS };
	struct bluetooth_address end;

	for (int i = 0; i < 2; i++) {
		parse_device(ends[i], &end);
		if (memcmp(&end, device, sizeof(end)) == 0)
			return parse_device(ends[1 - i], device);
	}
	return false;
}

bool
bluetooth_cross(struct sockaddr_l2 *l2)
{
	return cross(&l2->l2_bdaddr);
}

/* A port that other runs do not use: the kernel chooses in listen() only. */
static uint32_t
choose_port(const struct wish *wish)
{
	if (wish->cell->protocol == BTPROTO_RFCOMM)
		return 1 + wish->run % CHANNEL_MOST;
	/* From 0x1001 up, the upper byte even, the lower one odd. */
	return (0x10 + (wish->run >> 7) % 0x70 * 2) << 8 |
	    (wish->run & 0x7f) << 1 | 1;
}

static bool
has_port(const struct cell *cell)
{
	return cell->type != SOCK_RAW && cell->protocol != BTPROTO_SCO;
}

static int
find_port(const struct wish *wish, struct parsed *parsed, char *why,
    size_t room)
{
	bool channel = wish->cell->protocol == BTPROTO_RFCOMM;
	int error = number_port(wish, channel ? 31 : UINT16_MAX,
	    &parsed->port, why, room);

	if (error == 0 && wish->port == 0 && wish->to_contact &&
	    !wish->both_sides) {
		snprintf(why, room, "port 0 cannot be contacted: "
		    "give the server's with --port");
		error = -EDESTADDRREQ;
	} else if (error == 0 && wish->port == 0) {
		parsed->port = choose_port(wish);
	}
	return error;
}

static int
check_port(const struct wish *wish, uint32_t port, char *why, size_t room)
{
	if (wish->cell->protocol == BTPROTO_RFCOMM &&
	    (port == 0 || port > CHANNEL_MOST)) {
		snprintf(why, room, "channel %u is not in 1 to %d", port,
		    CHANNEL_MOST);
		return -ERANGE;
	}
	if (wish->cell->protocol == BTPROTO_L2CAP &&
	    (port & 0x0101) != 0x0001) {
		snprintf(why, room, "%u is no PSM: its lower byte is odd and "
		    "its upper one even; 4097 is one", port);
		return -ERANGE;
	}
	return 0;
}

static void
set_address(const struct wish *wish, const struct parsed *parsed,
    struct endpoint *out)
{
	struct sockaddr_l2 l2 = {
		.l2_family = AF_BLUETOOTH, .l2_bdaddr = parsed->device,
		.l2_psm = htole16((uint16_t)parsed->port),
	};
	struct sockaddr_rc rc = {
		.rc_family = AF_BLUETOOTH, .rc_bdaddr = parsed->device,
		.rc_channel = (uint8_t)parsed->port,
	};
	struct sockaddr_sco sco = {
		.sco_family = AF_BLUETOOTH, .sco_bdaddr = parsed->device,
	};
	struct sockaddr_hci hci = {
		.hci_family = AF_BLUETOOTH,
		.hci_dev = parsed->controller ? (uint16_t)parsed->port
					      : HCI_DEV_NONE,
	};

	if (wish->cell->protocol == BTPROTO_L2CAP)
		endpoint_set(out, &l2, sizeof(l2));
	else if (wish->cell->protocol == BTPROTO_RFCOMM)
		endpoint_set(out, &rc, sizeof(rc));
	else if (wish->cell->protocol == BTPROTO_HCI)
		endpoint_set(out, &hci, sizeof(hci));
	else
		endpoint_set(out, &sco, sizeof(sco));
}

int
bluetooth_address(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	const char *host = wish->host != NULL ? wish->host : SERVER_ADDRESS;
	struct parsed parsed = { .port = 0 };
	bool own = wish->side == SIDE_CLIENT && !wish->to_contact;
	int error = 0;

	if (has_port(wish->cell))
		error = find_port(wish, &parsed, why, room);
	if (error != 0)
		return error;
	if (!parse(host, &parsed) ||
	    (parsed.controller && wish->cell->protocol != BTPROTO_HCI)) {
		snprintf(why, room, "'%s' is neither ADDRESS nor PORT@ADDRESS: "
		    "an address is %s, say", host, SERVER_ADDRESS);
		return -EINVAL;
	}
	if (parsed.whole && wish->port_given && wish->port != 0) {
		snprintf(why, room, "'%s' says it all: leave out --port",
		    host);
		return -EPROTOTYPE;
	}
	if (has_port(wish->cell))
		error = check_port(wish, parsed.port, why, room);
	if (error != 0)
		return error;
	/* Who knows which controller leads to another device? The kernel. */
	if (own && !cross(&parsed.device))
		return 0;
	if ((own && wish->cell->type != SOCK_DGRAM) || !has_port(wish->cell))
		parsed.port = parsed.controller ? parsed.port : 0;
	set_address(wish, &parsed, out);
	return 1;
}
