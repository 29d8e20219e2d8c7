#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drive/payload.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define RUN 0x9f2c41

/* A made message: the bytes of message 2 of 3, of that size. */
static const struct made_row {
	const char *name;
	uint64_t size;
	enum side_id from;
	const char *text;	/* its start; all of it where that is shorter */
} made_rows[] = {
	{ "made: as it comes", SIZE_UNSET, SIDE_CLIENT,
	  "2/3 hello from client #9f2c41" },
	{ "made: the server's", SIZE_UNSET, SIDE_SERVER,
	  "2/3 hello from server #9f2c41" },
	{ "made: of no bytes", 0, SIDE_CLIENT, "" },
	{ "made: of one byte", 1, SIDE_CLIENT, "2" },
	{ "made: cut", 10, SIDE_CLIENT, "2/3 hello " },
	{ "made: exactly", 29, SIDE_CLIENT, "2/3 hello from client #9f2c41" },
	{ "made: one more", 30, SIDE_CLIENT,
	  "2/3 hello from client #9f2c41 " },
	{ "made: goes on with the alphabet", 34, SIDE_SERVER,
	  "2/3 hello from server #9f2c41 cdef" },
	{ "made: of 100000 bytes", 100000, SIDE_CLIENT,
	  "2/3 hello from client #9f2c41 cdefghijklmnopqrstuvwxyzabc" },
};

static struct payload
make_payload(uint64_t size)
{
	struct request request = {
		.payload = PAYLOAD_MADE, .messages = 3, .size = size,
	};
	struct payload payload;
	char why[256];

	assert_int_equal(payload_open(&payload, &request, RUN, why,
	    sizeof(why)), 0);
	return payload;
}

/* The whole message; the caller frees it. */
static unsigned char *
read_message(const struct payload *payload, enum side_id from,
    uint64_t number, size_t *length)
{
	unsigned char *bytes;

	*length = (size_t)payload_length(payload, from, number);
	bytes = malloc(*length + 1);
	assert_non_null(bytes);
	assert_int_equal(payload_read(payload, from, number, 0, bytes,
	    *length), 0);
	return bytes;
}

static void
test_made(void **state)
{
	const struct made_row *row = *state;
	struct payload payload = make_payload(row->size);
	size_t length;
	unsigned char *bytes = read_message(&payload, row->from, 2, &length);
	size_t shown = strlen(row->text);

	assert_int_equal(length,
	    row->size != SIZE_UNSET ? row->size : strlen(row->text));
	assert_true(length >= shown);
	assert_memory_equal(bytes, row->text, shown);
	assert_int_equal(payload_messages(&payload), 3);
	assert_int_equal(payload_largest(&payload), length);
	assert_int_equal(payload_check(&payload, row->from, 2, 0, bytes,
	    length), 0);
	free(bytes);
	payload_close(&payload);
}

/* Pieces from any offset are those of the whole. */
static void
test_pieces(void **state)
{
	struct payload payload = make_payload(10000);
	size_t length;
	unsigned char *whole = read_message(&payload, SIDE_CLIENT, 3, &length);
	unsigned char piece[5000];

	(void)state;
	for (size_t offset = 0; offset < length; offset += 37) {
		size_t part = length - offset < sizeof(piece)
		    ? length - offset : sizeof(piece);

		assert_int_equal(payload_read(&payload, SIDE_CLIENT, 3, offset,
		    piece, part), 0);
		assert_memory_equal(piece, whole + offset, part);
		assert_int_equal(payload_check(&payload, SIDE_CLIENT, 3,
		    offset, whole + offset, part), 0);
	}
	free(whole);
	payload_close(&payload);
}

/* One changed bit at any offset is seen. */
static void
test_wrong_byte(void **state)
{
	struct payload payload = make_payload(9000);
	size_t length;
	unsigned char *bytes = read_message(&payload, SIDE_SERVER, 1, &length);

	(void)state;
	for (size_t i = 0; i < length; i++) {
		bytes[i] ^= 0x20;
		assert_int_equal(payload_check(&payload, SIDE_SERVER, 1, 0,
		    bytes, length), -EBADMSG);
		bytes[i] ^= 0x20;
	}
	assert_int_equal(payload_check(&payload, SIDE_SERVER, 1, 0, bytes,
	    length), 0);
	assert_int_equal(payload_check(&payload, SIDE_CLIENT, 1, 0, bytes,
	    length), -EBADMSG);
	free(bytes);
	payload_close(&payload);
}

