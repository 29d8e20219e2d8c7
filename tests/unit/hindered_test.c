/*
 * Runs that cannot take place for want of an interface or a network, what is
 * said of them, and the same with --setup, where namespaces are permitted.
 */
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
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scripted.h"
#include "setup/command.h"
#include "witness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define SURE (TRAIT_BOUNDARIES | TRAIT_RELIABLE | TRAIT_ORDERED)

static int
address_missing(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	(void)wish;
	(void)out;
	snprintf(why, room, "there is no interface toy0");
	return -ENODEV;
}

/* The server's is there, and the client's is not. */
static int
address_half_missing(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	if (wish->side == SIDE_CLIENT)
		return address_missing(wish, out, why, room);
	return scripted_name(out, "", 0);
}

/*
 * Addresses of RFC 5737, each on an interface that is its side's own; the
 * server takes all that it has.
 */
static int
address_veth(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	bool server = wish->side == SIDE_SERVER;
	/* Where the client contacts the server, it has only its own. */
	bool theirs = server && !wish->to_contact;
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)wish->port),
		.sin_addr.s_addr = htonl(theirs ? INADDR_ANY
		    : server ? 0xc0000201 : 0xc0000202),
	};
	unsigned index;

	if (wish->lookup->interface(theirs ? "theirs" : "ours", &index) != 0 ||
	    wish->lookup->interface(theirs ? "ours" : "theirs", &index) == 0) {
		snprintf(why, room, "asked in the wrong network");
		return -ENODEV;
	}
	endpoint_set(out, &in, sizeof(in));
	return 1;
}

/* The one address of a network without any but its loopback. */
static int
address_loopback(const struct wish *wish, struct endpoint *out, char *why,
    size_t room)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)wish->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	(void)why;
	(void)room;
	endpoint_set(out, &in, sizeof(in));
	return 1;
}

static const int yes = 1;
static const struct setting bad_setting[] = {
	{ 1u << SIDE_CLIENT, false, SOL_SOCKET, 9999, &yes, sizeof(yes) },
	{ .sides = 0 },
};

static const struct need toy_needs[] = {
	{ .command = "ip link add toy0 type dummy" },
	{ .sysctl = "net.toy.on", .value = "1" },
	{ .command = NULL },
};
static const struct need veth_needs[] = {
	{ .command = "ip link add ours type veth peer name theirs netns "
	    "{server}" },
	{ .command = "ip addr add 192.0.2.2/24 dev ours" },
	{ .command = "ip link set ours up" },
	{ .command = "ip addr add 192.0.2.1/24 dev theirs", .server = true },
	{ .command = "ip link set theirs up", .server = true },
	{ .command = NULL },
};
static const struct need failing_needs[] = {
	{ .command = "ip link set no-such up" },
	{ .command = NULL },
};
static const struct need no_command_needs[] = {
	{ .command = "no-such-command" },
	{ .command = NULL },
};
static const struct surroundings toy = { SURROUNDINGS_NAMESPACE, toy_needs };
static const struct surroundings two = { SURROUNDINGS_TWO_NAMESPACES,
	veth_needs };
static const struct surroundings own = { SURROUNDINGS_NAMESPACE, NULL };
static const struct surroundings failing = { SURROUNDINGS_NAMESPACE,
	failing_needs };
static const struct surroundings no_command = { SURROUNDINGS_NAMESPACE,
	no_command_needs };
static const struct variant far = { .name = "far", .surroundings = &two };
static const struct variant near = { .name = "near" };

#define DATAGRAM SOCK_DGRAM, .shape = SHAPE_DATAGRAM, .traits = SURE

