/*
 * agent: the first process of the lab machine, once init has set it up. It
 * runs one command for the host and carries what the two say to each other.
 *
 *     agent PORT WINDOW
 *
 * PORT is a character device that leads to the host, a virtio port or a serial
 * one. In both directions go frames: one byte for the kind, four for the
 * length (big-endian), the payload. scripts/lib/lab.py is the other end.
 *
 *     to the host     H  hello: the WINDOW as text
 *                     C  so many bytes were consumed, as text
 *                     O  bytes of the command's standard output
 *                     E  bytes of its standard error
 *                     X  it has ended: the exit status as text
 *     to the machine  R  run: words, each ended by a NUL (see run())
 *                     I  bytes for the standard input; none: its end
 *                     W  the size of the terminal: "ROWS COLUMNS"
 *
 * The host has at most WINDOW bytes under way that were not yet consumed; 0
 * stands for a port that holds the host back by itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { HEADER = 5, PAYLOAD_MAX = 1 << 20, CHUNK = 16384 };

/* What the host asked for, besides the command. */
enum {
	WITH_TERMINAL = 1, /* standard input and output are a terminal */
	ERRORS_TO_TERMINAL = 2, /* and standard error is as well */
};

static struct {
	int fd;
	long window;
	long consumed; /* bytes that the host was not told of yet */
	uint8_t in[HEADER + PAYLOAD_MAX]; /* what is no whole frame yet */
	size_t in_len;
} port = { .fd = -1 };

static struct {
	pid_t pid;
	int in, out, err; /* our ends; with a terminal, in is out */
	int terminal;
	uint8_t input[PAYLOAD_MAX]; /* what the command has not read yet */
	size_t input_len, input_done;
	bool input_ends;
} command = { .pid = -1, .in = -1, .out = -1, .err = -1, .terminal = -1 };

/* There is nobody to tell; the host shows the end of the console. */
static _Noreturn void
power_off(const char *why)
{
	fprintf(stderr, "agent: %s\n", why);
	reboot(RB_POWER_OFF);
	_exit(1);
}