/* Which message it is: expected, received, found. */
static const struct identify_row {
	const char *name;
	uint64_t size;
	enum side_id from;	/* who made it; asked for: the client */
	uint64_t number, expected, found;
	size_t cut;		/* bytes that are missing of it */
	uint32_t run;
} identify_rows[] = {
	{ "identify: the awaited", SIZE_UNSET, SIDE_CLIENT, 2, 2, 2, 0, RUN },
	{ "identify: an earlier one", SIZE_UNSET, SIDE_CLIENT, 1, 3, 1, 0,
	  RUN },
	{ "identify: a later one", SIZE_UNSET, SIDE_CLIENT, 3, 1, 3, 0, RUN },
	{ "identify: a large one", 70000, SIDE_CLIENT, 1, 3, 1, 0, RUN },
	{ "identify: the other side's", SIZE_UNSET, SIDE_SERVER, 2, 2, 0, 0,
	  RUN },
	{ "identify: another run's", SIZE_UNSET, SIDE_CLIENT, 2, 2, 0, 0,
	  RUN + 1 },
	{ "identify: one that is cut", SIZE_UNSET, SIDE_CLIENT, 2, 2, 0, 1,
	  RUN },
	{ "identify: nothing of a message", SIZE_UNSET, SIDE_CLIENT, 2, 2, 0,
	  29, RUN },
	{ "identify: an empty one", 0, SIDE_CLIENT, 2, 2, 2, 0, RUN },
	{ "identify: one byte", 1, SIDE_CLIENT, 2, 2, 2, 0, RUN },
	{ "identify: one byte, earlier", 1, SIDE_CLIENT, 1, 2, 1, 0, RUN },
};

static void
test_identify(void **state)
{
	const struct identify_row *row = *state;
	struct payload payload = make_payload(row->size);
	struct payload sent = payload;
	size_t length;
	unsigned char *bytes;

	sent.run = row->run;
	bytes = read_message(&sent, row->from, row->number, &length);
	assert_int_equal(payload_identify(&payload, SIDE_CLIENT,
	    row->expected, bytes, length - row->cut), row->found);
	free(bytes);
}

/* Bytes of a stranger's that begin like ours. */
static const char *const strangers[] = {
	"", "x", "0", "4/3 hello from client #9f2c41",
	"2/3 hello from client #9f2c42", "2", "-1", "18446744073709551615",
	"99999999999999999999999999999999999999", "2/3",
	"2/3 hello from client #9f2c41 and more",
};

static void
test_strangers(void **state)
{
	struct payload payload = make_payload(SIZE_UNSET);

	(void)state;
	for (size_t i = 0; i < COUNT(strangers); i++)
		assert_int_equal(payload_identify(&payload, SIDE_CLIENT, 1,
		    strangers[i], strlen(strangers[i])), 0);
}

static void
test_text(void **state)
{
	static const char text[] = "one text, สวัสดี";
	struct request request = {
		.payload = PAYLOAD_TEXT, .text = text, .messages = 2,
		.size = SIZE_UNSET,
	};
	struct payload payload;
	size_t length;
	unsigned char *bytes;
	char why[256];

	(void)state;
	assert_int_equal(payload_open(&payload, &request, RUN, why,
	    sizeof(why)), 0);
	assert_int_equal(payload_messages(&payload), 2);
	for (uint64_t number = 1; number <= 2; number++) {
		bytes = read_message(&payload, SIDE_SERVER, number, &length);
		assert_int_equal(length, sizeof(text) - 1);
		assert_memory_equal(bytes, text, length);
		assert_int_equal(payload_identify(&payload, SIDE_SERVER,
		    number, bytes, length), number);
		bytes[length - 1]++;
		assert_int_equal(payload_identify(&payload, SIDE_SERVER,
		    number, bytes, length), 0);
		free(bytes);
	}
	payload_close(&payload);
}

static void
test_empty_text(void **state)
{
	struct payload payload = { .kind = PAYLOAD_TEXT, .text = "",
		.messages = 1, .fd = -1 };

	(void)state;
	assert_int_equal(payload_length(&payload, SIDE_CLIENT, 1), 0);
	assert_int_equal(payload_largest(&payload), 0);
	assert_int_equal(payload_identify(&payload, SIDE_CLIENT, 1, "", 0), 1);
}

/* A file of that many bytes, in chunks of 1000. */
static const struct file_row {
	const char *name;
	size_t size;
	uint64_t messages, last, largest;
} file_rows[] = {
	{ "file: empty", 0, 1, 0, 0 },
	{ "file: one byte", 1, 1, 1, 1 },
	{ "file: one chunk", 1000, 1, 1000, 1000 },
	{ "file: a chunk and a byte", 1001, 2, 1, 1000 },
	{ "file: three chunks", 3000, 3, 1000, 1000 },
	{ "file: some", 123456, 124, 456, 1000 },
};

