#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <sys/utsname.h>

#include "text/escape.h"
#include "render/json.h"
#include "render/phrase.h"
#include "render/render.h"
#include "toy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct family *const families[] = { &toy_family, NULL };

/* A report with room for both sides' events. */
struct scene {
	struct request request;
	struct report report;
	struct trace *trace[SIDE_COUNT];
};

static struct scene *
scene_new(const char *type)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	char why[256];

	assert_non_null(scene);
	for (int side = 0; side < SIDE_COUNT; side++) {
		scene->trace[side] = calloc(1, sizeof(struct trace));
		assert_non_null(scene->trace[side]);
		scene->report.trace[side] = scene->trace[side];
	}
	assert_int_equal(cell_choose(&toy_family, type, NULL,
	    &scene->request.choice, why, sizeof(why)), 0);
	scene->report.request = &scene->request;
	scene->report.tally = (struct tally){
		.sent = 1, .round_trips = 1, .bytes = 10,
	};
	scene->report.elapsed_ns = 412345;
	return scene;
}

static void
scene_free(struct scene *scene)
{
	for (int side = 0; side < SIDE_COUNT; side++)
		free(scene->trace[side]);
	free(scene);
}

static struct event *
add(struct scene *scene, enum side_id side, enum call call, int64_t result,
    int error, const int64_t number[3])
{
	return toy_event(scene->trace[side], side, call, result, error,
	    number);
}

/* A short conversation over a connection. */
static void
play_connected(struct scene *scene)
{
	const enum side_id client = SIDE_CLIENT, server = SIDE_SERVER;

	add(scene, server, CALL_SOCKET, 3, 0,
	    NUMBERS(TOY_DOMAIN, SOCK_STREAM | SOCK_CLOEXEC, 0));
	toy_pass(add(scene, server, CALL_BIND, 0, 0, NUMBERS(3)), 0);
	toy_return(add(scene, server, CALL_GETSOCKNAME, 0, 0, NUMBERS(3)), 80);
	add(scene, server, CALL_LISTEN, 0, 0, NUMBERS(3, 5));
	toy_pass(add(scene, client, CALL_CONNECT, 0, 0, NUMBERS(3)), 80);
	toy_return(add(scene, server, CALL_ACCEPT4, 4, 0,
	    NUMBERS(3, SOCK_CLOEXEC)), 99);
	toy_data(add(scene, client, CALL_SEND, 5, 0,
	    NUMBERS(3, 5, MSG_NOSIGNAL)), "hello", 5);
	toy_data(add(scene, server, CALL_RECV, 5, 0, NUMBERS(4, 4096)),
	    "hello", 5);
	toy_data(add(scene, server, CALL_SEND, 5, 0,
	    NUMBERS(4, 5, MSG_NOSIGNAL)), "world", 5);
	toy_data(add(scene, client, CALL_RECV, 5, 0, NUMBERS(3, 4096)),
	    "world", 5);
	add(scene, client, CALL_SHUTDOWN, 0, 0, NUMBERS(3, SHUT_WR));
	add(scene, server, CALL_RECV, 0, 0, NUMBERS(4, 4096));
	add(scene, client, CALL_CLOSE, 0, 0, NUMBERS(3));
}

static char *
print(const struct scene *scene, const char *format,
    const struct style *style)
{
	const struct renderer *renderer = renderers;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	while (renderer->name != NULL && strcmp(renderer->name, format) != 0)
		renderer++;
	assert_non_null(renderer->name);
	renderer->render(out, &scene->report, style);
	assert_int_equal(fclose(out), 0);
	return text;
}

static const struct style narrow = { .utf8 = true, .width = 60 };
static const struct style ascii = { .width = 60 };
static const struct style usual = { .utf8 = true, .width = 80 };

static void
test_ladder(void **state)
{
	static const char expected[] =
"toy stream one: AF_TOY, SOCK_STREAM, TOYPROTO_ONE\n"
"\n"
"client (pid 101)                server (pid 102)\n"
"─────────────────────────────┬─────────────────────────────\n"
"                             │  socket(AF_TOY, SOCK_STREAM,\n"
"                             │    0) = 3\n"
"                             │  bind(3, toy:0) = 0\n"
"                             │  getsockname(3) → toy:80\n"
"                             │  listen(3, 5) = 0\n"
"connect(3, toy:80) = 0       │\n"
"──────── connection ─────────┼► accept4(3) = 4 from toy:99\n"
"send(3, \"hello\") = 5         │\n"
"────────── 5 bytes ──────────┼► recv(4) = 5 \"hello\"\n"
"                             │  send(4, \"world\") = 5\n"
"recv(3) = 5 \"world\" ◄────────┼────────── 5 bytes ──────────\n"
"shutdown(3, SHUT_WR) = 0     │\n"
"──────────── end ────────────┼► recv(4) = 0\n"
"close(3) = 0                 │\n"
"─────────────────────────────┴─────────────────────────────\n"
"works: 1 message each way, 10 bytes verified, in 0.41 ms\n";
	struct scene *scene = scene_new("stream");
	char *text;

	(void)state;
	play_connected(scene);
	text = print(scene, "ladder", &narrow);
	assert_string_equal(text, expected);
	free(text);
	scene_free(scene);
}