static void
write_all(const void *data, size_t len)
{
	for (const uint8_t *at = data; len > 0;) {
		ssize_t n = write(port.fd, at, len);
		if (n < 0 && errno == EAGAIN) {
			struct pollfd wait = { port.fd, POLLOUT, 0 };
			poll(&wait, 1, -1);
		} else if (n < 0 && errno != EINTR) {
			power_off("cannot write to the host");
		} else if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
}

static void
say(char kind, const void *data, size_t len)
{
	uint8_t frame[HEADER + CHUNK] = { (uint8_t)kind, (uint8_t)(len >> 24),
		(uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len };

	if (len > 0)
		memcpy(frame + HEADER, data, len);
	write_all(frame, HEADER + len);
}

static void
say_number(char kind, long number)
{
	char text[24];
	int len = snprintf(text, sizeof text, "%ld", number);

	say(kind, text, (size_t)len);
}

/* Frames pass through a terminal as they are. */
static void
open_port(const char *path)
{
	struct termios raw;

	port.fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port.fd < 0)
		power_off("cannot open the port to the host");
	if (tcgetattr(port.fd, &raw) == 0) {
		cfmakeraw(&raw);
		raw.c_cflag |= CLOCAL;
		cfsetspeed(&raw, B115200);
		tcsetattr(port.fd, TCSANOW, &raw);
	}
}

static void
set_size(const char *text)
{
	struct winsize size = { 0 };
	char *rest;

	size.ws_row = (unsigned short)strtoul(text, &rest, 10);
	size.ws_col = (unsigned short)strtoul(rest, NULL, 10);
	if (command.terminal >= 0)
		ioctl(command.terminal, TIOCSWINSZ, &size);
}

/* Makes the pipes, or the terminal; ends[] are the command's three. */
static int
make_ends(int flags, int ends[3])
{
	int in[2], out[2], err[2];

	if (flags & WITH_TERMINAL) {
		int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
		const char *name;
		if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0 ||
		    (name = ptsname(fd)) == NULL ||
		    (ends[0] = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0)
			return -errno;
		command.terminal = command.in = command.out = fd;
		ends[1] = ends[2] = ends[0];
	} else {
		if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
			return -errno;
		ends[0] = in[0];
		ends[1] = out[1];
		command.in = in[1];
		command.out = out[0];
	}
	if (!(flags & WITH_TERMINAL) || !(flags & ERRORS_TO_TERMINAL)) {
		if (pipe2(err, O_CLOEXEC) < 0)
			return -errno;
		ends[2] = err[1];
		command.err = err[0];
		fcntl(command.err, F_SETFL, O_NONBLOCK);
	}
	fcntl(command.in, F_SETFL, O_NONBLOCK);
	fcntl(command.out, F_SETFL, O_NONBLOCK);
	return 0;
}

/* In the child: becomes the command. */
static _Noreturn void
become(int flags, const int ends[3], const char *folder, char **environment,
    char **words)
{
	sigset_t none;

	setsid();
	if (flags & WITH_TERMINAL)
		ioctl(ends[0], TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(ends[fd], fd);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	environ = environment;
	if (chdir(folder) == 0) {
		execvp(words[0], words);
	}
	fprintf(stderr, "vm: %s: %s in the lab machine\n", words[0],
	    errno == ENOENT ? "not there" : strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/*
 * The words: the flags, the size of the terminal, the folder, the number of
 * environment variables, these, and the command.
 */
static void
run(char *text, size_t len)
{
	size_t count = 0, done = 0;
	char **words;
	int ends[3];

	for (size_t i = 0; i < len; i++)
		count += text[i] == '\0';
	words = calloc(count + 2, sizeof *words);
	if (words == NULL || count < 5 || command.pid >= 0)
		power_off("the host asked for no command");
	for (size_t i = 0; i < count; i++) {
		words[i] = text + done;
		done += strlen(words[i]) + 1;
	}
	size_t variables = strtoul(words[3], NULL, 10);
	if (variables > count - 5)
		power_off("the host asked for no command");
	/* One word more: a NULL between the variables and the command. */
	char **first = words + 4 + variables;
	memmove(first + 1, first, (count - 4 - variables) * sizeof *first);
	*first = NULL;

	int flags = (int)strtol(words[0], NULL, 10);
	if (make_ends(flags, ends) < 0)
		power_off("no pipes, or no terminal, for the command");
	set_size(words[1]);
	command.pid = fork();
	if (command.pid < 0)
		power_off("cannot fork");
	if (command.pid == 0)
		become(flags, ends, words[2], words + 4, first + 1);
	/* A terminal that nobody has open would look like its end. */
	for (int i = 0; i < 3; i++)
		if (command.terminal < 0 || ends[i] != ends[0])
			close(ends[i]);
	free(words);
}

static void
end_input(void)
{
	command.input_len = command.input_done = 0;
	if (command.in >= 0 && command.terminal < 0)
		close(command.in);
	command.in = -1;
}

/* Hands on what the command takes of its input. */
static void
feed(void)
{
	while (command.in >= 0 && command.input_done < command.input_len) {
		ssize_t n = write(command.in,
		    command.input + command.input_done,
		    command.input_len - command.input_done);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0 && errno != EINTR)
			end_input(); /* it reads no more */
		else if (n > 0)
			command.input_done += (size_t)n;
	}
	command.input_len = command.input_done = 0;
	if (command.input_ends)
		end_input();
}

static void
obey(char kind, uint8_t *data, size_t len)
{
	if (kind == 'R') {
		run((char *)data, len);
	} else if (kind == 'W') {
		set_size((char *)data);
	} else if (kind == 'I' && command.in >= 0) {
		memcpy(command.input, data, len);
		command.input_len = len;
		command.input_ends = len == 0;
		feed();
	}
}

/* Obeys the first frame of those that came. Returns whether there was one. */
static bool
take_frame(void)
{
	if (port.in_len < HEADER)
		return false;
	size_t len = (size_t)port.in[1] << 24 | (size_t)port.in[2] << 16 |
	    (size_t)port.in[3] << 8 | port.in[4];
	if (len >= PAYLOAD_MAX)
		power_off("the host sent what is no frame");
	if (port.in_len < HEADER + len)
		return false;
	uint8_t after = port.in[HEADER + len];
	port.in[HEADER + len] = '\0';
	obey((char)port.in[0], port.in + HEADER, len);
	port.in[HEADER + len] = after;
	port.in_len -= HEADER + len;
	memmove(port.in, port.in + HEADER + len, port.in_len);
	return true;
}

static void
read_port(void)
{
	size_t room = HEADER + PAYLOAD_MAX - port.in_len - 1;
	ssize_t n = read(port.fd, port.in + port.in_len,
	    room < CHUNK ? room : CHUNK);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		power_off("the host has left");
	if (n < 0)
		return;
	port.in_len += (size_t)n;
	port.consumed += n;
}

/* The host may send as much again as was read. */
static void
acknowledge(void)
{
	if (port.window > 0 && port.consumed >= port.window / 2) {
		say_number('C', port.consumed);
		port.consumed = 0;
	}
}

/* Passes on what the command printed. Returns whether there may be more. */
static bool
pass_on(char kind, int *fd)
{
	uint8_t data[CHUNK];

	if (*fd < 0)
		return false;
	ssize_t n = read(*fd, data, sizeof data);
	if (n > 0)
		say(kind, data, (size_t)n);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		close(*fd);
		*fd = -1;
	}
	return n > 0;
}

/* The command's orphans are ours; its own end is the host's to know. */
static void
reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != command.pid)
			continue;
		while (pass_on('O', &command.out))
			continue;
		while (pass_on('E', &command.err))
			continue;
		say_number('X',
		    WIFEXITED(status) ? WEXITSTATUS(status)
				      : 128 + WTERMSIG(status));
	}
}

static int
watch_children(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
main(int argc, char **argv)
{
	struct signalfd_siginfo child;

	if (argc != 3)
		power_off("usage: agent PORT WINDOW");
	int children = watch_children();
	open_port(argv[1]);
	port.window = strtol(argv[2], NULL, 10);
	say('H', argv[2], strlen(argv[2]));
	for (;;) {
		bool full = command.input_len > 0;
		while (!full && take_frame())
			full = command.input_len > 0;
		if (!full)
			acknowledge();
		struct pollfd fds[] = {
			{ full ? -1 : port.fd, POLLIN, 0 },
			{ full ? command.in : -1, POLLOUT, 0 },
			{ command.out, POLLIN, 0 },
			{ command.err, POLLIN, 0 },
			{ children, POLLIN, 0 },
		};
		poll(fds, sizeof fds / sizeof *fds, -1);
		if (fds[1].revents)
			feed();
		if (fds[2].revents)
			pass_on('O', &command.out);
		if (fds[3].revents)
			pass_on('E', &command.err);
		if (fds[0].revents)
			read_port();
		if (read(children, &child, sizeof child) > 0)
			reap();
	}
}
