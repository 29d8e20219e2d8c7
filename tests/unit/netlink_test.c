#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>

#include "../../families/families.h"
#include "asking.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER SIDE_SERVER, false
#define CONTACT SIDE_SERVER, true
#define CLIENT SIDE_CLIENT, false
#define USER "dgram", "usersock"
#define ASK "raw", "route"

/* netlink(7): nl_pid is unsigned; 0 is the kernel, or a choice of its. */
static const struct asking asking_rows[] = {
	{ "address: the default of an exchange", USER, SERVER, true, NULL, 0,
	  false, 1, "0" },
	{ "address: the default of a server", USER, SERVER, false, NULL,
	  12345, false, 1, "12345" },
	{ "address: the default of a client", USER, CONTACT, false, NULL,
	  12345, false, 1, "12345" },
	{ "address: a client has one of its own", USER, CLIENT, false, NULL,
	  12345, true, 1, "0" },
	{ "address: the last port", USER, SERVER, false, NULL, 4294967295,
	  true, 1, "4294967295" },
	{ "address: a port too many", USER, SERVER, false, NULL, 4294967296,
	  true, -ERANGE, "port 4294967296 is not in 0 to 4294967295" },
	{ "address: a port below 0", USER, SERVER, false, NULL, -1, true,
	  -ERANGE, "port -1" },
	{ "address: a host", USER, SERVER, false, "4711", 12345, false, 1,
	  "4711" },
	{ "address: a host, to contact", USER, CONTACT, false, "4711", 12345,
	  false, 1, "4711" },
	{ "address: a host is not the client's", USER, CLIENT, false,
	  "4711/0x2", 12345, false, 1, "0" },
	{ "address: the last host", USER, SERVER, false, "4294967295", 0,
	  false, 1, "4294967295" },
	{ "address: a host and port 0", USER, SERVER, false, "4711", 0, true,
	  1, "4711" },
	{ "address: a host and a port", USER, SERVER, false, "4711", 4711,
	  true, -EPROTOTYPE, "leave out --port" },
	{ "address: groups", USER, SERVER, false, "0/0x80000001", 0, false, 1,
	  "0/0x80000001" },
	{ "address: no groups", USER, SERVER, false, "5/0x0", 0, false, 1,
	  "5" },
	{ "address: groups of 33 bits", USER, SERVER, false, "0/0x100000000",
	  0, false, -EINVAL, "no port id" },
	{ "address: empty groups", USER, SERVER, false, "0/0x", 0, false,
	  -EINVAL, "no port id" },
	{ "address: groups in decimal", USER, SERVER, false, "0/1", 0, false,
	  -EINVAL, "no port id" },
	{ "address: groups behind groups", USER, SERVER, false, "0/0x1/0x1",
	  0, false, -EINVAL, "no port id" },
	{ "address: a host too many", USER, SERVER, false, "4294967296", 0,
	  false, -EINVAL, "'4294967296' is no port id" },
	{ "address: a host of 20 digits", USER, SERVER, false,
	  "18446744073709551617", 0, false, -EINVAL, "no port id" },
	{ "address: a host below 0", USER, SERVER, false, "-1", 0, false,
	  -EINVAL, "'-1' is no port id" },
	{ "address: a host with a sign", USER, SERVER, false, "+1", 0, false,
	  -EINVAL, "no port id" },
	{ "address: a host with a space", USER, SERVER, false, " 1", 0, false,
	  -EINVAL, "no port id" },
	{ "address: nothing", USER, SERVER, false, "", 0, false, -EINVAL,
	  "'' is no port id" },
	{ "address: control characters", USER, SERVER, false, "1\n", 0, false,
	  -EINVAL, "no port id" },
	{ "address: a name", USER, SERVER, false, "localhost", 0, false,
	  -EINVAL, "no port id" },
	{ "address: port 0 cannot be contacted", USER, CONTACT, false, NULL,
	  0, true, -EDESTADDRREQ, "port id 0 is the kernel" },
	{ "address: host 0 cannot be contacted", USER, CONTACT, false, "0", 1,
	  false, -EDESTADDRREQ, "port id 0 is the kernel" },
	{ "address: the kernel", ASK, CONTACT, true, NULL, 0, false, 1, "0" },
	{ "address: the kernel, from a client", ASK, CONTACT, false, NULL,
	  12345, false, 1, "0" },
	{ "address: the kernel, by its number", ASK, CONTACT, false, "0",
	  12345, false, 1, "0" },
	{ "address: not the kernel", ASK, CONTACT, false, "1", 12345, false,
	  -EADDRNOTAVAIL, "has the port id 0" },
	{ "address: who asks the kernel", ASK, CLIENT, false, NULL, 12345,
	  false, 1, "0" },
	{ "address: who asks, from a port", ASK, CLIENT, false, NULL, 12345,
	  true, 1, "12345" },
};

