/*
 * taking: what all recorded calls are made of: an event is begun before the
 * call and finished after it, and a fault may take the call's place.
 */
#ifndef RECORD_TAKING_H
#define RECORD_TAKING_H

#include <stdbool.h>

#include "record/calls.h"

/* A call in the making: where its event goes, and the fault that it meets. */
struct taking {
	struct recorder *recorder;
	struct event *event;
	struct event unkept;	/* stands in where there is no trace */
	const struct fault *fault;
};

/* Begins the event, with the integers that are passed. Returns it. */
struct event *taking_begin(struct taking *taking, struct recorder *recorder,
    enum call call, int64_t first, int64_t second, int64_t third);

/* Whether a fault takes the place of the kernel's call. */
bool taking_fails(const struct taking *taking);

/* The length that the kernel is passed: a fault may make it shorter. */
size_t taking_shortened(const struct taking *taking, size_t length);

/* Keeps the first bytes of a payload or an option's value. */
void taking_keep(struct event *event, const void *data, size_t length);

/* Records the result that the kernel gave; returns it or a negative errno. */
ssize_t taking_finish(struct taking *taking, ssize_t result);

#endif
