#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>

#include "family/cell.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* linux/in.h; older headers have no name for it. */
#define MPTCP 262

/* Words of the command line, and the cell that they choose. */
static const struct choose_row {
	const char *name;
	const char *family, *type, *protocol;
	int number, row_protocol, passed;
	const char *canonical;
	enum shape shape;
} choose_rows[] = {
#define ROW(family, type, protocol, ...)                                       \
	{ family " " #type " " #protocol, family, type, protocol, __VA_ARGS__ }
	ROW("inet", NULL, NULL, SOCK_STREAM, IPPROTO_TCP, 0, "tcp",
	    SHAPE_CONNECTED),
	ROW("inet", "stream", "0", SOCK_STREAM, IPPROTO_TCP, 0, "tcp",
	    SHAPE_CONNECTED),
	ROW("inet", "stream", "tcp", SOCK_STREAM, IPPROTO_TCP, IPPROTO_TCP,
	    "tcp", SHAPE_CONNECTED),
	ROW("inet", "stream", "TCP", SOCK_STREAM, IPPROTO_TCP, IPPROTO_TCP,
	    "tcp", SHAPE_CONNECTED),
	ROW("inet", "stream", "6", SOCK_STREAM, IPPROTO_TCP, IPPROTO_TCP,
	    "tcp", SHAPE_CONNECTED),
	ROW("inet", "stream", "mptcp", SOCK_STREAM, MPTCP, MPTCP, "mptcp",
	    SHAPE_CONNECTED),
	ROW("inet", "dgram", NULL, SOCK_DGRAM, IPPROTO_UDP, 0, "udp",
	    SHAPE_DATAGRAM),
	ROW("inet", "dgram", "udplite", SOCK_DGRAM, IPPROTO_UDPLITE,
	    IPPROTO_UDPLITE, "udplite", SHAPE_DATAGRAM),
	ROW("inet", "dgram", "icmp", SOCK_DGRAM, IPPROTO_ICMP, IPPROTO_ICMP,
	    "icmp", SHAPE_KERNEL),
	ROW("inet", "dgram", "ping", SOCK_DGRAM, IPPROTO_ICMP, IPPROTO_ICMP,
	    "icmp", SHAPE_KERNEL),
	ROW("inet6", "dgram", "icmpv6", SOCK_DGRAM, IPPROTO_ICMPV6,
	    IPPROTO_ICMPV6, "icmp", SHAPE_KERNEL),
	ROW("inet6", "dgram", "58", SOCK_DGRAM, IPPROTO_ICMPV6,
	    IPPROTO_ICMPV6, "icmp", SHAPE_KERNEL),
	ROW("inet", "seqpacket", NULL, SOCK_SEQPACKET, IPPROTO_SCTP, 0,
	    "sctp", SHAPE_DATAGRAM),
	ROW("inet", "dccp", NULL, SOCK_DCCP, IPPROTO_DCCP, 0, "dccp",
	    SHAPE_CONNECTED),
	ROW("inet", "raw", NULL, SOCK_RAW, IPPROTO_RAW, IPPROTO_RAW, "raw",
	    SHAPE_BUS),
	ROW("inet", "raw", "253", SOCK_RAW, 253, 253, "253", SHAPE_BUS),
	ROW("inet", "raw", "tcp", SOCK_RAW, IPPROTO_TCP, IPPROTO_TCP, "tcp",
	    SHAPE_BUS),
	ROW("inet", "rdm", NULL, SOCK_RDM, IPPROTO_TCP, 0, "tcp", SHAPE_NONE),
	ROW("inet", "stream", "udp", SOCK_STREAM, IPPROTO_UDP, IPPROTO_UDP,
	    "udp", SHAPE_NONE),
	ROW("inet", "stream", "99", SOCK_STREAM, 99, 99, "99", SHAPE_NONE),
	ROW("inet", "stream", "2147483647", SOCK_STREAM, 2147483647,
	    2147483647, "2147483647", SHAPE_NONE),
	ROW("unix", NULL, NULL, SOCK_STREAM, 0, 0, "unix", SHAPE_CONNECTED),
	ROW("unix", "dgram", "unix", SOCK_DGRAM, 0, 0, "unix",
	    SHAPE_DATAGRAM),
	ROW("unix", "seqpacket", "0", SOCK_SEQPACKET, 0, 0, "unix",
	    SHAPE_CONNECTED),
	ROW("unix", "raw", NULL, SOCK_RAW, 0, 0, "unix", SHAPE_DATAGRAM),
	ROW("unix", "rdm", NULL, SOCK_RDM, 0, 0, "unix", SHAPE_NONE),
	ROW("unix", "stream", "1", SOCK_STREAM, 0, 1, "unix", SHAPE_CONNECTED),
	ROW("inet", "dgram", "00", SOCK_DGRAM, IPPROTO_UDP, 0, "udp",
	    SHAPE_DATAGRAM),
};

static void
test_choose(void **state)
{
	const struct choose_row *row = *state;
	struct choice choice;
	char why[256] = "";

	if (cell_choose(family_find(row->family), row->type, row->protocol,
	    &choice, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	assert_string_equal(choice.family->name, row->family);
	assert_int_equal(choice.row.type, row->number);
	assert_int_equal(choice.row.protocol, row->row_protocol);
	assert_int_equal(choice.passed, row->passed);
	assert_string_equal(choice.protocol, row->canonical);
	assert_int_equal(choice.row.shape, row->shape);
}

/* Words that name nothing: the sentence lists what there is. */
static const struct unknown_row {
	const char *name;
	const char *family, *type, *protocol, *why;
} unknown_rows[] = {
	{ "unknown: a type", "inet", "streem", NULL,
	  "unknown type 'streem'; there are: stream dgram seqpacket raw rdm "
	  "dccp" },
	{ "unknown: a type in capitals", "inet", "STREAM", NULL,
	  "unknown type 'STREAM'" },
	{ "unknown: no type", "inet", "", NULL, "unknown type ''" },
	{ "unknown: a protocol", "inet", "stream", "tpc",
	  "unknown protocol 'tpc' in inet; there are: tcp mptcp udp udplite "
	  "icmp sctp dccp raw or a number" },
	{ "unknown: another family's", "unix", "stream", "tcp",
	  "in unix; there are: unix or a number" },
	{ "unknown: below 0", "inet", "stream", "-1", "unknown protocol" },
	{ "unknown: too large", "inet", "stream", "2147483648",
	  "unknown protocol" },
	{ "unknown: far too large", "inet", "stream",
	  "99999999999999999999", "unknown protocol" },
	{ "unknown: words behind a number", "inet", "stream", "6x",
	  "unknown protocol" },
	{ "unknown: a space before it", "inet", "stream", " 6",
	  "unknown protocol" },
	{ "unknown: no protocol", "inet", "stream", "", "unknown protocol" },
};

static void
test_unknown(void **state)
{
	const struct unknown_row *row = *state;
	struct choice choice;
	char why[256] = "";
	char little[8];

	assert_int_equal(cell_choose(family_find(row->family), row->type,
	    row->protocol, &choice, why, sizeof(why)), -EINVAL);
	if (strstr(why, row->why) == NULL)
		fail_msg("%s", why);
	assert_int_equal(cell_choose(family_find(row->family), row->type,
	    row->protocol, &choice, little, sizeof(little)), -EINVAL);
	assert_int_equal(strlen(little), sizeof(little) - 1);
}

static void
test_find(void **state)
{
	(void)state;
	assert_string_equal(family_find("inet6")->name, "inet6");
	assert_null(family_find("nosuch"));
	assert_null(family_find("INET"));
	assert_null(family_find(""));
	assert_string_equal(protocol_find(family_find("inet"), 17)->name,
	    "udp");
	assert_null(protocol_find(family_find("inet"), 99));
	assert_string_equal(type_name(SOCK_SEQPACKET), "seqpacket");
	assert_string_equal(type_constant(SOCK_RDM), "SOCK_RDM");
	assert_null(type_name(7));
	assert_null(type_constant(7));
}

struct seen {
	unsigned count, shaped, defaults;
	unsigned stop_at;
};

static int
visit(const struct choice *choice, void *context)
{
	struct seen *seen = context;

	seen->count++;
	seen->shaped += choice->row.shape != SHAPE_NONE;
	seen->defaults += choice->row.by_default;
	/* A cell is always named, and never by 0. */
	assert_non_null(type_name(choice->row.type));
	assert_string_not_equal(choice->protocol, "0");
	assert_int_equal(choice->passed, choice->row.protocol);
	return seen->count == seen->stop_at ? 42 : 0;
}

/*
 * Six types by each protocol. With a conversation: tcp, mptcp and sctp; udp,
 * udplite and icmp; sctp; eight raw ones; dccp.
 */
static void
test_each(void **state)
{
	struct seen seen = { .count = 0 };

	(void)state;
	assert_int_equal(cell_each(family_find("inet"), visit, &seen), 0);
	assert_int_equal(seen.count, 6 * 8);
	assert_int_equal(seen.shaped, 3 + 3 + 1 + 8 + 1);
	assert_int_equal(seen.defaults, 5);
	seen = (struct seen){ .count = 0 };
	assert_int_equal(cell_each(family_find("unix"), visit, &seen), 0);
	assert_int_equal(seen.count, 6);
	assert_int_equal(seen.shaped, 4);
	seen = (struct seen){ .stop_at = 3 };
	assert_int_equal(cell_each(family_find("inet"), visit, &seen), 42);
	assert_int_equal(seen.count, 3);
}

/* What a row of any family's table has to keep to. */
static void
test_tables(void **state)
{
	(void)state;
	for (size_t i = 0; families[i] != NULL; i++) {
		const struct family *family = families[i];
		struct endpoint strange;
		char text[ENDPOINT_TEXT_MAX];

		endpoint_set(&strange, "\xff\xff", 2);
		assert_string_equal(endpoint_format(family, &strange, text,
		    sizeof(text)), "ffff");
		assert_non_null(family->constant);
		assert_true(family->brought_by != NULL ||
		    family->origin.config != NULL);
		assert_non_null(family->refusals);
		assert_ptr_equal(family_find(family->name), family);
		for (const struct cell *row = family->cells; row->type != 0;
		     row++) {
			assert_non_null(type_name(row->type));
			assert_int_not_equal(row->shape, SHAPE_NONE);
			/* What is wrapped comes back wrapped, or is no echo. */
			assert_true(row->wrap == NULL || row->unwrap != NULL ||
			    row->verify != NULL);
		}
		for (const struct hint *hint = family->hints;
		     hint->verdict != VERDICT_WORKS; hint++) {
			assert_int_not_equal(hint->error, 0);
			assert_non_null(hint->text);
		}
	}
}

/* A family with forms, of which one cell has its own and another has none. */
static const struct variant forms[] = {
	{ .name = "one" }, { .name = "two" }, { .name = NULL },
};
static const struct variant own_forms[] = {
	{ .name = "first" }, { .name = "second" }, { .name = NULL },
};
static const struct family formed = {
	.name = "formed",
	.protocols = (const struct protocol[]){
		{ "plain", NULL, 1, "PLAIN", 0 },
		{ "own", NULL, 2, "OWN", 0 },
		{ .name = NULL },
	},
	.cells = (const struct cell[]){
		{ .type = SOCK_DGRAM, .protocol = 1, .by_default = true,
		  .shape = SHAPE_DATAGRAM },
		{ .type = SOCK_DGRAM, .protocol = 2, .shape = SHAPE_DATAGRAM,
		  .passes_zero = true, .variants = own_forms },
		{ .type = 0 },
	},
	.variants = forms,
};
static const struct family formless = {
	.name = "formless",
	.protocols = (const struct protocol[]){
		{ "own", NULL, 2, "OWN", 0 }, { .name = NULL },
	},
	.cells = (const struct cell[]){
		{ .type = SOCK_DGRAM, .protocol = 2, .shape = SHAPE_DATAGRAM },
		{ .type = 0 },
	},
};

/* A cell, what its forms are, and a name among them. */
static const struct variant_row {
	const char *name;
	const struct family *family;
	const char *type, *protocol;
	const struct variant *variants;
	const char *chosen;
	const struct variant *found;	/* NULL: there is none of that name */
	const char *why;
} variant_rows[] = {
	{ "variant: the first", &formed, "dgram", "plain", forms, "one",
	  &forms[0], "" },
	{ "variant: another", &formed, "dgram", "plain", forms, "two",
	  &forms[1], "" },
	{ "variant: of the cell's own", &formed, "dgram", "own", own_forms,
	  "second", &own_forms[1], "" },
	{ "variant: none of the cell's own", &formed, "dgram", "own",
	  own_forms, "one", NULL,
	  "unknown variant 'one'; there are: first second" },
	{ "variant: unknown", &formed, "dgram", "plain", forms, "three", NULL,
	  "unknown variant 'three'; there are: one two" },
	{ "variant: half a name", &formed, "dgram", "plain", forms, "on", NULL,
	  "unknown variant 'on'; there are: one two" },
	{ "variant: no name", &formed, "dgram", "plain", forms, "", NULL,
	  "unknown variant ''; there are: one two" },
	{ "variant: of a cell with one form", &formless, "dgram", "own", NULL,
	  "one", NULL,
	  "no variant 'one': formless dgram own has one form only" },
	{ "variant: of a cell that is none", &formed, "stream", "plain", NULL,
	  "one", NULL,
	  "no variant 'one': formed stream plain has one form only" },
};

static void
test_variant(void **state)
{
	const struct variant_row *row = *state;
	struct choice choice;
	char why[256] = "";
	int error;

	assert_int_equal(cell_choose(row->family, row->type, row->protocol,
	    &choice, why, sizeof(why)), 0);
	assert_ptr_equal(cell_variants(&choice), row->variants);
	/* Where none is named, the first is meant. */
	assert_ptr_equal(choice.variant, row->variants);
	error = cell_choose_variant(&choice, row->chosen, why, sizeof(why));
	assert_int_equal(error, row->found != NULL ? 0 : -EINVAL);
	assert_ptr_equal(choice.variant, row->found != NULL ? row->found
							    : row->variants);
	assert_string_equal(why, row->why);
}

/* A number of ours is not the kernel's, however the cell is named. */
static void
test_passes_zero(void **state)
{
	static const char *const names[] = { "own", "2" };
	struct choice choice;
	char why[256];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_int_equal(cell_choose(&formed, "dgram", names[i],
		    &choice, why, sizeof(why)), 0);
		assert_int_equal(choice.row.protocol, 2);
		assert_int_equal(choice.passed, 0);
		assert_string_equal(choice.protocol, "own");
	}
	assert_int_equal(cell_choose(&formed, "dgram", "1", &choice, why,
	    sizeof(why)), 0);
	assert_int_equal(choice.passed, 1);
	assert_int_equal(cell_choose(&formed, "dgram", "0", &choice, why,
	    sizeof(why)), 0);
	assert_int_equal(choice.row.protocol, 1);
	assert_int_equal(choice.passed, 0);
}

/* Forms have names of their own, and what they are made of is whole. */
static void
test_variant_tables(void **state)
{
	(void)state;
	for (size_t i = 0; families[i] != NULL; i++) {
		const struct family *family = families[i];

		for (const struct cell *row = family->cells;
		     row != NULL && row->type != 0; row++) {
			struct choice choice = { .family = family,
				.row = *row };
			const struct variant *first = cell_variants(&choice);
			const struct variant *form = first;

			for (; form != NULL && form->name != NULL; form++)
				for (const struct variant *other = first;
				     other != form; other++)
					assert_string_not_equal(other->name,
					    form->name);
			/* An empty table would have no first form. */
			assert_true(first == NULL || form != first);
		}
	}
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_passes_zero),
	cmocka_unit_test(test_variant_tables),
	cmocka_unit_test(test_find),
	cmocka_unit_test(test_each),
	cmocka_unit_test(test_tables),
};
static struct CMUnitTest tests[COUNT(choose_rows) + COUNT(unknown_rows) +
    COUNT(variant_rows) +
    COUNT(others)];

#define ADD(table, function)                                                   \
	for (size_t i = 0; i < COUNT(table); i++)                              \
		tests[count++] = (struct CMUnitTest){                          \
			.name = (table)[i].name,                               \
			.test_func = (function),                               \
			.initial_state = (void *)(uintptr_t)&(table)[i],       \
		}

int
main(void)
{
	size_t count = 0;

	ADD(choose_rows, test_choose);
	ADD(unknown_rows, test_unknown);
	ADD(variant_rows, test_variant);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("cell", tests, NULL, NULL);
}