static void
test_ladder_ascii(void **state)
{
	struct scene *scene = scene_new("stream");
	char *text;

	(void)state;
	play_connected(scene);
	toy_pass(add(scene, SIDE_CLIENT, CALL_CONNECT, -1, ECONNREFUSED,
	    NUMBERS(3)), 9);
	text = print(scene, "ladder", &ascii);
	for (const char *at = text; *at != '\0'; at++)
		assert_true((*at >= ' ' && *at <= '~') || *at == '\n');
	assert_non_null(strstr(text, "\n---------- 5 bytes ----------+> "
	    "recv(4) = 5 \"hello\"\n"));
	assert_non_null(strstr(text, "recv(3) = 5 \"world\" <--------+"));
	assert_non_null(strstr(text, "getsockname(3) -> toy:80\n"));
	assert_non_null(strstr(text, "connect(3, toy:9)            |\n"
	    "  = -1 ECONNREFUSED          |\n"));
	free(text);
	scene_free(scene);
}

/* Calls that every frame has to hold: long, wide, hostile, failed, open. */
static void
play_difficult(struct scene *scene)
{
	static const char wide[] = "漢字漢字漢字漢字漢字漢字漢字漢字漢字";
	static const char thai[] = "ผู้ใหญ่ที่นี่ผู้ใหญ่ที่นี่ผู้ใหญ่ที่นี่";
	unsigned char hostile[EVENT_DATA_MAX];
	struct event *event;

	for (size_t i = 0; i < sizeof(hostile); i++)
		hostile[i] = (unsigned char)(i < 33 ? i : i + 0x60);
	play_connected(scene);
	toy_data(add(scene, SIDE_CLIENT, CALL_SEND, 54, 0,
	    NUMBERS(1234567, 54)), wide, sizeof(wide) - 1);
	toy_data(add(scene, SIDE_SERVER, CALL_RECV, 54, 0, NUMBERS(4, 54)),
	    wide, sizeof(wide) - 1);
	toy_data(add(scene, SIDE_SERVER, CALL_SEND, 96, 0, NUMBERS(4, 96)),
	    thai, sizeof(thai) - 1);
	toy_data(add(scene, SIDE_CLIENT, CALL_RECV, 96, 0, NUMBERS(4, 96)),
	    thai, sizeof(thai) - 1);
	toy_data(add(scene, SIDE_SERVER, CALL_SEND, 2, 0, NUMBERS(4, 96)),
	    hostile, sizeof(hostile));
	toy_data(add(scene, SIDE_CLIENT, CALL_RECV, 1000000, 0,
	    NUMBERS(4, 96)), hostile, sizeof(hostile));
	add(scene, SIDE_SERVER, CALL_RECV, -1, ECONNRESET, NUMBERS(4, 4096));
	event = add(scene, SIDE_SERVER, CALL_SETSOCKOPT, 0, 0,
	    NUMBERS(3, TOY_LEVEL, TOY_KEY));
	toy_data(event, hostile, sizeof(hostile));
	event = add(scene, SIDE_CLIENT, CALL_RECV, 0, 0, NUMBERS(3, 4096));
	event->end_ns = 0;
	scene->report.verdict = VERDICT_BROKEN;
	scene->report.reason = (struct reason){
		.call = "recv", .error = ECONNRESET,
		.text = "a sentence that is longer than a line of most "
		    "terminals, so that it has to be wrapped somewhere",
	};
}

/* The column of the first of these in a line, or -1. */
static int
column_of(const char *line, const char *const *marks)
{
	int first = -1;

	for (; *marks != NULL; marks++) {
		const char *found = strstr(line, *marks);
		char before[1024];
		int column;

		if (found == NULL)
			continue;
		snprintf(before, sizeof(before), "%.*s", (int)(found - line),
		    line);
		column = (int)escape_columns(before);
		if (first < 0 || column < first)
			first = column;
	}
	return first;
}

struct frame_row {
	const char *name;
	const char *type;
	unsigned width;
	bool client, server;
};

static const struct frame_row frame_rows[] = {
	{ "frame: 40 columns", "stream", 40, true, true },
	{ "frame: 41 columns", "stream", 41, true, true },
	{ "frame: 80 columns", "stream", 80, true, true },
	{ "frame: 99 columns", "stream", 99, true, true },
	{ "frame: 100 columns, with the time", "stream", 100, true, true },
	{ "frame: 200 columns", "stream", 200, true, true },
	{ "frame: a client alone, 40", "stream", 40, true, false },
	{ "frame: a client alone, 80", "stream", 80, true, false },
	{ "frame: a server alone, 40", "stream", 40, false, true },
	{ "frame: a server alone, 80", "stream", 80, false, true },
	{ "frame: a kernel, 40", "rdm", 40, true, false },
	{ "frame: a bus, 40", "raw", 40, true, true },
	{ "frame: a bus, 80", "raw", 80, true, true },
	{ "frame: datagrams, 80", "dgram", 80, true, true },
};

/* Between its rules, every line has the bar in the same place. */
static void
check_frame(char *text, unsigned width)
{
	static const char *const tops[] = { "┬", NULL };
	static const char *const bottoms[] = { "┴", NULL };
	static const char *const bars[] = { "│", "┼", "║", NULL };
	int bar = -1;
	unsigned framed = 0;
	char *rest = text;
	char *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		assert_true(escape_columns(line) <= width);
		assert_true(*line == '\0' || line[strlen(line) - 1] != ' ');
		if (bar < 0) {
			bar = column_of(line, tops);
			continue;
		}
		if (column_of(line, bottoms) >= 0) {
			assert_int_equal(column_of(line, bottoms), bar);
			break;
		}
		assert_int_equal(column_of(line, bars), bar);
		framed++;
	}
	assert_true(framed >= 8);
	assert_non_null(rest);
}

