/* Time limits, signals, and buffers that are none. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "experiments/experiments.h"
#include "probes/stage.h"

/* A limit that is soon reached, and one that never is. */
#define SHORT_USEC 20000
#define LONG_SEC 60

/* How long after a short limit it is clear that it is not kept. */
#define LATE_MS 800

/* Bytes of a message that stand in memory; what is behind them does not. */
#define READABLE 150
#define LENGTH 200

/* recv() itself is asked, and poll() knows of its message. */
static bool
receives_itself(const struct choice *choice)
{
	return choice->row.receive == NULL && !choice->row.unpolled;
}

static bool
sends_and_receives_itself(const struct choice *choice)
{
	return receives_itself(choice) && choice->row.transmit == NULL &&
	    choice->row.wrap == NULL;
}

static bool
has_listener(const struct choice *choice)
{
	return choice->row.carrier == NULL;
}

static long
receive_any(struct stage_task *task)
{
	char data[256];

	return STAGE_CALL(task->side, recv, data, sizeof(data), 0);
}

static long
accept_any(struct stage_task *task)
{
	struct side *side = task->side;

	return side->calls->accept(&side->recorder, side->listener, NULL,
	    SOCK_CLOEXEC);
}

static int
limit(struct side *side, int fd, const struct timeval *time)
{
	return side->calls->setsockopt(&side->recorder, fd, SOL_SOCKET,
	    SO_RCVTIMEO, time, sizeof(*time));
}

/* What a call that waits says when its time is up. */
static int
wait_too_long(struct stage_task *task, int fd, struct observation *seen)
{
	const struct timeval time = { .tv_usec = SHORT_USEC };
	int error = limit(task->side, fd, &time);

	if (error != 0)
		return observe(seen, "setsockopt: %s", observed_errno(error));
	error = stage_begin(task);
	if (error != 0)
		return error;
	if (!stage_ended(task, LATE_MS))
		return observe(seen, "waits on");
	return observe(seen, "%s", observed_errno(task->result));
}

static int
late_message(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	struct stage_task task = { .stage = stage, .work = receive_any };
	int error = stage_pair(stage, &client, &server);

	if (error != 0)
		return error;
	task.side = server != NULL ? server : client;
	return wait_too_long(&task, task.side->fd, seen);
}

#define LIMIT_ANSWERS                                                          \
	(const char *const[]){ "{errno}", "waits on", "setsockopt: {errno}",   \
	    NULL }

static const struct probe late_message_probe = {
	.id = "timeouts.recv",
	.group = GROUP_ERRORS,
	.question = "recv() with SO_RCVTIMEO, and nothing comes?",
	.cells = { .shapes = ON_PAIRS | ON_KERNEL },
	.applies = receives_itself,
	.answers = LIMIT_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "EAGAIN", .source = "socket(7), SO_RCVTIMEO" },
		{ .answer = NULL },
	},
	.run = late_message,
};

static int
late_peer(struct stage *stage, struct observation *seen)
{
	struct stage_task task = { .stage = stage, .work = accept_any };
	int error = stage_listening(stage, 1, &task.side);

	if (error != 0)
		return error;
	return wait_too_long(&task, task.side->listener, seen);
}

static const struct probe late_peer_probe = {
	.id = "timeouts.accept",
	.group = GROUP_ERRORS,
	.question = "accept() with SO_RCVTIMEO, and nobody comes?",
	.cells = { .shapes = ON_CONNECTED },
	.applies = has_listener,
	.answers = LIMIT_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "EAGAIN", .source = "socket(7), SO_RCVTIMEO" },
		{ .answer = NULL },
	},
	.run = late_peer,
};

static sem_t handled;

static void
handle(int number)
{
	(void)number;
	sem_post(&handled);
}

/* A signal whose handler restarts calls, to a thread that sleeps in one. */
static int
interrupt(struct stage_task *task)
{
	const struct sigaction action = {
		.sa_handler = handle, .sa_flags = SA_RESTART
	};
	struct timespec end;
	int asleep = stage_await_sleep(task);

	if (asleep != 0)
		return stage_cannot(task->stage, "recv() did not wait");
	sem_init(&handled, 0, 0);
	sigaction(SIGUSR1, &action, NULL);
	pthread_kill(task->thread, SIGUSR1);
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 1;
	return sem_timedwait(&handled, &end) == 0 ? 0
	    : stage_cannot(task->stage, "the signal did not come");
}

/* The message that comes behind the signal ends a recv() that went on. */
static int
signal_while_receiving(struct stage *stage, struct observation *seen,
    const struct timeval *time)
{
	struct side *client;
	struct stage_task task = { .stage = stage, .work = receive_any };
	ssize_t sent;
	int error = stage_pair(stage, &client, &task.side);

	if (error == 0)
		error = limit(task.side, task.side->fd, time);
	if (error == 0)
		error = stage_begin(&task);
	if (error == 0)
		error = interrupt(&task);
	if (error != 0)
		return error;
	sent = stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    0);
	if (!stage_ended(&task, STAGE_SURE_MS))
		return observe(seen, sent < 0 ? "the send failed" : "hangs");
	if (task.result >= 0)
		return observe(seen, "goes on");
	return observe(seen, "%s", observed_errno(task.result));
}

#define SIGNAL_ANSWERS                                                         \
	(const char *const[]){ "goes on", "hangs", "the send failed",          \
	    "{errno}", NULL }

static int
signal_with_limit(struct stage *stage, struct observation *seen)
{
	return signal_while_receiving(stage, seen,
	    &(const struct timeval){ .tv_sec = LONG_SEC });
}

