#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <getopt.h>
#include <netinet/in.h>
#include <unistd.h>

#include "cli/command.h"
#include "drive/report.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ARGUMENTS 6

/* The table that main.c defines. */
const struct command commands[] = {
	{ "exchange", COMMAND_EXCHANGE, NULL, "both" },
	{ "server", COMMAND_SERVER, NULL, "one" },
	{ "client", COMMAND_CLIENT, NULL, "the other" },
	{ "list", COMMAND_LIST, NULL, "all" },
	{ .name = NULL },
};

/* Arguments, and a number or a text that they set. */
static const struct good_row {
	const char *name;
	unsigned command;
	const char *arguments[ARGUMENTS];
	size_t offset;		/* of a member of struct options … */
	size_t size;		/* … which is so large; 0: a string */
	long long number;
	const char *text;
} good_rows[] = {
#define NUMBER(member, value)                                                  \
	offsetof(struct options, member),                                      \
	    sizeof(((struct options *)0)->member), value, NULL
#define TEXT(member, value) offsetof(struct options, member), 0, 0, value
	{ "nothing: no family", COMMAND_EXCHANGE, { NULL },
	  TEXT(family, NULL) },
	{ "nothing: one message", COMMAND_EXCHANGE, { NULL },
	  NUMBER(messages, 1) },
	{ "nothing: five seconds", COMMAND_EXCHANGE, { NULL },
	  NUMBER(timeout_ns, 5000000000) },
	{ "nothing: no port", COMMAND_EXCHANGE, { NULL },
	  NUMBER(port, PORT_UNSET) },
	{ "nothing: no size", COMMAND_EXCHANGE, { NULL },
	  NUMBER(size, (long long)SIZE_UNSET) },
	{ "-f inet6", COMMAND_LIST, { "-f", "inet6" },
	  TEXT(family, "inet6") },
	{ "-finet6", COMMAND_LIST, { "-finet6" }, TEXT(family, "inet6") },
	{ "--family unix", COMMAND_SERVER, { "--family", "unix" },
	  TEXT(family, "unix") },
	{ "--family=unix", COMMAND_CLIENT, { "--family=unix" },
	  TEXT(family, "unix") },
	{ "the last one counts", COMMAND_EXCHANGE,
	  { "-f", "inet", "-f", "unix" }, TEXT(family, "unix") },
	{ "-t dgram", COMMAND_EXCHANGE, { "-t", "dgram" },
	  TEXT(type, "dgram") },
	{ "-p udp", COMMAND_EXCHANGE, { "-p", "udp" },
	  TEXT(protocol, "udp") },
	{ "-H ::1", COMMAND_CLIENT, { "-H", "::1" }, TEXT(host, "::1") },
	{ "-P 80", COMMAND_SERVER, { "-P", "80" }, NUMBER(port, 80) },
	{ "-P 0", COMMAND_SERVER, { "-P", "0" }, NUMBER(port, 0) },
	{ "a port beyond 65535 is the family's to judge", COMMAND_SERVER,
	  { "--port", "65536" }, NUMBER(port, 65536) },
	{ "--messages 3", COMMAND_EXCHANGE, { "--messages", "3" },
	  NUMBER(messages, 3) },
	{ "--messages 2K", COMMAND_EXCHANGE, { "--messages", "2K" },
	  NUMBER(messages, 2048) },
	{ "--size 0", COMMAND_EXCHANGE, { "--size", "0" }, NUMBER(size, 0) },
	{ "--size 300000", COMMAND_EXCHANGE, { "--size", "300000" },
	  NUMBER(size, 300000) },
	{ "--size 2M", COMMAND_EXCHANGE, { "--size", "2M" },
	  NUMBER(size, 2097152) },
	{ "--size 1G", COMMAND_EXCHANGE, { "--size", "1G" },
	  NUMBER(size, 1073741824) },
	{ "--text, empty", COMMAND_EXCHANGE, { "--text", "" },
	  TEXT(text, "") },
	{ "--file", COMMAND_CLIENT, { "--file", "/etc/hosts" },
	  TEXT(file, "/etc/hosts") },
	{ "--timeout 0.25", COMMAND_EXCHANGE, { "--timeout", "0.25" },
	  NUMBER(timeout_ns, 250000000) },
	{ "--timeout is told", COMMAND_CLIENT, { "--timeout", "5" },
	  NUMBER(timeout_given, true) },
	{ "--variant path", COMMAND_EXCHANGE, { "--variant", "path" },
	  TEXT(variant, "path") },
	{ "--variant of a server", COMMAND_SERVER, { "--variant=path" },
	  TEXT(variant, "path") },
	{ "--variant of a client", COMMAND_CLIENT, { "--variant", "" },
	  TEXT(variant, "") },
	{ "nothing: no variant", COMMAND_EXCHANGE, { NULL },
	  TEXT(variant, NULL) },
	{ "--setup", COMMAND_EXCHANGE, { "--setup" }, NUMBER(setup, true) },
	{ "nothing: no setup", COMMAND_EXCHANGE, { NULL },
	  NUMBER(setup, false) },
	{ "--keep-modules", COMMAND_EXCHANGE, { "--setup", "--keep-modules" },
	  NUMBER(keep_modules, true) },
	{ "--setup keeps no modules", COMMAND_EXCHANGE, { "--setup" },
	  NUMBER(keep_modules, false) },
	{ "--chat", COMMAND_SERVER, { "--chat" }, NUMBER(chat, true) },
	{ "--known", COMMAND_LIST, { "--known" }, NUMBER(known, true) },
	{ "--format json", COMMAND_EXCHANGE, { "--format", "json" },
	  TEXT(format, "json") },
	{ "--color never", COMMAND_EXCHANGE, { "--color", "never" },
	  NUMBER(color, COLOR_NEVER) },
	{ "-h", COMMAND_EXCHANGE, { "-h" }, NUMBER(help, true) },
	{ "--version", COMMAND_LIST, { "--version" },
	  NUMBER(version, true) },
	{ "an abbreviation", COMMAND_EXCHANGE, { "--mess", "4" },
	  NUMBER(messages, 4) },
};