static void
test_frame(void **state)
{
	const struct frame_row *row = *state;
	struct style style = { .utf8 = true, .width = row->width };
	struct scene *scene = scene_new(row->type);
	char *text;

	play_difficult(scene);
	if (!row->client)
		scene->report.trace[SIDE_CLIENT] = NULL;
	if (!row->server)
		scene->report.trace[SIDE_SERVER] = NULL;
	text = print(scene, "ladder", &style);
	assert_null(strpbrk(text, "\033\r\t\b\a"));
	check_frame(text, row->width);
	free(text);
	scene_free(scene);
}

/* What a ladder of 80 columns has in it. */
static const struct ladder_row {
	const char *name;
	const char *type;
	bool client, server;
	const char *expected;
} ladder_rows[] = {
	{ "ladder: a client alone names the other", "stream", true, false,
	  "server (elsewhere)\n" },
	{ "ladder: a client alone connects", "stream", true, false,
	  "connect(3, toy:80) = 0 ────────────────┼───────────── connection "
	  "─────────────►\n" },
	{ "ladder: a client alone sends", "stream", true, false,
	  "send(3, \"hello\") = 5 ──────────────────┼────────────── 5 bytes "
	  "───────────────►\n" },
	{ "ladder: a server alone names the other", "stream", false, true,
	  "client (elsewhere) " },
	{ "ladder: a server alone sends", "stream", false, true,
	  "◄────────────── 5 bytes ───────────────┼─ send(4, \"world\") = "
	  "5\n" },
	{ "ladder: the kernel", "rdm", true, false, " kernel\n" },
	{ "ladder: nobody connects to a kernel", "rdm", true, false,
	  "connect(3, toy:80) = 0                 │\n" },
	{ "ladder: a client sends on a bus", "raw", true, true,
	  "send(3, \"hello\") = 5 ─────────────────►║\n" },
	{ "ladder: a client hears a bus", "raw", true, true,
	  "recv(3) = 5 \"world\" ◄──────────────────║\n" },
	{ "ladder: a server sends on a bus", "raw", true, true,
	  "║◄ send(4, \"world\") = 5\n" },
	{ "ladder: a server hears a bus", "raw", true, true,
	  "║► recv(4) = 5 \"hello\"\n" },
	{ "ladder: an end that may be a record", "seqpacket", true, true,
	  "──────────── end or empty ─────────────┼► recv(4) = 0\n" },
	{ "ladder: an empty datagram", "dgram", true, true,
	  " 0 bytes ───────────────┼► recv(4) = 0\n" },
};

static void
test_ladder_row(void **state)
{
	const struct ladder_row *row = *state;
	struct scene *scene = scene_new(row->type);
	char *text;

	play_connected(scene);
	if (!row->client)
		scene->report.trace[SIDE_CLIENT] = NULL;
	if (!row->server)
		scene->report.trace[SIDE_SERVER] = NULL;
	text = print(scene, "ladder", &usual);
	if (strstr(text, row->expected) == NULL)
		fail_msg("'%s' is not in:\n%s", row->expected, text);
	free(text);
	scene_free(scene);
}

/* A refusal by the only side that ran: one lane, no bar. */
static void
test_single(void **state)
{
	static const char expected[] =
	    "toy dccp one: AF_TOY, SOCK_DCCP, TOYPROTO_ONE\n"
	    "\n"
	    "server (pid 102)\n"
	    "────────────────────────────────────────────────────────────\n"
	    "socket(AF_TOY, SOCK_DCCP, 0) ✗ ESOCKTNOSUPPORT\n"
	    "────────────────────────────────────────────────────────────\n"
	    "refused: socket(): ESOCKTNOSUPPORT: no such type\n";
	struct scene *scene = scene_new("dccp");
	char *text;

	(void)state;
	add(scene, SIDE_SERVER, CALL_SOCKET, -1, ESOCKTNOSUPPORT,
	    NUMBERS(TOY_DOMAIN, SOCK_DCCP, 0));
	scene->report.trace[SIDE_CLIENT] = NULL;
	scene->report.tally = (struct tally){ .sent = 0 };
	scene->report.verdict = VERDICT_REFUSED;
	scene->report.reason = (struct reason){
		.call = "socket", .error = ESOCKTNOSUPPORT,
		.text = "no such type",
	};
	text = print(scene, "ladder", &narrow);
	assert_string_equal(text, expected);
	free(text);
	scene_free(scene);
}

/* Without the sequences, what is coloured is what is not. */
static void
strip_color(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++)
		if (*from == '\033')
			from = strchr(from, 'm');
		else
			*to++ = *from;
	*to = '\0';
}

static void
test_color(void **state)
{
	struct style style = usual;
	struct scene *scene = scene_new("stream");
	char *plain, *colored;

	(void)state;
	play_difficult(scene);
	plain = print(scene, "ladder", &style);
	style.color = true;
	colored = print(scene, "ladder", &style);
	assert_non_null(strstr(colored, "\033[31mrecv(4) ✗ ECONNRESET\033[0m"));
	assert_non_null(strstr(colored, "\033[31mbroken: recv()"));
	strip_color(colored);
	assert_string_equal(colored, plain);
	free(plain);
	free(colored);
	scene_free(scene);
}

static void
test_gap(void **state)
{
	struct scene *scene = scene_new("dgram");
	char *text;

	(void)state;
	for (int i = 0; i < TRACE_HEAD + TRACE_TAIL + 1234; i++)
		toy_data(add(scene, SIDE_CLIENT, CALL_SEND, 1, 0,
		    NUMBERS(3, 1)), "x", 1);
	text = print(scene, "ladder", &usual);
	assert_non_null(strstr(text, "\n  … 1,234 events missing"));
	free(text);
	text = print(scene, "text", &usual);
	assert_non_null(strstr(text,
	    "\n           client  ... 1,234 events missing\n"));
	free(text);
	text = print(scene, "strace", &usual);
	assert_non_null(strstr(text, "\n[... 1234 events missing]\n"));
	free(text);
	scene_free(scene);
}

