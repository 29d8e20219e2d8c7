/*
 * What a cell needs: told in words, and made for real, in network namespaces
 * of the test's own, where they are permitted. Each real case is a process of
 * its own, that says what is not as it should be.
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
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "setup/command.h"
#include "setup/network.h"
#include "setup/setup.h"
#include "witness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A user who is nobody. */
#define NOBODY 65534

/* What setup_tell_origin() makes of an origin. */
static const struct origin_row {
	const char *name;
	struct origin origin;
	const char *expected;
} origin_rows[] = {
	{ "origin: nothing is known", { .modules = NULL },
	  "this kernel has no AF_TOY" },
	{ "origin: a module", { .modules = "toy" },
	  "this kernel has no AF_TOY: modprobe -a toy" },
	{ "origin: two modules, an option", { .modules = "toy toy_raw",
	  .config = "CONFIG_TOY" },
	  "this kernel has no AF_TOY: modprobe -a toy toy_raw (CONFIG_TOY)" },
	{ "origin: an option", { .config = "CONFIG_TOY" },
	  "this kernel has no AF_TOY (CONFIG_TOY)" },
	{ "origin: a version", { .since = "4.1" },
	  "this kernel has no AF_TOY (since Linux 4.1)" },
	{ "origin: all of it", { .modules = "toy", .config = "CONFIG_TOY",
	  .since = "2.6.1", .until = "6.2" },
	  "this kernel has no AF_TOY: modprobe -a toy (CONFIG_TOY; since "
	  "Linux 2.6.1; removed in Linux 6.2)" },
	{ "origin: for a while", { .since = "4.1", .until = "6.2" },
	  "this kernel has no AF_TOY (since Linux 4.1; removed in Linux 6.2)" },
	{ "origin: removed", { .until = "6.2" },
	  "this kernel has no AF_TOY (removed in Linux 6.2)" },
	{ "origin: an option, removed", { .config = "CONFIG_TOY",
	  .until = "6.2" },
	  "this kernel has no AF_TOY (CONFIG_TOY; removed in Linux 6.2)" },
};

static void
test_origin(void **state)
{
	const struct origin_row *row = *state;
	char text[256];
	char little[16];

	setup_tell_origin("AF_TOY", &row->origin, text, sizeof(text));
	assert_string_equal(text, row->expected);
	setup_tell_origin("AF_TOY", &row->origin, little, sizeof(little));
	assert_string_equal(little, "this kernel has");
}