static char path[64];

static void
make_file(size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	for (size_t i = 0; i < size; i++)
		fputc((int)(i * 7 + i / 251), file);
	assert_int_equal(fclose(file), 0);
}

static struct payload
open_file(void)
{
	struct request request = { .payload = PAYLOAD_FILE, .path = path,
		.messages = 1, .size = SIZE_UNSET };
	struct payload payload;
	char why[256] = "";

	if (payload_open(&payload, &request, RUN, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	payload.chunk = 1000;
	return payload;
}

static void
test_file(void **state)
{
	const struct file_row *row = *state;
	struct payload payload;
	size_t at = 0;

	make_file(row->size);
	payload = open_file();
	assert_int_equal(payload_messages(&payload), row->messages);
	assert_int_equal(payload_length(&payload, SIDE_CLIENT, row->messages),
	    row->last);
	assert_int_equal(payload_length(&payload, SIDE_CLIENT,
	    row->messages + 1), 0);
	assert_int_equal(payload_largest(&payload), row->largest);
	for (uint64_t number = 1; number <= row->messages; number++) {
		size_t length;
		unsigned char *bytes = read_message(&payload, SIDE_SERVER,
		    number, &length);

		for (size_t i = 0; i < length; i++, at++)
			assert_int_equal(bytes[i],
			    (unsigned char)(at * 7 + at / 251));
		assert_int_equal(payload_identify(&payload, SIDE_SERVER,
		    number, bytes, length), number);
		free(bytes);
	}
	assert_int_equal(at, row->size);
	payload_close(&payload);
	assert_int_equal(payload.fd, -1);
	unlink(path);
}

/* A file that became shorter is an error, not an endless wait. */
static void
test_file_shrinks(void **state)
{
	unsigned char bytes[1000];
	struct payload payload;

	(void)state;
	make_file(2000);
	payload = open_file();
	assert_int_equal(truncate(path, 1500), 0);
	assert_int_equal(payload_read(&payload, SIDE_CLIENT, 1, 0, bytes,
	    1000), 0);
	assert_int_equal(payload_read(&payload, SIDE_CLIENT, 2, 0, bytes,
	    1000), -EIO);
	assert_int_equal(payload_check(&payload, SIDE_CLIENT, 2, 0, bytes,
	    1000), -EIO);
	payload_close(&payload);
	unlink(path);
}

/* What is no regular file to read. */
static const struct no_file_row {
	const char *name, *path, *why;
	int error;
} no_file_rows[] = {
	{ "no file: missing", "/nowhere/at/all",
	  "'/nowhere/at/all': No such file", -ENOENT },
	{ "no file: a directory", "/", "Is a directory", -EISDIR },
	{ "no file: a device", "/dev/null", "not a regular file", -EINVAL },
	{ "no file: no name", "", "No such file", -ENOENT },
};

static void
test_no_file(void **state)
{
	const struct no_file_row *row = *state;
	struct request request = { .payload = PAYLOAD_FILE, .path = row->path };
	struct payload payload;
	char why[256] = "";

	assert_int_equal(payload_open(&payload, &request, RUN, why,
	    sizeof(why)), row->error);
	assert_int_equal(payload.fd, -1);
	if (strstr(why, row->why) == NULL)
		fail_msg("%s", why);
}

/* Nobody writes into it: opening may not wait for that. */
static void
test_fifo(void **state)
{
	struct request request = { .payload = PAYLOAD_FILE, .path = path };
	struct payload payload;
	char why[256] = "";

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(payload_open(&payload, &request, RUN, why,
	    sizeof(why)), -EINVAL);
	unlink(path);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_pieces),
	cmocka_unit_test(test_wrong_byte),
	cmocka_unit_test(test_strangers),
	cmocka_unit_test(test_text),
	cmocka_unit_test(test_empty_text),
	cmocka_unit_test(test_file_shrinks),
	cmocka_unit_test(test_fifo),
};
static struct CMUnitTest tests[COUNT(made_rows) + COUNT(identify_rows) +
    COUNT(file_rows) + COUNT(no_file_rows) + COUNT(others)];

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
	const char *directory = getenv("TMPDIR");
	size_t count = 0;

	snprintf(path, sizeof(path), "%.40s/payload-%d",
	    directory != NULL ? directory : "/tmp", (int)getpid());
	ADD(made_rows, test_made);
	ADD(identify_rows, test_identify);
	ADD(file_rows, test_file);
	ADD(no_file_rows, test_no_file);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("payload", tests, NULL, NULL);
}