static void
test_text(void **state)
{
	static const char expected[] =
	    "toy stream one: AF_TOY, SOCK_STREAM, TOYPROTO_ONE\n"
	    "  0.000 ms server  socket(AF_TOY, SOCK_STREAM, 0) = 3\n"
	    "  1.000 ms server  bind(3, toy:0) = 0\n"
	    "  2.000 ms server  getsockname(3) -> toy:80\n"
	    "  3.000 ms server  listen(3, 5) = 0\n"
	    "  4.000 ms client  connect(3, toy:80) = 0\n"
	    "  5.000 ms server  accept4(3) = 4 from toy:99\n"
	    "  6.000 ms client  send(3, \"hello\") = 5\n"
	    "  7.000 ms server  recv(4) = 5 \"hello\"\n"
	    "  8.000 ms server  send(4, \"world\") = 5\n"
	    "  9.000 ms client  recv(3) = 5 \"world\"\n"
	    " 10.000 ms client  shutdown(3, SHUT_WR) = 0\n"
	    " 11.000 ms server  recv(4) = 0  # the end (or an empty record)\n"
	    " 12.000 ms client  close(3) = 0\n"
	    "works: 1 message each way, 10 bytes verified, in 0.41 ms\n";
	struct scene *scene = scene_new("stream");
	char *text;

	(void)state;
	play_connected(scene);
	text = print(scene, "text", &usual);
	assert_string_equal(text, expected);
	free(text);
	scene_free(scene);
}

/* A payload cannot drive the terminal, whatever the format. */
static void
test_hostile(void **state)
{
	const char *format = *state;
	static const char hostile[] = "\033]0;x\a\x9b" "2J\xc2\x9b"
	    "2J\xe2\x80\xae\r\x7f";
	struct scene *scene = scene_new("stream");
	char *text;

	toy_data(add(scene, SIDE_CLIENT, CALL_RECV, sizeof(hostile), 0,
	    NUMBERS(3, 4096)), hostile, sizeof(hostile));
	text = print(scene, format, &ascii);
	for (const char *at = text; *at != '\0'; at++)
		assert_true((*at >= ' ' && *at <= '~') || *at == '\n');
	free(text);
	scene_free(scene);
}

/*
 * One event and the line that strace 6.1 prints for such a call, as observed
 * (the toy's names in the place of a family's).
 */
struct strace_row {
	const char *name;
	enum call call;
	int64_t result;
	int error;
	int64_t number[3];
	const char *data;
	enum { NO_ADDRESS, PASSED, RETURNED, WANTED } address;
	bool running;
	const char *expected;
};

static const struct strace_row strace_rows[] = {
	{ "strace: socket", CALL_SOCKET, 3, 0,
	  { TOY_DOMAIN, SOCK_STREAM | SOCK_CLOEXEC, 0 }, NULL, NO_ADDRESS,
	  false,
	  "[pid   101] socket(AF_TOY, SOCK_STREAM|SOCK_CLOEXEC, "
	  "TOYPROTO_ANY) = 3\n" },
	{ "strace: results stand in column 40", CALL_LISTEN, 0, 0, { 3, 5 },
	  NULL, NO_ADDRESS, false,
	  "[pid   101] listen(3, 5)                = 0\n" },
	{ "strace: bind", CALL_BIND, 0, 0, { 3 }, NULL, PASSED, false,
	  "[pid   101] bind(3, {sa_family=AF_TOY, toy_port=htons(80), "
	  "toy_zone=home}, 4) = 0\n" },
	{ "strace: an error", CALL_CONNECT, -1, ECONNREFUSED, { 3 }, NULL,
	  PASSED, false,
	  "[pid   101] connect(3, {sa_family=AF_TOY, toy_port=htons(80), "
	  "toy_zone=home}, 4) = -1 ECONNREFUSED (Connection refused)\n" },
	{ "strace: an errno of the kernel's own", CALL_SHUTDOWN, -1, 524,
	  { 3, SHUT_WR }, NULL, NO_ADDRESS, false,
	  "[pid   101] shutdown(3, SHUT_WR)        = -1 ENOTSUPP (Unknown "
	  "error 524)\n" },
	{ "strace: an errno without a name", CALL_SHUTDOWN, -1, 999,
	  { 3, SHUT_WR }, NULL, NO_ADDRESS, false,
	  "[pid   101] shutdown(3, SHUT_WR)        = -1 (errno 999)\n" },
	{ "strace: accept4", CALL_ACCEPT4, 4, 0, { 3, SOCK_CLOEXEC }, NULL,
	  RETURNED, false,
	  "[pid   101] accept4(3, {sa_family=AF_TOY, toy_port=htons(80), "
	  "toy_zone=home}, [128 => 4], SOCK_CLOEXEC) = 4\n" },
	{ "strace: send is sendto", CALL_SEND, 5, 0, { 3, 5, MSG_NOSIGNAL },
	  "hello", NO_ADDRESS, false,
	  "[pid   101] sendto(3, \"hello\", 5, MSG_NOSIGNAL, NULL, 0) = 5\n" },
	{ "strace: 32 bytes of a longer string", CALL_SEND, 33, 0,
	  { 3, 33, 0 }, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NO_ADDRESS,
	  false,
	  "[pid   101] sendto(3, \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"..., "
	  "33, 0, NULL, 0) = 33\n" },
	{ "strace: sendto", CALL_SENDTO, 5, 0, { 3, 5, 0 }, "hello", PASSED,
	  false,
	  "[pid   101] sendto(3, \"hello\", 5, 0, {sa_family=AF_TOY, "
	  "toy_port=htons(80), toy_zone=home}, 4) = 5\n" },
	{ "strace: recv is recvfrom", CALL_RECV, 5, 0, { 3, 4096, 0 },
	  "hello", NO_ADDRESS, false,
	  "[pid   101] recvfrom(3, \"hello\", 4096, 0, NULL, NULL) = 5\n" },
	{ "strace: the end", CALL_RECV, 0, 0, { 3, 4096, 0 }, NULL,
	  NO_ADDRESS, false,
	  "[pid   101] recvfrom(3, \"\", 4096, 0, NULL, NULL) = 0\n" },
	{ "strace: recvfrom failed", CALL_RECVFROM, -1, EAGAIN,
	  { 3, 4096, MSG_DONTWAIT }, NULL, WANTED, false,
	  "[pid   101] recvfrom(3, ..., 4096, MSG_DONTWAIT, ..., [128]) = -1 "
	  "EAGAIN (Resource temporarily unavailable)\n" },
	{ "strace: close is not of the network class", CALL_CLOSE, 0, 0,
	  { 3 }, NULL, NO_ADDRESS, false, "" },
	{ "strace: accept4 goes on", CALL_ACCEPT4, 0, 0, { 3, SOCK_CLOEXEC },
	  NULL, WANTED, true, "[pid   101] accept4(3,  <unfinished ...>\n" },
	{ "strace: recv goes on", CALL_RECV, 0, 0, { 3, 4096, 0 }, NULL,
	  NO_ADDRESS, true, "[pid   101] recvfrom(3,  <unfinished ...>\n" },
	{ "strace: getsockopt goes on", CALL_GETSOCKOPT, 0, 0,
	  { 3, TOY_LEVEL, TOY_SPEED }, NULL, WANTED, true,
	  "[pid   101] getsockopt(3, SOL_TOY, TOY_SPEED,  <unfinished "
	  "...>\n" },
	{ "strace: connect goes on", CALL_CONNECT, 0, 0, { 3 }, NULL, PASSED,
	  true,
	  "[pid   101] connect(3, {sa_family=AF_TOY, toy_port=htons(80), "
	  "toy_zone=home}, 4 <unfinished ...>\n" },
};

