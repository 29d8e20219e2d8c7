#include "record/request.h"

#include <linux/sockios.h>
#include <stddef.h>
#include <sys/ioctl.h>

static const struct request requests[] = {
	{ FIONREAD, "FIONREAD", NULL, true },
	{ SIOCOUTQ, "SIOCOUTQ", "TIOCOUTQ", true },
	{ SIOCOUTQNSD, "SIOCOUTQNSD", NULL, true },
	{ SIOCATMARK, "SIOCATMARK", NULL, true },
	{ FIONBIO, "FIONBIO", NULL, false },
};

const struct request *
request_find(unsigned long number)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (requests[i].number == number)
			return &requests[i];
	return NULL;
}
