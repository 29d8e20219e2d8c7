#include "unix_probes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "families.h"
#include "unix_name.h"

#define BACKLOG 4

int
unix_probes_path(struct stage *stage, const char *name, size_t length,
    struct endpoint *out)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t folder = strlen(stage->directory);
	size_t used = folder + 1 + strlen(name);

	if (used >= sizeof(un.sun_path))
		return stage_cannot(stage, "the folder for temporary files "
		    "has too long a name for it: choose another by TMPDIR");
	memcpy(un.sun_path, stage->directory, folder);
	un.sun_path[folder] = '/';
	memcpy(un.sun_path + folder + 1, name, used - folder - 1);
	while (used < length)
		un.sun_path[used++] = 'x';
	endpoint_set(out, &un, UNIX_NAME_OFFSET + used +
	    (used < sizeof(un.sun_path)));
	return 0;
}

int
unix_probes_serve(struct stage *stage, const struct endpoint *address,
    struct side **server, int *bound)
{
	int error = stage_socket(stage, SIDE_SERVER, server);

	if (error != 0)
		return error;
	*bound = STAGE_CALL(*server, bind, address);
	if (*bound == 0 && stage->choice->row.shape == SHAPE_CONNECTED)
		error = STAGE_CALL(*server, listen, BACKLOG);
	return error;
}

int
unix_probes_reach(struct stage *stage, const struct endpoint *address)
{
	struct side *client;
	int error = stage_socket(stage, SIDE_CLIENT, &client);

	return error != 0 ? error : STAGE_CALL(client, connect, address);
}

int
unix_probes_enable(struct side *side, int option)
{
	int on = 1;

	return STAGE_CALL(side, setsockopt, SOL_SOCKET, option, &on,
	    sizeof(on));
}

int
unix_probes_parcel(struct stage *stage, struct side *side, int pair[2])
{
	int error = side->calls->socketpair(&side->recorder, AF_UNIX,
	    SOCK_STREAM | SOCK_CLOEXEC, 0, pair);

	return error == 0 ? 0 : stage_cannot(stage, "no socketpair(): %s",
	    observed_errno(error));
}

bool
unix_probes_alone(struct side *side, int fd)
{
	char byte;

	return side->calls->recv(&side->recorder, fd, &byte, 1,
	    MSG_DONTWAIT) == 0;
}

const struct probe *const unix_probes[] = {
	&unix_path_full, &unix_path_full_name, &unix_path_long,
	&unix_path_short, &unix_path_rename, &unix_path_unlink,
	&unix_path_directory, &unix_path_nowhere,
	&unix_perm_mode, &unix_perm_umask,
	&unix_abstract_bytes, &unix_abstract_again, &unix_abstract_netns,
	&unix_autobind, &unix_qlen,
	&unix_rights_copy, &unix_rights_closed, &unix_rights_most,
	&unix_rights_bad, &unix_rights_cloexec, &unix_rights_peek,
	&unix_rights_twice, &unix_rights_excess, &unix_rights_space,
	&unix_rights_no_room, &unix_rights_recv, &unix_rights_barrier,
	&unix_rights_no_data,
	&unix_creds_default, &unix_creds_off, &unix_creds_late,
	&unix_creds_forge, &unix_creds_gone, &unix_creds_autobind,
	&unix_creds_pidfd,
	&unix_peer_connect, &unix_peer_listen, &unix_peer_dgram,
	&unix_peer_pair, &unix_peer_pidfd, &unix_peer_groups,
	NULL,
};