static int
parse(const char *const arguments[ARGUMENTS], unsigned command,
    struct options *options)
{
	char *argv[ARGUMENTS + 2] = { (char *)(uintptr_t)"sockdemo" };
	int argc = 1;

	while (argc <= ARGUMENTS && arguments[argc - 1] != NULL) {
		argv[argc] = (char *)(uintptr_t)arguments[argc - 1];
		argc++;
	}
	/* getopt(3): 0 begins anew. */
	optind = 0;
	return options_parse(argc, argv, command, options);
}

static long long
read_number(const void *member, size_t size)
{
	int64_t eight;
	int32_t four;
	bool one;

	if (size == sizeof(eight)) {
		memcpy(&eight, member, size);
		return eight;
	}
	if (size == sizeof(four)) {
		memcpy(&four, member, size);
		return four;
	}
	memcpy(&one, member, sizeof(one));
	return one;
}

static void
test_good(void **state)
{
	const struct good_row *row = *state;
	struct options options;
	const char *member = (const char *)&options + row->offset;
	const char *text;

	assert_int_equal(parse(row->arguments, row->command, &options), 0);
	assert_int_equal(options.command, row->command);
	if (row->size != 0) {
		assert_int_equal(read_number(member, row->size), row->number);
		return;
	}
	memcpy(&text, member, sizeof(text));
	if (row->text == NULL)
		assert_null(text);
	else
		assert_string_equal(text, row->text);
}

