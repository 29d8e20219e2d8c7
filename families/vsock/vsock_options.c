/* The options of the level AF_VSOCK (vsock(7), linux/vm_sockets.h). */
#include "vsock_options.h"

#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>

/* Behind sys/socket.h, whose types it uses. */
#include <linux/vm_sockets.h>

#include "shared/options.h"

#ifndef SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW
#define SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW 8
#endif
#ifndef SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD
#define SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD 6
#endif

#define TRY_SIZE(number) .size = 8, OPTION_TRY(uint64_t, number)
#define VMWARE .note = "for the transport of VMware's machines"

static const struct option_name options[] = {
	OPTION(SO_VM_SOCKETS_BUFFER_SIZE, UNSIGNED, TRY_SIZE(131072)),
	OPTION(SO_VM_SOCKETS_BUFFER_MIN_SIZE, UNSIGNED, TRY_SIZE(64)),
	OPTION(SO_VM_SOCKETS_BUFFER_MAX_SIZE, UNSIGNED, TRY_SIZE(524288)),
	OPTION(SO_VM_SOCKETS_PEER_HOST_VM_ID, INT, GET_ONLY, VMWARE),
	OPTION(SO_VM_SOCKETS_TRUSTED, BOOL, GET_ONLY, VMWARE),
	OPTION(SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD, TIMEVAL,
	    OPTION_TRY(struct timeval, 3, 0)),
	OPTION(SO_VM_SOCKETS_NONBLOCK_TXRX, BOOL, VMWARE),
	OPTION(SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW, TIMEVAL,
	    OPTION_TRY(struct timeval, 3, 0), .since = "5.12"),
	{ .constant = NULL },
};

/* The family's number is the level's. */
const struct option_level vsock_levels[] = {
	{ AF_VSOCK, "AF_VSOCK", options, 0, NULL },
	{ .constant = NULL },
};