static void
test_lay_out(void **state)
{
	static const struct sockaddr_nl plain = { .nl_family = AF_NETLINK,
		.nl_pid = 4711 };
	static const struct sockaddr_nl full = { .nl_family = AF_NETLINK,
		.nl_pad = 0xfa3a, .nl_pid = 4294967295, .nl_groups = 3 };
	/* As strace 6.1 wrote them. */
	static const struct laid expected[] = {
		{ "nl_family", 0, 2, false, "AF_NETLINK", "" },
		{ "nl_pad", 2, 2, true, "64058", "nl_pad=0xfa3a" },
		{ "nl_pid", 4, 4, true, "4294967295", "nl_pid=-1" },
		{ "nl_groups", 8, 4, true, "3", "nl_groups=0x000003" },
	};
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint;

	(void)state;
	check_lay_out(&netlink_family, &full, sizeof(full), expected,
	    COUNT(expected));
	/* Padding of 0 is left out. */
	endpoint_set(&endpoint, &plain, sizeof(plain));
	assert_int_equal(netlink_family.lay_out(&endpoint, fields), 3);
	assert_string_equal(fields[1].strace, "nl_pid=4711");
	assert_int_equal(fields[1].offset, 4);
	assert_string_equal(fields[2].strace, "nl_groups=00000000");
}

static void
test_not_ours(void **state)
{
	unsigned char bytes[sizeof(struct sockaddr_nl)] = { AF_NETLINK };
	struct field fields[FIELDS_MAX];
	struct endpoint endpoint;
	char text[64];

	(void)state;
	for (size_t length = 0; length <= sizeof(bytes); length++) {
		if (length == sizeof(bytes))
			bytes[0] = AF_INET;
		endpoint_set(&endpoint, bytes, length);
		assert_int_equal(netlink_family.format(&endpoint, text,
		    sizeof(text)), -EINVAL);
		assert_int_equal(netlink_family.lay_out(&endpoint, fields),
		    -EINVAL);
	}
}

/* Answers as the kernel writes them. */

#define SELF 4711
#define NUMBER 7
#define ROOM 4096

struct answer {
	unsigned char bytes[ROOM];
	size_t length;
	size_t message;		/* where the last one begins */
};

static void
put(struct answer *answer, const void *bytes, size_t length)
{
	struct nlmsghdr *header = (void *)(answer->bytes + answer->message);

	memcpy(answer->bytes + answer->length, bytes, length);
	answer->length += length;
	header->nlmsg_len = (unsigned)(answer->length - answer->message);
	while (answer->length % 4 != 0)
		answer->bytes[answer->length++] = 0;
}

static void
begin(struct answer *answer, int type)
{
	struct nlmsghdr header = { .nlmsg_type = (uint16_t)type,
		.nlmsg_flags = NLM_F_MULTI, .nlmsg_seq = NUMBER,
		.nlmsg_pid = SELF };

	answer->message = answer->length;
	put(answer, &header, sizeof(header));
}

static void
attribute(struct answer *answer, int type, const void *value, size_t length)
{
	struct nlattr header = { .nla_type = (uint16_t)type,
		.nla_len = (uint16_t)(sizeof(header) + length) };
	unsigned char bytes[128];

	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + sizeof(header), value, length);
	put(answer, bytes, sizeof(header) + length);
}

static void
put_link(struct answer *answer, int index, const char *name)
{
	struct ifinfomsg header = { .ifi_index = index };
	unsigned mtu = 1500;

	begin(answer, RTM_NEWLINK);
	put(answer, &header, sizeof(header));
	attribute(answer, IFLA_IFNAME, name, strlen(name) + 1);
	attribute(answer, IFLA_MTU, &mtu, sizeof(mtu));
	attribute(answer, IFLA_OPERSTATE, "\6", 1);
	attribute(answer, IFLA_ADDRESS, "\2\0\0\0\0\1", 6);
	/* What nobody here knows is passed over. */
	attribute(answer, 1000, "????", 4);
}

