/* The list of kernel modules, as a kernel might have it, and what is new. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "setup/modules.h"
#include "setup/setup.h"
#include "witness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What /proc/modules says, read by read; the last is said again. */
static struct {
	const char *text[4];	/* NULL: there is no such file */
	size_t next;
} loaded;

/* Stands in for the C library's: which modules there are is ours to say. */
FILE *
fopen(const char *restrict filename, const char *restrict modes)
{
	const char *text = loaded.text[loaded.next];
	int fd;

	if (strcmp(filename, "/proc/modules") != 0) {
		fd = open(filename, (modes[0] == 'r' ? O_RDONLY : O_WRONLY | O_CREAT
		    | O_TRUNC) | O_CLOEXEC, 0600);
		return fd >= 0 ? fdopen(fd, modes) : NULL;
	}
	if (loaded.next + 1 < COUNT(loaded.text) &&
	    loaded.text[loaded.next + 1] != NULL)
		loaded.next++;
	errno = ENOENT;
	/* fmemopen(3) opens no empty text. */
	return text != NULL && *text != '\0'
	    ? fmemopen((void *)(uintptr_t)text, strlen(text), "r")
	    : text != NULL ? tmpfile() : NULL;
}

static void
say(const char *first, const char *second, const char *third)
{
	memset(&loaded, 0, sizeof(loaded));
	loaded.text[0] = first;
	loaded.text[1] = second;
	loaded.text[2] = third;
}

#define CAN "can 45056 1 can_raw, Live 0x0000000000000000\n"
#define RAW "can_raw 20480 0 - Live 0x0000000000000000\n"

static void
test_list(void **state)
{
	char names[MODULES_MAX];

	(void)state;
	say(RAW CAN, NULL, NULL);
	assert_int_equal(modules_list(names, sizeof(names)), 0);
	assert_string_equal(names, "can_raw can ");
	say("", NULL, NULL);
	assert_int_equal(modules_list(names, sizeof(names)), 0);
	assert_string_equal(names, "");
	say("short\nwithout_end", NULL, NULL);
	assert_int_equal(modules_list(names, sizeof(names)), 0);
	assert_string_equal(names, "short without_end ");
}

/* A kernel that has all built in. */
static void
test_no_list(void **state)
{
	char names[MODULES_MAX] = "x";

	(void)state;
	say(NULL, NULL, NULL);
	assert_int_equal(modules_list(names, sizeof(names)), -ENOENT);
	assert_string_equal(names, "");
}

/* Who uses a module stands behind it, however many they are. */
static void
test_long_line(void **state)
{
	char text[4096] = "much_used 45056 400 ";
	char names[MODULES_MAX];

	(void)state;
	for (int i = 0; i < 100; i++)
		strlcat(text, "user_of_it,other user,", sizeof(text));
	strlcat(text, " Live 0x0000000000000000\n" CAN, sizeof(text));
	say(text, NULL, NULL);
	assert_int_equal(modules_list(names, sizeof(names)), 0);
	assert_string_equal(names, "much_used can ");
}

/* Half a list would make the rest of it new: it is none. */
static void
test_no_room(void **state)
{
	char names[13];

	(void)state;
	say(RAW CAN, NULL, NULL);
	assert_int_equal(modules_list(names, sizeof(names) - 1), -ENOSPC);
	assert_string_equal(names, "");
	assert_int_equal(modules_list(names, sizeof(names)), 0);
	assert_string_equal(names, "can_raw can ");
}

static const struct new_row {
	const char *name;
	const char *before, *after, *expected;
} new_rows[] = {
	{ "new: nothing", "a b ", "a b ", "" },
	{ "new: all", "", "b a ", "b a " },
	{ "new: some, in their order", "c a ", "d c b a ", "d b " },
	{ "new: one is gone", "c b a ", "d c a ", "d " },
	{ "new: a name that begins like another", "canx ", "can canx ",
	  "can " },
	{ "new: a name that another begins with", "can ", "can_raw can ",
	  "can_raw " },
	{ "new: a name that ends like another", "xcan ", "can xcan ", "can " },
	{ "new: nothing there", "a ", "", "" },
};

static void
test_new(void **state)
{
	const struct new_row *row = *state;
	char names[MODULES_MAX] = "x";

	modules_new(row->before, row->after, names, sizeof(names));
	assert_string_equal(names, row->expected);
}

/* What rmmod was called with, by a script that stands in for it. */
static const char *
read_calls(void)
{
	static char text[1024];
	char path[256];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%s/calls", getenv("TMPDIR"));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;
	text[got > 0 ? got : 0] = '\0';
	if (fd >= 0)
		close(fd);
	unlink(path);
	return text;
}

static void
test_unload(void **state)
{
	struct witness witness;
	char left[MODULES_MAX];

	(void)state;
	read_calls();
	witness_begin(&witness);
	/* Nothing to unload: nothing is run. */
	assert_int_equal(modules_unload("", left, sizeof(left)), 0);
	assert_string_equal(left, "");
	assert_string_equal(read_calls(), "");
	/* Gone at once. */
	say("ext4 1 0 - Live 0x0\n", NULL, NULL);
	assert_int_equal(modules_unload("can_raw can ", left, sizeof(left)),
	    0);
	assert_string_equal(left, "");
	assert_string_equal(read_calls(), "rmmod can_raw can\n");
	/* One is in use for a moment. */
	say(CAN, CAN, "ext4 1 0 - Live 0x0\n");
	assert_int_equal(modules_unload("can_raw can ", left, sizeof(left)),
	    0);
	assert_string_equal(read_calls(), "rmmod can_raw can\nrmmod can\nrmmod can\n");
	assert_null(witness_end(&witness, 0));
}

