/* What runs the system's commands: how it ends, and what it says of it. */
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
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "setup/command.h"
#include "witness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Scripts in the folder of the test, which is the first of PATH. */
static const struct script {
	const char *name, *text;
} scripts[] = {
	{ "says", "echo \"$*\"; echo first >&2; echo \"last of $#: $*\" >&2; "
	  "exit 3" },
	{ "counts", "echo $# >&2; exit 1" },
	{ "says-nothing", "exit 1" },
	{ "says-ends", "printf 'no end of line' >&2; exit 1" },
	{ "says-empty-lines", "printf 'the last\\n\\n\\n' >&2; exit 1" },
	{ "says-much", "i=0; while [ $i -lt 400 ]; do echo \"line $i of "
	  "many, and each of them is long enough\" >&2; i=$((i + 1)); done; "
	  "exit 1" },
	{ "complains-and-works", "echo odd >&2; exit 0" },
	{ "kills-itself", "kill -KILL $$" },
	{ "asks", "read answer && exit 5; exit 0" },
	{ "speaks-c", "[ \"$LC_ALL\" = C ]" },
	{ "may-be-ended", "trap 'exit 0' TERM; kill -TERM $$; exit 8" },
	{ "leaves-a-child", "sleep 5 & echo left >&2; exit 1" },
	{ "sleeps", "exec sleep 30" },
};