static void
put_family(struct answer *answer, const char *name, int number)
{
	struct genlmsghdr header = { .cmd = CTRL_CMD_NEWFAMILY };
	uint16_t value = (uint16_t)number;

	begin(answer, GENL_ID_CTRL);
	put(answer, &header, sizeof(header));
	attribute(answer, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	attribute(answer, CTRL_ATTR_FAMILY_ID, &value, sizeof(value));
	attribute(answer, CTRL_ATTR_VERSION, "\1\0\0\0", 4);
}

static void
put_code(struct answer *answer, int type, int code)
{
	begin(answer, type);
	put(answer, &code, sizeof(code));
}

static struct endpoint
address(unsigned port)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK, .nl_pid = port };
	struct endpoint endpoint;

	endpoint_set(&endpoint, &nl, sizeof(nl));
	return endpoint;
}

/* What unwrap() and part() say of an answer that came from that port. */
static ssize_t
unwrap(const struct answer *answer, size_t length, unsigned from,
    unsigned long long number, unsigned *part)
{
	struct choice choice = asking_choice(&netlink_family, ASK);
	struct endpoint self = address(SELF);
	struct endpoint peer = address(from);
	struct envelope envelope = { .cell = &choice.row, .self = &self,
		.peer = &peer, .number = number };
	/* Of its own size, for what looks behind the end. */
	unsigned char *copy = malloc(length != 0 ? length : 1);
	size_t at = 99;
	ssize_t result;

	assert_non_null(copy);
	memcpy(copy, answer->bytes, length);
	result = choice.row.unwrap(&envelope, copy, length, &at);
	assert_int_equal(at, 0);
	*part = choice.row.part(&envelope, copy, length);
	free(copy);
	return result;
}

static void
test_wrap(void **state)
{
	static const struct { const char *protocol; int type, header; } rows[] =
	{
		{ "route", RTM_GETLINK, sizeof(struct ifinfomsg) },
		{ "generic", GENL_ID_CTRL, sizeof(struct genlmsghdr) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct choice choice = asking_choice(&netlink_family, "dgram",
		    rows[i].protocol);
		struct envelope envelope = { .cell = &choice.row,
			.number = 0x1234567890 };
		union {
			struct nlmsghdr header;
			unsigned char bytes[64];
		} packet;
		size_t whole = sizeof(struct nlmsghdr) +
		    (size_t)rows[i].header;
		size_t taken = 0;

		assert_int_equal(choice.row.wrap(&envelope, "payload", 7,
		    &taken, packet.bytes, sizeof(packet)), whole);
		/* It does not travel: nothing is left to be sent. */
		assert_int_equal(taken, 7);
		assert_int_equal(packet.header.nlmsg_len, whole);
		assert_int_equal(packet.header.nlmsg_type, rows[i].type);
		assert_int_equal(packet.header.nlmsg_flags,
		    NLM_F_REQUEST | NLM_F_DUMP);
		assert_int_equal(packet.header.nlmsg_seq, 0x34567890);
		for (size_t room = 0; room < whole; room++) {
			unsigned char *small = malloc(room + 1);

			assert_non_null(small);
			assert_int_equal(choice.row.wrap(&envelope, NULL, 0,
			    &taken, small, room), -EMSGSIZE);
			free(small);
		}
	}
}

static void
test_unwrap(void **state)
{
	struct answer answer = { .length = 0 };
	unsigned part;

	(void)state;
	put_link(&answer, 1, "lo");
	put_link(&answer, 2, "eth0");
	assert_int_equal(unwrap(&answer, answer.length, 0, NUMBER, &part),
	    answer.length);
	assert_int_equal(part, 0);
	put_code(&answer, NLMSG_DONE, 0);
	assert_int_equal(unwrap(&answer, answer.length, 0, NUMBER, &part),
	    answer.length);
	assert_int_equal(part, PART_ENDS);
	/* Another process's, another question's, another socket's; nothing. */
	assert_int_equal(unwrap(&answer, answer.length, 1, NUMBER, &part),
	    -ENOMSG);
	assert_int_equal(unwrap(&answer, answer.length, 0, NUMBER + 1, &part),
	    -ENOMSG);
	((struct nlmsghdr *)(void *)answer.bytes)->nlmsg_pid++;
	assert_int_equal(unwrap(&answer, answer.length, 0, NUMBER, &part),
	    -ENOMSG);
	assert_int_equal(unwrap(&answer, 0, 0, NUMBER, &part), -ENOMSG);
}

/* netlink(7): an error is told as a negative errno. */
static void
test_failure(void **state)
{
	static const struct { int type, code, result; } rows[] = {
		{ NLMSG_ERROR, -EPERM, -EPERM },
		{ NLMSG_ERROR, 0, -EBADMSG },
		{ NLMSG_ERROR, 1, -EBADMSG },
		{ NLMSG_ERROR, -100000, -EBADMSG },
		{ NLMSG_ERROR, -ENOMSG, -EBADMSG },
		{ NLMSG_ERROR, INT32_MIN, -EBADMSG },
		{ NLMSG_DONE, -EINVAL, -EINVAL },
		{ NLMSG_DONE, 5, -EBADMSG },
		{ NLMSG_OVERRUN, 0, -EOVERFLOW },
	};
	unsigned part;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct answer answer = { .length = 0 };

		put_code(&answer, rows[i].type, rows[i].code);
		assert_int_equal(unwrap(&answer, answer.length, 0, NUMBER,
		    &part), rows[i].result);
	}
	/* One without its code; the end has none in old kernels. */
	for (int type = NLMSG_ERROR; type <= NLMSG_DONE; type++) {
		struct answer answer = { .length = 0 };

		begin(&answer, type);
		assert_int_equal(unwrap(&answer, answer.length, 0, NUMBER,
		    &part), type == NLMSG_ERROR ? -EBADMSG : 16);
	}
}