/* It stays in use: that is told, after a while. */
static void
test_stays(void **state)
{
	uint64_t start = witness_now();
	char left[MODULES_MAX];

	(void)state;
	say(CAN, NULL, NULL);
	assert_int_equal(modules_unload("can_raw can ", left, sizeof(left)),
	    -EBUSY);
	assert_string_equal(left, "can ");
	assert_in_range((witness_now() - start) / 1000000, 2500, 20000);
	read_calls();
}

/* A cell whose family and whose own protocol are modules. */
static const struct family family = { .origin.modules = "can" };
static const struct choice choice = {
	.family = &family, .row.origin.modules = "can_raw can_gw",
};

#define OTHER "ext4 1 0 - Live 0x0\n"

static void
load(bool keep, const char *asked, const char *expected)
{
	struct setup setup;
	struct witness witness;
	struct made made;
	char why[256];

	if (geteuid() != 0) {
		printf("only root loads modules\n");
		skip();
	}
	read_calls();
	witness_begin(&witness);
	assert_int_equal(setup_begin(&setup, &choice, keep, &made, NULL, why,
	    sizeof(why)), 0);
	assert_string_equal(read_calls(), asked);
	assert_int_equal(made.count, keep ? 0 : 1);
	if (!keep)
		assert_string_equal(made.text[0], "modprobe can_raw can");
	assert_int_equal(setup_end(&setup, why, sizeof(why)), 0);
	assert_string_equal(why, "");
	assert_string_equal(read_calls(), expected);
	assert_null(witness_end(&witness, 0));
}

/* What is new is what was loaded for it, and goes again. */
static void
test_loaded_for_a_cell(void **state)
{
	(void)state;
	say(OTHER, RAW CAN OTHER, RAW CAN OTHER);
	loaded.text[3] = OTHER;
	load(false, "modprobe -a -q can can_raw can_gw\n",
	    "rmmod can_raw can\n");
}

/* What is there already is not asked for. */
static void
test_some_are_there(void **state)
{
	(void)state;
	say(RAW CAN OTHER, RAW CAN OTHER, NULL);
	load(true, "modprobe -a -q can_gw\n", "");
}

static void
test_kept(void **state)
{
	(void)state;
	say(OTHER, RAW CAN OTHER, NULL);
	load(true, "modprobe -a -q can can_raw can_gw\n", "");
}

/* A kernel without modules is not asked to load any. */
static void
test_no_modules(void **state)
{
	struct setup setup;
	struct made made;
	char why[256];

	(void)state;
	say(NULL, NULL, NULL);
	assert_int_equal(setup_begin(&setup, &choice, false, &made, NULL, why,
	    sizeof(why)), 0);
	assert_int_equal(made.count, 0);
	assert_int_equal(setup_end(&setup, why, sizeof(why)), 0);
	assert_string_equal(read_calls(), "");
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_loaded_for_a_cell),
	cmocka_unit_test(test_some_are_there),
	cmocka_unit_test(test_kept),
	cmocka_unit_test(test_no_modules),
	cmocka_unit_test(test_list),
	cmocka_unit_test(test_no_list),
	cmocka_unit_test(test_long_line),
	cmocka_unit_test(test_no_room),
	cmocka_unit_test(test_unload),
	cmocka_unit_test(test_stays),
};
static struct CMUnitTest tests[COUNT(new_rows) + COUNT(others)];

/* No module is loaded or unloaded here: scripts stand in for the commands. */
static const char *const commands[] = { "rmmod", "modprobe" };

static int
write_script(const char *name)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", getenv("TMPDIR"), name);
	file = fopen(path, "w");
	if (file == NULL)
		return -1;
	fprintf(file, "#!/bin/sh\necho \"%s $*\" >>\"${0%%/*}/calls\"\n",
	    name);
	return fclose(file) == 0 ? chmod(path, 0700) : -1;
}

static int
begin(void **state)
{
	char path[4096];

	if (witness_make_folder(state) != 0)
		return -1;
	for (size_t i = 0; i < COUNT(commands); i++)
		if (write_script(commands[i]) != 0)
			return -1;
	snprintf(path, sizeof(path), "%s:%s", getenv("TMPDIR"),
	    getenv("PATH"));
	return setenv("PATH", path, 1);
}

static int
end(void **state)
{
	char path[256];

	for (size_t i = 0; i < COUNT(commands); i++) {
		snprintf(path, sizeof(path), "%s/%s", getenv("TMPDIR"),
		    commands[i]);
		unlink(path);
	}
	return witness_remove_folder(state);
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(new_rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = new_rows[i].name,
			.test_func = test_new,
			.initial_state = (void *)(uintptr_t)&new_rows[i],
		};
	memcpy(tests + COUNT(new_rows), others, sizeof(others));
	return cmocka_run_group_tests_name("modules", tests, begin, end);
}