static void
test_strace(void **state)
{
	const struct strace_row *row = *state;
	struct scene *scene = scene_new("stream");
	struct event *event = add(scene, SIDE_CLIENT, row->call, row->result,
	    row->error, row->number);
	char *text;

	if (row->data != NULL)
		toy_data(event, row->data, strlen(row->data));
	if (row->address == PASSED)
		toy_pass(event, 80);
	if (row->address == RETURNED)
		toy_return(event, 80);
	if (row->address == WANTED)
		event->room = 128;
	if (row->running)
		event->end_ns = 0;
	text = print(scene, "strace", &usual);
	assert_string_equal(text, row->expected);
	free(text);
	scene_free(scene);
}

/* Addresses that the family cannot lay out. */
static const struct address_row {
	const char *name;
	unsigned char bytes[8];
	socklen_t length;
	const char *expected;
} address_rows[] = {
	{ "strace: a family and no more", { TOY_DOMAIN, 0 }, 2,
	  "[pid   101] bind(3, {sa_family=AF_TOY}, 2) = 0\n" },
	{ "strace: bytes of another family", { 85, 0, 'a', 'b', 'c' }, 5,
	  "[pid   101] bind(3, {sa_family=0x55 /* AF_??? */, "
	  "sa_data=\"abc\"}, 5) = 0\n" },
	{ "strace: bytes of no family", { 0, 0, 0, 0 }, 4,
	  "[pid   101] bind(3, {sa_family=AF_UNSPEC, sa_data=\"\\0\\0\"}, 4) "
	  "= 0\n" },
	{ "strace: less than a family", { TOY_DOMAIN }, 1,
	  "[pid   101] bind(3, ..., 1)             = 0\n" },
};

static void
test_address(void **state)
{
	const struct address_row *row = *state;
	struct scene *scene = scene_new("stream");
	struct event *event = add(scene, SIDE_CLIENT, CALL_BIND, 0, 0,
	    NUMBERS(3));
	char *text;

	endpoint_set(&event->address, row->bytes, row->length);
	text = print(scene, "strace", &usual);
	assert_string_equal(text, row->expected);
	free(text);
	scene_free(scene);
}