/* The files that the second source is. */
static const char *dev_file;
static const char *igmp_file;

#define DEV_HEADING                                                            \
	"Inter-|   Receive                        |  Transmit\n"               \
	" face |bytes    packets errs drop fifo|bytes    packets errs\n"
#define LO "    lo: 2770968   38791    0    1    0     0  0\n"
#define ETH0 "  eth0: 441086576    9389    0    0    0     0  0\n"
#define IGMP                                                                   \
	"Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"     \
	"1\tlo        :     1      V3\n"                                       \
	"\t\t\t\t010000E0     1 0:00000000\t\t0\n"

static ssize_t
read_file(const char *path, char *text, size_t room)
{
	const char *file = strcmp(path, "/proc/net/dev") == 0 ? dev_file
	    : strcmp(path, "/proc/net/igmp") == 0 ? igmp_file : NULL;

	return file == NULL ? -ENOENT : (ssize_t)strlcpy(text, file, room);
}

static int
verify(const char *protocol, const struct answer *answer, size_t length,
    struct verification *verification)
{
	static const struct lookup lookup = { .read = read_file };
	struct choice choice = asking_choice(&netlink_family, "raw", protocol);
	struct envelope envelope = { .cell = &choice.row, .number = NUMBER };
	unsigned char *copy = malloc(length != 0 ? length : 1);
	int result;

	assert_non_null(copy);
	memcpy(copy, answer->bytes, length);
	*verification = (struct verification){ .envelope = &envelope,
		.answer = copy, .answer_length = length, .lookup = &lookup };
	result = choice.row.verify(verification);
	assert_true(strlen(verification->text) <
	    sizeof(verification->text) - 1);
	assert_true(verification->text[0] != '\0');
	free(copy);
	return result;
}

