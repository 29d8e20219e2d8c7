/* unix_probes: the probes of unix, by theme; unix_probes.c lists them. */
#ifndef FAMILIES_UNIX_PROBES_H
#define FAMILIES_UNIX_PROBES_H

#include <sys/un.h>

#include "probes/stage.h"
#include "record/calls.h"

/* All of them, ended by NULL. */
extern const struct probe *const unix_probes[];

/* unix_path_probes.c, unix_file_probes.c: names in the file system */
extern const struct probe unix_path_full;
extern const struct probe unix_path_full_name;
extern const struct probe unix_path_long;
extern const struct probe unix_path_short;
extern const struct probe unix_path_rename;
extern const struct probe unix_path_unlink;
extern const struct probe unix_path_directory;
extern const struct probe unix_path_nowhere;

/* unix_name_probes.c, unix_netns_probes.c: who may use it, who knows it */
extern const struct probe unix_perm_mode;
extern const struct probe unix_perm_umask;
extern const struct probe unix_abstract_bytes;
extern const struct probe unix_abstract_again;
extern const struct probe unix_abstract_netns;
extern const struct probe unix_autobind;
extern const struct probe unix_qlen;

/* unix_{rights,excess,parcel}_probes.c: descriptors that are passed */
extern const struct probe unix_rights_copy;
extern const struct probe unix_rights_closed;
extern const struct probe unix_rights_most;
extern const struct probe unix_rights_bad;
extern const struct probe unix_rights_cloexec;
extern const struct probe unix_rights_peek;
extern const struct probe unix_rights_twice;
extern const struct probe unix_rights_excess;
extern const struct probe unix_rights_space;
extern const struct probe unix_rights_no_room;
extern const struct probe unix_rights_recv;
extern const struct probe unix_rights_barrier;
extern const struct probe unix_rights_no_data;

/* unix_{creds,sender,peer}_probes.c: who the other one is */
extern const struct probe unix_creds_default;
extern const struct probe unix_creds_off;
extern const struct probe unix_creds_late;
extern const struct probe unix_creds_forge;
extern const struct probe unix_creds_gone;
extern const struct probe unix_creds_autobind;
extern const struct probe unix_creds_pidfd;
extern const struct probe unix_peer_connect;
extern const struct probe unix_peer_listen;
extern const struct probe unix_peer_dgram;
extern const struct probe unix_peer_pair;
extern const struct probe unix_peer_pidfd;
extern const struct probe unix_peer_groups;

/*
 * A path in the probe's own folder, filled up to `length` bytes where it is
 * shorter, with no NUL behind it if it then fills sun_path. Returns 0 or what
 * stage_cannot() does.
 */
int unix_probes_path(struct stage *stage, const char *name, size_t length,
    struct endpoint *out);

/*
 * A fresh server at the address, which listens where servers of the cell do.
 * Returns 0 or a negative errno; *bound is what bind() returned.
 */
int unix_probes_serve(struct stage *stage, const struct endpoint *address,
    struct side **server, int *bound);

/* What connect() of a fresh socket to the address returns. */
int unix_probes_reach(struct stage *stage, const struct endpoint *address);

/* setsockopt() of an option of SOL_SOCKET that is on or off. */
int unix_probes_enable(struct side *side, int option);

/* A pair of stream sockets; the first is what is passed around. */
int unix_probes_parcel(struct stage *stage, struct side *side, int pair[2]);

/* Whether all descriptors of the other end are closed. */
bool unix_probes_alone(struct side *side, int fd);

#endif
