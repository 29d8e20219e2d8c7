#include "shared/nobody.h"

#include <unistd.h>

int
nobody_become(struct stage *stage, unsigned user)
{
	if (getuid() == 0 && seteuid(user) == 0)
		return 0;
	return stage_cannot(stage, "root has to give up its privileges for "
	    "it: run it as root");
}