/* What there is, and what the answer says: two names with their indices. */
static const struct verify_row {
	const char *name, *dev, *igmp;
	int result;
	const char *text;
} verify_rows[] = {
	{ "verify: the same", DEV_HEADING LO ETH0, IGMP, 0,
	  "interfaces: 2, those of /proc/net/dev; 1 with the index that "
	  "/proc/net/igmp tells\n1: lo mtu 1500 state up 02:00:00:00:00:01\n"
	  "2: eth0 mtu 1500 state up 02:00:00:00:00:01\n" },
	{ "verify: in another order", DEV_HEADING ETH0 LO, IGMP, 0,
	  "interfaces: 2" },
	{ "verify: without IGMP", DEV_HEADING ETH0 LO, NULL, 0,
	  "0 with the index" },
	{ "verify: one is missing in the answer",
	  DEV_HEADING LO ETH0 "  eth1: 1 2\n", IGMP, -EBADMSG,
	  "/proc/net/dev has eth1" },
	{ "verify: one is too many in the answer", DEV_HEADING LO, IGMP,
	  -EBADMSG, "the answer has 2 interfaces, /proc/net/dev has 1" },
	{ "verify: another name", DEV_HEADING LO "  eth: 1 2\n", IGMP,
	  -EBADMSG, "/proc/net/dev has eth," },
	{ "verify: a longer name", DEV_HEADING LO "  eth01: 1 2\n", IGMP,
	  -EBADMSG, "/proc/net/dev has eth01," },
	{ "verify: another index", DEV_HEADING LO ETH0,
	  IGMP "3\teth0      :     1      V3\n", -EBADMSG,
	  "eth0 has the index 3 in /proc/net/igmp, 2 in the answer" },
	{ "verify: no file", NULL, IGMP, -EOPNOTSUPP, "not to be read" },
	{ "verify: an empty file", "", IGMP, -EBADMSG, "has 0 of them" },
};

static void
test_verify(void **state)
{
	const struct verify_row *row = *state;
	struct answer answer = { .length = 0 };
	struct verification verification;

	put_link(&answer, 1, "lo");
	put_link(&answer, 2, "eth0");
	put_code(&answer, NLMSG_DONE, 0);
	dev_file = row->dev;
	igmp_file = row->igmp;
	assert_int_equal(verify("route", &answer, answer.length,
	    &verification), row->result);
	if (strstr(verification.text, row->text) == NULL)
		fail_msg("%s", verification.text);
}

/* A name that is there twice is not two names. */
static void
test_twice(void **state)
{
	struct answer answer = { .length = 0 };
	struct verification verification;

	(void)state;
	put_link(&answer, 1, "lo");
	put_link(&answer, 1, "lo");
	dev_file = DEV_HEADING LO ETH0;
	assert_int_equal(verify("route", &answer, answer.length,
	    &verification), -EBADMSG);
}

/* Names as long as the kernel has them, and longer; without an end. */
static void
test_names(void **state)
{
	static const struct { const char *name; size_t length; int result; }
	rows[] = {
		{ "interface000015", 16, 0 }, { "interface0000016", 17, -1 },
		{ "lo", 2, -1 }, { "l\0o", 4, -1 }, { "", 0, -1 },
	};

	(void)state;
	igmp_file = NULL;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ifinfomsg header = { .ifi_index = 1 };
		struct answer answer = { .length = 0 };
		struct verification verification;
		char file[256];

		snprintf(file, sizeof(file), "%s: 1\n", rows[i].name);
		dev_file = file;
		begin(&answer, RTM_NEWLINK);
		put(&answer, &header, sizeof(header));
		attribute(&answer, IFLA_IFNAME, rows[i].name, rows[i].length);
		assert_int_equal(verify("route", &answer, answer.length,
		    &verification), rows[i].result != 0 ? -EBADMSG : 0);
	}
}

/* A name that would drive a terminal. */
static void
test_control(void **state)
{
	struct answer answer = { .length = 0 };
	struct verification verification;

	(void)state;
	put_link(&answer, 7, "a\x1b[31m\"\xff\x7f");
	dev_file = "a\x1b[31m\"\xff\x7f: 1\n";
	igmp_file = NULL;
	assert_int_equal(verify("route", &answer, answer.length,
	    &verification), 0);
	assert_non_null(strstr(verification.text, "\n7: a?[31m\"?? mtu"));
	dev_file = "b\x1b: 1\n";
	assert_int_equal(verify("route", &answer, answer.length,
	    &verification), -EBADMSG);
	assert_non_null(strstr(verification.text, "has b?, which"));
}

static void
test_many(void **state)
{
	struct answer answer = { .length = 0 };
	struct verification verification;
	char file[2048] = DEV_HEADING;

	(void)state;
	for (int i = 1; i <= 20; i++) {
		char name[32];

		snprintf(name, sizeof(name), "interface%d", i);
		put_link(&answer, i, name);
		strlcat(file, name, sizeof(file));
		strlcat(file, ": 1 2 3\n", sizeof(file));
	}
	dev_file = file;
	igmp_file = NULL;
	assert_int_equal(verify("route", &answer, answer.length,
	    &verification), 0);
	assert_non_null(strstr(verification.text, "and 14 more\n"));
}