static const struct scripted_row rows[] = {
	{ "no interface", .cell = { DATAGRAM },
	  .family = { .address = address_missing },
	  .verdict = VERDICT_NO_DEVICE, .error = ENODEV,
	  .text = "there is no interface toy0", .whole = true, .status = 77,
	  .calls = { "socket close", "" } },
	{ "no interface, and what makes it", .cell = { DATAGRAM,
	  .surroundings = &toy }, .family = { .address = address_missing },
	  .verdict = VERDICT_NO_DEVICE, .error = ENODEV,
	  .text = "there is no interface toy0: run it with --setup, or make "
	  "it: ip link add toy0 type dummy; sysctl -w net.toy.on='1'",
	  .status = 77, .calls = { "socket close", "" } },
	{ "no interface: a connection", .cell = { SOCK_STREAM,
	  .shape = SHAPE_CONNECTED }, .family = { .address = address_missing },
	  .verdict = VERDICT_NO_DEVICE, .error = ENODEV, .status = 77,
	  .calls = { "socket close", "" } },
	{ "no interface: a kernel", .cell = { SOCK_DGRAM,
	  .shape = SHAPE_KERNEL }, .family = { .address = address_missing },
	  .verdict = VERDICT_NO_DEVICE, .error = ENODEV, .status = 77,
	  .calls = { "socket close", "" } },
	{ "no interface of the client", .cell = { DATAGRAM },
	  .family = { .address = address_half_missing },
	  .verdict = VERDICT_NO_DEVICE, .error = ENODEV, .status = 77,
	  .calls = { "socket close", "" } },
	{ "no interface, and no family", .cell = { DATAGRAM,
	  .surroundings = &toy }, .family = { .address = address_missing,
	  .domain = 77 }, .verdict = VERDICT_ABSENT, .call = "socket",
	  .error = EAFNOSUPPORT, .text = "no kernel has it: modprobe scripted",
	  .whole = true, .status = 77, .calls = { "socket", "" } },
	{ "no interface, and no privilege", .cell = { DATAGRAM,
	  .surroundings = &toy }, .family = { .address = address_missing },
	  .fault = { SIDE_CLIENT, CALL_SOCKET, 1, EPERM, 0 },
	  .verdict = VERDICT_DENIED, .call = "socket", .error = EPERM,
	  .status = 77 },
	{ "no interface, and an option that there is not",
	  .cell = { DATAGRAM, .settings = bad_setting },
	  .family = { .address = address_missing }, .verdict = VERDICT_BROKEN,
	  .call = "setsockopt", .error = ENOPROTOOPT, .status = 1,
	  .calls = { "socket setsockopt close", "" } },
	{ "no interface, where no exchange is known", .cell = { 7,
	  .shape = SHAPE_NONE }, .family = { .address = address_missing },
	  .verdict = VERDICT_REFUSED, .call = "socket",
	  .error = ESOCKTNOSUPPORT, .status = 77 },
	{ "two networks, and no --setup", .cell = { DATAGRAM,
	  .surroundings = &two }, .verdict = VERDICT_NO_DEVICE,
	  .text = "its two sides are in network namespaces of their own: run "
	  "it with --setup, or make it: ip netns add client; ip netns add "
	  "server; ip -n client link add ours", .status = 77,
	  .calls = { "socket close", "" } },
	{ "two networks of a variant, and no --setup", .cell = { DATAGRAM },
	  .variant = &far, .verdict = VERDICT_NO_DEVICE,
	  .text = "network namespaces of their own: run it with --setup",
	  .status = 77, .calls = { "socket close", "" } },
	{ "a variant that needs nothing", .cell = { DATAGRAM },
	  .variant = &near, .tally = TALLY(1, 1, 58) },
};