/* Arguments that are none, and part of what stderr says to them. */
static const struct bad_row {
	const char *name;
	unsigned command;
	const char *arguments[ARGUMENTS];
	const char *said;
} bad_rows[] = {
	{ "bad: a port below 0", COMMAND_EXCHANGE, { "-P", "-1" },
	  "port '-1'" },
	{ "bad: a port in words", COMMAND_EXCHANGE, { "-P", "http" },
	  "port 'http'" },
	{ "bad: half a port", COMMAND_EXCHANGE, { "-P", "80x" },
	  "port '80x'" },
	{ "bad: no port", COMMAND_EXCHANGE, { "-P", "" }, "port ''" },
	{ "bad: a port beyond all", COMMAND_EXCHANGE,
	  { "-P", "99999999999999999999" }, "port '9999" },
	{ "bad: no messages", COMMAND_EXCHANGE, { "--messages", "0" },
	  "messages '0'" },
	{ "bad: messages below 0", COMMAND_EXCHANGE, { "--messages", "-1" },
	  "messages '-1'" },
	{ "bad: too many messages", COMMAND_EXCHANGE,
	  { "--messages", "4294967296" }, "messages" },
	{ "bad: a size in words", COMMAND_EXCHANGE, { "--size", "big" },
	  "size 'big'" },
	{ "bad: an unknown unit", COMMAND_EXCHANGE, { "--size", "1T" },
	  "size '1T'" },
	{ "bad: two units", COMMAND_EXCHANGE, { "--size", "1KK" },
	  "size '1KK'" },
	{ "bad: a size that overflows", COMMAND_EXCHANGE,
	  { "--size", "17179869184G" }, "size" },
	{ "bad: a size with a sign", COMMAND_EXCHANGE, { "--size", "+1" },
	  "size '+1'" },
	{ "bad: no timeout", COMMAND_EXCHANGE, { "--timeout", "0" },
	  "timeout '0'" },
	{ "bad: a timeout below 0", COMMAND_EXCHANGE, { "--timeout", "-1" },
	  "timeout '-1'" },
	{ "bad: a timeout of nan", COMMAND_EXCHANGE, { "--timeout", "nan" },
	  "timeout 'nan'" },
	{ "bad: a timeout without end", COMMAND_EXCHANGE,
	  { "--timeout", "inf" }, "timeout 'inf'" },
	{ "bad: a format", COMMAND_EXCHANGE, { "--format", "xml" },
	  "ladder text strace json" },
	{ "bad: a colour", COMMAND_EXCHANGE, { "--color", "red" },
	  "auto always never" },
	{ "bad: an unknown option", COMMAND_EXCHANGE, { "--nosuch" },
	  "'--nosuch': unknown" },
	{ "bad: an unknown letter", COMMAND_EXCHANGE, { "-x" },
	  "'-x': unknown" },
	{ "bad: a letter among others", COMMAND_EXCHANGE, { "-hx" },
	  "'-x': unknown" },
	{ "bad: a value is missing", COMMAND_EXCHANGE, { "-f" },
	  "'-f': needs a value" },
	{ "bad: a long one's is missing", COMMAND_EXCHANGE, { "--family" },
	  "'--family': needs a value" },
	{ "bad: an argument", COMMAND_EXCHANGE, { "inet" }, "'inet'" },
	{ "bad: --chat of a client", COMMAND_CLIENT, { "--chat" },
	  "'--chat': client has none" },
	{ "bad: --size of a server", COMMAND_SERVER, { "--size", "1" },
	  "'--size': server has none" },
	{ "bad: --host of list", COMMAND_LIST, { "-H", "x" },
	  "'--host': list has none" },
	{ "bad: --variant of list", COMMAND_LIST, { "--variant", "path" },
	  "'--variant': list has none" },
	{ "bad: --variant without a name", COMMAND_EXCHANGE, { "--variant" },
	  "'--variant': needs a value" },
	{ "bad: --setup of a server", COMMAND_SERVER, { "--setup" },
	  "'--setup': server has none" },
	{ "bad: --setup of a client", COMMAND_CLIENT, { "--setup" },
	  "'--setup': client has none" },
	{ "bad: --setup with a value", COMMAND_EXCHANGE, { "--setup=yes" },
	  "'--setup=yes'" },
	{ "bad: --keep-modules of a server", COMMAND_SERVER,
	  { "--keep-modules" }, "'--keep-modules': server has none" },
	{ "bad: --text and --file", COMMAND_EXCHANGE,
	  { "--text", "x", "--file", "y" }, "exclude" },
	{ "bad: --text and --size", COMMAND_EXCHANGE,
	  { "--text", "x", "--size", "1" }, "'--size'" },
	{ "bad: --file and --messages", COMMAND_EXCHANGE,
	  { "--file", "x", "--messages", "2" }, "'--messages'" },
};

