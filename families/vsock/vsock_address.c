#include "vsock_address.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/vm_sockets.h>

/* Since Linux 5.6. */
#ifndef VMADDR_CID_LOCAL
#define VMADDR_CID_LOCAL 1
#endif

/* Since Linux 5.11; before, the byte was one of svm_zero. */
#define FLAGS_OFFSET (offsetof(struct sockaddr_vm, svm_cid) + sizeof(uint32_t))
#define FLAG_TO_HOST 0x01

/* Words for CIDs, and their constants. */
static const struct {
	uint32_t cid;
	const char *word, *constant;
} names[] = {
	{ VMADDR_CID_HYPERVISOR, "hypervisor", "VMADDR_CID_HYPERVISOR" },
	{ VMADDR_CID_LOCAL, "local", "VMADDR_CID_LOCAL" },
	{ VMADDR_CID_HOST, "host", "VMADDR_CID_HOST" },
	{ VMADDR_CID_ANY, "any", "VMADDR_CID_ANY" },
};
#define NAMES (sizeof(names) / sizeof(names[0]))

static const struct sockaddr_vm *
vm_of(const struct endpoint *endpoint)
{
	if (endpoint->length < sizeof(struct sockaddr_vm) ||
	    endpoint->any.sa_family != AF_VSOCK)
		return NULL;
	return (const struct sockaddr_vm *)(const void *)&endpoint->storage;
}

static int
parse_cid(const char *text, uint32_t *cid, char *why, size_t room)
{
	const char *error;

	for (size_t i = 0; i < NAMES; i++)
		if (strcmp(names[i].word, text) == 0) {
			*cid = names[i].cid;
			return 0;
		}
	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0') {
		snprintf(why, room, "'%s' is no CID: it is a number, or local, "
		    "host, hypervisor or any", text);
		return -EINVAL;
	}
	*cid = (uint32_t)strtonum(text, 0, UINT32_MAX, &error);
	if (error != NULL) {
		snprintf(why, room, "CID %s is above %" PRIu32, text,
		    (uint32_t)UINT32_MAX);
		return -ERANGE;
	}
	return 0;
}

static int
parse_port(const struct wish *wish, unsigned *port, char *why, size_t room)
{
	if (wish->port < 0 || wish->port > (long)UINT32_MAX) {
		snprintf(why, room, "port %ld is not in 0 to %" PRIu32,
		    wish->port, (uint32_t)UINT32_MAX);
		return -ERANGE;
	}
	*port = wish->port != 0 ? (unsigned)wish->port : VMADDR_PORT_ANY;
	return 0;
}

int
vsock_address_choose(const struct wish *wish, struct endpoint *out,
    char *why, size_t room)
{
	struct sockaddr_vm vm = { .svm_family = AF_VSOCK };
	uint32_t cid = VMADDR_CID_LOCAL;
	int error = parse_port(wish, &vm.svm_port, why, room);

	if (error == 0 && wish->host != NULL)
		error = parse_cid(wish->host, &cid, why, room);
	if (error != 0)
		return error;
	if (wish->side == SIDE_CLIENT && !wish->to_contact) {
		if (cid != VMADDR_CID_LOCAL)
			return 0;
		vm.svm_port = VMADDR_PORT_ANY;
	} else if (wish->to_contact && (cid == VMADDR_CID_ANY ||
	    vm.svm_port == VMADDR_PORT_ANY)) {
		snprintf(why, room, "a %s that is any cannot be contacted: "
		    "give the server's", cid == VMADDR_CID_ANY ? "CID"
							       : "port");
		return -EDESTADDRREQ;
	}
	vm.svm_cid = cid;
	endpoint_set(out, &vm, sizeof(vm));
	return 1;
}

int
vsock_address_format(const struct endpoint *endpoint, char *text, size_t room)
{
	const struct sockaddr_vm *vm = vm_of(endpoint);
	char cid[12] = "any";
	char port[12] = "any";

	if (vm == NULL)
		return -EINVAL;
	if (vm->svm_cid != VMADDR_CID_ANY)
		snprintf(cid, sizeof(cid), "%u", vm->svm_cid);
	if (vm->svm_port != VMADDR_PORT_ANY)
		snprintf(port, sizeof(port), "%u", vm->svm_port);
	snprintf(text, room, "%s:%s", cid, port);
	return 0;
}

/* A number, or the constant that it has; strace tells numbers in hex. */
static void
constant_field(struct field *field, const char *name, size_t offset,
    size_t size, uint32_t value, const char *constant)
{
	*field = (struct field){ name, offset, size, constant == NULL, "", "" };
	if (constant != NULL)
		strlcpy(field->value, constant, sizeof(field->value));
	else
		snprintf(field->value, sizeof(field->value), "%" PRIu32, value);
	if (constant != NULL)
		snprintf(field->strace, sizeof(field->strace), "%s=%s", name,
		    constant);
	else
		snprintf(field->strace, sizeof(field->strace), "%s=%#" PRIx32,
		    name, value);
}

int
vsock_address_lay_out(const struct endpoint *endpoint,
    struct field fields[FIELDS_MAX])
{
	const struct sockaddr_vm *vm = vm_of(endpoint);
	unsigned char flags = endpoint->bytes[FLAGS_OFFSET];
	const char *cid = NULL;
	char first[sizeof(fields[0].strace)];

	if (vm == NULL)
		return -EINVAL;
	for (size_t i = 0; i < NAMES && cid == NULL; i++)
		if (names[i].cid == vm->svm_cid)
			cid = names[i].constant;
	fields[0] = (struct field){ "svm_family",
		offsetof(struct sockaddr_vm, svm_family),
		sizeof(vm->svm_family), false, "AF_VSOCK", "" };
	constant_field(&fields[1], "svm_port",
	    offsetof(struct sockaddr_vm, svm_port), sizeof(vm->svm_port),
	    vm->svm_port,
	    vm->svm_port == VMADDR_PORT_ANY ? "VMADDR_PORT_ANY" : NULL);
	constant_field(&fields[2], "svm_cid",
	    offsetof(struct sockaddr_vm, svm_cid), sizeof(vm->svm_cid),
	    vm->svm_cid, cid);
	constant_field(&fields[3], "svm_flags", FLAGS_OFFSET, sizeof(flags),
	    flags, flags == FLAG_TO_HOST ? "VMADDR_FLAG_TO_HOST" : NULL);
	/* strace tells the CID before the port. */
	memcpy(first, fields[2].strace, sizeof(first));
	memcpy(fields[2].strace, fields[1].strace, sizeof(first));
	memcpy(fields[1].strace, first, sizeof(first));
	return 4;
}

int
vsock_address_contact(const struct endpoint *asked,
    const struct endpoint *bound, struct endpoint *out)
{
	const struct sockaddr_vm *vm = vm_of(bound);

	(void)asked;
	if (vm == NULL)
		return -EINVAL;
	if (vm->svm_cid == VMADDR_CID_ANY)
		return -EADDRNOTAVAIL;
	*out = *bound;
	return 0;
}
