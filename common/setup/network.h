/* network: network namespaces (network_namespaces(7)), for users, too. */
#ifndef SETUP_NETWORK_H
#define SETUP_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Moves the process into a new network namespace, whose descriptor *fd then
 * is. Where a privilege is missing, it is made in a new user namespace, in which
 * the user is root and nobody else is known; *user_namespace is then set, and
 * one that is set already is stayed in. Returns 0, or a negative errno with a
 * sentence in why: -EPERM where users may not do so.
 */
int network_new(int *fd, bool *user_namespace, char *why, size_t room);

/*
 * Waits a moment until the interfaces of this network that are up can carry
 * something: the kernel gets a link going in the background.
 */
void network_await_links(void);

/* Writes a text into a file of /proc. Returns 0 or a negative errno. */
int network_write(const char *path, const char *text);

#endif