static const struct probe signal_with_limit_probe = {
	.id = "timeouts.signal",
	.group = GROUP_ERRORS,
	.question = "A signal (SA_RESTART) in a recv() that has SO_RCVTIMEO?",
	.cells = { .shapes = ON_PAIRS },
	.applies = receives_itself,
	.answers = SIGNAL_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "EINTR",
		  .source = "signal(7): input socket interfaces with a timeout "
			    "are never restarted" },
		{ .answer = NULL },
	},
	.run = signal_with_limit,
};

static int
signal_without_limit(struct stage *stage, struct observation *seen)
{
	return signal_while_receiving(stage, seen,
	    &(const struct timeval){ 0 });
}

static const struct probe signal_without_limit_probe = {
	.id = "timeouts.restart",
	.group = GROUP_ERRORS,
	.question = "A signal (SA_RESTART) in a recv() without a time limit?",
	.cells = { .shapes = ON_PAIRS },
	.applies = receives_itself,
	.answers = SIGNAL_ANSWERS,
	.documents = (const struct document[]){
		{ .answer = "goes on",
		  .source = "signal(7): restarted with SA_RESTART" },
		{ .answer = NULL },
	},
	.run = signal_without_limit,
};

/* Pages of memory, the last of which may not be touched: that one. */
static char *
forbidden_page(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	mprotect(memory + page, page, PROT_NONE);
	return memory + page;
}

/* A message waits; recv() is given a buffer that is none. */
static int
receive_nowhere(struct stage *stage, struct side **server, ssize_t *got)
{
	struct side *client;
	char *nowhere = forbidden_page();
	ssize_t sent;
	int error = stage_pair(stage, &client, server);

	if (error != 0)
		return error;
	sent = stage_send(stage, client, STAGE_MESSAGE, STAGE_MESSAGE_LENGTH,
	    0);
	if (sent < 0)
		return stage_cannot(stage, "the send failed: %s",
		    strerror((int)-sent));
	if (stage_poll(stage, *server, POLLIN, STAGE_SURE_MS) <= 0)
		return stage_cannot(stage, "no message came");
	*got = STAGE_CALL(*server, recv, nowhere, 64, 0);
	return 0;
}

static int
bad_buffer(struct stage *stage, struct observation *seen)
{
	struct side *server;
	ssize_t got = 0;
	int error = receive_nowhere(stage, &server, &got);

	if (error != 0)
		return error;
	return got < 0 ? observe(seen, "%s", observed_errno(got))
		       : observe(seen, "%zd", got);
}

static const struct probe bad_buffer_probe = {
	.id = "efault",
	.group = GROUP_ERRORS,
	.question = "A message waits; recv() into memory that is not there?",
	.cells = { .shapes = ON_PAIRS },
	.applies = receives_itself,
	.answers = (const char *const[]){ "{errno}", "{n}", NULL },
	.documents = (const struct document[]){
		{ .answer = "EFAULT", .source = "recv(2), EFAULT" },
		{ .answer = NULL },
	},
	.run = bad_buffer,
};

static int
after_bad_buffer(struct stage *stage, struct observation *seen)
{
	struct side *server;
	char data[256];
	ssize_t got = 0;
	int error = receive_nowhere(stage, &server, &got);

	if (error != 0)
		return error;
	/* It is there already, or never: there is nothing to wait for. */
	got = STAGE_CALL(server, recv, data, sizeof(data), MSG_DONTWAIT);
	if (got == STAGE_MESSAGE_LENGTH ||
	    (got > 0 && stage->choice->row.wrap != NULL))
		return observe(seen, "kept");
	if (got == -EAGAIN)
		return observe(seen, "gone");
	return got < 0 ? observe(seen, "recv: %s", observed_errno(got))
		       : observe(seen, "%zd bytes of it", got);
}

static const struct probe after_bad_buffer_probe = {
	.id = "efault.after",
	.group = GROUP_ERRORS,
	.question = "recv() failed with EFAULT: is the message still there?",
	.cells = { .shapes = ON_PAIRS },
	.applies = receives_itself,
	.answers = (const char *const[]){ "kept", "gone", "{n} bytes of it",
	    "recv: {errno}", NULL },
	.run = after_bad_buffer,
};

static int
bad_message(struct stage *stage, struct observation *seen)
{
	struct side *client, *server;
	char *end = forbidden_page();
	ssize_t sent;
	int error = stage_pair(stage, &client, &server);

	if (error != 0 || end == NULL)
		return error != 0 ? error : -ENOMEM;
	sent = stage_send(stage, client, end - READABLE, LENGTH, 0);
	return sent < 0 ? observe(seen, "%s", observed_errno(sent))
			: observe(seen, "%zd sent", sent);
}

static const struct probe bad_message_probe = {
	.id = "efault.send",
	.group = GROUP_ERRORS,
	.question = "send() of 200 bytes, 50 of which are not in memory?",
	.cells = { .shapes = ON_PAIRS },
	.applies = sends_and_receives_itself,
	.answers = (const char *const[]){ "{errno}", "{n} sent", NULL },
	.documents = (const struct document[]){
		{ .answer = "EFAULT", .source = "send(2), EFAULT" },
		{ .answer = NULL },
	},
	.run = bad_message,
};

const struct probe *const errors_probes[] = {
	&late_message_probe,
	&late_peer_probe,
	&signal_with_limit_probe,
	&signal_without_limit_probe,
	&bad_buffer_probe,
	&after_bad_buffer_probe,
	&bad_message_probe,
	NULL,
};
