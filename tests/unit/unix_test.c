#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../families/families.h"
#include "asking.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/* unix(7): sun_path has 108 bytes; a path needs a NUL behind it. */
static const struct asking asking_rows[] = {
	{ "address: the default of an exchange", "stream", NULL, SERVER, true,
	  NULL, 0, false, 1, "/run/here/sockdemo-tag.sock" },
	{ "address: the default of a server", "stream", NULL, SERVER, false,
	  NULL, 12345, false, 1, "/run/here/sockdemo-12345.sock" },
	{ "address: the default of a client", "stream", NULL, CONTACT, false,
	  NULL, 12345, false, 1, "/run/here/sockdemo-12345.sock" },
	{ "address: port 0 of a server", "stream", NULL, SERVER, false, NULL,
	  0, true, 1, "/run/here/sockdemo-tag.sock" },
	{ "address: another port", "stream", NULL, SERVER, false, NULL, 70000,
	  true, 1, "/run/here/sockdemo-70000.sock" },
	{ "address: a path", "stream", NULL, SERVER, false, "/tmp/x", 12345,
	  false, 1, "/tmp/x" },
	{ "address: a relative path", "stream", NULL, SERVER, false, "x",
	  12345, false, 1, "x" },
	{ "address: 107 bytes", "stream", NULL, SERVER, false,
	  HUNDRED "0123456", 12345, false, 1, HUNDRED "0123456" },
	{ "address: 108 bytes", "stream", NULL, SERVER, false,
	  HUNDRED "01234567", 12345, false, -ENAMETOOLONG,
	  "108 bytes is too long: sun_path holds 107" },
	{ "address: an empty path", "stream", NULL, SERVER, false, "", 12345,
	  false, -ENOENT, "an empty path" },
	{ "address: abstract", "stream", NULL, SERVER, false, "@name", 12345,
	  false, 1, "@name" },
	{ "address: abstract, to contact", "stream", NULL, CONTACT, false,
	  "@name", 12345, false, 1, "@name" },
	{ "address: abstract, 107 bytes", "stream", NULL, SERVER, false,
	  "@" HUNDRED "0123456", 12345, false, 1, "@" HUNDRED "0123456" },
	{ "address: abstract, 108 bytes", "stream", NULL, SERVER, false,
	  "@" HUNDRED "01234567", 12345, false, -ENAMETOOLONG,
	  "108 bytes is too long: 107 fit" },
	{ "address: autobind", "stream", NULL, SERVER, false, "@", 12345,
	  false, 1, "(unnamed)" },
	{ "address: autobind cannot be contacted", "stream", NULL, CONTACT,
	  false, "@", 12345, false, -EDESTADDRREQ, "server printed" },
	{ "address: a name and a port", "stream", NULL, SERVER, false,
	  "/tmp/x", 80, true, -EPROTOTYPE, "no port" },
	{ "address: a name and port 0", "stream", NULL, SERVER, false,
	  "/tmp/x", 0, true, 1, "/tmp/x" },
	{ "address: a port below 0", "stream", NULL, SERVER, false, NULL, -1,
	  true, -ERANGE, "below 0" },
	{ "client: of a stream, none", "stream", NULL, CLIENT, true, NULL, 0,
	  false, 0, NULL },
	{ "client: of records, none", "seqpacket", NULL, CLIENT, false,
	  "/tmp/x", 0, false, 0, NULL },
	{ "client: of datagrams, one to be answered at", "dgram", NULL,
	  CLIENT, true, NULL, 0, false, 1,
	  "/run/here/sockdemo-tag.client.sock" },
	{ "client: beside a path", "dgram", NULL, CLIENT, true, "/tmp/x", 0,
	  false, 1, "/tmp/x.client" },
	{ "client: beside an abstract name", "dgram", NULL, CLIENT, true,
	  "@name", 0, false, 1, "@name.client" },
	{ "client: beside autobind", "dgram", NULL, CLIENT, true, "@", 0,
	  false, 1, "(unnamed)" },
	{ "client: alone, autobind", "dgram", NULL, CLIENT, false, "/tmp/x",
	  0, false, 1, "(unnamed)" },
	{ "client: beside a path that is just short enough", "dgram", NULL,
	  CLIENT, true, HUNDRED, 0, false, 1, HUNDRED ".client" },
	{ "client: beside a path that is too long", "dgram", NULL, CLIENT,
	  true, HUNDRED "0", 0, false, -ENAMETOOLONG, "too long" },
};

/* Bytes of an address: its text, its fields, its variant. */
static const struct bytes_row {
	const char *name;
	const char *bytes;
	size_t length;
	const char *text, *strace, *variant;
} bytes_rows[] = {
#define BYTES(text) text, sizeof(text) - 1
	{ "bytes: a path", BYTES("\1\0/tmp/x\0"), "/tmp/x",
	  "sun_path=\"/tmp/x\"", "path" },
	{ "bytes: a path without a NUL", BYTES("\1\0/tmp/x"), "/tmp/x",
	  "sun_path=\"/tmp/x\"", "path" },
	{ "bytes: a path of 107", BYTES("\1\0" HUNDRED "0123456\0"),
	  HUNDRED "0123456", "sun_path=\"" HUNDRED "0123456\"", "path" },
	{ "bytes: a path of 108, all of sun_path",
	  BYTES("\1\0" HUNDRED "01234567"), HUNDRED "01234567",
	  "sun_path=\"" HUNDRED "01234567\"", "path" },
	{ "bytes: a path of 108, as the kernel returns it",
	  BYTES("\1\0" HUNDRED "01234567\0"), HUNDRED "01234567",
	  "sun_path=\"" HUNDRED "01234567\"", "path" },
	{ "bytes: a path in a folder named @", BYTES("\1\0@/x\0"), "./@/x",
	  "sun_path=\"@/x\"", "path" },
	{ "bytes: abstract", BYTES("\1\0\0name"), "@name",
	  "sun_path=@\"name\"", "abstract" },
	{ "bytes: abstract, as autobind makes them", BYTES("\1\0\0" "0002f"),
	  "@0002f", "sun_path=@\"0002f\"", "abstract" },
	{ "bytes: abstract, of 107",
	  BYTES("\1\0\0" HUNDRED "0123456"), "@" HUNDRED "0123456",
	  "sun_path=@\"" HUNDRED "0123456\"", "abstract" },
	{ "bytes: an empty abstract name", BYTES("\1\0\0"), "@",
	  "sun_path=@\"\"", "abstract" },
	{ "bytes: no name", BYTES("\1\0"), "(unnamed)", NULL, "autobind" },
};