static const struct row {
	const char *name;
	const char *text;
	int result;
	const char *why;
} rows[] = {
	{ "it works", "true", 0, "" },
	{ "it works, and complains", "complains-and-works", 0, "" },
	{ "it fails: its last line", "says one two", -EIO,
	  "says one two: last of 2: one two" },
	{ "it fails without a word", "says-nothing", -EIO,
	  "says-nothing: failed" },
	{ "it fails: a line without an end", "says-ends", -EIO,
	  "says-ends: no end of line" },
	{ "it fails: empty lines at the end", "says-empty-lines", -EIO,
	  "says-empty-lines: the last" },
	{ "it fails: the last of many lines", "says-much", -EIO,
	  "says-much: line 399 of many, and each of them is long enough" },
	{ "it is killed", "kills-itself", -EIO, "kills-itself: failed" },
	{ "there is no such command", "no-such-command at all", -ENOENT,
	  "no-such-command: there is no such command" },
	{ "there is no such path", "/nowhere/at/all", -ENOENT,
	  "/nowhere/at/all: there is no such command" },
	{ "it may not be run", "not-executable", -EIO,
	  "not-executable: failed" },
	{ "no words at all", "", -ENOENT, ": there is no such command" },
	{ "it speaks English", "speaks-c", 0, "" },
	{ "its signals are not blocked", "may-be-ended", 0, "" },
	{ "what it leaves behind is not waited for", "leaves-a-child", -EIO,
	  "leaves-a-child: left" },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct witness witness;
	sigset_t blocked;
	char why[256] = "";
	const char *left;

	/* As the driver's caller has blocked it. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	witness_begin(&witness);
	assert_int_equal(command_run(row->text, NULL, why, sizeof(why)),
	    row->result);
	left = witness_end(&witness, 4000000000);
	if (left != NULL)
		fail_msg("%s", left);
	assert_string_equal(why, row->why);
}

/* It neither reads what is the user's to read, nor writes where they look. */
static void
test_stands_alone(void **state)
{
	int kept[2] = { dup(STDIN_FILENO), dup(STDOUT_FILENO) };
	int in[2];
	int out[2];
	char why[256] = "";
	int asked;
	int said;
	int printed;

	(void)state;
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(write(in[1], "yes\n", 4), 4);
	fflush(stdout);
	dup2(in[0], STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	asked = command_run("asks", NULL, why, sizeof(why));
	said = command_run("says it", NULL, why, sizeof(why));
	dup2(kept[0], STDIN_FILENO);
	dup2(kept[1], STDOUT_FILENO);
	printed = (int)read(out[0], why, sizeof(why));
	for (int i = 0; i < 2; i++) {
		close(kept[i]);
		close(in[i]);
		close(out[i]);
	}
	assert_int_equal(asked, 0);
	assert_int_equal(said, -EIO);
	assert_int_equal(printed, -1);
}

/* ip(8) and modprobe(8) are found without a PATH that says where. */
static void
test_path(void **state)
{
	char kept[4096];
	char why[256] = "";

	(void)state;
	snprintf(kept, sizeof(kept), "%s", getenv("PATH"));
	setenv("PATH", "/nowhere", 1);
	assert_int_equal(command_run("true", NULL, why, sizeof(why)), 0);
	unsetenv("PATH");
	assert_int_equal(command_run("true", NULL, why, sizeof(why)), 0);
	setenv("PATH", kept, 1);
}

/* As many words as fit, and all of them. */
static void
test_many_words(void **state)
{
	char text[COMMAND_TEXT];
	char why[2 * COMMAND_TEXT] = "";
	char expected[64];
	size_t words = 0;

	(void)state;
	strlcpy(text, "counts", sizeof(text));
	while (strlen(text) + 3 < sizeof(text)) {
		strlcat(text, " w", sizeof(text));
		words++;
	}
	snprintf(expected, sizeof(expected), " w: %zu", words);
	assert_int_equal(command_run(text, NULL, why, sizeof(why)), -EIO);
	assert_string_equal(why + strlen(text) - 2, expected);
}

/* Half a command is another command. */
static void
test_too_long(void **state)
{
	char text[COMMAND_TEXT + 1];
	char why[256] = "";

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memcpy(text, "true ", 5);
	assert_int_equal(command_run(text, NULL, why, sizeof(why)), -E2BIG);
	assert_int_equal(strncmp(why, "true xxx", 8), 0);
	text[sizeof(text) - 2] = '\0';
	assert_int_equal(command_run(text, NULL, why, sizeof(why)), 0);
}

/* A reason that does not fit is cut, and ended. */
static void
test_little_room(void **state)
{
	char why[12];

	(void)state;
	memset(why, 'y', sizeof(why));
	assert_int_equal(command_run("says one", NULL, why, sizeof(why)),
	    -EIO);
	assert_string_equal(why, "says one: l");
	assert_int_equal(command_run("no-such-command", NULL, why,
	    sizeof(why)), -ENOENT);
	assert_string_equal(why, "no-such-com");
}

/* A signal that waits to be taken ends it, and goes on waiting. */
static void
test_pending_signal(void **state)
{
	const struct timespec now = { 0 };
	struct witness witness;
	sigset_t ending;
	sigset_t before;
	char why[256] = "";

	(void)state;
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ending, &before);
	witness_begin(&witness);
	/* The end of a child is no reason to end another. */
	raise(SIGCHLD);
	assert_int_equal(command_run("true", &ending, why, sizeof(why)), 0);
	raise(SIGTERM);
	assert_int_equal(command_run("sleeps", &ending, why, sizeof(why)),
	    -EINTR);
	assert_string_equal(why, "sleeps: interrupted");
	assert_null(witness_end(&witness, 4000000000));
	assert_int_equal(sigtimedwait(&ending, NULL, &now), SIGTERM);
	/* What nobody asked about is not looked at. */
	raise(SIGTERM);
	assert_int_equal(command_run("true", NULL, why, sizeof(why)), 0);
	while (sigtimedwait(&ending, NULL, &now) > 0)
		;
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* No descriptor is left for the pipe: said, too. */
static void
test_no_descriptor(void **state)
{
	char why[256] = "";

	(void)state;
	witness_descriptors(false);
	assert_int_equal(command_run("true", NULL, why, sizeof(why)),
	    -EMFILE);
	witness_descriptors(true);
	assert_string_equal(why, "true: Too many open files");
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_stands_alone),
	cmocka_unit_test(test_path),
	cmocka_unit_test(test_many_words),
	cmocka_unit_test(test_too_long),
	cmocka_unit_test(test_little_room),
	cmocka_unit_test(test_pending_signal),
	cmocka_unit_test(test_no_descriptor),
};
static struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

static int
write_script(const char *name, const char *text, mode_t mode)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", getenv("TMPDIR"), name);
	file = fopen(path, "we");
	if (file == NULL)
		return -1;
	fprintf(file, "#!/bin/sh\n%s\n", text);
	return fclose(file) == 0 ? chmod(path, mode) : -1;
}

static int
begin(void **state)
{
	char path[4096];

	if (witness_make_folder(state) != 0)
		return -1;
	snprintf(path, sizeof(path), "%s:%s", getenv("TMPDIR"),
	    getenv("PATH"));
	setenv("PATH", path, 1);
	for (size_t i = 0; i < COUNT(scripts); i++)
		if (write_script(scripts[i].name, scripts[i].text, 0700) != 0)
			return -1;
	return write_script("not-executable", "true", 0600);
}

static int
end(void **state)
{
	char path[256];

	for (size_t i = 0; i <= COUNT(scripts); i++) {
		snprintf(path, sizeof(path), "%s/%s", getenv("TMPDIR"),
		    i < COUNT(scripts) ? scripts[i].name : "not-executable");
		unlink(path);
	}
	return witness_remove_folder(state);
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(tests + COUNT(rows), others, sizeof(others));
	return cmocka_run_group_tests_name("command", tests, begin, end);
}
