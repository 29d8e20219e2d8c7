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
#include <unistd.h>

#include "talk/lines.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What is written, piece by piece, and the lines that come of it. */
static const struct row {
	const char *name;
	const char *pieces[4];
	const char *lines[5];
} rows[] = {
	{ "nothing", { NULL }, { NULL } },
	{ "a line", { "hello\n" }, { "hello" } },
	{ "two at once", { "one\ntwo\n" }, { "one", "two" } },
	{ "one in pieces", { "he", "ll", "o\n" }, { "hello" } },
	{ "a line and a half", { "one\ntw", "o\n" }, { "one", "two" } },
	{ "the last without a newline", { "one\ntwo" }, { "one", "two" } },
	{ "an empty line", { "\n" }, { "" } },
	{ "empty lines", { "\n\na\n\n" }, { "", "", "a", "" } },
	{ "a carriage return stays", { "one\r\n" }, { "one\r" } },
};

static void
check_line(struct lines *lines, const char *expected)
{
	char *line;
	size_t length;

	assert_int_equal(lines_next(lines, &line, &length), 1);
	assert_int_equal(length, strlen(expected));
	assert_memory_equal(line, expected, length);
}

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct lines lines = { .fd = -1 };
	size_t got = 0;
	size_t length;
	char *line;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	lines.fd = fds[0];
	assert_int_equal(lines_next(&lines, &line, &length), -EAGAIN);
	for (size_t i = 0; i < COUNT(row->pieces) && row->pieces[i] != NULL;
	     i++) {
		size_t size = strlen(row->pieces[i]);

		assert_int_equal(write(fds[1], row->pieces[i], size), size);
		assert_int_equal(lines_read(&lines), 0);
		/* A line is there as soon as its newline is. */
		for (size_t at = 0; at < size; at++)
			if (row->pieces[i][at] == '\n')
				check_line(&lines, row->lines[got++]);
		assert_int_equal(lines_next(&lines, &line, &length), -EAGAIN);
	}
	close(fds[1]);
	assert_int_equal(lines_read(&lines), 0);
	assert_true(lines.ended);
	while (got < COUNT(row->lines) && row->lines[got] != NULL)
		check_line(&lines, row->lines[got++]);
	assert_int_equal(lines_next(&lines, &line, &length), 0);
	assert_int_equal(lines_next(&lines, &line, &length), 0);
	lines_free(&lines);
	close(fds[0]);
}

/* A NUL is a byte like any other. */
static void
test_nul(void **state)
{
	struct lines lines = { .fd = -1 };
	size_t length;
	char *line;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	lines.fd = fds[0];
	assert_int_equal(write(fds[1], "a\0b\n", 4), 4);
	assert_int_equal(lines_read(&lines), 0);
	assert_int_equal(lines_next(&lines, &line, &length), 1);
	assert_int_equal(length, 3);
	assert_memory_equal(line, "a\0b", 3);
	lines_free(&lines);
	close(fds[0]);
	close(fds[1]);
}

/* A line of 150000 bytes comes in pieces, and nothing of it is lost. */
static void
test_long(void **state)
{
	struct lines lines = { .fd = -1 };
	size_t total = 0;
	size_t length;
	char *line;
	FILE *file = tmpfile();

	(void)state;
	assert_non_null(file);
	for (int i = 0; i < 150000; i++)
		fputc('a' + i % 26, file);
	fputs("\nend\n", file);
	rewind(file);
	lines.fd = fileno(file);
	while (total < 150000) {
		int result = lines_next(&lines, &line, &length);

		if (result == -EAGAIN) {
			assert_int_equal(lines_read(&lines), 0);
			continue;
		}
		assert_int_equal(result, 1);
		assert_true(length <= LINE_MAX_BYTES);
		for (size_t i = 0; i < length; i++)
			assert_int_equal(line[i], 'a' + (total + i) % 26);
		total += length;
	}
	assert_int_equal(total, 150000);
	while (lines_next(&lines, &line, &length) == -EAGAIN)
		assert_int_equal(lines_read(&lines), 0);
	assert_memory_equal(line, "end", 3);
	lines_free(&lines);
	fclose(file);
}

static void
test_errors(void **state)
{
	struct lines lines = { .fd = -1 };
	int fds[2];

	(void)state;
	assert_int_equal(lines_read(&lines), -EBADF);
	lines_free(&lines);
	/* Nothing there yet is no error. */
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	lines.fd = fds[0];
	assert_int_equal(lines_read(&lines), 0);
	assert_false(lines.ended);
	lines_free(&lines);
	close(fds[0]);
	close(fds[1]);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_nul),
	cmocka_unit_test(test_long),
	cmocka_unit_test(test_errors),
};
static struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

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

	ADD(rows, test_row);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
