/* Addresses of bluetooth as text, and field by field. */
#include <endian.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "bluetooth.h"
#include "shared/number.h"

/* All of them, which the kernel and strace tell apart by their length. */
union address {
	struct sockaddr_l2 l2;
	struct sockaddr_rc rc;
	struct sockaddr_sco sco;
	struct sockaddr_hci hci;
};

static const union address *
address_of(const struct endpoint *endpoint)
{
	if (endpoint->length < sizeof(struct sockaddr_hci) ||
	    endpoint->any.sa_family != AF_BLUETOOTH)
		return NULL;
	return (const union address *)(const void *)&endpoint->storage;
}

static void
put_device(const struct bluetooth_address *device, char *text, size_t room)
{
	const unsigned char *b = device->b;

	snprintf(text, room, "%02X:%02X:%02X:%02X:%02X:%02X", b[5], b[4], b[3],
	    b[2], b[1], b[0]);
}

int
bluetooth_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const union address *address = address_of(endpoint);
	char device[32];

	if (address == NULL)
		return -EINVAL;
	switch (endpoint->length) {
	case sizeof(struct sockaddr_l2):
		put_device(&address->l2.l2_bdaddr, device, sizeof(device));
		snprintf(text, room, "%u@%s", le16toh(address->l2.l2_psm),
		    device);
		return 0;
	case sizeof(struct sockaddr_rc):
		put_device(&address->rc.rc_bdaddr, device, sizeof(device));
		snprintf(text, room, "%u@%s", address->rc.rc_channel, device);
		return 0;
	case sizeof(struct sockaddr_sco):
		put_device(&address->sco.sco_bdaddr, text, room);
		return 0;
	case sizeof(struct sockaddr_hci):
		snprintf(text, room, "hci%u", address->hci.hci_dev);
		return 0;
	default:
		return -EINVAL;
	}
}

/* strace tells an address as its bytes lie in memory. */
static void
device_field(struct field *field, const char *name, size_t offset,
    const struct bluetooth_address *device)
{
	const unsigned char *b = device->b;

	*field = (struct field){ name, offset, sizeof(*device), false, "",
		"" };
	put_device(device, field->value, sizeof(field->value));
	snprintf(field->strace, sizeof(field->strace),
	    "%s=%02x:%02x:%02x:%02x:%02x:%02x", name, b[0], b[1], b[2], b[3],
	    b[4], b[5]);
}

/* Values that strace has a name for, and from which on it counts. */
struct known {
	const char *prefix;
	uint32_t dynamic;
	struct {
		uint32_t value;
		const char *name;
	} names[8];
};

static const struct known psms = {
	"L2CAP_PSM", 0x1001,
	{ { 1, "SDP" }, { 3, "RFCOMM" }, { 0x21, "3DSP" }, { 0x23, "IPSP" } },
};
static const struct known cids = {
	"L2CAP_CID", 0x40,
	{ { 1, "SIGNALING" }, { 2, "CONN_LESS" }, { 3, "A2MP" },
	  { 4, "ATT" }, { 5, "LE_SIGNALING" }, { 6, "SMP" },
	  { 7, "SMP_BREDR" } },
};

static void
known_field(struct field *field, const char *name, size_t offset,
    uint16_t value, const struct known *known)
{
	char text[64];

	number_field(field, name, offset, sizeof(value), value);
	snprintf(text, sizeof(text), "%#x /* %s_??? */", value, known->prefix);
	if (value >= known->dynamic)
		snprintf(text, sizeof(text), value != known->dynamic
		    ? "%s_DYN_START+%u" : "%s_DYN_START", known->prefix,
		    value - known->dynamic);
	for (int i = 0; i < 8 && known->names[i].name != NULL; i++)
		if (known->names[i].value == value)
			snprintf(text, sizeof(text), "%s_%s", known->prefix,
			    known->names[i].name);
	snprintf(field->strace, sizeof(field->strace), "%s=htobs(%s)", name,
	    text);
}

static int
lay_out_l2(const struct sockaddr_l2 *l2, struct field fields[FIELDS_MAX])
{
	static const char *const types[] = {
		"BDADDR_BREDR", "BDADDR_LE_PUBLIC", "BDADDR_LE_RANDOM",
	};
	size_t at = offsetof(struct sockaddr_l2, l2_bdaddr_type);

	number_named(&fields[0], "l2_family", 0, sizeof(l2->l2_family),
	    "AF_BLUETOOTH");
	known_field(&fields[1], "l2_psm",
	    offsetof(struct sockaddr_l2, l2_psm), le16toh(l2->l2_psm), &psms);
	device_field(&fields[2], "l2_bdaddr",
	    offsetof(struct sockaddr_l2, l2_bdaddr), &l2->l2_bdaddr);
	known_field(&fields[3], "l2_cid",
	    offsetof(struct sockaddr_l2, l2_cid), le16toh(l2->l2_cid), &cids);
	if (l2->l2_bdaddr_type < sizeof(types) / sizeof(types[0]))
		number_named(&fields[4], "l2_bdaddr_type", at,
		    sizeof(l2->l2_bdaddr_type), types[l2->l2_bdaddr_type]);
	else
		number_field(&fields[4], "l2_bdaddr_type", at,
		    sizeof(l2->l2_bdaddr_type), l2->l2_bdaddr_type);
	return 5;
}

static int
lay_out_hci(const struct sockaddr_hci *hci, struct field fields[FIELDS_MAX])
{
	number_named(&fields[0], "hci_family", 0, sizeof(hci->hci_family),
	    "AF_BLUETOOTH");
	number_field(&fields[1], "hci_dev",
	    offsetof(struct sockaddr_hci, hci_dev), sizeof(hci->hci_dev),
	    hci->hci_dev);
	snprintf(fields[1].strace, sizeof(fields[1].strace),
	    "hci_dev=htobs(%u)", hci->hci_dev);
	number_named(&fields[2], "hci_channel",
	    offsetof(struct sockaddr_hci, hci_channel),
	    sizeof(hci->hci_channel), "HCI_CHANNEL_RAW");
	return 3;
}

int
bluetooth_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX])
{
	const union address *address = address_of(endpoint);

	if (address == NULL)
		return -EINVAL;
	switch (endpoint->length) {
	case sizeof(struct sockaddr_l2):
		return lay_out_l2(&address->l2, fields);
	case sizeof(struct sockaddr_rc):
		number_named(&fields[0], "rc_family", 0,
		    sizeof(address->rc.rc_family), "AF_BLUETOOTH");
		device_field(&fields[1], "rc_bdaddr",
		    offsetof(struct sockaddr_rc, rc_bdaddr),
		    &address->rc.rc_bdaddr);
		number_field(&fields[2], "rc_channel",
		    offsetof(struct sockaddr_rc, rc_channel), 1,
		    address->rc.rc_channel);
		return 3;
	case sizeof(struct sockaddr_sco):
		number_named(&fields[0], "sco_family", 0,
		    sizeof(address->sco.sco_family), "AF_BLUETOOTH");
		device_field(&fields[1], "sco_bdaddr",
		    offsetof(struct sockaddr_sco, sco_bdaddr),
		    &address->sco.sco_bdaddr);
		return 2;
	case sizeof(struct sockaddr_hci):
		return lay_out_hci(&address->hci, fields);
	default:
		return -EINVAL;
	}
}