static void
test_bytes(void **state)
{
	const struct bytes_row *row = *state;
	size_t named = row->length - offsetof(struct sockaddr_un, sun_path);
	const struct laid expected[] = {
		{ "sun_family", 0, sizeof(sa_family_t), false, "AF_UNIX",
		  "" },
		{ "sun_path", offsetof(struct sockaddr_un, sun_path), named,
		  false, row->text, row->strace },
	};
	struct endpoint endpoint;
	char text[ENDPOINT_TEXT_MAX];

	endpoint_set(&endpoint, row->bytes, row->length);
	assert_int_equal(unix_family.format(&endpoint, text, sizeof(text)),
	    0);
	assert_string_equal(text, row->text);
	assert_string_equal(unix_family.variant(&endpoint), row->variant);
	check_lay_out(&unix_family, row->bytes, row->length, expected,
	    named != 0 ? 2 : 1);
}

static void
test_not_ours(void **state)
{
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint;
	char text[64];

	(void)state;
	endpoint_set(&endpoint, "\2\0/tmp/x", 9);
	assert_int_equal(unix_family.format(&endpoint, text, sizeof(text)),
	    -EINVAL);
	assert_int_equal(unix_family.lay_out(&endpoint, fields), -EINVAL);
	endpoint_set(&endpoint, "\1", 1);
	assert_int_equal(unix_family.format(&endpoint, text, sizeof(text)),
	    -EINVAL);
}

/* Addresses that the kernel takes, and gives back as they were. */
static void
test_bind(void **state)
{
	static const int lengths[] = { 10, 50, 106, 107 };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct choice choice = asking_choice(&unix_family, "dgram",
		    NULL);
		struct endpoint endpoint, name;
		char host[200], why[200], text[ENDPOINT_TEXT_MAX];
		struct wish wish = { .side = SIDE_SERVER, .port = 0,
			.cell = &choice.row, .host = host };
		int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

		snprintf(host, sizeof(host), "@%0*d", lengths[i],
		    (int)getpid());
		assert_int_equal(unix_family.address(&wish, &endpoint, why,
		    sizeof(why)), 1);
		assert_int_equal(bind(fd, &endpoint.any, endpoint.length), 0);
		name.length = sizeof(name.storage);
		assert_int_equal(getsockname(fd, &name.any, &name.length), 0);
		assert_true(endpoint_equal(&endpoint, &name));
		assert_string_equal(endpoint_format(&unix_family, &name, text,
		    sizeof(text)), host);
		close(fd);
	}
}

/* A socket file is removed; what is none of ours, or gone, is left. */
static void
test_release(void **state)
{
	const char *directory = getenv("TMPDIR");
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct endpoint endpoint;
	struct stat status;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	snprintf(un.sun_path, sizeof(un.sun_path), "%.60s/release-%d",
	    directory != NULL ? directory : "/tmp", (int)getpid());
	endpoint_set(&endpoint, &un, sizeof(un));
	assert_int_equal(bind(fd, &endpoint.any, endpoint.length), 0);
	close(fd);
	assert_int_equal(stat(un.sun_path, &status), 0);
	assert_int_equal(unix_family.release(&endpoint), 0);
	assert_int_equal(stat(un.sun_path, &status), -1);
	assert_int_equal(unix_family.release(&endpoint), 0);
	endpoint_set(&endpoint, "\1\0\0name", 7);
	assert_int_equal(unix_family.release(&endpoint), 0);
	endpoint_set(&endpoint, "\1\0", 2);
	assert_int_equal(unix_family.release(&endpoint), 0);
}

/* All of sun_path is the name, without a NUL: nothing behind it is read. */
static void
test_release_full_path(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct endpoint endpoint;

	(void)state;
	memset(un.sun_path, 'x', sizeof(un.sun_path));
	un.sun_path[0] = '/';
	endpoint_set(&endpoint, &un, sizeof(un));
	/* No such file; the bytes behind are not part of its name. */
	memset(endpoint.bytes + sizeof(un), 'y',
	    sizeof(endpoint.bytes) - sizeof(un));
	assert_int_equal(unix_family.release(&endpoint), 0);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_not_ours),
	cmocka_unit_test(test_bind),
	cmocka_unit_test(test_release),
	cmocka_unit_test(test_release_full_path),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(bytes_rows) +
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

	asked_family = &unix_family;
	ADD(asking_rows, test_asking);
	ADD(bytes_rows, test_bytes);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("unix", tests, NULL, NULL);
}