/* The loopback's largest packet is another. */
#define MTU 1280u
static const struct {
	struct nlmsghdr header;
	struct ifinfomsg link;
	struct rtattr attribute;
	unsigned mtu;
} mtu_message = {
	.header = { .nlmsg_len = sizeof(mtu_message),
	    .nlmsg_type = RTM_SETLINK,
	    .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
	.link = { .ifi_index = 1 },
	.attribute = { RTA_LENGTH(sizeof(unsigned)), IFLA_MTU },
	.mtu = MTU,
};
/* The same for an interface that is not there. */
static const struct {
	struct nlmsghdr header;
	struct ifinfomsg link;
} bad_message = {
	.header = { .nlmsg_len = sizeof(bad_message),
	    .nlmsg_type = RTM_SETLINK,
	    .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
	.link = { .ifi_index = 99999 },
};

#define FORWARD "net.ipv4.ip_forward"
#define MESSAGE(made, what)                                                    \
	{ .message = &(made), .length = sizeof(made), .words = (what) }

static const struct need no_needs[] = { { .command = NULL } };
static const struct need pair_needs[] = {
	{ .command = "ip link add ours type veth peer name theirs" },
	{ .command = "ip link set ours up" },
	{ .command = "ip link set theirs up" },
	{ .command = NULL },
};
static const struct need two_needs[] = {
	{ .command = "ip link add ours type veth peer name theirs netns "
	    "{server}" },
	{ .command = "ip link set ours up" },
	{ .command = "ip link set theirs up", .server = true },
	{ .sysctl = FORWARD, .value = "1", .server = true },
	{ .command = NULL },
};
static const struct need other_needs[] = {
	{ .sysctl = FORWARD, .value = "1" },
	MESSAGE(mtu_message, "an MTU of 1280 bytes on lo"),
	{ .command = NULL },
};
static const struct need failing_needs[] = {
	{ .command = "ip link add ours type veth peer name theirs" },
	{ .command = "ip link set no-such up" },
	{ .command = "ip link set ours up" },
	{ .command = NULL },
};
static const struct need bad_sysctl_needs[] = {
	{ .sysctl = "net.ipv4.no_such", .value = "1 2" },
	{ .command = NULL },
};
static const struct need bad_value_needs[] = {
	{ .sysctl = FORWARD, .value = "many" },
	{ .command = NULL },
};
static const struct need bad_message_needs[] = {
	MESSAGE(bad_message, "an interface that is not there"),
	{ .command = NULL },
};
static const struct need undone_needs[] = {
	{ .command = "ip link add ours type veth peer name theirs",
	  .undo = "ip link del ours" },
	/* In the order in which it was made, there would be no such link. */
	{ .command = "ip link set ours up", .undo = "ip link set ours down" },
	{ .command = "ip link add more type veth peer name others",
	  .undo = "ip link del more" },
	{ .command = NULL },
};
static const struct need half_needs[] = {
	{ .command = "ip link add ours type veth peer name theirs",
	  .undo = "ip link del ours" },
	{ .command = "ip link set no-such up", .undo = "no-such-command" },
	{ .command = NULL },
};
static const struct need stuck_needs[] = {
	{ .command = "ip link set lo up", .undo = "ip link del no-such" },
	{ .command = NULL },
};
/* Not of a network namespace. */
static const struct need forbidden_needs[] = {
	{ .sysctl = "kernel.panic", .value = "0" },
	{ .command = NULL },
};
static const struct need packaged_needs[] = {
	{ .path = "/no/such/program", .package = "no-such-package" },
	{ .command = NULL },
};
static const struct need path_needs[] = {
	{ .path = "/proc/self" },
	{ .path = "/no/such/file" },
	{ .command = NULL },
};
static const struct need slow_needs[] = {
	{ .command = "sleep 30" },
	{ .command = NULL },
};

static const struct surroundings nothing = { .needs = NULL };
static const struct surroundings bare = { .needs = no_needs };
static const struct surroundings own_pair = { .needs = pair_needs };
static const struct surroundings others_needs = { .needs = other_needs };
static const struct surroundings two = { SURROUNDINGS_TWO_NAMESPACES,
	two_needs };
static const struct surroundings packaged = { .needs = packaged_needs };
static const struct surroundings appears = { .needs = path_needs };
static const struct surroundings initial = { SURROUNDINGS_INITIAL,
	undone_needs };

/* What setup_tell_commands() makes of them. */
static const struct command_row {
	const char *name;
	const struct surroundings *surroundings;
	const char *expected;
} command_rows[] = {
	{ "commands: none", NULL, "" },
	{ "commands: a namespace, and no more", &nothing, "" },
	{ "commands: one namespace", &own_pair,
	  "run it with --setup, or make it: ip link add ours type veth peer "
	  "name theirs; ip link set ours up; ip link set theirs up" },
	{ "commands: two namespaces", &two,
	  "run it with --setup, or make it: ip netns add client; ip netns add "
	  "server; ip -n client link add ours type veth peer name theirs netns "
	  "server; ip -n client link set ours up; ip -n server link set theirs "
	  "up; ip netns exec server sysctl -w net.ipv4.ip_forward='1'" },
	{ "commands: sysctl and a message", &others_needs,
	  "run it with --setup, or make it: sysctl -w "
	  "net.ipv4.ip_forward='1'; an MTU of 1280 bytes on lo" },
	{ "commands: the first namespace", &initial,
	  "run it with --setup, or make it: ip link add ours type veth peer "
	  "name theirs; ip link set ours up; ip link add more type veth peer "
	  "name others" },
	{ "commands: a package", &packaged,
	  "run it with --setup, or make it: apt install no-such-package" },
	{ "commands: files that appear", &appears,
	  "run it with --setup, or make it: wait for /proc/self; wait for "
	  "/no/such/file" },
	{ "commands: needs without a need", &bare, "" },
};

static void
test_commands(void **state)
{
	const struct command_row *row = *state;
	struct choice choice = { .row.surroundings = row->surroundings };
	char text[1024] = "x";
	char little[8];

	setup_tell_commands(&choice, text, sizeof(text));
	assert_string_equal(text, row->expected);
	setup_tell_commands(&choice, little, sizeof(little));
	assert_true(strlen(little) < sizeof(little));
}

/* A variant's own, or the cell's. */
static void
test_of_variant(void **state)
{
	struct variant variant = { .name = "other" };
	struct choice choice = { .row.surroundings = &own_pair };

	(void)state;
	assert_ptr_equal(setup_of(&choice), &own_pair);
	choice.variant = &variant;
	assert_ptr_equal(setup_of(&choice), &own_pair);
	variant.surroundings = &two;
	assert_ptr_equal(setup_of(&choice), &two);
	choice.row.surroundings = NULL;
	assert_ptr_equal(setup_of(&choice), &two);
}

/* What a process tells the test of what was not as it should be. */
static char *said;
#define SAID_MAX 512

#define WANT(condition)                                                        \
	do                                                                     \
		if (!(condition))                                              \
			complain(__LINE__, #condition);                        \
	while (0)

static _Noreturn void
complain(int line, const char *what)
{
	snprintf(said, SAID_MAX, "line %d: %s", line, what);
	_exit(1);
}

static void
want_text(int line, const char *text, const char *expected)
{
	if (strcmp(text, expected) != 0) {
		snprintf(said, SAID_MAX, "line %d: '%s', not '%s'", line, text,
		    expected);
		_exit(1);
	}
}
#define WANT_TEXT(text, expected) want_text(__LINE__, text, expected)

static ino_t
network_now(void)
{
	struct stat status;

	return stat("/proc/self/ns/net", &status) == 0 ? status.st_ino : 0;
}

/* What a file of /proc says, in its first byte. */
static char
first_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char byte = '?';

	if (fd >= 0 && read(fd, &byte, 1) != 1)
		byte = '?';
	if (fd >= 0)
		close(fd);
	return byte;
}

/* Asks an interface of this namespace; 0 where there is no such. */
static int
ask(const char *interface, unsigned long request)
{
	struct ifreq asked;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error;

	memset(&asked, 0, sizeof(asked));
	strlcpy(asked.ifr_name, interface, sizeof(asked.ifr_name));
	error = ioctl(fd, request, &asked);
	close(fd);
	if (error != 0)
		return 0;
	return request == SIOCGIFMTU ? asked.ifr_mtu : asked.ifr_flags;
}

static bool
is_up(const char *interface)
{
	return (ask(interface, SIOCGIFFLAGS) & IFF_UP) != 0;
}

/* It is up, and something can be sent on it. */
static bool
runs(const char *interface)
{
	return (ask(interface, SIOCGIFFLAGS) & IFF_RUNNING) != 0;
}

static bool
is_there(const char *interface)
{
	return if_nametoindex(interface) != 0;
}

/* One setup, and what is looked at before it is taken away. */
struct scene {
	struct family family;
	struct surroundings surroundings;
	struct choice choice;
	struct setup setup;
	struct made made;
	struct witness witness;
	ino_t before;
	char forwards;
	char why[256];
};

#define FORWARD_PATH "/proc/sys/net/ipv4/ip_forward"

static int
begin(struct scene *scene, enum place where, const struct need *needs)
{
	memset(scene, 0, sizeof(*scene));
	scene->surroundings.needs = needs;
	scene->surroundings.where = where;
	scene->choice.family = &scene->family;
	scene->choice.row.surroundings = &scene->surroundings;
	witness_begin(&scene->witness);
	scene->before = network_now();
	scene->forwards = first_of(FORWARD_PATH);
	return setup_begin(&scene->setup, &scene->choice, false, &scene->made,
	    NULL, scene->why, sizeof(scene->why));
}

/* Takes it away, and looks whether anything is left. */
static void
end(struct scene *scene)
{
	char left[256] = "x";
	const char *found;

	WANT(setup_end(&scene->setup, left, sizeof(left)) == 0);
	WANT_TEXT(left, "");
	WANT(network_now() == scene->before);
	WANT(first_of(FORWARD_PATH) == scene->forwards);
	WANT(!is_there("ours") && !is_there("theirs"));
	found = witness_end(&scene->witness, 0);
	WANT_TEXT(found != NULL ? found : "", "");
}

static void
one_namespace(void)
{
	struct scene scene;

	WANT(begin(&scene, SURROUNDINGS_NAMESPACE, NULL) == 0);
	WANT(network_now() != scene.before);
	WANT(is_up("lo"));
	WANT(scene.made.count == 0);
	WANT_TEXT(scene.made.where, "in a network namespace of its own");
	WANT(setup_enter(&scene.setup, SIDE_SERVER) == 0);
	WANT(setup_enter(&scene.setup, SIDE_CLIENT) == 0);
	WANT(network_now() != scene.before);
	end(&scene);
}

static void
own_interfaces(void)
{
	struct scene scene;

	WANT(begin(&scene, SURROUNDINGS_NAMESPACE, pair_needs) == 0);
	WANT(is_up("ours") && is_up("theirs"));
	WANT(runs("ours") && runs("theirs"));
	WANT(scene.made.count == 3);
	WANT_TEXT(scene.made.text[0],
	    "ip link add ours type veth peer name theirs");
	WANT_TEXT(scene.made.text[2], "ip link set theirs up");
	end(&scene);
}

static const struct need lonely_needs[] = {
	{ .command = "ip link add ours type veth peer name theirs" },
	{ .command = "ip link set ours up" },
	{ .command = NULL },
};

/* A link whose other end stays down is not waited for without end. */
static void
lonely_link(void)
{
	struct scene scene;
	uint64_t start = witness_now();

	WANT(begin(&scene, SURROUNDINGS_NAMESPACE, lonely_needs) == 0);
	WANT(is_up("ours") && !runs("ours"));
	WANT(witness_now() - start < 3000000000);
	end(&scene);
}

static void
two_namespaces(void)
{
	struct scene scene;
	ino_t client;

	WANT(begin(&scene, SURROUNDINGS_TWO_NAMESPACES, two_needs) == 0);
	client = network_now();
	WANT(client != scene.before);
	WANT(is_up("lo") && is_up("ours") && !is_there("theirs"));
	WANT(runs("ours"));
	WANT(first_of(FORWARD_PATH) == '0');
	WANT(setup_enter(&scene.setup, SIDE_SERVER) == 0);
	WANT(network_now() != client && network_now() != scene.before);
	WANT(is_up("lo") && is_up("theirs") && !is_there("ours"));
	WANT(first_of(FORWARD_PATH) == '1');
	WANT_TEXT(scene.made.where, "in two network namespaces of its own");
	WANT(scene.made.count == 4);
	WANT_TEXT(scene.made.text[3], "sysctl -w net.ipv4.ip_forward='1'");
	end(&scene);
}

static void
sysctl_and_message(void)
{
	struct scene scene;

	WANT(begin(&scene, SURROUNDINGS_NAMESPACE, other_needs) == 0);
	WANT(ask("lo", SIOCGIFMTU) == MTU);
	WANT_TEXT(scene.made.text[1], "an MTU of 1280 bytes on lo");
	WANT(first_of(FORWARD_PATH) == '1');
	WANT_TEXT(scene.made.text[0], "sysctl -w net.ipv4.ip_forward='1'");
	end(&scene);
}

static void
failing(const struct need *needs, int error, const char *why)
{
	struct scene scene;

	WANT(begin(&scene, SURROUNDINGS_NAMESPACE, needs) == error);
	WANT_TEXT(scene.why, why);
	end(&scene);
}

static void
failing_command(void)
{
	failing(packaged_needs, -ENOENT, "/no/such/program is not there: apt "
	    "install no-such-package");
	failing(path_needs, -ETIMEDOUT, "/no/such/file did not appear");
	failing(failing_needs, -EIO, "ip link set no-such up: "
	    "Cannot find device \"no-such\"");
}

static void
failing_sysctl(void)
{
	failing(bad_sysctl_needs, -ENOENT, "sysctl -w "
	    "net.ipv4.no_such='1 2': No such file or directory");
	failing(bad_value_needs, -EINVAL, "sysctl -w "
	    "net.ipv4.ip_forward='many': Invalid argument");
}

static void
failing_message(void)
{
	failing(bad_message_needs, -ENODEV,
	    "an interface that is not there: No such device");
}

/* The namespace that the process is in stands for the initial one. */
static void
undone(void)
{
	struct scene scene;

	WANT(unshare(CLONE_NEWNET) == 0);
	WANT(begin(&scene, SURROUNDINGS_INITIAL, undone_needs) == 0);
	WANT(network_now() == scene.before);
	WANT(is_up("ours") && is_there("theirs") && is_there("more"));
	WANT_TEXT(scene.made.where, "");
	WANT(scene.made.count == 3);
	end(&scene);
	WANT(!is_there("more") && !is_there("others"));
}

static void
undone_as_far_as_made(void)
{
	struct scene scene;

	WANT(unshare(CLONE_NEWNET) == 0);
	WANT(begin(&scene, SURROUNDINGS_INITIAL, half_needs) == -EIO);
	WANT(is_there("ours"));
	WANT_TEXT(scene.why, "ip link set no-such up: "
	    "Cannot find device \"no-such\"");
	end(&scene);
}

static void
not_undone(void)
{
	struct scene scene;
	char left[256];

	WANT(unshare(CLONE_NEWNET) == 0);
	WANT(begin(&scene, SURROUNDINGS_INITIAL, stuck_needs) == 0);
	WANT(setup_end(&scene.setup, left, sizeof(left)) == -EIO);
	WANT_TEXT(left, "ip link del no-such: "
	    "Cannot find device \"no-such\"");
	/* Once is enough. */
	WANT(setup_end(&scene.setup, left, sizeof(left)) == 0);
	WANT_TEXT(left, "");
}

static void
nothing_needed(void)
{
	struct scene scene;

	begin(&scene, SURROUNDINGS_NAMESPACE, NULL);
	end(&scene);
	memset(&scene.setup, 0xff, sizeof(scene.setup));
	scene.choice.row.surroundings = NULL;
	WANT(setup_begin(&scene.setup, &scene.choice, false, &scene.made,
	    NULL, scene.why, sizeof(scene.why)) == 0);
	WANT(network_now() == scene.before);
	WANT(setup_enter(&scene.setup, SIDE_SERVER) == 0);
	WANT_TEXT(scene.made.where, "");
	WANT(scene.made.count == 0);
	end(&scene);
}

/* A signal ends what takes long; all of it is undone. */
static void
interrupted(void)
{
	struct scene scene;
	sigset_t ending;

	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigprocmask(SIG_BLOCK, &ending, NULL);
	begin(&scene, SURROUNDINGS_NAMESPACE, NULL);
	end(&scene);
	scene.surroundings.needs = slow_needs;
	raise(SIGTERM);
	WANT(setup_begin(&scene.setup, &scene.choice, false, &scene.made,
	    &ending, scene.why, sizeof(scene.why)) == -EINTR);
	WANT(strstr(scene.why, "interrupted") != NULL);
	end(&scene);
}

/* No descriptor for the namespace, no namespace. */
static void
no_descriptor(void)
{
	struct scene scene;

	begin(&scene, SURROUNDINGS_NAMESPACE, NULL);
	end(&scene);
	witness_descriptors(false);
	WANT(setup_begin(&scene.setup, &scene.choice, false, &scene.made, NULL,
	    scene.why, sizeof(scene.why)) == -EMFILE);
	WANT(strstr(scene.why, "Too many open files") != NULL);
	WANT_TEXT(scene.made.where, "");
	witness_descriptors(true);
	end(&scene);
}

static void
become_nobody(void)
{
	WANT(setgroups(0, NULL) == 0);
	WANT(setresgid(NOBODY, NOBODY, NOBODY) == 0);
	WANT(setresuid(NOBODY, NOBODY, NOBODY) == 0);
	/* Else the files of /proc/self are root's. */
	WANT(prctl(PR_SET_DUMPABLE, 1) == 0);
}

/* In a user namespace: there is no way back, and nothing outside is changed. */
static void
ordinary_user(void)
{
	struct scene scene;
	char left[256];

	become_nobody();
	WANT(begin(&scene, SURROUNDINGS_TWO_NAMESPACES, two_needs) == 0);
	WANT(geteuid() == 0);
	WANT_TEXT(scene.made.where, "in two network namespaces of its own and "
	    "a user namespace");
	WANT(is_up("lo") && is_up("ours") && !is_there("theirs"));
	WANT(setup_enter(&scene.setup, SIDE_SERVER) == 0);
	WANT(is_up("lo") && is_up("theirs") && !is_there("ours"));
	WANT(first_of(FORWARD_PATH) == '1');
	WANT(setup_end(&scene.setup, left, sizeof(left)) == 0);
	WANT_TEXT(left, "");
	WANT(witness_end(&scene.witness, 0) == NULL);
}

/* Root of a user namespace may not do everything. */
static void
ordinary_user_forbidden(void)
{
	struct scene scene;

	become_nobody();
	WANT(begin(&scene, SURROUNDINGS_NAMESPACE, forbidden_needs) == -EPERM);
	WANT_TEXT(scene.why, "sysctl -w kernel.panic='0': Permission denied");
}

static void
become_powerless(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { .effective = 0 } };

	WANT(syscall(SYS_capset, &header, none) == 0);
}

/* Who may not make a user namespace is told what is missing. */
static void
nobody_at_all(void)
{
	struct scene scene;

	/* A namespace in which no more can be made. */
	WANT(unshare(CLONE_NEWUSER) == 0);
	WANT(network_write("/proc/sys/user/max_user_namespaces", "0") == 0);
	become_powerless();
	WANT(begin(&scene, SURROUNDINGS_NAMESPACE, NULL) == -EPERM);
	WANT(strstr(scene.why, "no network namespace can be made") != NULL);
	WANT(strstr(scene.why, "run it as root") != NULL);
	WANT_TEXT(scene.made.where, "");
	end(&scene);
}

/* The initial namespace is not an ordinary user's to change. */
static void
ordinary_user_initial(void)
{
	struct scene scene;

	WANT(unshare(CLONE_NEWNET) == 0);
	become_nobody();
	WANT(begin(&scene, SURROUNDINGS_INITIAL, undone_needs) == -EPERM);
	WANT(strstr(scene.why, "ip link add ours") != NULL);
	WANT(strstr(scene.why, "run it as root") != NULL);
	end(&scene);
}

static const struct real_row {
	const char *name;
	void (*life)(void);
} real_rows[] = {
	{ "real: a namespace", one_namespace },
	{ "real: interfaces of its own", own_interfaces },
	{ "real: a link that stays down", lonely_link },
	{ "real: two namespaces", two_namespaces },
	{ "real: a sysctl and a message", sysctl_and_message },
	{ "real: a command fails", failing_command },
	{ "real: a sysctl fails", failing_sysctl },
	{ "real: a message fails", failing_message },
	{ "real: undone where it stays", undone },
	{ "real: undone as far as it was made", undone_as_far_as_made },
	{ "real: it cannot be undone", not_undone },
	{ "real: nothing is needed", nothing_needed },
	{ "real: interrupted", interrupted },
	{ "real: no descriptor is left", no_descriptor },
	{ "real: an ordinary user", ordinary_user },
	{ "real: an ordinary user may not do it",
	  ordinary_user_forbidden },
	{ "real: a user who may do nothing", nobody_at_all },
	{ "real: an ordinary user in the first namespace",
	  ordinary_user_initial },
};

/* The exit status of a process of its own, and what it said. */
static int
live(void (*life)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		life();
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Whether this machine lets us make namespaces at all. */
static void
try_out(void)
{
	char why[256];

	if (geteuid() != 0)
		complain(0, "only root may try it all");
	if (unshare(CLONE_NEWNET) != 0)
		complain(0, "no network namespace can be made");
	if (command_run("ip link add ours type veth peer name theirs", NULL,
	    why, sizeof(why)) != 0)
		complain(0, why);
	become_nobody();
	if (unshare(CLONE_NEWUSER) != 0)
		complain(0, "users may make no user namespace");
}

static bool permitted;

static void
test_real(void **state)
{
	const struct real_row *row = *state;
	int status;

	if (!permitted) {
		printf("%s\n", said);
		skip();
	}
	said[0] = '\0';
	status = live(row->life);
	if (status != 0)
		fail_msg("%d: %s", status, said);
}

static struct CMUnitTest tests[COUNT(origin_rows) + COUNT(command_rows) +
    COUNT(real_rows) + 1];

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

	said = mmap(NULL, SAID_MAX, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		return 1;
	permitted = live(try_out) == 0;
	ADD(origin_rows, test_origin);
	ADD(command_rows, test_commands);
	ADD(real_rows, test_real);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_of_variant);
	return cmocka_run_group_tests_name("setup", tests, NULL, NULL);
}
