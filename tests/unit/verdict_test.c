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
#include <sys/socket.h>

#include "drive/verdict.h"
#include "../../families/families.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * What a failure says about a cell, by the words of the README: refused,
 * absent, denied and no-device are about the machine, broken is the rest.
 */
static const struct row {
	const char *name;
	const struct family *family;
	const char *type, *protocol;
	enum call call;
	int error;
	enum verdict verdict;
	const char *text;	/* part of the reason, or NULL */
	bool contradicts;
} rows[] = {
#define ROW(family, type, protocol, call, error, verdict, text, contradicts)   \
	{ #family " " type " " protocol ": " #call " " #error,                 \
	  &family##_family, type, protocol, CALL_##call, error,                \
	  VERDICT_##verdict, text, contradicts }
	ROW(inet, "stream", "tcp", SOCKET, EAFNOSUPPORT, ABSENT, "CONFIG_INET",
	    false),
	ROW(inet6, "dgram", "udp", SOCKET, EAFNOSUPPORT, ABSENT,
	    "modprobe ipv6", false),
	ROW(unix, "stream", "unix", SOCKET, EAFNOSUPPORT, ABSENT,
	    "CONFIG_UNIX", false),
	ROW(inet, "stream", "tcp", SOCKET, EPERM, DENIED, "seccomp", false),
	ROW(unix, "dgram", "unix", SOCKET, EACCES, DENIED, "root", false),
	ROW(inet, "raw", "icmp", SOCKET, EPERM, DENIED, "CAP_NET_RAW", false),
	ROW(inet6, "raw", "raw", SOCKET, EPERM, DENIED, "CAP_NET_RAW", false),
	ROW(inet, "dgram", "icmp", SOCKET, EACCES, DENIED,
	    "ping_group_range", false),
	ROW(inet6, "dgram", "icmp", SOCKET, EACCES, DENIED,
	    "ping_group_range", false),
	ROW(inet, "stream", "sctp", SOCKET, EPROTONOSUPPORT, REFUSED,
	    "no SCTP: modprobe -a sctp (CONFIG_IP_SCTP", false),
	ROW(inet6, "seqpacket", "sctp", SOCKET, ESOCKTNOSUPPORT, REFUSED,
	    "no SCTP: modprobe -a sctp (CONFIG_IP_SCTP", false),
	ROW(inet, "dccp", "dccp", SOCKET, ESOCKTNOSUPPORT, REFUSED,
	    "no DCCP: modprobe -a dccp_ipv4 (CONFIG_IP_DCCP", false),
	ROW(inet, "stream", "mptcp", SOCKET, EPROTONOSUPPORT, REFUSED,
	    "CONFIG_MPTCP", false),
	ROW(inet, "stream", "mptcp", SOCKET, ENOPROTOOPT, REFUSED,
	    "net.mptcp.enabled", false),
	ROW(inet6, "dgram", "udplite", SOCKET, EPROTONOSUPPORT, REFUSED, NULL,
	    false),
	ROW(inet, "rdm", "tcp", SOCKET, ESOCKTNOSUPPORT, REFUSED, NULL, false),
	ROW(inet, "stream", "udp", SOCKET, EPROTONOSUPPORT, REFUSED, NULL,
	    false),
	ROW(unix, "rdm", "unix", SOCKET, ESOCKTNOSUPPORT, REFUSED, NULL,
	    false),
	ROW(inet, "stream", "tcp", SOCKET, EPROTONOSUPPORT, REFUSED, NULL,
	    true),
	ROW(inet, "dgram", "udp", SOCKET, ESOCKTNOSUPPORT, REFUSED, NULL,
	    true),
	ROW(unix, "seqpacket", "unix", SOCKET, ESOCKTNOSUPPORT, REFUSED, NULL,
	    true),
	ROW(inet, "stream", "sctp", SOCKET, EINVAL, REFUSED, NULL, true),
	ROW(unix, "rdm", "unix", SOCKET, EINVAL, REFUSED, NULL, true),
	ROW(inet, "stream", "tcp", SOCKET, EMFILE, BROKEN, "ulimit -n", false),
	ROW(inet, "stream", "tcp", SOCKET, ENFILE, BROKEN, NULL, false),
	ROW(inet, "stream", "tcp", SOCKET, ENOBUFS, BROKEN, NULL, false),
	ROW(inet, "stream", "tcp", BIND, EACCES, DENIED,
	    "CAP_NET_BIND_SERVICE", false),
	ROW(unix, "stream", "unix", BIND, EACCES, DENIED, "directory", false),
	ROW(inet, "dgram", "udp", BIND, EADDRNOTAVAIL, NO_DEVICE,
	    "ip addr add", false),
	ROW(inet6, "stream", "tcp", BIND, EADDRINUSE, BROKEN, "--port", false),
	ROW(unix, "stream", "unix", BIND, EADDRINUSE, BROKEN, "may be removed", false),
	ROW(unix, "stream", "unix", BIND, EROFS, BROKEN, NULL, false),
	ROW(inet, "stream", "tcp", BIND, EINVAL, BROKEN, NULL, false),
	ROW(inet, "stream", "tcp", LISTEN, EADDRINUSE, BROKEN, NULL, false),
	ROW(inet, "stream", "tcp", CONNECT, ECONNREFUSED, BROKEN,
	    "start the server", false),
	ROW(unix, "stream", "unix", CONNECT, ENOENT, BROKEN,
	    "start the server", false),
	ROW(unix, "stream", "unix", CONNECT, EACCES, DENIED, "write", false),
	ROW(unix, "stream", "unix", CONNECT, EPROTOTYPE, BROKEN,
	    "another type", false),
	ROW(inet, "stream", "tcp", CONNECT, ENETUNREACH, NO_DEVICE,
	    "ip link set lo up", false),
	ROW(inet6, "dgram", "udp", SENDTO, ENETUNREACH, NO_DEVICE, "route",
	    false),
	ROW(inet, "stream", "tcp", CONNECT, EHOSTUNREACH, NO_DEVICE, NULL,
	    false),
	ROW(inet, "stream", "tcp", CONNECT, ETIMEDOUT, BROKEN, NULL, false),
	ROW(inet, "dgram", "udp", SENDTO, EPERM, DENIED, "firewall", false),
	ROW(inet, "dgram", "udp", SENDTO, ENETDOWN, NO_DEVICE, "up", false),
	ROW(inet6, "dgram", "udp", SENDTO, ENODEV, NO_DEVICE, "interface",
	    false),
	ROW(inet, "dgram", "udp", SENDTO, EMSGSIZE, BROKEN, NULL, false),
	ROW(inet, "stream", "tcp", SEND, EPIPE, BROKEN, NULL, false),
	ROW(inet, "stream", "tcp", RECV, ECONNRESET, BROKEN, "reset", false),
	ROW(unix, "dgram", "unix", RECVFROM, ENOMEM, BROKEN, NULL, false),
	ROW(inet, "stream", "tcp", SETSOCKOPT, ENOPROTOOPT, BROKEN, NULL,
	    false),
	ROW(inet, "stream", "tcp", GETSOCKNAME, ENOBUFS, BROKEN, NULL, false),
	ROW(inet, "stream", "tcp", ACCEPT4, EMFILE, BROKEN, "ulimit -n",
	    false),
	ROW(inet, "stream", "tcp", CLOSE, EIO, BROKEN, NULL, false),
	ROW(inet, "raw", "mptcp", SENDTO, EINVAL, REFUSED, "262", false),
};

static struct choice
choose(const struct family *family, const char *type, const char *protocol)
{
	struct choice choice;
	char why[256] = "";

	if (cell_choose(family, type, protocol, &choice, why, sizeof(why)) !=
	    0)
		fail_msg("%s", why);
	return choice;
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct choice choice = choose(row->family, row->type, row->protocol);
	struct failure failure = {
		.happened = true, .named = true, .call = row->call,
		.error = row->error,
	};
	struct report report;

	memset(&report, 0, sizeof(report));
	verdict_judge(&choice, &failure, &report);
	verdict_compare(&choice, &report);
	assert_string_equal(verdict_name(report.verdict),
	    verdict_name(row->verdict));
	assert_string_equal(report.reason.call, call_name(row->call));
	assert_int_equal(report.reason.error, row->error);
	assert_int_equal(report_status(&report),
	    row->verdict == VERDICT_BROKEN ? 1 : 77);
	if (report.reason.text[0] == '\0' || (row->text != NULL &&
	    strstr(report.reason.text, row->text) == NULL))
		fail_msg("'%s'", report.reason.text);
	if ((report.contradiction[0] != '\0') != row->contradicts)
		fail_msg("contradiction: '%s'", report.contradiction);
}

static void
test_works(void **state)
{
	struct choice choice = choose(&inet_family, "stream", NULL);
	struct failure failure = { .happened = false };
	struct report report;

	(void)state;
	memset(&report, 0xff, sizeof(report));
	verdict_judge(&choice, &failure, &report);
	verdict_compare(&choice, &report);
	assert_int_equal(report.verdict, VERDICT_WORKS);
	assert_null(report.reason.call);
	assert_int_equal(report.reason.error, 0);
	assert_string_equal(report.reason.text, "");
	assert_string_equal(report.contradiction, "");
	report.unusable = false;
	assert_int_equal(report_status(&report), 0);
}

/* What was seen stands before what it means. */
static void
test_sentence(void **state)
{
	struct choice choice = choose(&inet_family, "stream", NULL);
	struct failure failure = {
		.happened = true, .named = true, .call = CALL_BIND,
		.error = EADDRINUSE,
	};
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = htons(80),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct endpoint endpoint;
	struct report report;

	(void)state;
	endpoint_set(&endpoint, &in, sizeof(in));
	endpoint_format(&inet_family, &endpoint, failure.text,
	    sizeof(failure.text));
	memset(&report, 0, sizeof(report));
	verdict_judge(&choice, &failure, &report);
	assert_int_equal(strncmp(report.reason.text, "127.0.0.1:80: ", 14), 0);
	assert_non_null(strstr(report.reason.text, "--port"));
	failure = (struct failure){ .happened = true, .named = true,
		.call = CALL_RECV, .text = "the peer ended the connection" };
	verdict_judge(&choice, &failure, &report);
	assert_string_equal(report.reason.text,
	    "the peer ended the connection");
	assert_int_equal(report.verdict, VERDICT_BROKEN);
	failure = (struct failure){ .happened = true, .text = "it died" };
	verdict_judge(&choice, &failure, &report);
	assert_null(report.reason.call);
	assert_string_equal(report.reason.text, "it died");
}

static void
test_unusable(void **state)
{
	struct choice choice = choose(&inet_family, "dgram", NULL);
	struct failure failure = {
		.happened = true, .named = true, .unusable = true,
		.call = CALL_SENDTO, .error = EMSGSIZE, .text = "too large",
	};
	struct report report;

	(void)state;
	memset(&report, 0, sizeof(report));
	verdict_judge(&choice, &failure, &report);
	assert_int_equal(report_status(&report), 2);
	assert_string_equal(report.reason.text, "too large");
}

static void
test_names(void **state)
{
	static const char *const words[VERDICT_COUNT] = {
		"works", "refused", "absent", "denied", "no-device", "broken",
	};

	(void)state;
	for (int i = 0; i < VERDICT_COUNT; i++)
		assert_string_equal(verdict_name((enum verdict)i), words[i]);
}

/* A family that says of itself and of its cells what would bring them. */
static const struct hint hints[] = {
	{ SOCK_RAW, PROTOCOL_ANY, "socket", EPROTONOSUPPORT, VERDICT_REFUSED,
	  "the hint of a family" },
	{ SOCK_RDM, PROTOCOL_ANY, "socket", EAFNOSUPPORT, VERDICT_DENIED,
	  "a hint goes before all" },
	{ .verdict = VERDICT_WORKS },
};
static const int refusals[] = { ESOCKTNOSUPPORT, 0 };
static const struct need needs[] = {
	{ .command = "ip link add toy0 type dummy" },
	{ .command = NULL },
};
static const struct surroundings surroundings = { .needs = needs };

static const struct toy_row {
	const char *name;
	const char *brought_by;
	struct origin origin;	/* the family's */
	struct cell cell;
	enum call call;
	int error;
	const char *seen;	/* the failure's text */
	enum verdict verdict;
	const char *text;
	bool contradicts;
} toy_rows[] = {
	{ "absent: what the origin says", NULL,
	  { .modules = "toy", .config = "CONFIG_TOY" },
	  { .type = SOCK_STREAM, .shape = SHAPE_CONNECTED }, CALL_SOCKET,
	  EAFNOSUPPORT, "", VERDICT_ABSENT,
	  "this kernel has no AF_TOY: modprobe -a toy (CONFIG_TOY)", false },
	{ "absent: nothing is known", NULL, { .modules = NULL },
	  { .type = SOCK_STREAM, .shape = SHAPE_CONNECTED }, CALL_SOCKET,
	  EAFNOSUPPORT, "", VERDICT_ABSENT, "this kernel has no AF_TOY",
	  false },
	{ "absent: what the family says", "a toy has to be bought",
	  { .modules = "toy" },
	  { .type = SOCK_STREAM, .shape = SHAPE_CONNECTED }, CALL_SOCKET,
	  EAFNOSUPPORT, "", VERDICT_ABSENT, "a toy has to be bought", false },
	{ "absent: the family, not the cell", NULL, { .modules = "toy" },
	  { .type = SOCK_STREAM, .shape = SHAPE_CONNECTED,
	    .lacking = EAFNOSUPPORT, .origin.modules = "toy_stream" },
	  CALL_SOCKET, EAFNOSUPPORT, "", VERDICT_ABSENT,
	  "this kernel has no AF_TOY: modprobe -a toy", false },
	{ "absent: a hint goes before it", "a toy has to be bought",
	  { .modules = "toy" }, { .type = SOCK_RDM,
	    .shape = SHAPE_DATAGRAM }, CALL_SOCKET, EAFNOSUPPORT, "",
	  VERDICT_DENIED, "a hint goes before all", false },
	{ "absent: only by socket()", NULL, { .modules = "toy" },
	  { .type = SOCK_STREAM, .shape = SHAPE_CONNECTED }, CALL_CONNECT,
	  EAFNOSUPPORT, "", VERDICT_BROKEN,
	  "Address family not supported by protocol", false },
	{ "lacking: what the cell's origin says", NULL, { .modules = "toy" },
	  { .type = SOCK_STREAM, .shape = SHAPE_CONNECTED,
	    .lacking = EPROTONOSUPPORT, .origin = { .modules = "toy_x",
	    .config = "CONFIG_TOY_X", .since = "4.1" } }, CALL_SOCKET,
	  EPROTONOSUPPORT, "", VERDICT_REFUSED, "this kernel has no X-1: "
	  "modprobe -a toy_x (CONFIG_TOY_X; since Linux 4.1)", false },
	{ "lacking: an option alone", NULL, { .modules = "toy" },
	  { .type = SOCK_STREAM, .shape = SHAPE_CONNECTED,
	    .lacking = EPROTONOSUPPORT, .origin.config = "CONFIG_TOY_X" },
	  CALL_SOCKET, EPROTONOSUPPORT, "", VERDICT_REFUSED,
	  "this kernel has no X-1 (CONFIG_TOY_X)", false },
	{ "lacking: without an origin", NULL, { .modules = "toy" },
	  { .type = SOCK_STREAM, .shape = SHAPE_CONNECTED,
	    .lacking = EPROTONOSUPPORT }, CALL_SOCKET, EPROTONOSUPPORT, "",
	  VERDICT_REFUSED, "the family has no such protocol for this type",
	  false },
	{ "lacking: another errno", NULL, { .modules = "toy" },
	  { .type = SOCK_STREAM, .shape = SHAPE_CONNECTED,
	    .lacking = EPROTONOSUPPORT, .origin.modules = "toy_x" },
	  CALL_SOCKET, ESOCKTNOSUPPORT, "", VERDICT_REFUSED,
	  "the family has no such type", true },
	{ "lacking: an errno of no such meaning", NULL, { .modules = "toy" },
	  { .type = SOCK_STREAM, .shape = SHAPE_CONNECTED,
	    .lacking = ENOENT, .origin.modules = "toy_x" }, CALL_SOCKET,
	  ENOENT, "", VERDICT_REFUSED,
	  "this kernel has no X-1: modprobe -a toy_x", false },
	{ "lacking: of another call", NULL, { .modules = "toy" },
	  { .type = SOCK_STREAM, .shape = SHAPE_CONNECTED,
	    .lacking = ENOENT, .origin.modules = "toy_x" }, CALL_BIND, ENOENT,
	  "", VERDICT_BROKEN, "No such file or directory", false },
	{ "lacking: a hint goes before it", NULL, { .modules = "toy" },
	  { .type = SOCK_RAW, .shape = SHAPE_BUS, .lacking = EPROTONOSUPPORT,
	    .origin.modules = "toy_x" }, CALL_SOCKET, EPROTONOSUPPORT, "",
	  VERDICT_REFUSED, "the hint of a family", false },
	{ "lacking: an errno of another meaning", NULL,
	  { .modules = "toy" }, { .type = SOCK_STREAM,
	    .shape = SHAPE_CONNECTED, .lacking = ENODEV,
	    .origin.modules = "toy_x" }, CALL_SOCKET, ENODEV, "",
	  VERDICT_REFUSED, "this kernel has no X-1: modprobe -a toy_x",
	  false },
	{ "what was seen, and what it means", NULL, { .modules = "toy" },
	  { .type = SOCK_STREAM, .shape = SHAPE_CONNECTED }, CALL_SENDTO,
	  ENETDOWN, "toy0", VERDICT_NO_DEVICE,
	  "toy0: the interface is down: ip link set INTERFACE up", false },
};

static struct family
toy_of(const struct toy_row *row)
{
	return (struct family){
		.name = "toy", .constant = "AF_TOY", .domain = 77,
		.brought_by = row->brought_by, .origin = row->origin,
		.hints = hints, .refusals = refusals,
		.refusal_source = "a table in a test",
	};
}

static void
test_toy(void **state)
{
	const struct toy_row *row = *state;
	struct family family = toy_of(row);
	struct choice choice = { .family = &family, .row = row->cell,
		.protocol = "x-1" };
	struct failure failure = {
		.happened = true, .named = true, .call = row->call,
		.error = row->error,
	};
	struct report report;

	strlcpy(failure.text, row->seen, sizeof(failure.text));
	memset(&report, 0, sizeof(report));
	verdict_judge(&choice, &failure, &report);
	verdict_compare(&choice, &report);
	assert_string_equal(verdict_name(report.verdict),
	    verdict_name(row->verdict));
	assert_string_equal(report.reason.text, row->text);
	if ((report.contradiction[0] != '\0') != row->contradicts)
		fail_msg("contradiction: '%s'", report.contradiction);
}

/* The commands stand behind what was said, or alone; a cell may need none. */
static void
test_add_commands(void **state)
{
	struct choice choice = { .row.surroundings = &surroundings };
	struct report report;
	char longest[REASON_MAX];

	(void)state;
	memset(&report, 0, sizeof(report));
	verdict_without_run(&report, VERDICT_NO_DEVICE, ENODEV,
	    "there is no toy0");
	assert_int_equal(report.reason.error, ENODEV);
	assert_null(report.reason.call);
	verdict_add_commands(&choice, &report);
	assert_string_equal(report.reason.text, "there is no toy0: run it "
	    "with --setup, or make it: ip link add toy0 type dummy");
	verdict_without_run(&report, VERDICT_NO_DEVICE, 0, "");
	verdict_add_commands(&choice, &report);
	assert_string_equal(report.reason.text, "run it with --setup, or make "
	    "it: ip link add toy0 type dummy");
	choice.row.surroundings = NULL;
	verdict_without_run(&report, VERDICT_NO_DEVICE, 0, "nothing helps");
	verdict_add_commands(&choice, &report);
	assert_string_equal(report.reason.text, "nothing helps");
	/* What does not fit is cut, and ended. */
	choice.row.surroundings = &surroundings;
	memset(longest, 'z', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	verdict_without_run(&report, VERDICT_NO_DEVICE, 0, longest);
	verdict_add_commands(&choice, &report);
	assert_string_equal(report.reason.text, longest);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_add_commands),
	cmocka_unit_test(test_works),
	cmocka_unit_test(test_sentence),
	cmocka_unit_test(test_unusable),
	cmocka_unit_test(test_names),
};
static struct CMUnitTest tests[COUNT(rows) + COUNT(toy_rows) + COUNT(others)];

int
main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	for (size_t i = 0; i < COUNT(toy_rows); i++)
		tests[COUNT(rows) + i] = (struct CMUnitTest){
			.name = toy_rows[i].name,
			.test_func = test_toy,
			.initial_state = (void *)(uintptr_t)&toy_rows[i],
		};
	memcpy(tests + COUNT(rows) + COUNT(toy_rows), others, sizeof(others));
	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
