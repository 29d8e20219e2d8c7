/* route: tells the kernel what to make that no command makes (rtnetlink(7)). */
#ifndef SETUP_ROUTE_H
#define SETUP_ROUTE_H

#include <stddef.h>

/*
 * Sends a request, a struct nlmsghdr with NLM_F_ACK and what belongs to it, and
 * waits for the kernel's word on it. Returns 0 or a negative errno.
 */
int route_request(const void *message, size_t length);

#endif
