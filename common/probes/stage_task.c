/* What is done meanwhile, in a thread of the experiment's process. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "drive/step.h"
#include "probes/stage.h"

enum { TASK_STARTED, TASK_ENDED };

#define PAUSE_NS 200000

static void *
live(void *argument)
{
	struct stage_task *task = argument;

	task->side->recorder.pid = gettid();
	atomic_store(&task->tid, gettid());
	task->result = task->work(task);
	atomic_store(&task->state, TASK_ENDED);
	return NULL;
}

int
stage_begin(struct stage_task *task)
{
	int error;

	atomic_store(&task->state, TASK_STARTED);
	atomic_store(&task->tid, 0);
	error = pthread_create(&task->thread, NULL, live, task);
	if (error != 0)
		return stage_cannot(task->stage, "no thread: %s",
		    strerror(error));
	pthread_detach(task->thread);
	return 0;
}

static void
pause_a_moment(void)
{
	const struct timespec moment = { .tv_nsec = PAUSE_NS };

	nanosleep(&moment, NULL);
}

/* The state of a thread as proc(5) has it: 'S' sleeps. */
static int
state_of(int tid)
{
	char path[64];
	char text[256];
	const char *behind;
	int fd;
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return '?';
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	behind = strrchr(text, ')');
	return behind != NULL && behind[1] == ' ' ? behind[2] : '?';
}

/* Whether the side's last event is a call that has not returned. */
static bool
is_in_call(const struct side *side)
{
	const struct trace *trace = side->recorder.trace;
	size_t kept = trace != NULL ? trace_kept(trace) : 0;
	const struct event *last = kept != 0 ? trace_at(trace, kept - 1)
					     : NULL;

	return last != NULL && last->t_ns != 0 && last->end_ns == 0;
}

static int
await_sleep(struct stage_task *task, bool entering)
{
	uint64_t end = step_end((int64_t)STAGE_SURE_MS * 1000000);

	while (step_left(end) >= 0) {
		int tid = atomic_load(&task->tid);

		if (atomic_load(&task->state) == TASK_ENDED)
			return 1;
		if (tid != 0 && (!entering || is_in_call(task->side)) &&
		    state_of(tid) == 'S')
			return 0;
		pause_a_moment();
	}
	return -ETIMEDOUT;
}

int
stage_await_sleep(struct stage_task *task)
{
	return await_sleep(task, true);
}

bool
stage_sleeps_on(struct stage_task *task)
{
	/* Woken, it may sleep once more on its way out. */
	return await_sleep(task, false) == 0 &&
	    !stage_ended(task, STAGE_QUIET_MS);
}

bool
stage_ended(struct stage_task *task, int ms)
{
	uint64_t end = step_end((int64_t)ms * 1000000);

	while (atomic_load(&task->state) != TASK_ENDED) {
		if (step_left(end) < 0)
			return false;
		pause_a_moment();
	}
	return true;
}