/* Stderr goes into a file for a while; then, what was written. */
struct hearing {
	FILE *file;
	int kept;
};

static void
begin_to_hear(struct hearing *hearing)
{
	hearing->file = tmpfile();
	hearing->kept = dup(STDERR_FILENO);
	assert_non_null(hearing->file);
	dup2(fileno(hearing->file), STDERR_FILENO);
}

static const char *
end_to_hear(struct hearing *hearing)
{
	static char said[4096];
	size_t length;

	dup2(hearing->kept, STDERR_FILENO);
	close(hearing->kept);
	rewind(hearing->file);
	length = fread(said, 1, sizeof(said) - 1, hearing->file);
	said[length] = '\0';
	fclose(hearing->file);
	return said;
}

/* Runs it, and says what it wrote on stderr. */
static const char *
parse_said(const struct bad_row *row, int *status)
{
	struct hearing hearing;
	struct options options;

	begin_to_hear(&hearing);
	*status = parse(row->arguments, row->command, &options);
	return end_to_hear(&hearing);
}

static void
test_bad(void **state)
{
	const struct bad_row *row = *state;
	int status;
	const char *said = parse_said(row, &status);

	assert_int_equal(status, STATUS_USAGE);
	assert_int_equal(strncmp(said, "sockdemo: ", 10), 0);
	if (strstr(said, row->said) == NULL)
		fail_msg("%s", said);
	/* One line, and a newline at its end. */
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void
test_choose(void **state)
{
	struct options options = { .family = NULL };
	struct choice choice;

	(void)state;
	assert_int_equal(options_choose(&options, &choice), 0);
	assert_string_equal(choice.family->name, "inet");
	assert_int_equal(choice.row.protocol, IPPROTO_TCP);
	options.family = "unix";
	options.type = "dgram";
	assert_int_equal(options_choose(&options, &choice), 0);
	assert_string_equal(choice.protocol, "unix");
}

/* What options_choose() says, and whether it chose. */
static const struct choose_row {
	const char *name;
	const char *family, *variant;
	const char *said;	/* NULL: it chose */
} choose_rows[] = {
	{ "choose: a variant", "unix", "abstract", NULL },
	{ "choose: an unknown variant", "unix", "concrete",
	  "sockdemo: unknown variant 'concrete'; there are: path " },
	{ "choose: a variant of a cell with one form", "inet", "abstract",
	  "sockdemo: no variant 'abstract': inet stream tcp has one form "
	  "only\n" },
};

static void
test_choose_variant(void **state)
{
	const struct choose_row *row = *state;
	struct options options = { .family = row->family,
		.variant = row->variant };
	struct choice choice;
	struct hearing hearing;
	int status;
	const char *said;

	begin_to_hear(&hearing);
	status = options_choose(&options, &choice);
	said = end_to_hear(&hearing);
	assert_int_equal(status, row->said == NULL ? 0 : STATUS_USAGE);
	if (row->said == NULL) {
		assert_string_equal(said, "");
		assert_string_equal(choice.variant->name, row->variant);
	} else if (strncmp(said, row->said, strlen(row->said)) != 0) {
		fail_msg("%s", said);
	}
}

static struct CMUnitTest tests[COUNT(good_rows) + COUNT(bad_rows) +
    COUNT(choose_rows) + 1];

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

	ADD(good_rows, test_good);
	ADD(bad_rows, test_bad);
	ADD(choose_rows, test_choose_variant);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_choose);
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