/* Outcomes, and the lines that tell them. */
static const struct outcome_row {
	const char *name;
	struct report report;
	const char *expected;
} outcome_rows[] = {
	{ "outcome: many messages",
	  { .tally = { .sent = 1000, .round_trips = 1000, .bytes = 52000 },
	    .elapsed_ns = 12345678 },
	  "works: 1,000 messages each way, 52,000 bytes verified, in 12.35 "
	  "ms\n" },
	{ "outcome: seconds",
	  { .tally = { .sent = 1, .round_trips = 1, .bytes = 1 },
	    .elapsed_ns = 2500000000 },
	  "works: 1 message each way, 1 byte verified, in 2.50 s\n" },
	{ "outcome: nothing to send", { .elapsed_ns = 10000 },
	  "works: 0 messages each way, 0 bytes verified, in 0.01 ms\n" },
	{ "outcome: losses are counted",
	  { .tally = { .sent = 10, .round_trips = 8, .bytes = 80, .lost = 2,
	      .duplicated = 1, .reordered = 3, .ignored = 4 },
	    .elapsed_ns = 1000000 },
	  "works: 8 of 10 messages came back, 80 bytes verified, in 1.00 ms\n"
	  "2 messages lost; 1 message duplicated; 3 messages out of order; "
	  "4 packets of others passed over\n" },
	{ "outcome: notes and a contradiction",
	  { .tally = { .sent = 1, .round_trips = 1, .bytes = 9 },
	    .elapsed_ns = 1000000, .notes = 2,
	    .note = { "split in 3", "on vcan0" },
	    .contradiction = "the table says EPERM" },
	  "works: 1 message each way, 9 bytes verified, in 1.00 ms\n"
	  "note: split in 3\nnote: on vcan0\n"
	  "unexpected: the table says EPERM\n" },
	{ "outcome: absent",
	  { .verdict = VERDICT_ABSENT, .reason = { .call = "socket",
	      .error = EAFNOSUPPORT, .text = "modprobe toy" } },
	  "absent: socket(): EAFNOSUPPORT: modprobe toy\n" },
	{ "outcome: denied",
	  { .verdict = VERDICT_DENIED, .reason = { .call = "socket",
	      .error = EPERM, .text = "needs CAP_TOY" } },
	  "denied: socket(): EPERM: needs CAP_TOY\n" },
	{ "outcome: no device",
	  { .verdict = VERDICT_NO_DEVICE, .reason = { .call = "bind",
	      .error = ENODEV, .text = "ip link add toy0" } },
	  "no-device: bind(): ENODEV: ip link add toy0\n" },
	{ "outcome: broken on the way",
	  { .verdict = VERDICT_BROKEN, .reason = { .call = "recv",
	      .text = "other bytes came back" },
	    .tally = { .sent = 3, .round_trips = 2, .bytes = 20 } },
	  "broken: recv(): other bytes came back\n"
	  "before that: 2 of 3 messages came back, 20 bytes verified\n" },
	{ "outcome: no call was at fault",
	  { .verdict = VERDICT_BROKEN, .reason = { .text = "why not" } },
	  "broken: why not\n" },
	{ "outcome: the request was at fault",
	  { .verdict = VERDICT_BROKEN, .unusable = true,
	    .reason = { .text = "the limit is 8" } },
	  "not possible: the limit is 8\n" },
	{ "outcome: a signal",
	  { .verdict = VERDICT_BROKEN, .signal = SIGTERM },
	  "interrupted: SIGTERM\n" },
};

static void
test_outcome(void **state)
{
	const struct outcome_row *row = *state;
	struct scene *scene = scene_new("stream");
	char *text, *behind;

	scene->report = row->report;
	scene->report.request = &scene->request;
	text = print(scene, "text", &usual);
	behind = strchr(text, '\n');
	assert_non_null(behind);
	assert_string_equal(behind + 1, row->expected);
	free(text);
	scene_free(scene);
}

static json_t *
parse(const struct scene *scene)
{
	json_error_t error;
	char *text = print(scene, "json", &usual);
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	assert_non_null(json);
	assert_int_equal(text[strlen(text) - 1], '\n');
	free(text);
	return json;
}

/* Compares what stands at a key with JSON text. */
static void
check_member(const json_t *object, const char *key, const char *expected)
{
	json_t *member = json_object_get(object, key);
	json_t *wanted = json_loads(expected, JSON_DECODE_ANY, NULL);

	assert_non_null(wanted);
	if (!json_equal(member, wanted)) {
		char *got = json_dumps(member, JSON_ENCODE_ANY);

		fail_msg("%s: %s, not %s", key, got, expected);
	}
	json_decref(wanted);
}

static void
test_json(void **state)
{
	struct scene *scene = scene_new("stream");
	struct utsname kernel;
	json_t *json, *events;

	(void)state;
	play_connected(scene);
	json = parse(scene);
	uname(&kernel);
	assert_string_equal(json_string_value(json_object_get(
	    json_object_get(json, "kernel"), "release")), kernel.release);
	check_member(json, "sockdemo", "\"" SOCKDEMO_VERSION "\"");
	check_member(json, "family", "\"toy\"");
	check_member(json, "type", "\"stream\"");
	check_member(json, "protocol", "\"one\"");
	check_member(json, "variant", "null");
	check_member(json, "verdict", "\"works\"");
	check_member(json, "reason", "null");
	check_member(json, "contradiction", "null");
	check_member(json, "notes", "[]");
	check_member(json, "events_missing", "0");
	check_member(json, "summary", "{\"round_trips\": 1, \"bytes\": 10, "
	    "\"elapsed_ns\": 412345, \"lost\": 0, \"duplicated\": 0, "
	    "\"reordered\": 0, \"ignored\": 0, \"sent\": 1}");
	events = json_object_get(json, "events");
	assert_int_equal(json_array_size(events), 13);
	assert_true(json_is_integer(json_object_get(json_array_get(events, 0),
	    "t_ns")));
	check_member(json_array_get(events, 0), "t_ns", "0");
	check_member(json_array_get(events, 4), "t_ns", "4000000");
	json_decref(json);
	scene_free(scene);
}

static void
test_json_event(void **state)
{
	struct scene *scene = scene_new("dgram");
	struct event *event = add(scene, SIDE_SERVER, CALL_RECVFROM, 3, 0,
	    NUMBERS(3, 100, MSG_TRUNC));
	const json_t *json_event;
	json_t *json;

	(void)state;
	toy_data(event, "a\0\xff", 3);
	toy_return(event, 80);
	json = parse(scene);
	json_event = json_array_get(json_object_get(json, "events"), 0);
	check_member(json_event, "side", "\"server\"");
	check_member(json_event, "pid", "102");
	check_member(json_event, "call", "\"recvfrom\"");
	check_member(json_event, "args", "[3, {\"len\": 3, \"hex\": "
	    "\"6100ff\"}, 100, \"MSG_TRUNC\", {\"family\": \"AF_TOY\", "
	    "\"text\": \"toy:80\", \"fields\": {\"toy_port\": 80, "
	    "\"toy_zone\": \"home\"}}, {\"passed\": 128, \"returned\": 4}]");
	check_member(json_event, "result", "3");
	check_member(json_event, "errno", "null");
	check_member(json_event, "note", "null");
	json_decref(json);
	scene_free(scene);
}