/* With --setup. */
static const struct scripted_row real_rows[] = {
	{ "setup: in a network of its own", .cell = { DATAGRAM,
	  .surroundings = &own }, .family = { .domain = AF_INET,
	  .address = address_loopback }, .setup = true,
	  .tally = TALLY(1, 1, 58) },
	{ "setup: from network to network", .cell = { DATAGRAM,
	  .surroundings = &two }, .family = { .domain = AF_INET,
	  .address = address_veth }, .setup = true, .messages = 2,
	  .tally = TALLY(2, 2, 116) },
	{ "setup: a connection between networks", .cell = { SOCK_STREAM,
	  .shape = SHAPE_CONNECTED }, .family = { .domain = AF_INET,
	  .address = address_veth }, .variant = &far, .setup = true,
	  .messages = 2, .tally = TALLY(2, 2, 116) },
	{ "setup: nothing is needed", .cell = { DATAGRAM }, .setup = true,
	  .tally = TALLY(1, 1, 58) },
	{ "setup: a command fails", .cell = { DATAGRAM,
	  .surroundings = &failing }, .setup = true,
	  .verdict = VERDICT_NO_DEVICE, .text = "ip link set no-such up: "
	  "Cannot find device \"no-such\"", .status = 77,
	  .calls = { "socket close", "" } },
	{ "setup: a command fails, and there is no family",
	  .cell = { DATAGRAM, .surroundings = &failing }, .setup = true,
	  .family = { .domain = 77 }, .verdict = VERDICT_ABSENT,
	  .call = "socket", .error = EAFNOSUPPORT, .status = 77 },
	{ "setup: there is no such command", .cell = { DATAGRAM,
	  .surroundings = &no_command }, .setup = true,
	  .verdict = VERDICT_NO_DEVICE, .error = ENOENT,
	  .text = "no-such-command: there is no such command", .status = 77 },
	{ "setup: an interface is missing all the same", .cell = { DATAGRAM,
	  .surroundings = &own }, .family = { .address = address_missing },
	  .setup = true, .verdict = VERDICT_NO_DEVICE, .error = ENODEV,
	  .text = "there is no interface toy0", .whole = true, .status = 77 },
	{ "setup: an interface is missing, whatever was made",
	  .cell = { DATAGRAM, .surroundings = &two },
	  .family = { .address = address_missing }, .setup = true,
	  .verdict = VERDICT_NO_DEVICE, .error = ENODEV,
	  .text = "there is no interface toy0", .whole = true, .status = 77 },
};

static bool permitted;

static void
test_real(void **state)
{
	if (!permitted) {
		printf("no network namespace can be made here\n");
		skip();
	}
	scripted_test(state);
}

static const char *
variant_of(const struct endpoint *endpoint)
{
	return endpoint->length != 0 ? "as bound" : "of nothing";
}

/* What cannot be run has a variant, too: the one that was chosen. */
static void
test_report(void **state)
{
	static const struct cell cell = { DATAGRAM };
	struct family family = scripted_family(&(struct family){
		.address = address_missing, .variant = variant_of });
	struct request request = scripted_request(&family, &cell);
	struct report report;

	(void)state;
	request.choice.variant = &far;
	scripted_run(&request, &report);
	assert_string_equal(report.variant, "far");
	assert_int_equal(report.contact.length, 0);
	assert_int_equal(report.made.count, 0);
	exchange_free(&report);
	/* Where there is an address, it tells. */
	family.address = scripted_auto;
	request.choice.variant = &near;
	scripted_run(&request, &report);
	assert_string_equal(report.variant, "as bound");
	exchange_free(&report);
}

static void
test_made(void **state)
{
	static const struct cell cell = { DATAGRAM, .surroundings = &two };
	struct family family = scripted_family(&(struct family){
		.domain = AF_INET, .address = address_veth });
	struct request request = scripted_request(&family, &cell);
	struct report report;

	(void)state;
	if (!permitted) {
		printf("no network namespace can be made here\n");
		skip();
	}
	request.setup = true;
	scripted_run(&request, &report);
	if (report.verdict != VERDICT_WORKS)
		fail_msg("%s", report.reason.text);
	assert_int_equal(report.made.count, COUNT(veth_needs) - 1);
	assert_string_equal(report.made.text[1], veth_needs[1].command);
	assert_string_equal(report.made.where,
	    "in two network namespaces of its own");
	assert_int_equal(report.notes, 0);
	exchange_free(&report);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_report),
	cmocka_unit_test(test_made),
};
static struct CMUnitTest tests[COUNT(rows) + COUNT(real_rows) +
    COUNT(others)];

#define ADD(table, function)                                                   \
	for (size_t i = 0; i < COUNT(table); i++)                              \
		tests[count++] = (struct CMUnitTest){                          \
			.name = (table)[i].name,                               \
			.test_func = (function),                               \
			.initial_state = (void *)(uintptr_t)&(table)[i],       \
		}

/* Whether this process could make a namespace, and come back. */
static bool
may_make_namespaces(void)
{
	char why[256];
	int status = 1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(geteuid() == 0 && unshare(CLONE_NEWNET) == 0 &&
		    command_run("ip link add ours type veth peer name theirs",
			NULL, why, sizeof(why)) == 0 ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int
main(void)
{
	size_t count = 0;

	permitted = may_make_namespaces();
	ADD(rows, scripted_test);
	ADD(real_rows, test_real);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("hindered", tests, scripted_begin,
	    scripted_end);
}