static const struct generic_row {
	const char *name;
	struct { const char *name; int number; } families[3];
	int result;
	const char *text;
} generic_rows[] = {
	{ "generic: two", { { "nlctrl", 16 }, { "thermal", 19 } }, 0,
	  "families: 2; as in linux/genetlink.h, nlctrl is 16 and no other "
	  "is\n16 nlctrl, 19 thermal\n" },
	{ "generic: the last number", { { "nlctrl", 16 }, { "x", 1023 } }, 0,
	  "1023 x" },
	{ "generic: a number too many", { { "nlctrl", 16 }, { "x", 1024 } },
	  -EBADMSG, "x has the number 1024: 16 to 1023" },
	{ "generic: a number too low", { { "nlctrl", 16 }, { "x", 15 } },
	  -EBADMSG, "x has the number 15" },
	{ "generic: no controller", { { "thermal", 19 } }, -EBADMSG,
	  "not among" },
	{ "generic: none", { { NULL, 0 } }, -EBADMSG, "not among" },
	{ "generic: another number", { { "nlctrl", 17 } }, -EBADMSG,
	  "nlctrl is 17" },
	{ "generic: another name", { { "thermal", 16 } }, -EBADMSG,
	  "thermal is 16" },
	{ "generic: a name twice",
	  { { "nlctrl", 16 }, { "x", 20 }, { "x", 21 } }, -EBADMSG, "twice" },
	{ "generic: a number twice",
	  { { "nlctrl", 16 }, { "x", 20 }, { "y", 20 } }, -EBADMSG, "twice" },
};

static void
test_generic(void **state)
{
	const struct generic_row *row = *state;
	struct answer answer = { .length = 0 };
	struct verification verification;

	for (size_t i = 0; i < COUNT(row->families) &&
	    row->families[i].name != NULL; i++)
		put_family(&answer, row->families[i].name,
		    row->families[i].number);
	put_code(&answer, NLMSG_DONE, 0);
	assert_int_equal(verify("generic", &answer, answer.length,
	    &verification), row->result);
	if (strstr(verification.text, row->text) == NULL)
		fail_msg("%s", verification.text);
}

/* However an answer is cut or changed, it is judged within its bytes. */
static void
test_hostile(void **state)
{
	struct answer route = { .length = 0 };
	struct answer generic = { .length = 0 };
	struct verification verification;
	unsigned part;

	(void)state;
	dev_file = DEV_HEADING LO ETH0;
	igmp_file = IGMP;
	put_link(&route, 1, "lo");
	put_link(&route, 2, "eth0");
	put_family(&generic, "nlctrl", 16);
	for (size_t length = 0; length < route.length; length++) {
		unwrap(&route, length, 0, NUMBER, &part);
		assert_int_not_equal(verify("route", &route, length,
		    &verification), 0);
	}
	for (size_t length = 0; length < generic.length; length++)
		assert_int_not_equal(verify("generic", &generic, length,
		    &verification), 0);
	for (size_t i = 0; i < route.length; i++) {
		struct answer changed = route;

		for (int value = 0; value < 256; value += 51) {
			changed.bytes[i] = (unsigned char)value;
			unwrap(&changed, changed.length, 0, NUMBER, &part);
			verify("route", &changed, changed.length,
			    &verification);
		}
	}
	for (size_t i = 0; i < generic.length; i++) {
		struct answer changed = generic;

		for (int value = 0; value < 256; value += 51) {
			changed.bytes[i] = (unsigned char)value;
			verify("generic", &changed, changed.length,
			    &verification);
		}
	}
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(test_lay_out),
	cmocka_unit_test(test_not_ours),
	cmocka_unit_test(test_wrap),
	cmocka_unit_test(test_unwrap),
	cmocka_unit_test(test_failure),
	cmocka_unit_test(test_twice),
	cmocka_unit_test(test_names),
	cmocka_unit_test(test_control),
	cmocka_unit_test(test_many),
	cmocka_unit_test(test_hostile),
};
static struct CMUnitTest tests[COUNT(asking_rows) + COUNT(verify_rows) +
    COUNT(generic_rows) + COUNT(others)];

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

	asked_family = &netlink_family;
	ADD(asking_rows, test_asking);
	ADD(verify_rows, test_verify);
	ADD(generic_rows, test_generic);
	memcpy(tests + count, others, sizeof(others));
	return cmocka_run_group_tests_name("netlink", tests, NULL, NULL);
}