static void
test_json_failures(void **state)
{
	struct scene *scene = scene_new("dgram");
	struct event *event = add(scene, SIDE_CLIENT, CALL_RECVFROM, -1,
	    EAGAIN, NUMBERS(3, 100, 0));
	json_t *json, *events;

	(void)state;
	event->room = 128;
	event = add(scene, SIDE_CLIENT, CALL_RECV, 0, 0, NUMBERS(3, 100, 0));
	event->end_ns = 0;
	json = parse(scene);
	events = json_object_get(json, "events");
	check_member(json_array_get(events, 0), "args", "[3, null, 100, \"0\", "
	    "null, {\"passed\": 128, \"returned\": null}]");
	check_member(json_array_get(events, 0), "result", "-1");
	check_member(json_array_get(events, 0), "errno", "\"EAGAIN\"");
	check_member(json_array_get(events, 1), "result", "null");
	check_member(json_array_get(events, 1), "errno", "null");
	check_member(json_array_get(events, 1), "note",
	    "\"the call had not returned\"");
	json_decref(json);
	scene_free(scene);
}

/* An option's value is a number where it is one. */
static void
test_json_values(void **state)
{
	struct scene *scene = scene_new("stream");
	int speed = 9600;
	json_t *json, *events;

	(void)state;
	toy_data(add(scene, SIDE_CLIENT, CALL_SETSOCKOPT, 0, 0,
	    NUMBERS(3, TOY_LEVEL, TOY_SPEED)), &speed, sizeof(speed));
	toy_data(add(scene, SIDE_CLIENT, CALL_SETSOCKOPT, 0, 0,
	    NUMBERS(3, TOY_LEVEL, TOY_KEY)), "k\xff!", 3);
	json = parse(scene);
	events = json_object_get(json, "events");
	check_member(json_array_get(events, 0), "args",
	    "[3, \"SOL_TOY\", \"TOY_SPEED\", 9600, 4]");
	check_member(json_array_get(events, 1), "args",
	    "[3, \"SOL_TOY\", \"TOY_KEY\", \"\\\"k\\\\377!\\\"\", 3]");
	json_decref(json);
	scene_free(scene);
}

static void
test_json_reason(void **state)
{
	struct scene *scene = scene_new("stream");
	json_t *json;

	(void)state;
	scene->report.verdict = VERDICT_BROKEN;
	scene->report.variant = "abstract";
	scene->report.reason = (struct reason){
		.call = "bind", .error = EADDRINUSE, .text = "bad \xff name",
	};
	json = parse(scene);
	check_member(json, "verdict", "\"broken\"");
	check_member(json, "variant", "\"abstract\"");
	check_member(json, "reason", "{\"call\": \"bind\", \"errno\": "
	    "\"EADDRINUSE\", \"text\": \"bad \\\\xff name\"}");
	json_decref(json);
	scene->report.reason = (struct reason){ .text = "" };
	json = parse(scene);
	check_member(json, "reason",
	    "{\"call\": null, \"errno\": null, \"text\": \"\"}");
	json_decref(json);
	scene_free(scene);
}

static void
test_json_missing(void **state)
{
	struct scene *scene = scene_new("stream");
	json_t *json;

	(void)state;
	for (int i = 0; i < TRACE_HEAD + TRACE_TAIL + 7; i++) {
		add(scene, SIDE_CLIENT, CALL_CLOSE, 0, 0, NUMBERS(3));
		add(scene, SIDE_SERVER, CALL_CLOSE, 0, 0, NUMBERS(3));
	}
	json = report_json(&scene->report);
	check_member(json, "events_missing", "14");
	assert_int_equal(json_array_size(json_object_get(json, "events")),
	    2 * (TRACE_HEAD + TRACE_TAIL));
	json_decref(json);
	scene_free(scene);
}


#define ADD(table, function)                                                   \
	for (size_t i = 0; i < COUNT(table); i++)                              \
		tests[count++] = (struct CMUnitTest){                          \
			.name = (table)[i].name,                               \
			.test_func = (function),                               \
			.initial_state = (void *)(uintptr_t)&(table)[i],       \
		}

/* Messages with control data cross as others do. */
static void
test_messages(void **state)
{
	struct scene *scene = scene_new("stream");
	struct event *event;
	char *text;

	(void)state;
	event = add(scene, SIDE_CLIENT, CALL_SENDMSG, 5, 0,
	    NUMBERS(3, MSG_NOSIGNAL, 1));
	toy_data(event, "hello", 5);
	toy_pass(event, 80);
	event = add(scene, SIDE_SERVER, CALL_RECVMSG, 5, 0, NUMBERS(4, 0, 1));
	toy_data(event, "hello", 5);
	toy_return(event, 99);
	event->message_flags = MSG_CTRUNC;
	text = print(scene, "ladder", &usual);
	assert_non_null(strstr(text, "\nsendmsg(3, \"hello\", toy:80) = 5"));
	assert_non_null(strstr(text, "──── 5 bytes ───"));
	assert_non_null(strstr(text, "► recvmsg(4) = 5 \"hello\" from"));
	assert_non_null(strstr(text, "not all control messages fit"));
	free(text);
	text = print(scene, "text", &usual);
	assert_non_null(strstr(text,
	    " client  sendmsg(3, \"hello\", toy:80) = 5\n"));
	assert_non_null(strstr(text, " server  recvmsg(4) = 5 \"hello\" from "
	    "toy:99  # not all control messages fit\n"));
	free(text);
	scene_free(scene);
}

