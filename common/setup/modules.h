/* modules: which kernel modules there are (proc(5)), and removing new ones. */
#ifndef SETUP_MODULES_H
#define SETUP_MODULES_H

#include <stddef.h>

/* Room for a list of modules. */
#define MODULES_MAX 4096

/*
 * The names of the modules that are loaded, the newest first, each followed by
 * a space. Returns 0, or a negative errno where the kernel has no modules;
 * -ENOSPC where they do not fit: names is then empty.
 */
int modules_list(char *names, size_t room);

/*
 * The names in `after` that are not in `before`, in their order, each followed
 * by a space.
 */
void modules_new(const char *before, const char *after, char *names,
    size_t room);

/*
 * Of the modules that modprobe(8) is to load, one name behind the other, those
 * that are not in `loaded`: it writes '-' where the kernel writes '_'.
 */
void modules_missing(const char *loaded, const char *wanted, char *names,
    size_t room);

/*
 * Unloads the modules of a list in its order, waiting a moment for those that
 * are still in use (a namespace is taken down in the background). Returns 0,
 * or -EBUSY with the names of those that stay in `left`.
 */
int modules_unload(const char *names, char *left, size_t room);

#endif
