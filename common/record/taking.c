#include "record/taking.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "record/fault.h"
#include "record/trace.h"

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct event *
taking_begin(struct taking *taking, struct recorder *recorder, enum call call,
    int64_t first, int64_t second, int64_t third)
{
	struct event *event = &taking->unkept;

	taking->recorder = recorder;
	taking->fault = NULL;
	recorder->last = call;
	if (recorder->faults != NULL)
		taking->fault = fault_take(recorder->faults, recorder->side,
		    call);
	if (recorder->trace != NULL)
		event = trace_next(recorder->trace);
	else
		memset(event, 0, sizeof(*event));
	taking->event = event;
	event->pid = recorder->pid;
	event->side = (uint8_t)recorder->side;
	event->call = (uint8_t)call;
	event->number[0] = first;
	event->number[1] = second;
	event->number[2] = third;
	event->t_ns = now_ns();
	return event;
}

bool
taking_fails(const struct taking *taking)
{
	const struct fault *fault = taking->fault;

	if (fault == NULL || fault->error == 0)
		return false;
	return fault->call != CALL_CONNECT ||
	    (fault->error != EINTR && fault->error != EINPROGRESS);
}

size_t
taking_shortened(const struct taking *taking, size_t length)
{
	const struct fault *fault = taking->fault;

	if (fault == NULL || fault->error != 0 || fault->at_most == 0)
		return length;
	return length < fault->at_most ? length : fault->at_most;
}

ssize_t
taking_finish(struct taking *taking, ssize_t result)
{
	struct event *event = taking->event;
	struct recorder *recorder = taking->recorder;
	int error = result < 0 ? errno : 0;

	if (taking->fault != NULL && taking->fault->error != 0) {
		result = -1;
		error = taking->fault->error;
	}
	event->injected = taking->fault != NULL;
	event->result = result;
	event->error = error;
	event->end_ns = now_ns();
	if (recorder->sink != NULL)
		recorder->sink(event, recorder->sink_context);
	return error != 0 ? -error : result;
}

void
taking_keep(struct event *event, const void *data, size_t length)
{
	size_t kept = length < EVENT_DATA_MAX ? length : EVENT_DATA_MAX;

	event->length = length;
	event->kept = (uint32_t)kept;
	if (kept != 0)
		memcpy(event->data, data, kept);
}