/* Several messages are counted as such, and each is told. */
static void
test_several_messages(void **state)
{
	struct scene *scene = scene_new("dgram");
	struct event *event;
	char *text;

	(void)state;
	event = add(scene, SIDE_CLIENT, CALL_SENDMMSG, 1, 0, NUMBERS(3, 2, 0));
	event->length = 2;
	event->batch.message[0].address = toy_address(80);
	memcpy(event->batch.message[0].data, "one", 3);
	event->batch.message[0].kept = 3;
	event->batch.message[0].length = 3;
	event = add(scene, SIDE_SERVER, CALL_RECVMMSG, 2, 0,
	    NUMBERS(4, 2, 0));
	event->batch.message[1] = (struct event_message){
		.address = toy_address(99), .kept = 3, .length = 3,
		.data = "two",
	};
	text = print(scene, "ladder", &usual);
	assert_non_null(strstr(text, "─ 2 messages ─"));
	assert_non_null(strstr(text, "\n  1 of 2 messages were sent"));
	free(text);
	text = print(scene, "text", &usual);
	assert_non_null(strstr(text, " client  sendmmsg(3, \"one\" to toy:80, "
	    "\"\") = 1  # 1 of 2 messages were sent\n"));
	assert_non_null(strstr(text, " server  recvmmsg(4) = 2 \"\", \"two\" "
	    "from toy:99\n"));
	free(text);
	scene_free(scene);
}

/* What was set up for the run, as it would be made by hand. */
static void
test_made(void **state)
{
	struct scene *scene = scene_new("stream");
	struct made *made = &scene->report.made;
	json_t *json;
	char *text;

	(void)state;
	play_connected(scene);
	text = print(scene, "text", &usual);
	assert_null(strstr(text, "set up"));
	free(text);
	strlcpy(made->where, "in a network namespace of its own",
	    sizeof(made->where));
	text = print(scene, "text", &usual);
	assert_non_null(strstr(text, "\nset up in a network namespace of its "
	    "own, and gone again\n"));
	free(text);
	made->count = 2;
	strlcpy(made->text[0], "ip link add a", sizeof(made->text[0]));
	strlcpy(made->text[1], "modprobe toy", sizeof(made->text[1]));
	text = print(scene, "ladder", &usual);
	assert_non_null(strstr(text, "\nset up in a network namespace of its "
	    "own, and gone again:\n  ip link add a\n  modprobe toy\n"));
	free(text);
	made->where[0] = '\0';
	text = print(scene, "text", &usual);
	assert_non_null(strstr(text, "\nset up, and gone again:\n"));
	free(text);
	json = parse(scene);
	check_member(json, "setup", "[\"ip link add a\", \"modprobe toy\"]");
	json_decref(json);
	scene_free(scene);
}

/* All that there may be to say. */
static void
test_longest_conclusion(void **state)
{
	struct scene *scene = scene_new("stream");
	struct report *report = &scene->report;
	struct conclusion *conclusion = malloc(sizeof(*conclusion));

	(void)state;
	assert_non_null(conclusion);
	report->verdict = VERDICT_BROKEN;
	report->reason = (struct reason){ .call = "recv", .text = "why" };
	report->tally.lost = 1;
	report->notes = NOTES_MAX;
	strlcpy(report->made.where, "somewhere", sizeof(report->made.where));
	report->made.count = MADE_MAX;
	strlcpy(report->contradiction, "all of it",
	    sizeof(report->contradiction));
	phrase_conclusion(report, conclusion);
	assert_int_equal(conclusion->count, sizeof(conclusion->line) /
	    sizeof(conclusion->line[0]));
	assert_string_equal(conclusion->line[conclusion->count - 1].text,
	    "unexpected: all of it");
	free(conclusion);
	scene_free(scene);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_messages),
	cmocka_unit_test(test_several_messages),
	cmocka_unit_test(test_made),
	cmocka_unit_test(test_longest_conclusion),
	cmocka_unit_test(test_ladder),
	cmocka_unit_test(test_ladder_ascii),
	cmocka_unit_test(test_single),
	cmocka_unit_test(test_color),
	cmocka_unit_test(test_gap),
	cmocka_unit_test(test_text),
	{ .name = "test_hostile: ladder", .test_func = test_hostile,
	  .initial_state = (void *)(uintptr_t)"ladder" },
	{ .name = "test_hostile: text", .test_func = test_hostile,
	  .initial_state = (void *)(uintptr_t)"text" },
	{ .name = "test_hostile: strace", .test_func = test_hostile,
	  .initial_state = (void *)(uintptr_t)"strace" },
	{ .name = "test_hostile: json", .test_func = test_hostile,
	  .initial_state = (void *)(uintptr_t)"json" },
	cmocka_unit_test(test_json),
	cmocka_unit_test(test_json_event),
	cmocka_unit_test(test_json_failures),
	cmocka_unit_test(test_json_values),
	cmocka_unit_test(test_json_reason),
	cmocka_unit_test(test_json_missing),
};

static struct CMUnitTest tests[COUNT(frame_rows) + COUNT(ladder_rows) +
    COUNT(strace_rows) + COUNT(address_rows) + COUNT(outcome_rows) +
    COUNT(others)];

int
main(void)
{
	size_t count = 0;

	ADD(frame_rows, test_frame);
	ADD(ladder_rows, test_ladder_row);
	ADD(strace_rows, test_strace);
	ADD(address_rows, test_address);
	ADD(outcome_rows, test_outcome);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
