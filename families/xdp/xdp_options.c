/* The options of SOL_XDP (Documentation/networking/af_xdp.rst). */
#include <stdint.h>

#include "shared/options.h"
#include "xdp.h"

/* The memory of one frame, which the kernel holds for the socket's life. */
static unsigned char frame[4096] __attribute__((aligned(4096)));

/* As struct xdp_umem_reg before it grew. */
static const struct memory {
	unsigned char *address;
	uint64_t length;
	uint32_t chunk, headroom;
} memory = { frame, sizeof(frame), sizeof(frame), 0 };

static const struct option_field memory_fields[] = {
	OPTION_FIELD(struct memory, length, UNSIGNED),
	OPTION_FIELD(struct memory, chunk, UNSIGNED), { .name = NULL },
};

static const struct option_field statistics[] = {
	OPTION_FIELD(struct xdp_statistics, rx_dropped, UNSIGNED),
	OPTION_FIELD(struct xdp_statistics, rx_invalid_descs, UNSIGNED),
	OPTION_FIELD(struct xdp_statistics, tx_invalid_descs, UNSIGNED),
	{ .name = NULL },
};

static const struct option_field offsets[] = {
	{ .name = "rx.producer", .size = 8, .value = OPTION_UNSIGNED,
	  .offset = offsetof(struct xdp_mmap_offsets, rx.producer) },
	{ .name = "rx.consumer", .size = 8, .value = OPTION_UNSIGNED,
	  .offset = offsetof(struct xdp_mmap_offsets, rx.consumer) },
	{ .name = "rx.desc", .size = 8, .value = OPTION_UNSIGNED,
	  .offset = offsetof(struct xdp_mmap_offsets, rx.desc) },
	{ .name = NULL },
};

static const struct option_word words[] = {
	OPTION_WORD_OF(XDP_OPTIONS_ZEROCOPY), { 0, NULL },
};

#define RING SET_ONLY, TRY_INT(64)

static const struct option_name options[] = {
	OPTION(XDP_MMAP_OFFSETS, FIELDS, GET_ONLY,
	    FIELDS_OF(offsets, struct xdp_mmap_offsets)),
	OPTION(XDP_RX_RING, INT, RING),
	OPTION(XDP_TX_RING, INT, RING),
	OPTION(XDP_UMEM_REG, FIELDS, SET_ONLY, TRY(memory),
	    .fields = memory_fields),
	OPTION(XDP_UMEM_FILL_RING, INT, RING, .first = XDP_UMEM_REG),
	OPTION(XDP_UMEM_COMPLETION_RING, INT, RING, .first = XDP_UMEM_REG),
	OPTION(XDP_STATISTICS, FIELDS, GET_ONLY,
	    FIELDS_OF(statistics, struct xdp_statistics)),
	OPTION(XDP_OPTIONS, FLAGS, GET_ONLY, .words = words, .since = "5.3"),
	{ .constant = NULL },
};

const struct option_level xdp_levels[] = {
	{ SOL_XDP, "SOL_XDP", options, 0, NULL },
	{ .constant = NULL },
};
