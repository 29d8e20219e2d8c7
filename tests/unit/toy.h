/*
 * toy: a family that no kernel has, and events of it, for tests of what reads
 * events. Its address is its number and a port: "toy:80".
 */
#ifndef UNIT_TOY_H
#define UNIT_TOY_H

#include "family/family.h"
#include "record/event.h"
#include "record/trace.h"

#define TOY_DOMAIN 200
#define TOY_LEVEL 300
#define TOY_SPEED 1	/* an int */
#define TOY_KEY 2	/* bytes */

extern const struct family toy_family;

struct endpoint toy_address(unsigned port);

/* The next event of a trace: it returned result; error 0 or an errno. */
struct event *toy_event(struct trace *trace, enum side_id side, enum call call,
    int64_t result, int error, const int64_t number[3]);
#define NUMBERS(...) ((const int64_t[3]){ __VA_ARGS__ })

/* Gives an event an address that it was passed, or that it returned. */
void toy_pass(struct event *event, unsigned port);
void toy_return(struct event *event, unsigned port);

/* Gives an event its payload or its option's value. */
void toy_data(struct event *event, const void *bytes, size_t length);

#endif
