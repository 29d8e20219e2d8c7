/* What an experiment does without. */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probes/stage.h"

int
stage_drop_privileges(struct stage *stage)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {
		{ .effective = 0 },
	};

	/* The C library has no wrapper: libcap would be one. */
	if (syscall(SYS_capset, &header, none) == 0)
		return 0;
	return stage_cannot(stage, "giving up privileges: %s",
	    strerror(errno));
}
